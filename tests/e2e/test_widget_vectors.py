"""The widget's finder in a browser, on the questions that the service answers as well."""

from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from tests.locate_vectors import alike, vectors
from tests.widget_fixtures import Paper

pytestmark = pytest.mark.browser

SOURCES = Path(__file__).parents[2] / "widget" / "src"


@pytest.fixture
def modules(context: BrowserContext, paper: Paper) -> Page:
    """Open a page that can import the widget's sources."""
    paper.pages["empty"] = ("<!doctype html><title>x</title>", {})
    page = context.new_page()
    page.route(
        "**/src/**",
        lambda route: route.fulfill(
            body=(SOURCES / route.request.url.partition("/src/")[2]).read_text("utf-8"),
            content_type="text/javascript",
        ),
    )
    page.goto(f"{paper.base}/empty")
    return page


def test_the_highlighter_and_the_service_answer_every_vector_alike(modules: Page) -> None:
    kept = vectors()
    asked = [{"text": one.text, "html": one.html, "quote": asdict(one.quote)} for one in kept]
    got = modules.evaluate(
        """async (asked) => {
          const { find } = await import("/src/highlight/find.js");
          const { pageText } = await import("/src/highlight/page_text.js");
          const load = () => import("/src/highlight/judge.js");
          const answers = [];
          for (const { text, html, quote } of asked) {
            let said = await find(text, quote, load);
            if (html) {
              document.body.replaceWith(new DOMParser().parseFromString(html, "text/html").body);
              const served = await find(pageText()[0], quote, load);
              const isLike = `${served.slice(0, 4)}` == `${said.slice(0, 4)}`;
              if (!isLike) said = ["served", ...served];
            }
            answers.push(said);
          }
          return answers;
        }""",
        asked,
    )
    unlike = [
        (one.name, one.verdict, said)
        for one, said in zip(kept, got, strict=True)
        if not alike(one, said)
    ]
    assert unlike == []
