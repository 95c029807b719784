"""``copydesk page``: what the service reads from a page, and what it says of a quote."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.articles import SiteRules
from copydesk.articles.trial import PageTrial, address_in, try_address, try_html
from copydesk.articles.wanted import rules_of
from copydesk.cli.context import Context, pass_context
from copydesk.errata.quote import Quote
from copydesk.store.migrate import is_current
from copydesk.store.tables import Site
from copydesk.urls import host_of

NOWHERE = "https://page.invalid/"
"""Stands for the address of a file that names none (RFC 2606: the name never resolves)."""
SHOWN = 400
"""Characters of the story that are shown to people."""


@click.command()
@click.argument("page", metavar="URL|FILE")
@click.option("--url", "read_as", default="", help="The address to read it by.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--quote", default="", help="Words to find, as they stood on the page.")
@click.option("--prefix", default="", help="What stood before them.")
@click.option("--suffix", default="", help="What stood after them.")
@pass_context
def page(
    context: Context,
    page: str,
    read_as: str,
    quote: str,
    prefix: str,
    suffix: str,
    *,
    as_json: bool,
) -> None:
    """Show what the service reads from a page and by which rule; nothing is kept.

    An address is fetched as the worker does it, with the same limits. What can't be read is a
    failure, or with --quote the verdict "unsure".
    """
    words = Quote(quote, prefix, suffix) if quote else None
    if page.lower().startswith(("http://", "https://")):
        fetcher, rules = context.first_services.fetcher, _rules(context, read_as or page)
        trial = try_address(fetcher, page, rules, words, read_as=read_as)
    else:
        trial = _try_file(Path(page), read_as, words)
    if trial.facts is None and trial.verdict is None:
        raise click.ClickException(trial.problem)
    if as_json:
        click.echo(json.dumps(_in_json(trial), ensure_ascii=False, indent=2))
    else:
        for line in _in_words(trial):
            # Foreign text on a terminal: no escape sequences.
            click.echo("".join(char for char in line if char.isprintable()))


def _try_file(path: Path, read_as: str, quote: Quote | None) -> PageTrial:
    try:
        html = path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    return try_html(html, read_as or address_in(html) or NOWHERE, SiteRules(), quote)


def _rules(context: Context, url: str) -> SiteRules:
    """Return the rules of the site the address belongs to, if there is one."""
    database = context.first_services.database
    if context.missing_file is not None or not is_current(database):
        return SiteRules()
    with database.reading() as session:
        site = _site_of(session, url)
        # No hosts: an address of no site may be tried as well, and redirects followed.
        return SiteRules() if site is None else rules_of(site)


def _site_of(session: Session, url: str) -> Site | None:
    try:
        host = host_of(url)
    except ValueError:
        return None
    sites = session.scalars(select(Site).order_by(Site.id))
    return next((site for site in sites if host in site.hosts), None)


def _in_json(trial: PageTrial) -> dict[str, Any]:
    facts, verdict = trial.facts, trial.verdict
    authors = facts.authors if facts else ()
    answer: dict[str, Any] = {
        "canonical_url": _address(facts.canonical_url if facts else trial.url),
        "title": facts.title if facts else "",
        "lang": facts.lang if facts else "",
        "authors": [{"name": author.name, "rule": author.rule} for author in authors],
        "section": facts.section if facts else "",
    }
    if verdict is not None:
        answer |= {
            "verdict": verdict.kind,
            "found": verdict.found,
            "start": verdict.start,
            "score": verdict.score,
            "reason": verdict.reason,
        }
    return answer


def _in_words(trial: PageTrial) -> list[str]:
    facts, verdict = trial.facts, trial.verdict
    lines = []
    if facts is not None:
        authors = ", ".join(f"{author.name} ({author.rule})" for author in facts.authors)
        rows = (
            ("address", _address(facts.canonical_url)),
            *(("also at", _address(alias)) for alias in facts.aliases),
            ("title", facts.title),
            ("language", facts.lang),
            ("section", facts.section),
            ("authors", authors or "none found"),
            ("story", f"{len(facts.article_text)} characters ({facts.article_rule})"),
            ("begins", " ".join(facts.article_text[:SHOWN].split())),
            ("no article", f"{trial.wall} ({facts.kind})" if trial.wall else ""),
        )
        lines = [f"{name + ':':<12}{value}" for name, value in rows if value]
    if verdict is not None:
        found = f": {verdict.found}" if verdict.found else ""
        lines.append(f"{'verdict:':<12}{verdict.kind}{found}")
        place = "" if verdict.start is None else f"at character {verdict.start}, "
        lines.append(f"{'':<12}{place}score {verdict.score}; {verdict.reason}")
        lines += [f"{'now:':<12}{verdict.sentence}"] if verdict.sentence else []
    return lines


def _address(url: str) -> str:
    return "" if url == NOWHERE else url
