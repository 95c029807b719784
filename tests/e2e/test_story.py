"""The whole way of one report, as four people live it, on real parts.

A reader in a real browser, an author with nothing but the mail, an editor on the desk, and the
newspaper's own page, which is mended by hand in its edit form.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.house import EDITOR, PASSWORD, House, house
from tests.widget_fixtures import wait_until

from copydesk.demo.mailbox import CaughtMail
from copydesk.demo.newspaper import Misprint, planted

pytestmark = pytest.mark.browser

WAIT = 60
READER = "rita@reader.example"
RESULTS = Path(__file__).parents[2] / "test-results"

# Where the middle of the misprint is on the screen: a reader's double click lands there.
MIDDLE_OF_WORD = """word => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const at = node.data.indexOf(word);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + word.length);
    node.parentElement.scrollIntoView({ block: "center" });
    const box = range.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  }
}"""


@pytest.fixture
def newsroom(database_url: str, tmp_path: Path) -> Iterator[House]:
    with house(database_url, tmp_path) as built:
        built.start()
        yield built


@pytest.fixture
def images(request: pytest.FixtureRequest) -> Path:
    """Return where screenshots go: the README's pictures are made by ``--images``."""
    if request.config.getoption("--images"):
        folder = RESULTS.parent / "docs" / "images"
    else:
        folder = RESULTS / request.node.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True)
class Told:
    """Which error of which newspaper the story is about."""

    paper: str
    wrong: str
    author: str
    locale: str

    @property
    def misprint(self) -> Misprint:
        return next(found for found in planted() if found.wrong == self.wrong)


IN_RUSSIAN = Told("chayka", "админстрация", "Марина Ветрова", "ru-RU")
IN_ENGLISH = Told("lantern", "recieved", "Nora Whitlow", "en-GB")


@pytest.mark.parametrize("told", [IN_RUSSIAN, IN_ENGLISH], ids=["ru", "en"])
def test_from_the_key_press_to_the_thanks(
    newsroom: House, chromium: Any, images: Path, told: Told
) -> None:
    misprint = told.misprint
    author = newsroom.address_of(told.author)
    page = chromium.new_page(viewport={"width": 1000, "height": 720}, locale=told.locale)
    page.set_default_timeout(10_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text)
            if message.type == "error" else None)  # fmt: skip

    # Other readers have found other errors.
    others = [found for found in planted() if found != misprint]
    assert {newsroom.send(found).status_code for found in others} == {201}

    # The reader.
    report(page, newsroom, misprint, images)
    status_url = page.locator("copydesk-widget a").get_attribute("href")
    assert status_url.startswith(f"{newsroom.base_url}/r/")

    # The author, who has only the mail.
    mail = newsroom.mailbox.wait_for(
        lambda mail: author in mail.recipients and misprint.wrong in mail.text, timeout=WAIT
    )
    assert misprint.right in mail.text
    assert READER not in mail.raw.decode()
    page.goto(f"{newsroom.mail_view_url}/mail/{mail.id}")
    page.screenshot(path=images / "mail.png")

    # "Corrected", pressed too early: the page is read and still has the error.
    press_corrected(page, mail)
    shown_until(page, status_url, "open")

    # The editor sees all of it on the desk.
    look_at_the_desk(page, newsroom, told, images)

    # The page is mended by hand, in the newspaper's own form.
    mend(page, newsroom, misprint)
    press_corrected(page, mail)
    thanks = newsroom.mailbox.wait_for(lambda mail: READER in mail.recipients, timeout=WAIT)
    assert misprint.right in thanks.text
    page.goto(status_url)
    assert page.locator("[data-state=corrected]").count() == 1
    assert misprint.wrong in page.locator("main").inner_text()
    page.screenshot(path=images / "status.png")

    # Nobody is thanked twice, and the answer link says that all is done.
    page.goto(answer_link(mail))
    assert page.locator("form button.button-primary").count() == 0
    assert len([mail for mail in newsroom.mailbox.all() if READER in mail.recipients]) == 1
    assert problems == []
    assert newsroom.stop() == 0
    assert "Traceback" not in newsroom.log()


def report(page: Any, newsroom: House, misprint: Misprint, images: Path) -> None:
    page.goto(newsroom.url_of(misprint))
    wait_until(page, "window.copydesk")
    page.mouse.dblclick(*page.evaluate(MIDDLE_OF_WORD, misprint.wrong))
    assert page.evaluate("getSelection().toString().trim()") == misprint.wrong
    page.keyboard.press("Control+Enter")
    dialog = page.locator("copydesk-widget dialog")
    dialog.wait_for()
    assert dialog.locator("mark").inner_text() == misprint.wrong
    correction = dialog.locator("[name=suggestion]")
    assert correction.input_value() == misprint.wrong
    correction.fill(misprint.right)
    dialog.locator("[name=reader_email]").fill(READER)
    # The sentence shows the change once the dialog's second file is there.
    wait_until(
        page,
        """(() => {
          const root = document.querySelector("copydesk-widget").shadowRoot;
          root.querySelector("textarea").dispatchEvent(new Event("input"));
          return root.querySelector("mark ins");
        })()""",
    )
    page.screenshot(path=images / "dialog.png")
    page.keyboard.press("Control+Enter")
    dialog.locator("a").wait_for()


def press_corrected(page: Any, mail: CaughtMail) -> None:
    page.goto(answer_link(mail))
    page.locator("form button.button-primary").click()
    page.wait_for_load_state()


def answer_link(mail: CaughtMail) -> str:
    return next(link for link in mail.links if "do=corrected" in link)


def shown_until(page: Any, url: str, state: str) -> None:
    """Look at the reader's page again and again, as a reader would, until it says so."""
    page.goto(url)
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if page.locator(f"[data-state={state}]").count():
            return
        page.reload()
    raise AssertionError(f"{state} never came: {page.locator('main').inner_text()}")


def look_at_the_desk(page: Any, newsroom: House, told: Told, images: Path) -> None:
    page.goto(f"{newsroom.base_url}/")
    page.locator("input[type=email]").fill(EDITOR)
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator(".rows").wait_for()
    page.screenshot(path=images / "desk.png")
    page.locator(".rows a").filter(has_text=told.wrong).first.click()
    page.wait_for_load_state()
    text = page.locator("main").inner_text()
    assert told.misprint.wrong in text
    assert told.misprint.right in text
    assert told.author in text
    page.screenshot(path=images / "erratum.png", full_page=True)


def mend(page: Any, newsroom: House, misprint: Misprint) -> None:
    page.goto(newsroom.url_of(misprint))
    page.locator("a[href$='/edit']").click()
    for box in page.locator("textarea").all():
        text = box.input_value()
        if misprint.wrong_source in text:
            box.fill(text.replace(misprint.wrong_source, misprint.right_source))
            break
    page.locator("form button").first.click()
    page.wait_for_load_state()
    article = newsroom.edition.get(misprint.paper, misprint.slug).article
    assert misprint.wrong_source not in article.source
