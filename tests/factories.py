"""Things a test can like: a newspaper, Ada the author, Ed the editor, Rita the reader."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from copydesk.errata.attach import Attached, attach_all
from copydesk.errata.grouping import ERRATUM, Found, Incoming, find_all
from copydesk.errata.overlap import Claim
from copydesk.errata.quote import quote_of
from copydesk.errata.word_keys_v1 import word_keys
from copydesk.store.prepared_insert import new_ids
from copydesk.store.tables import (
    Article,
    Author,
    Desk,
    Editor,
    EditorRole,
    Erratum,
    ErratumWord,
    Kind,
    Proof,
    Report,
    Role,
    Site,
    State,
)
from copydesk.tokens import random_token

HOST = "news.example"
ORIGIN = f"https://{HOST}"


def make_site(session: Session, now: datetime, **changes: Any) -> Site:
    """Add the newspaper."""
    values: dict[str, Any] = {
        "key": "gazette",
        "name": "The Harbour Gazette",
        "hosts": [HOST],
        "origins": [ORIGIN],
        "created_at": now,
    }
    site = Site(**(values | changes))
    session.add(site)
    session.flush()
    return site


def make_author(session: Session, site: Site, **changes: Any) -> Author:
    """Add Ada."""
    values: dict[str, Any] = {
        "site_id": site.id,
        "name": "Ada Byrne",
        "name_variants": [],
        "address": "ada@news.example",
    }
    author = Author(**(values | changes))
    session.add(author)
    session.flush()
    return author


def make_desk(session: Session, site: Site, **changes: Any) -> Desk:
    """Add the site's desk."""
    values: dict[str, Any] = {
        "site_id": site.id,
        "name": "News desk",
        "section_patterns": [],
        "address": "desk@news.example",
    }
    desk = Desk(**(values | changes))
    session.add(desk)
    session.flush()
    return desk


def make_editor(
    session: Session,
    now: datetime,
    *,
    site: Site | None = None,
    role: Role = Role.ADMIN,
    **changes: Any,
) -> Editor:
    """Add Ed with one role; without a site it holds everywhere."""
    values: dict[str, Any] = {
        "address": "ed@news.example",
        "name": "Ed Doyle",
        "password_hash": "",
        "created_at": now,
    }
    editor = Editor(**(values | changes))
    editor.roles.append(EditorRole(site_id=site.id if site else None, role=role))
    session.add(editor)
    session.flush()
    return editor


def make_article(session: Session, site: Site, now: datetime, **changes: Any) -> Article:
    """Add an article with Ada's byline."""
    values: dict[str, Any] = {
        "site_id": site.id,
        "canonical_url": f"{ORIGIN}/harbour/ferry",
        "title": "Ferry returns to the harbour",
        "byline": "Ada Byrne",
        "byline_rule": "meta",
        "created_at": now,
    }
    article = Article(**(values | changes))
    session.add(article)
    session.flush()
    return article


def make_erratum(session: Session, article: Article, now: datetime, **changes: Any) -> Erratum:
    """Add an open erratum with a proved quote and one report of Rita's."""
    report_changes = changes.pop("report", {})
    values: dict[str, Any] = {
        "public_id": random_token(),
        "site_id": article.site_id,
        "article_id": article.id,
        "fingerprint_version": 1,
        "fingerprint": random_token(24),
        "quote": "recieved",
        "prefix": "The harbour master ",
        "suffix": " a letter on Monday.",
        "suggestion": "received",
        "kind": Kind.LANGUAGE,
        "state": State.OPEN,
        "proof": Proof.FOUND,
        "before": "The harbour master recieved a letter on Monday.",
        "report_count": 1,
        "first_seen_at": now,
        "last_seen_at": now,
    }
    erratum = Erratum(**(values | changes))
    session.add(erratum)
    session.flush()
    if not erratum.is_about_page:
        session.add_all(
            ErratumWord(article_id=article.id, word=word, erratum_id=erratum.id)
            for word in word_keys(Claim(quote_of(erratum), erratum.suggestion))
        )
    make_report(session, erratum, now, **report_changes)
    return erratum


def make_report(session: Session, erratum: Erratum, now: datetime, **changes: Any) -> Report:
    """Add a report of Rita's to an erratum, without counting it."""
    values: dict[str, Any] = {
        "site_id": erratum.site_id,
        "erratum_id": erratum.id,
        "client_id": str(uuid.uuid4()),
        "body_hash": "",
        "token": random_token(),
        "received_at": now,
        "url": erratum.article.canonical_url,
        "quote": erratum.quote,
        "prefix": erratum.prefix,
        "suffix": erratum.suffix,
        "suggestion": erratum.suggestion,
        "kind": erratum.kind,
    }
    report = Report(**(values | changes))
    session.add(report)
    session.flush()
    return report


def find_or_open(session: Session, reports: list[Incoming], now: datetime) -> list[Found]:
    """Let reports that came together find their errata, as the intake does."""
    grouping = find_all(session, reports)
    (ids,) = new_ids(session, (ERRATUM, grouping.missing))
    return grouping.open(session, ids, now)


def receive(session: Session, article: Article, claim: Claim, now: datetime) -> Erratum:
    """Let a report of Rita's come in for an article and return the erratum it went to."""
    incoming = Incoming(article.site_id, article.id, claim, Kind.LANGUAGE, is_spam=False)
    (found,) = find_or_open(session, [incoming], now)
    erratum = session.get_one(Erratum, found.id)
    report = make_report(session, erratum, now)
    attach_all(session, [Attached(found, report.id, claim.suggestion, "")], now=now)
    session.refresh(erratum)
    return erratum
