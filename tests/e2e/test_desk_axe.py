"""Every page of the service, in each look: axe-core finds nothing, nothing sticks out sideways."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pydantic import SecretStr
from sqlalchemy import select
from tests.axe import findings
from tests.conftest import SECRET_KEY, MovableClock
from tests.desk_fixtures import Paper, make_paper
from tests.factories import make_editor, make_erratum

from copydesk.app import create_app
from copydesk.articles.fetch import Fetcher
from copydesk.demo.servers import free_port, serving
from copydesk.desk.sign_in import make_link
from copydesk.notify.links import ANSWER
from copydesk.services import Services
from copydesk.settings import DatabaseSettings, ServerSettings, Settings
from copydesk.store.database import Database
from copydesk.store.migrate import upgrade
from copydesk.store.tables import Article, Editor, Report, State
from copydesk.tokens import Signer

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Look:
    """How somebody's screen is set up."""

    colours: str = "light"
    is_forced: bool = False
    width: int = 1100
    locale: str = "en-GB"


LOOKS = {
    "light": Look(),
    "dark": Look(colours="dark"),
    "forced colours": Look(is_forced=True),
    "320 px, Russian": Look(width=320, locale="ru-RU"),
    "320 px, dark": Look(colours="dark", width=320),
}


@dataclass
class Desk:
    """A running service with one site and one of everything, and what its pages are called."""

    base: str
    services: Services
    paper: Paper
    editor_id: int
    reader_tokens: list[str]

    def entry(self) -> str:
        """Return a link that signs the editor in, once."""
        with self.services.database.transaction() as session:
            editor = session.get_one(Editor, self.editor_id)
            return f"/desk/enter/{make_link(session, editor, now=self.services.clock())}"

    @property
    def answer(self) -> str:
        return f"/a/{self.services.signer.sign(ANSWER, self.paper.message_id)}"

    def public(self) -> list[str]:
        site = self.paper.site_key
        link = f"/report?site={site}&url=https://{site}.example/harbour/ferry"
        return [
            *(f"/r/{token}" for token in self.reader_tokens),
            f"/r/{self.reader_tokens[0]}?new=1",
            *(f"{self.answer}?do={wish}" for wish in ("", "corrected", "decline", "not-mine")),
            link,
            "/report?site=no-such-page",
            "/desk/sign-in",
            "/no-such-page",
        ]

    def private(self) -> list[str]:
        paper = self.paper
        return [
            "/desk/",
            "/desk/?tab=all",
            "/desk/?q=nothing-like-it",
            f"/desk/errata/{paper.public_id}",
            f"/desk/errata/{paper.other_public_id}",
            f"/desk/articles/{paper.article_id}",
            "/desk/deliveries",
            "/desk/people",
            f"/desk/people/authors/{paper.author_id}",
            f"/desk/people/authors/new/{paper.site_key}",
            f"/desk/people/desks/{paper.desk_id}",
            f"/desk/people/editors/{self.editor_id}",
            "/desk/people/editors/new",
            "/desk/sites",
            f"/desk/sites/{paper.site_key}",
            f"/desk/sites/{paper.site_key}/page",
            "/desk/sites/new",
            "/desk/me",
            "/desk/no-such-page",
        ]


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
        paper = make_paper(session, clock(), "gazette")
        article = session.get_one(Article, paper.article_id)
        for state in (State.CONFIRMED, State.CORRECTED, State.DECLINED):
            make_erratum(session, article, clock(), state=state)
        editor = make_editor(session, clock())
        tokens = list(session.scalars(select(Report.token).order_by(Report.id)))
        editor_id = editor.id
    signer = Signer(settings.server.secret_keys)
    services = Services(settings, database, signer, clock, Fetcher())
    with serving(create_app(services), port):
        yield Desk(settings.server.base_url, services, paper, editor_id, tokens)
    database.close()


@pytest.fixture(params=LOOKS)
def screen(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    look = LOOKS[request.param]
    context = chromium.new_context(
        locale=look.locale,
        color_scheme="dark" if look.colours == "dark" else "light",
        forced_colors="active" if look.is_forced else "none",
        viewport={"width": look.width, "height": 800},
    )
    context.set_default_timeout(8000)
    yield context
    context.close()


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def wrong_with(page: Page) -> list[str]:
    too_wide = page.evaluate(SIDEWAYS)
    return findings(page) + ([f"{too_wide} px too wide"] if too_wide > 0 else [])


def go(page: Page, url: str) -> None:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == (404 if "no-such-page" in url else 200), url


def test_every_page(screen: BrowserContext, desk: Desk) -> None:
    page = screen.new_page()
    wrong = {}
    for path in [*desk.public(), desk.entry()]:
        go(page, desk.base + path)
        wrong[path] = wrong_with(page)
    page.locator("main form button").first.click()
    page.wait_for_url("**/desk/**")
    for path in desk.private():
        go(page, desk.base + path)
        assert "/sign-in" not in page.url, path
        wrong[path] = wrong_with(page)
    assert {path: found for path, found in wrong.items() if found} == {}


def test_mistakes_in_forms(screen: BrowserContext, desk: Desk) -> None:
    page = screen.new_page()
    page.goto(f"{desk.base}/desk/sign-in")
    page.locator("input[type=email]").fill("ed@news.example")
    page.locator("input[type=password]").fill("not the password")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    assert wrong_with(page) == []
    page.goto(f"{desk.base}/report?site=gazette&url=https://elsewhere.example/")
    page.locator("[name=quote], textarea").first.fill("recieved")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    assert wrong_with(page) == []


def test_the_sheet_of_keys(screen: BrowserContext, desk: Desk) -> None:
    page = screen.new_page()
    go(page, desk.base + desk.entry())
    page.locator("main form button").first.click()
    page.wait_for_url("**/desk/**")
    page.keyboard.press("?")
    page.locator("#keys-sheet").wait_for()
    assert wrong_with(page) == []
