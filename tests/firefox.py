"""A real Firefox, driven by WebDriver BiDi (W3C), which it speaks without a driver in between.

Only what our tests need. Nothing here sleeps: what takes time is awaited inside the page.
"""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 30
"""Seconds until Firefox or a page that does not answer fails the test."""
LISTENS = re.compile(r"WebDriver BiDi listening on (ws://\S+)")

# Remote control brings its own settings for tests; these are about us.
SETTINGS = {
    "intl.accept_languages": "en-GB, en",
    "dom.w3c_touch_events.enabled": 1,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}

# Values of keys that are no characters: WebDriver, "Keyboard actions".
KEYS = {"Control": "\ue009", "Meta": "\ue03d", "Shift": "\ue008", "Alt": "\ue00a",
        "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}  # fmt: skip


def find_firefox() -> str | None:
    """Return the path of an installed Firefox, or None."""
    return next((path for path in map(shutil.which, ("firefox-esr", "firefox")) if path), None)


class RemoteError(Exception):
    """Firefox refused a command, or a script in the page threw."""


@dataclass
class Firefox:
    """One running browser."""

    socket: ClientConnection
    pages: dict[str, "FirefoxPage"] = field(default_factory=dict)
    _last: int = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Run one command. Raises ``RemoteError``, and ``TimeoutError`` after ``PATIENCE``."""
        self._last += 1
        self.socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(timeout=PATIENCE))
            if message.get("id") == self._last:
                break
            self._hear(message)
        if message["type"] == "error":
            raise RemoteError(f"{message['error']}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    def _hear(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        if event.get("method") == "log.entryAdded":
            page = self.pages.get(parameters["source"].get("context"))
            if page is not None:
                page.said.append(f"{parameters['level']}: {parameters['text']}")
        elif event.get("method") == "browsingContext.userPromptOpened":
            page = self.pages.get(parameters["context"])
            if page is not None:
                page.said.append(f"{parameters['type']}: {parameters['message']}")

    @contextmanager
    def page(self) -> Iterator["FirefoxPage"]:
        """Open a tab with a storage of its own."""
        user = self.call("browser.createUserContext")["userContext"]
        context = self.call("browsingContext.create", type="tab", userContext=user)["context"]
        page = self.pages[context] = FirefoxPage(self, context)
        yield page
        del self.pages[context]
        self.call("browser.removeUserContext", userContext=user)


@dataclass
class FirefoxPage:
    """One tab."""

    browser: Firefox
    context: str
    said: list[str] = field(default_factory=list)
    """Console messages, uncaught errors and ``alert`` boxes so far: level or type, and text."""

    def goto(self, url: str) -> None:
        """Go to an address and return when the page is loaded."""
        self.browser.call(
            "browsingContext.navigate", context=self.context, url=url, wait="complete"
        )

    def evaluate(self, function: str, *arguments: Any) -> Any:
        """Call a JavaScript function in the page; values travel as JSON, a promise is awaited."""
        values = ", ".join(json.dumps(argument) for argument in arguments)
        answer = self.browser.call(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({function})({values})))()",
            target={"context": self.context},
            awaitPromise=True,
            userActivation=True,
        )
        if answer["type"] != "success":
            raise RemoteError(answer["exceptionDetails"]["text"])
        text = answer["result"].get("value")
        return None if text is None else json.loads(text)

    def wait_for(self, condition: str) -> None:
        """Return when a JavaScript expression is true; fail after ``PATIENCE`` seconds."""
        self.evaluate(
            f"""() => new Promise((resolve, reject) => {{
              const end = Date.now() + {PATIENCE * 900};
              const look = () => {{
                if ({condition}) resolve();
                else if (Date.now() > end) reject(new Error("never came: " + {condition!r}));
                else setTimeout(look, 10);
              }};
              look();
            }})"""
        )

    def press(self, keys: str) -> None:
        """Press keys together, as ``Control+Enter``."""
        values = [KEYS.get(key, key) for key in keys.split("+")]
        down = [{"type": "keyDown", "value": value} for value in values]
        up = [{"type": "keyUp", "value": value} for value in reversed(values)]
        self._perform({"type": "key", "id": "keyboard", "actions": down + up})

    def type(self, text: str) -> None:
        """Type a text, one key after the other."""
        actions = [
            {"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")
        ]
        self._perform({"type": "key", "id": "keyboard", "actions": actions})

    def tap(self, x: float, y: float, *, kind: str = "touch") -> None:
        """Press a place of the viewport, in CSS pixels, with a finger or with the mouse."""
        self._perform(
            {
                "type": "pointer",
                "id": kind,
                "parameters": {"pointerType": kind},
                "actions": [
                    {"type": "pointerMove", "x": round(x), "y": round(y)},
                    {"type": "pointerDown", "button": 0},
                    {"type": "pointerUp", "button": 0},
                ],
            }
        )

    def _perform(self, source: dict[str, Any]) -> None:
        self.browser.call("input.performActions", context=self.context, actions=[source])


@contextmanager
def running_firefox(path: str, profile: Path) -> Iterator[Firefox]:
    """Start a headless Firefox with a fresh profile in ``profile``; end it at the end."""
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in SETTINGS.items()]
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    process = subprocess.Popen(
        [path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(profile)},
    )
    overdue = threading.Timer(PATIENCE, process.kill)
    overdue.start()
    try:
        address = _address(process)
        overdue.cancel()
        # Read on to the end: a full pipe would stop it.
        reading = threading.Thread(target=lambda: [None for _ in process.stderr or ()])
        reading.start()
        with connect(f"{address}/session", max_size=None, proxy=None) as socket:
            firefox = Firefox(socket)
            firefox.call(
                "session.new",
                capabilities={"alwaysMatch": {"unhandledPromptBehavior": {"default": "accept"}}},
            )
            firefox.call(
                "session.subscribe", events=["log.entryAdded", "browsingContext.userPromptOpened"]
            )
            yield firefox
    finally:
        overdue.cancel()
        process.kill()
        process.wait(PATIENCE)
    reading.join(PATIENCE)
    if process.stderr is not None:
        process.stderr.close()


def _address(process: "subprocess.Popen[str]") -> str:
    said = []
    for line in process.stderr or ():
        found = LISTENS.search(line)
        if found:
            return found[1]
        said.append(line)
    raise RemoteError(f"Firefox did not start: {''.join(said)}")
