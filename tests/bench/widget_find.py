"""Finding a quote again in the reader's browser: real Chromium, a page of 50,000 words.

The figures are for comparing on one machine; on a busy one read them as ratios.
"""

import logging
import random
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from flask import Flask, Response, send_from_directory
from playwright.sync_api import sync_playwright

from copydesk.errata.quote import Quote
from tests.bench.figures import line, p95
from tests.widget_fixtures import CHROMIUM_FLAGS, find_chromium, served

SOURCES = Path(__file__).parents[2] / "widget" / "src"
LINES = 1_000
WORDS_A_LINE = 50
QUOTES = 24
BAR, GOAL = 100, 40

# Steps between two rests are what the page has to wait for at most.
FIND = """async (quotes) => {
  const [{ pageText }, { find }] = await Promise.all(
    ["page_text", "find", "judge"].map((name) => import(`/src/highlight/${name}.js`)));
  const result = { kinds: [], taken: [], longest: 0 };
  for (const quote of quotes) {
    const begin = performance.now();
    let since = begin;
    const rest = async () => {
      result.longest = Math.max(result.longest, performance.now() - since);
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    };
    const [text, rangeOf] = pageText();
    await rest();
    const found = await find(text, quote, () => import("/src/highlight/judge.js"), rest);
    if (found[1] != null) rangeOf(found[1], found[2]);
    result.longest = Math.max(result.longest, performance.now() - since);
    result.taken.push(performance.now() - begin);
    result.kinds.push(found[0]);
  }
  return result;
}"""


def run() -> None:
    """Print how long finding takes, and the longest step in which the page can't answer."""
    path = find_chromium()
    if path is None:
        line("widget find", skipped="no Chromium found")
        return
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    lines = _lines()
    with sync_playwright() as playwright, _site(lines) as base:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        page = browser.new_page()
        for name in ("unchanged", "changed"):
            page.goto(f"{base}/")
            got = page.evaluate(FIND, _quotes(lines, is_changed=name == "changed"))
            taken = got["taken"]
            line(
                f"find again, {LINES * WORDS_A_LINE} words, {name}, ms",
                verdicts="/".join(sorted(set(got["kinds"]))),
                first=taken[0],
                p50=statistics.median(taken),
                p95=p95(taken),
                bar=BAR,
                goal=GOAL,
                longest_step=got["longest"],
            )
        browser.close()


def _lines() -> list[str]:
    chance = random.Random(1)
    words = "harbour master ferry letter morning council bridge budget гавань письмо мост".split()  # noqa: SIM905
    return [
        " ".join(f"{chance.choice(words)}{chance.randrange(97)}" for _ in range(WORDS_A_LINE))
        for _ in range(LINES)
    ]


def _quotes(lines: list[str], *, is_changed: bool) -> list[dict[str, object]]:
    """Describe words of the page; changed ones were others when they were reported."""
    text = "\n".join(lines)
    quotes = []
    for number in range(QUOTES):
        start = text.index(" ", len(text) * (number + 1) // (QUOTES + 2)) + 1
        end = start + len(text[start : start + 60].split(" ")[0].split("\n")[0])
        exact = "misteak" if is_changed else text[start:end]
        prefix, suffix = text[max(0, start - 256) : start], text[end : end + 256]
        quotes.append(asdict(Quote(exact, prefix, suffix, start=start, nth=1, of=1)))
    return quotes


@contextmanager
def _site(lines: list[str]) -> Iterator[str]:
    app = Flask("bench")
    html = "<!doctype html><body>" + "".join(f"<p>{one}</p>\n" for one in lines)
    app.add_url_rule("/", "page", lambda: Response(html, content_type="text/html; charset=utf-8"))
    app.add_url_rule("/src/<path:name>", "source", lambda name: send_from_directory(SOURCES, name))
    with served(app) as base:
        yield base
