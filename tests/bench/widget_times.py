"""What the widget costs a reader's browser: real Chromium, pages of our own.

The figures are for comparing on one machine; on a busy one read them as ratios.
"""

import json
import logging
import random
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, send_from_directory
from playwright.sync_api import Browser, Page, sync_playwright

from copydesk.intake import widget_files
from tests.bench.figures import line, p95
from tests.widget_fixtures import CHROMIUM_FLAGS, find_chromium, served

SOURCES = Path(__file__).parents[2] / "widget" / "src"
WORDS = 50_000
# The least of them counts: a slowed processor is a thread that is stopped again and again, and most
# loads have such a stop in the middle.
LOADS = 30
PRESSES = 15
LATENCY_MS = 100
SLOW = 4

SHORT = "<article><h1>Bridge</h1><p>The old brigde was closed.</p></article>"

DESCRIBE = """async ([times, what]) => {
  const [{ describe }, { count }] = await Promise.all(
    [import("/src/dialog/describe.js"), import("/src/extras/count.js")]);
  const paragraphs = document.querySelectorAll("p");
  const taken = [];
  for (let i = 0; i < times; i++) {
    const texts = document.createTreeWalker(paragraphs[(i * 37) % paragraphs.length], 4);
    for (let n = 0; n <= i % 5; n++) texts.nextNode();
    const word = /\\p{L}+/u.exec(texts.currentNode.data) || { index: 0, 0: "." };
    const range = new Range();
    range.setStart(texts.currentNode, word.index);
    range.setEnd(texts.currentNode, word.index + word[0].length);
    const [quote] = what == "count" ? describe(range) : [];
    const begin = performance.now();
    if (quote) count(range, quote); else describe(range);
    taken.push(performance.now() - begin);
  }
  return taken;
}"""

OPEN = """() => new Promise((done) => {
  addEventListener("keydown", ({ key, timeStamp }) => {
    if (key != "Enter") return;
    const look = () => {
      const dialog = document.querySelector("copydesk-widget")?.shadowRoot.querySelector("dialog");
      if (dialog?.open) requestAnimationFrame(() => done(performance.now() - timeStamp));
      else requestAnimationFrame(look);
    };
    look();
  }, true);
  getSelection().selectAllChildren(document.querySelector("p"));
  window.isReady = true;
})"""


def run() -> None:
    """Print the script time of the loader, the cost of a selection, and the wait for the dialog."""
    path = find_chromium()
    if path is None:
        line("widget times", skipped="no Chromium found")
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with sync_playwright() as playwright, _site() as base:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        loads = [_script_time(browser, base) for _ in range(LOADS)]
        line(
            f"loader, script ms at 1/{SLOW} CPU", least=min(loads), median=statistics.median(loads)
        )
        for markup in ("plain", "linked"):
            for what in ("describe", "count"):
                _selections(browser, f"{base}/{markup}", what)
        for language in ("en", "ru"):
            for is_cached in (False, True):
                _waits(browser, f"{base}/{language}", is_cached=is_cached)
        browser.close()


def _script_time(browser: Browser, base: str) -> float:
    """Return milliseconds in which V8 compiled and ran the loader, on a slowed processor."""
    page = browser.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
    browser.start_tracing(page=page, categories=["devtools.timeline", "v8"])
    page.goto(f"{base}/en", wait_until="load")
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    return sum(
        float(event.get("dur", 0)) / 1000
        for event in events
        if event["name"] in {"v8.compile", "v8.run"}
        and "copydesk.js" in json.dumps(event.get("args", {}))
    )


def _selections(browser: Browser, url: str, what: str) -> None:
    page = browser.new_page()
    page.goto(url)
    taken = page.evaluate(DESCRIBE, [100, what])
    page.close()
    name = f"{what}, {WORDS} words, {url.rpartition('/')[2]} markup, ms"
    line(name, first=taken[0], p50=statistics.median(taken), p95=p95(taken))


def _waits(browser: Browser, url: str, *, is_cached: bool) -> None:
    """Measure from the hot key to the dialog on the screen."""
    taken: list[float] = []
    warm = browser.new_context(locale="en-GB")
    for _ in range(PRESSES):
        context = warm if is_cached else browser.new_context(locale="en-GB")
        page = context.new_page()
        if is_cached and not taken:
            _press(page, url)
            page = context.new_page()
        taken.append(_press(page, url))
        if not is_cached:
            context.close()
    warm.close()
    name = (
        f"hot key to dialog, {url[-2:]}, {'cached' if is_cached else f'{LATENCY_MS} ms away'}, ms"
    )
    line(name, p50=statistics.median(taken), p95=p95(taken))


def _press(page: Page, url: str) -> float:
    page.goto(url)
    session = page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1}
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {**conditions, "uploadThroughput": -1})
    page.evaluate(f"window.waited = ({OPEN})(); 0")
    page.evaluate(
        "dispatchEvent.call(document.body, new KeyboardEvent('keydown', "
        "{ key: 'Enter', ctrlKey: true, bubbles: true, composed: true, cancelable: true }))"
    )
    taken = float(page.evaluate("waited"))
    page.close()
    return taken


@contextmanager
def _site() -> Iterator[str]:
    app = Flask("bench")
    app.register_blueprint(widget_files.blueprint)
    pages = {"en": SHORT, "ru": SHORT, "plain": _long(0), "linked": _long(4)}

    def page(name: str) -> Response:
        lang = "ru" if name == "ru" else "en"
        script = '<script async src="/copydesk.js" data-site="bench"></script>'
        html = f'<!doctype html><html lang="{lang}"><head>{script}</head><body>{pages[name]}</body>'
        return Response(html, content_type="text/html; charset=utf-8")

    app.add_url_rule("/<any(en, ru, plain, linked):name>", "page", page)
    app.add_url_rule("/src/<path:name>", "source", lambda name: send_from_directory(SOURCES, name))
    with served(app) as base:
        yield base


def _long(every: int) -> str:
    """Return a page of 50,000 words; each so many a link, so that it has many text nodes."""
    rng = random.Random(1)
    words = [
        "город",
        "мост",
        "река",
        "вода",
        "председатель",
        "администрация",
        "сообщил",
        "вчера",
        "открыт",
        "новый",
    ]
    lines = []
    for _ in range(WORDS // 50):
        picked = [rng.choice(words) for _ in range(50)]
        if every:
            picked = [f"<a href=#>{w}</a>" if i % every == 0 else w for i, w in enumerate(picked)]
        lines.append(f"<p>{' '.join(picked)}.</p>\n")
    return "".join(lines) + "<script type=application/ld+json>{}</script>" * 5
