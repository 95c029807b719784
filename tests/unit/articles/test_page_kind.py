"""Walls, error pages and shells are told from articles, and articles from them."""

import pytest

from copydesk.articles import SiteRules, read_page
from copydesk.articles.page_kind import REASONS, PageKind, has_shrunk
from copydesk.articles.verdict import read_quote
from copydesk.errata.quote import Quote

URL = "https://news.example/harbour/ferry"

STORY = "".join(
    f"<p>On day {day} the harbour master counted {day * 3} boats, wrote their names into the long "
    f"book by the window and went home before the evening tide could turn.</p>"
    for day in range(1, 9)
)
TEASER = (
    "<p>The harbour master counted the boats, wrote their names into the long book by the window "
    "and went home before the evening tide could turn. What she found there nobody expected.</p>"
)
NAV = "<nav><a href=/>News</a> <a href=/sport>Sport</a> <a href=/login>Log in</a></nav>"
BANNER = (
    "<div class=cc><p>We use cookies. Read our privacy policy.</p><button>Accept all</button></div>"
)
SIGN_IN = "<form action=/login><input name=user><input type=password name=pass></form>"
FOOT = "<footer><p>The Gazette, 2026. Subscribe to our newsletter. Privacy. Cookies.</p></footer>"


def page(body: str, title: str = "Ferry | The Gazette", head: str = "") -> str:
    return f"<!doctype html><title>{title}</title>{head}<body>{NAV}{body}{FOOT}</body>"


def kind(html: str) -> PageKind:
    return read_page(html, URL, site_rules=SiteRules(hosts=("news.example",))).kind


@pytest.mark.parametrize(
    "html",
    [
        page(f"<article><h1>The ferry is back</h1>{STORY}</article>"),
        page(f"{BANNER}<article><h1>The ferry is back</h1>{STORY}</article>"),
        page(f"{SIGN_IN}<article><h1>The ferry is back</h1>{STORY}</article>"),
        # About the very things that a wall speaks of.
        page(f"<article><h1>Error 404 and how it came about</h1>{STORY}</article>", "Error 404"),
        page(f"<article><h1>Page not found: a history of the web</h1>{TEASER}</article>"),
        page(
            "<article><h1>New law on cookies</h1><p>A pop-up that asks for consent must offer more "
            "than a button to accept all cookies, the court said on Monday in its ruling.</p>"
            f"{STORY}</article>{BANNER}"
        ),
        page(f"<article><h1>Login to the tax office fails</h1>{SIGN_IN}{STORY}</article>"),
        # Short news in front of everything a site carries along.
        page(f"{BANNER}{SIGN_IN}<main><h1>Ferry back</h1>{TEASER}</main>"),
        page(f"<div id=root><main><h1>Ferry back</h1>{TEASER}</main></div>"),
        page(f"<noscript>Please enable JavaScript to see comments.</noscript>{STORY}"),
        "<p>Three words only.</p>",
        "",
    ],
)
def test_an_article_is_an_article(html: str) -> None:
    assert kind(html) is PageKind.ARTICLE


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("404 Not Found", "Not here"),
        ("Page not found | The Gazette", "Oops!"),
        ("The Gazette", "404"),
        ("The Gazette", "This page could not be found."),
        ("Ошибка 404 — Вестник", "Что-то пошло не так"),
        ("Вестник", "Страница не найдена"),
        ("Материал удалён | Вестник", "Вестник"),
        ("Газета", "Сторінку не знайдено"),
        ("Газета", "Бет табылмады"),
        ("Seite nicht gefunden - Anzeiger", "Hoppla"),
        ("Page introuvable - Le Courrier", "Désolé"),
        ("Página no encontrada | Diario", "Vaya"),
        ("Stránka nenalezena | Deník", "Chyba"),
    ],
)
def test_a_not_found_that_answers_200(title: str, heading: str) -> None:
    html = page(f"<h1>{heading}</h1><p>Try the search or go back to the front page.</p>", title)
    assert kind(html) is PageKind.NOT_FOUND


@pytest.mark.parametrize(
    "body",
    [
        (
            "<div><h2>Your privacy</h2><p>We and our 843 partners store cookies on your device to "
            "show you adverts.</p><p>You can withdraw your consent at any time "
            "at the foot of each page.</p><button>Accept all</button></div>"
        ),
        (
            "<div><p>Мы используем файлы cookie, чтобы сайт работал. Продолжая, вы даёте согласие "
            "на обработку персональных данных.</p><button>Принять все</button></div>"
        ),
        (
            "<div><p>Mit Ihrer Einwilligung verarbeiten wir und Partner personenbezogene Daten "
            "wie Cookies.</p><button>Alle akzeptieren</button><button>Pur-Abo</button></div>"
        ),
        (
            "<div><p>Avec votre consentement, nos partenaires et nous utilisons des cookies pour "
            "mesurer l’audience du site.</p><button>Tout accepter</button><a>J’accepte</a></div>"
        ),
    ],
)
def test_a_consent_wall(body: str) -> None:
    assert kind(page(body)) is PageKind.CONSENT


