"""The saved pages of ``tests/pages``: put one up, and select words on it as a reader would."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.widget_fixtures import Paper, Reader, Recorder

PAGES = Path(__file__).parent / "pages"
SERVICE = "https://errata.example"
"""What stands in the pages where a site writes the address of its service."""


def html_of(name: str, service: str) -> str:
    """Return a page with its script tag asking ``service``."""
    return (PAGES / f"{name}.html").read_text("utf-8").replace(SERVICE, service)


# Finds words in the text of the page, whatever elements, soft hyphens or line feeds part them, and
# selects them. "<" before or ">" after the words: that end lies on the element around them, as
# after a triple click, instead of in its text.
SELECT = r"""([words, isBackward, within]) => {
  const nodes = [], skipped = "script, style, noscript, textarea, svg";
  const roots = [within ? within.split(" >>> ").reduce((root, selector) =>
    root.querySelector(selector).shadowRoot, document) : document.body];
  const walker = document.createTreeWalker(roots[0], NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    if (!node.parentElement?.closest(skipped)) nodes.push(node);
  }
  const text = nodes.map((node) => node.data).join("");
  const [, onStart, plain, onEnd] = /^(<?)([^]*?)(>?)$/.exec(words);
  const letters = [...plain].map((letter) => /\s/.test(letter) ? "[\\s\\xa0]*"
    : letter.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const found = RegExp(letters.join("[\\xad\\u2060\\ufe0f\\u200d]*"), "u").exec(text);
  if (!found) throw new Error("not on the page: " + plain);
  const place = (offset, isEnd) => {
    for (const node of nodes) {
      if (offset < node.length || (isEnd && offset == node.length)) return [node, offset];
      offset -= node.length;
    }
  };
  let start = place(found.index, false), end = place(found.index + found[0].length, true);
  const index = (node) => [...node.parentNode.childNodes].indexOf(node);
  if (onStart) start = [start[0].parentNode, index(start[0])];
  if (onEnd) {
    const element = end[0].parentNode;
    end = [element.parentNode, index(element) + 1];
  }
  getSelection().setBaseAndExtent(...(isBackward ? [...end, ...start] : [...start, ...end]));
  return [start[0].nodeName, end[0].nodeName];
}"""


def select(
    page: Page, words: str, *, is_backward: bool = False, within: str | None = None
) -> list[Any]:
    """Select ``words``; ``within`` are the hosts of the shadow roots around them, ``a >>> b``."""
    nodes: list[Any] = page.evaluate(SELECT, [words, is_backward, within])
    return nodes


SELECTED = """() => {
  const { anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
  const path = (node) => node && [...path(node.parentNode) || [],
    node.parentNode ? [...node.parentNode.childNodes].indexOf(node) : 0];
  return [[path(anchorNode), anchorOffset], [path(focusNode), focusOffset]];
}"""
"""Where a selection begins and where the reader's hand was, by the way through the tree."""

PLACE = """() => {
  const dialog = document.querySelector("copydesk-widget").shadowRoot.querySelector("dialog");
  const { left, top, right, bottom } = dialog.getBoundingClientRect();
  const isOurs = (x, y) => document.elementFromPoint(x, y)?.localName == "copydesk-widget";
  return {
    inside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
    above: [0.1, 0.5, 0.9].every((part) =>
      isOurs((left + right) / 2, top + (bottom - top) * part)),
    // Without its opacity: the top layer takes none from an element's parents.
    visible: dialog.checkVisibility({ visibilityProperty: true }),
  };
}"""
IN_PLACE = {"inside": True, "above": True, "visible": True}


class Case(NamedTuple):
    """A row of ``selections.json``."""

    page: str
    words: str
    sentence: str


def cases() -> list[Case]:
    """Return what readers select on the pages."""
    rows = json.loads((PAGES / "selections.json").read_text("utf-8"))
    return [Case(**row) for row in rows]


Enter = Callable[..., Reader]


@pytest.fixture
def enter(context: BrowserContext, recorder: Recorder, paper: Paper) -> Enter:
    """Return a function that puts up a saved page and goes there."""

    def enter(name: str, attribute: str = "", *, script: str = "", style: str = "") -> Reader:
        html = html_of(name, recorder.base)
        html = html.replace('data-site="gazette"', f'data-site="gazette" {attribute}')
        html = html.replace("</head>", f"<style>{style}</style></head>") if style else html
        paper.pages["article"] = (html, {})
        page = context.new_page()
        if script:
            page.add_init_script(script)
        page.goto(f"{paper.base}/article")
        return Reader(page)

    return enter


def report(reader: Reader, recorder: Recorder) -> dict[str, Any]:
    """Send the open dialog as it is, close it, and return what was sent."""
    reader.send()
    reader.page.locator("copydesk-widget a").wait_for()
    reader.cancel()
    reader.dialog.wait_for(state="detached")
    return recorder.bodies[-1]
