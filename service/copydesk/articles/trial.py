"""Try the reading of a page: what is found and by which rule, without keeping any of it."""

from dataclasses import dataclass

from copydesk.articles import problems
from copydesk.articles.canonical import named_addresses
from copydesk.articles.decoding import decode
from copydesk.articles.fetch import Fetcher
from copydesk.articles.html import PageUnreadable, parse_html
from copydesk.articles.locate import Verdict
from copydesk.articles.metadata import PageFacts, SiteRules, read_page
from copydesk.articles.page_kind import REASONS
from copydesk.articles.problems import FetchFailed, FetchRefused
from copydesk.articles.verdict import read_quote
from copydesk.errata.quote import Quote
from copydesk.urls import host_of, normalise_url


@dataclass(frozen=True)
class PageTrial:
    """What one trial found; ``problem`` says why there are no facts."""

    url: str
    """Where the page was read, after all redirects."""
    facts: PageFacts | None = None
    verdict: Verdict | None = None
    """What it says of the quote, if one was given; *unsure* when the page could not be read."""
    problem: str = ""

    @property
    def wall(self) -> str:
        """Why the page is no article; empty when it is one."""
        return REASONS.get(self.facts.kind, "") if self.facts else ""


def try_address(
    fetcher: Fetcher, url: str, rules: SiteRules, quote: Quote | None = None, *, read_as: str = ""
) -> PageTrial:
    """Fetch a page by the service's own rules and read it; never raises for a page.

    With ``rules.hosts`` no other host is asked for, and a redirect to another one is not followed
    up. ``read_as``: the address to read it by, if that is not where it stands.
    """
    try:
        if rules.hosts and host_of(url) not in rules.hosts:
            return _problem(url, problems.OTHER_SITE, quote)
        page = fetcher.fetch(url)
        if rules.hosts and host_of(page.url) not in rules.hosts:
            return _problem(page.url, problems.OTHER_SITE, quote)
    except (FetchRefused, FetchFailed) as error:
        return _problem(url, error.reason, quote)
    except ValueError as error:
        return _problem(url, str(error), quote)
    return try_html(page.body, read_as or page.url, rules, quote, charset=page.charset)


def try_html(
    html: bytes, url: str, rules: SiteRules, quote: Quote | None = None, *, charset: str = ""
) -> PageTrial:
    """Read a page that is here already; never raises for a page."""
    try:
        facts = read_page(html, url, site_rules=rules, charset=charset)
    except (PageUnreadable, ValueError) as error:
        return _problem(url, str(error), quote)
    return PageTrial(url, facts, read_quote(facts, quote) if quote else None)


def address_in(html: bytes) -> str:
    """Return the absolute address that a page names as its own; empty if none, never raises."""
    try:
        named = list(named_addresses(parse_html(decode(html))))
        return next((normalise_url(address) for address in named if address), "")
    except (PageUnreadable, ValueError):
        return ""


def _problem(url: str, reason: str, quote: Quote | None) -> PageTrial:
    return PageTrial(
        url, verdict=Verdict("unsure", reason=reason) if quote else None, problem=reason
    )