@pytest.mark.parametrize(
    "html",
    [
        page(f"<article><h1>Ferry</h1>{TEASER}<p>Subscribe to continue reading.</p></article>"),
        page(
            f"<article><h1>Ferry</h1>{TEASER}</article><div>This article is for subscribers</div>"
        ),
        page(f"<article>{STORY}<p>Sign in to keep reading this story</p></article>"),
        page(f"<article>{TEASER}<p>Чтобы читать дальше, оформите подписку</p></article>"),
        page(f"<article>{TEASER}<p>Материал доступен. Статья по подписке</p></article>"),
        page(f"<article>{TEASER}<p>Zum Weiterlesen bitte anmelden</p></article>"),
        page(f"<article>{TEASER}<p>Pour lire la suite, abonnez-vous</p></article>"),
        page(f"<article>{TEASER}<p>Para seguir leyendo, suscríbase</p></article>"),
        page(f"<h1>Log in</h1>{SIGN_IN}", "Log in - The Gazette"),
        page(f"<h1>Вход</h1>{SIGN_IN}", "Вход | Вестник"),
        page(
            f"<article><h1>Ferry</h1>{TEASER}</article>",
            head='<script type="application/ld+json">{"@type":"NewsArticle",'
            '"isAccessibleForFree":"False"}</script>',
        ),
    ],
)
def test_a_login_wall(html: str) -> None:
    assert kind(html) is PageKind.LOGIN


@pytest.mark.parametrize(
    "html",
    [
        "<title>Just a moment...</title><body><h1>news.example</h1><p>Checking your browser</p>",
        "<title>Вестник</title><body><p>Подтвердите, что вы не робот</p><div id=captcha></div>",
        "<title>DDoS-Guard</title><body><h1>Проверка браузера перед переходом</h1>",
    ],
)
def test_a_robot_check(html: str) -> None:
    assert kind(html) is PageKind.ROBOT


@pytest.mark.parametrize(
    "html",
    [
        "<title>Gazette</title><body><div id=root></div><script src=/app.js></script>",
        "<title>Gazette</title><body><div id=app>Loading…</div>",
        (
            "<title>Gazette</title><body><noscript>You need to enable JavaScript to run this app."
            "</noscript><div class=mount></div><script>boot()</script>"
        ),
        "<title>Вестник</title><body><p>Для работы сайта включите JavaScript</p>",
        page("<div id=__next></div>"),
    ],
)
def test_an_empty_shell(html: str) -> None:
    assert kind(html) is PageKind.SHELL


def test_each_kind_but_an_article_has_its_words() -> None:
    assert set(REASONS) == set(PageKind) - {PageKind.ARTICLE}


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [(500, 2000, True), (1100, 2000, False), (0, 400, True), (0, 399, False), (10, 0, False)],
)
def test_a_story_that_shrank(now: int, before: int, *, expected: bool) -> None:
    assert has_shrunk(now, before) is expected


QUOTE = Quote(
    "turn", prefix="and went home before the evening tide could ", suffix=". What she found there"
)


def verdict(html: str, last_length: int = 0) -> tuple[str, str]:
    found = read_quote(read_page(html, URL), QUOTE, "return", last_length=last_length)
    return found.kind, found.reason


def test_words_on_a_walls_teaser_stand_there_and_missing_ones_prove_nothing() -> None:
    wall = "<p>Subscribe to continue reading.</p>"
    assert verdict(page(f"<article>{TEASER}{wall}</article>"))[0] == "there"
    mended = TEASER.replace("could turn", "could return")
    assert verdict(page(f"<article>{mended}</article>"))[0] == "changed"
    assert verdict(page(f"<article>{mended}{wall}</article>")) == (
        "unsure",
        REASONS[PageKind.LOGIN],
    )


def test_a_page_that_lost_its_story_proves_nothing() -> None:
    html = page("<article><h1>Ferry</h1><p>More soon.</p></article>")
    assert verdict(html, last_length=2000) == ("unsure", REASONS[PageKind.SHRUNK])
    there = page(f"<article>{TEASER}</article>")
    assert verdict(there, last_length=2000)[0] == "there"
    mended = there.replace("could turn", "could return")
    assert verdict(mended, last_length=2000) == ("unsure", REASONS[PageKind.SHRUNK])
    assert verdict(mended, last_length=300)[0] == "changed"
