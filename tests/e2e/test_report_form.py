"""The form that needs no scripts, in a browser that runs none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import select
from tests.conftest import SECRET_KEY, MovableClock
from tests.factories import HOST, ORIGIN, make_site

from copydesk.app import create_app
from copydesk.articles.fetch import Fetcher
from copydesk.demo.servers import free_port, serving
from copydesk.services import Services
from copydesk.settings import DatabaseSettings, ServerSettings, Settings
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Report
from copydesk.tokens import Signer

PAGE = f"{ORIGIN}/harbour/ferry"
NARROW = 320


@dataclass
class Desk:
    """A service on the loopback with one site, and its database to look into."""

    base: str
    database: Database

    def link(self, url: str = PAGE) -> str:
        """Return what a plain link on a page of the site holds."""
        return f"{self.base}/report?site=gazette&url={url}"

    def reports(self) -> list[Report]:
        with self.database.reading() as session:
            return list(session.scalars(select(Report)))


@pytest.fixture
def desk(tmp_path: Path, clock: MovableClock) -> Iterator[Desk]:
    port = free_port()
    url = f"sqlite:///{tmp_path}/copydesk.db"
    settings = Settings(
        server=ServerSettings(
            base_url=f"http://127.0.0.1:{port}", secret_key=SecretStr(SECRET_KEY)
        ),
        database=DatabaseSettings(url=SecretStr(url)),
    )
    database = Database(url)
    upgrade(database)
    with database.transaction() as session:
        make_site(session, clock())
    signer = Signer(settings.server.secret_keys)
    app = create_app(Services(settings, database, signer, clock, Fetcher()))
    with serving(app, port):
        yield Desk(settings.server.base_url, database)
    database.close()


@pytest.fixture(params=["light", "dark"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a narrow window that runs no scripts."""
    context = chromium.new_context(
        java_script_enabled=False,
        locale="en-GB",
        color_scheme=request.param,
        viewport={"width": NARROW, "height": 700},
    )
    context.set_default_timeout(8000)
    yield context.new_page()
    context.close()


def assert_fits(page: Page) -> None:
    """Nothing may stick out sideways; without scripts the boxes themselves are asked."""
    for element in page.locator("main *:visible").all():
        box = element.bounding_box()
        assert box is not None
        assert box["x"] >= 0, element
        assert box["x"] + box["width"] <= NARROW + 0.5, element


def test_a_report_without_any_script(page: Page, desk: Desk, tmp_path: Path) -> None:
    page.goto(desk.link())
    expect(page).to_have_title("Report an error")
    expect(page.get_by_label("Address of the page")).to_have_value(PAGE)
    expect(page.locator("[name=website]")).to_be_hidden()
    assert_fits(page)
    page.screenshot(path=tmp_path / "form.png", full_page=True)

    page.get_by_label("The wrong words").fill("recieved")
    page.get_by_label("How should it read?").fill("received")
    page.get_by_label("What is wrong?").select_option("Fact")
    page.get_by_label("Comment").fill("Third line.")
    page.get_by_label("E-mail").fill("rita@reader.example")
    page.get_by_role("button", name="Send").click()

    page.wait_for_url(re.compile(r"/r/[\w-]+\?new=1$"))
    expect(page.get_by_role("status")).to_have_text("Thank you! The editors have your report.")
    assert_fits(page)
    page.screenshot(path=tmp_path / "thanks.png", full_page=True)
    page.reload()
    (stored,) = desk.reports()
    assert (stored.quote, stored.suggestion, stored.kind) == ("recieved", "received", "fact")
    assert (stored.comment, stored.reader_email) == ("Third line.", "rita@reader.example")
    assert page.context.cookies() == []


def test_a_mistake_gets_the_focus_and_keeps_what_was_typed(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    page.goto(desk.link("https://other.example/story"))
    page.get_by_label("The wrong words").fill("recieved")
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_title("Not sent yet · Report an error")
    address = page.get_by_label("Address of the page")
    expect(address).to_be_focused()
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description(
        "This page does not belong to The Harbour Gazette."
    )
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet")
    expect(page.get_by_label("The wrong words")).to_have_value("recieved")
    assert_fits(page)
    page.screenshot(path=tmp_path / "mistake.png", full_page=True)
    address.fill(f"{HOST}/harbour/ferry")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/r/"))
    assert len(desk.reports()) == 1


def test_sent_again_from_the_history_it_is_one_report(page: Page, desk: Desk) -> None:
    page.goto(desk.link())
    page.get_by_label("The wrong words").fill("recieved")
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/r/"))
    first = page.url
    page.go_back()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile(r"/r/"))
    assert page.url == first
    assert len(desk.reports()) == 1
