"""A real Chromium, a page on one origin and the service's part of the widget on another."""

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, request
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from werkzeug.serving import make_server

from copydesk.intake import widget_files

# Policies of pages under which the widget works; {0} is where the service is.
SOURCES = "default-src 'none'; script-src {0}; connect-src {0}"
TYPES = "; require-trusted-types-for 'script'; trusted-types 'none'"

CHROMIUM_FLAGS = (
    "--no-sandbox",  # the tests may run as root in a container
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


# A module, not a session: while Playwright's synchronous API is open, no other test of the same
# process could start an event loop of its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium; the test is skipped, and says why, where there is none."""
    path = os.environ.get("CHROMIUM") or find_chromium()
    if path is None:
        pytest.skip("no Chromium found: install it (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of the loopback; yields its address without a slash."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Recorder:
    """Plays the service: keeps what is posted, answers what the test says."""

    base: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    status: int = 201
    answer: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    sequence: list[int] = field(default_factory=list)
    """Statuses of the next answers, before ``status`` counts."""

    def receipt(self) -> dict[str, Any]:
        """Return what the service says of a stored report."""
        return {
            "id": "1",
            "status": "received",
            "erratum": {"state": "open", "reports": 1, "note": ""},
            "status_url": f"{self.base}/r/token",
        }

    def receive(self) -> Response:
        """Answer one report."""
        self.bodies.append(json.loads(request.get_data()))
        self.requests.append(dict(request.headers))
        status = self.sequence.pop(0) if self.sequence else self.status
        body = self.receipt() if self.answer is None else self.answer
        headers = {
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": "Retry-After",
            **self.headers,
        }
        return Response(json.dumps(body), status, headers, content_type="application/json")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Serve the widget's files and a recording endpoint on an origin of their own."""
    recorder = Recorder()
    app = Flask("recorder")
    app.register_blueprint(widget_files.blueprint)
    app.add_url_rule("/api/v1/reports", "receive", recorder.receive, methods=["POST"])
    with served(app) as base:
        recorder.base = base
        yield recorder


@dataclass
class Paper:
    """A newspaper on another origin; pages are what the test puts there."""

    base: str
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)

    def serve(self, path: str) -> Response:
        """Answer with a page."""
        if path not in self.pages:
            return Response("", 404)
        html, headers = self.pages[path]
        return Response(html, 200, headers, content_type="text/html; charset=utf-8")


@pytest.fixture
def paper() -> Iterator[Paper]:
    paper = Paper("")
    app = Flask("paper")
    app.add_url_rule("/<path:path>", "serve", paper.serve)
    with served(app) as base:
        paper.base = base
        yield paper


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """Open a window of its own for each test, in English and in light colours."""
    context = chromium.new_context(locale="en-GB", viewport={"width": 1000, "height": 760})
    context.set_default_timeout(8000)
    yield context
    context.close()


# Finds ⟦ and ⟧ in the page's text, takes them out and selects what was between them.
SELECT_MARKED = """(isBackward) => {
  const place = (mark) => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const offset = node.data.indexOf(mark);
      if (offset >= 0) { node.deleteData(offset, 1); return [node, offset]; }
    }
    throw new Error("no " + mark);
  };
  const start = place("\u27e6"), end = place("\u27e7");
  if (isBackward) getSelection().setBaseAndExtent(...end, ...start);
  else getSelection().setBaseAndExtent(...start, ...end);
}"""


def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression is true, on a page whatever its policy.

    Playwright's wait_for_function takes its second and later looks by eval() inside the page,
    which a Content-Security-Policy forbids: it would fail whenever the first look came too early.
    """
    page.evaluate(
        "async () => { const end = Date.now() + 30000;"
        f" for (; !({condition}); await new Promise(requestAnimationFrame))"
        " if (Date.now() > end) throw new Error('waited in vain'); }"
    )


@dataclass
class Reader:
    """A reader at a page: selects, presses, fills in, reads the answer."""

    page: Page

    def select(self, *, is_backward: bool = False) -> None:
        """Select what stands between ⟦ and ⟧; the marks go."""
        self.page.evaluate(SELECT_MARKED, is_backward)

    def open(self, *, with_extras: bool = True) -> None:
        """Press the hot key and wait for the dialog, and for what is loaded beside it."""
        self.page.keyboard.press("Control+Enter")
        self.dialog.wait_for()
        if with_extras and self.field("suggestion").count():
            # Not wait_for_function, which a strict page forbids: see wait_until.
            expect(self.field("suggestion").last).not_to_have_js_property("oninput", None)

    @property
    def dialog(self) -> Locator:
        return self.page.locator("copydesk-widget dialog")

    def field(self, name: str) -> Locator:
        """Return a field: suggestion, kind, comment, reader_email, website."""
        return self.page.locator(f"copydesk-widget [name={name}]")

    @property
    def status(self) -> Locator:
        """Return the live region."""
        return self.page.locator("copydesk-widget output")

    def send(self) -> None:
        self.page.locator("copydesk-widget [name=send]").click()

    def cancel(self) -> None:
        self.page.locator("copydesk-widget [name=cancel]").click()


Visit = Callable[..., Reader]


@pytest.fixture
def visit(context: BrowserContext, recorder: Recorder, paper: Paper) -> Visit:
    """Return a function that puts a page up, with the widget on it, and goes there."""

    def visit(
        body: str,
        *,
        tag: str = 'data-site="gazette"',
        html: str = 'lang="en"',
        head: str = "",
        headers: dict[str, str] | None = None,
        path: str = "article",
    ) -> Reader:
        script = f'<script async src="{recorder.base}/copydesk.js" {tag}></script>'
        text = f"<!doctype html><html {html}><head>{head}{script}</head><body>{body}</body></html>"
        paper.pages[path.partition("?")[0].partition("#")[0]] = (text, headers or {})
        page = context.new_page()
        page.goto(f"{paper.base}/{path}", wait_until="load")
        return Reader(page)

    return visit
