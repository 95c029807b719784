"""``/desk/errata/<id>``: everything known of one erratum, and what can be done with it."""

from dataclasses import dataclass
from urllib.parse import quote as percent_encode

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.desk.access import access_of
from copydesk.desk.edge import blueprint, member
from copydesk.desk.find import find_erratum
from copydesk.desk.happened import actor, happened, note_of
from copydesk.desk.shown import Sentence, in_rows, sentence_of
from copydesk.errata.about_page import first_comments
from copydesk.errata.corrected import left_the_page
from copydesk.errata.spot import spot_link
from copydesk.errata.transitions import Verb, allowed_verbs
from copydesk.errata.triage import is_waiting_for_recheck
from copydesk.errata.worddiff import Piece, word_diff
from copydesk.store.tables import (
    PAGE_RULES_FROM,
    Article,
    Editor,
    Erratum,
    HistoryEntry,
    Message,
    Report,
    Role,
    State,
)
from copydesk.web import services

MOST_REPORTS = 100
"""Readers' versions on one page; a front-page error can have thousands."""


@dataclass(frozen=True)
class Version:
    """What one reader sent."""

    report: Report
    pieces: list[Piece]


@blueprint.get("/errata/<public_id>")
def erratum(public_id: str) -> str:
    """Show the erratum."""
    with services().database.reading() as session:
        found = find_erratum(session, public_id)
        may_triage = member().access.may(Role.EDITOR, found.site_id)
        sentence = sentence_of(found, said=first_comments(session, [found]).get(found.id, ""))
        return render_template(
            "desk/erratum.html",
            erratum=found,
            article=found.article,
            sentence=sentence,
            versions=_versions(session, found),
            most_reports=MOST_REPORTS,
            is_gone=left_the_page(session, found),
            change=word_diff(found.before, found.after) if found.before and found.after else [],
            history=[
                (one, actor(one.who), happened(one), note_of(one))
                for one in _history(session, found)
            ],
            messages=_messages(session, found),
            verbs=_verbs(found.state, may_triage=may_triage),
            is_waiting=is_waiting_for_recheck(found),
            may_triage=may_triage,
            others=in_rows(session, _others(session, found)) if may_triage else [],
            editors=editors_of(session, found.site_id) if may_triage else [],
            spot=spot_link(found, found.article.canonical_url, services().signer),
            edit_url=edit_url(found.site.edit_url_template, found.article),
            fixed=fixed_sentence(sentence, found.suggestion),
        )


def edit_url(template: str, article: Article) -> str:
    """Return the address of the article in the newsroom's own system; empty without a template.

    ``{url}`` is the whole address, percent-encoded; ``{id}`` is the last number in its path.
    """
    if not template.startswith(("https://", "http://")):
        return ""
    path = article.canonical_url.partition("?")[0]
    digits = "".join(char if char.isdecimal() and char.isascii() else " " for char in path).split()
    return template.replace("{url}", percent_encode(article.canonical_url, safe="")).replace(
        "{id}", digits[-1] if digits else ""
    )


def fixed_sentence(sentence: Sentence, suggestion: str) -> str:
    """Return the sentence with the first proposal in it, to be copied into the article."""
    return f"{sentence.before}{suggestion}{sentence.after}".strip("…") if suggestion else ""


def editors_of(session: Session, site_id: int) -> list[Editor]:
    """Return who can be given an erratum of this site."""
    active = session.scalars(
        select(Editor).where(Editor.is_active).order_by(Editor.name, Editor.address)
    )
    return [one for one in active if access_of(one.roles).role_at(site_id) is not None]


def _verbs(state: State, *, may_triage: bool) -> set[Verb]:
    allowed = set(allowed_verbs(state))
    return allowed if may_triage else allowed & {Verb.CONFIRM, Verb.CORRECT}


def _versions(session: Session, found: Erratum) -> list[Version]:
    reports = session.scalars(
        select(Report).where(Report.erratum_id == found.id).order_by(Report.id).limit(MOST_REPORTS)
    )
    return [
        Version(one, word_diff(one.quote, one.suggestion) if one.suggestion else [])
        for one in reports
    ]


def _history(session: Session, found: Erratum) -> list[HistoryEntry]:
    return list(
        session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.erratum_id == found.id)
            .order_by(HistoryEntry.id.desc())
            .limit(200)
        )
    )


def _messages(session: Session, found: Erratum) -> list[Message]:
    return list(
        session.scalars(
            select(Message).where(Message.erratum_id == found.id).order_by(Message.id).limit(100)
        )
    )


def _others(session: Session, found: Erratum) -> list[Erratum]:
    """Return the errata of the same article that this one can be merged into."""
    version = Erratum.fingerprint_version
    return list(
        session.scalars(
            select(Erratum)
            .where(
                Erratum.article_id == found.article_id,
                Erratum.id != found.id,
                version >= PAGE_RULES_FROM if found.is_about_page else version < PAGE_RULES_FROM,
                Erratum.state.in_((State.OPEN, State.CONFIRMED)),
            )
            .order_by(Erratum.id)
            .limit(100)
        )
    )
