"""The use case: article, erratum, report and the work they cause, for a group of reports at once.

One transaction stores what waits at the same time (``store/group_commit.py``), so each step here is
a few statements for all reports and not for each. No step scans: whatever is looked for has an
index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from copydesk.errata.attach import Attached, attach_all
from copydesk.errata.grouping import ERRATUM, Found, Incoming, find_all
from copydesk.errata.overlap import Claim
from copydesk.errata.quote import Quote
from copydesk.intake import guard, spam
from copydesk.intake.articles import FoundArticle, find_or_add_all, page_of
from copydesk.intake.limits import Sender, check_limits
from copydesk.intake.payload import ReportDraft
from copydesk.intake.proof_of_work import ProofOfWork
from copydesk.intake.repeats import answer_repeats, outcome_of_copy, part_copies
from copydesk.intake.submission import Entry, Outcome, Submission, receipt
from copydesk.settings import LimitSettings
from copydesk.store.base import table_of
from copydesk.store.prepared_insert import PreparedInsert, new_ids, written_at_once
from copydesk.store.tables import Report, Site
from copydesk.tokens import Signer, ordered_token

# The site's row is touched at most this often, so that reports don't queue up behind it.
SEEN_EVERY = timedelta(hours=1)


_REPORT = table_of(Report)
_ADD = PreparedInsert(_REPORT, is_numbered=True)


@dataclass(frozen=True)
class Rules:
    """By which rules reports are judged."""

    signer: Signer
    limits: LimitSettings
    proof: ProofOfWork | None = None
    """What asks for a proof of work; None: none is asked for."""


def submit_all(
    session: Session, submissions: Sequence[Submission], rules: Rules, *, now: datetime
) -> list[Outcome]:
    """Store new reports and owe the work that follows; for each its receipt, or why it is refused.

    A repeat (the same id and body) gets the receipt of its first copy, also within one group; the
    same id with another body is a ``Conflict``. A limit that is reached is ``TooMany``, a missing
    proof of work ``ProofNeeded``; the others are told by ``guard.refusal``.
    """
    entries = [Entry(submission) for submission in submissions]
    _admit(session, entries, now)
    answer_repeats(session, _open(entries))
    waiting = _open(entries)
    if rules.proof is not None:
        # Of several copies of a report the one that is paid for stands for all.
        waiting.sort(key=lambda entry: not entry.draft.altcha)
    firsts, copies = part_copies(waiting)
    if rules.proof is None:
        _limit(session, firsts, rules, now)
    else:
        _limit_proved(session, firsts, rules, rules.proof, now)
    _mark_spam(session, _open(firsts), rules, now)
    _store(session, _open(firsts), now)
    for copy, original in copies:
        copy.outcome = outcome_of_copy(copy, original)
    outcomes = [entry.outcome for entry in entries if entry.outcome is not None]
    # One without an outcome would hand everybody behind it another reader's receipt.
    assert len(outcomes) == len(entries)
    return outcomes


def _open(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.outcome is None]


def _admit(session: Session, entries: list[Entry], now: datetime) -> None:
    sites = guard.sites_of(session, {entry.draft.site for entry in entries}, now)
    for entry in entries:
        entry.admit(sites.get(entry.draft.site))


def _limit_proved(
    session: Session, entries: list[Entry], rules: Rules, proof: ProofOfWork, now: datetime
) -> None:
    """Limit what is proved: a flood without proofs, or with one for all, fills nobody's limit.

    A proof counts once, and is spent before the limits are asked; what they refuse keeps its proof.
    """
    proof.ask(entries, now)
    proved = _open(entries)
    proof.spend(session, proved, now)
    proved = _open(proved)
    _limit(session, proved, rules, now)
    proof.give_back(session, [entry for entry in proved if entry.outcome is not None])


def _limit(session: Session, entries: list[Entry], rules: Rules, now: datetime) -> None:
    if not entries:
        return
    addresses = [entry.submission.address for entry in entries]
    salt = entries[0].site.salt
    keys = guard.reader_keys(session, rules.signer, addresses, salt, now)
    for entry, key in zip(entries, keys, strict=True):
        entry.reader_key = key.address
    senders = [
        Sender(entry.site.id, entry.draft.url, key.address, key.network)
        for entry, key in zip(entries, keys, strict=True)
    ]
    refusals = check_limits(session, senders, rules.limits, now=now)
    for entry, refusal in zip(entries, refusals, strict=True):
        entry.outcome = refusal


def _mark_spam(session: Session, entries: list[Entry], rules: Rules, now: datetime) -> None:
    for entry in entries:
        entry.spam_reason = spam.spam_reason(entry.draft)
    spam.mark_repeated(session, entries, rules.signer, now=now)


def _store(session: Session, entries: list[Entry], now: datetime) -> None:
    if not entries:
        return
    pages = [page_of(entry.draft, entry.site.id, entry.site.hosts) for entry in entries]
    articles = find_or_add_all(session, pages, now=now)
    with written_at_once(session):
        _attach(session, entries, articles, now)
    _see_widgets(session, entries, now)


def _attach(
    session: Session, entries: list[Entry], articles: list[FoundArticle], now: datetime
) -> None:
    """Store the reports and do to their errata what they do."""
    grouping = find_all(
        session,
        [
            Incoming(
                site_id=entry.site.id,
                article_id=article.id,
                claim=_claim(entry.draft),
                kind=entry.draft.kind,
                is_spam=bool(entry.spam_reason),
                is_new_article=article.is_new,
            )
            for entry, article in zip(entries, articles, strict=True)
        ],
    )
    opened, ids = new_ids(session, (ERRATUM, grouping.missing), (_REPORT, len(entries)))
    errata = grouping.open(session, opened, now)
    reports = [
        {"id": number, **_report(entry, erratum, now)}
        for number, entry, erratum in zip(ids, entries, errata, strict=True)
    ]
    _ADD.add(session, reports)
    attached = [
        Attached(erratum, number, entry.draft.suggestion, entry.spam_reason)
        for number, entry, erratum in zip(ids, entries, errata, strict=True)
    ]
    for entry, one, report, standing in zip(
        entries, attached, reports, attach_all(session, attached, now=now), strict=True
    ):
        reason = one.erratum.declined_reason
        entry.outcome = receipt(entry.client_id, report["token"], standing, reason)


def _claim(draft: ReportDraft) -> Claim:
    quote = Quote(
        exact=draft.quote.exact,
        prefix=draft.quote.prefix,
        suffix=draft.quote.suffix,
        start=draft.quote.start,
        nth=draft.quote.nth,
        of=draft.quote.of,
    )
    # Without a comment it says nothing of the page: then it is about the headline it quotes.
    about_page = draft.comment if draft.about == "page" else ""
    # No wording mends an image; the report itself keeps what was sent.
    return Claim(quote, "" if about_page else draft.suggestion, about_page)


def _report(entry: Entry, erratum: Found, now: datetime) -> dict[str, Any]:
    draft, quote = entry.draft, entry.draft.quote
    return {
        "site_id": entry.site.id,
        "erratum_id": erratum.id,
        "client_id": entry.client_id,
        "body_hash": entry.body_hash,
        "token": ordered_token(now),
        "received_at": now,
        "url": draft.url,
        "canonical_url": draft.canonical_url,
        "title": draft.title,
        "byline": draft.byline,
        "language": draft.lang,
        "quote": quote.exact,
        "prefix": quote.prefix,
        "suffix": quote.suffix,
        "start": quote.start,
        "end": quote.end,
        "nth": quote.nth,
        "of": quote.of,
        "suggestion": draft.suggestion,
        "kind": draft.kind,
        "comment": draft.comment,
        "reader_email": draft.reader_email,
        "reader_key": entry.reader_key,
        "elapsed_ms": draft.elapsed_ms,
        "spam_reason": entry.spam_reason,
    }


def _see_widgets(session: Session, entries: list[Entry], now: datetime) -> None:
    """Write down, now and then, that a site's widget is alive."""
    due = {
        entry.site.id
        for entry in entries
        if entry.site.widget_seen_at is None or now - entry.site.widget_seen_at >= SEEN_EVERY
    }
    if due:
        session.execute(update(Site).where(Site.id.in_(due)).values(widget_seen_at=now))
