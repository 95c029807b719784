"""What templates are given of an erratum: pieces of plain text, never markup.

The template wraps each piece in an element; what a reader wrote stays text on the way.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from copydesk.errata.about_page import first_comments
from copydesk.errata.sentence import around
from copydesk.errata.worddiff import Piece, word_diff
from copydesk.store.tables import (
    Erratum,
    JobState,
    Kind,
    MessageState,
    Proof,
    Purpose,
    Role,
    State,
    VerdictKind,
)
from copydesk.web import gettext as _
from copydesk.web import ngettext

_NUMBER = re.compile(r"\d+")
IN_A_ROW = 90
"""Characters of context each side in a list: the error itself must never be cut off."""


@dataclass(frozen=True)
class Sentence:
    """The words in error within their sentence. No pieces: the reader proposed nothing."""

    before: str
    quote: str
    after: str
    pieces: list[Piece]
    said: str = ""
    """Instead of all that, what a reader said about the page as a whole."""


def in_rows(session: Session, errata: Iterable[Erratum]) -> list[tuple[Erratum, Sentence]]:
    """Return errata as a list shows them, each with its sentence cut to what fits."""
    errata = list(errata)
    said = first_comments(session, errata)
    return [
        (row, sentence_of(row, around_quote=IN_A_ROW, said=said.get(row.id, ""))) for row in errata
    ]


def sentence_of(erratum: Erratum, *, around_quote: int | None = None, said: str = "") -> Sentence:
    """Return the erratum's sentence; ``around_quote`` cuts the context to so many characters.

    ``said`` is shown of an erratum about the page as a whole, cut in a row to twice as many.
    """
    if erratum.is_about_page:
        said = said if around_quote is None else _head(said, 2 * around_quote)
        return Sentence("", erratum.quote, "", [], said or erratum.quote)
    before, after = around(erratum)
    if around_quote is not None:
        before, after = _tail(before, around_quote), _head(after, around_quote)
    pieces = word_diff(erratum.quote, erratum.suggestion) if erratum.suggestion else []
    return Sentence(before, erratum.quote, after, pieces)


def _tail(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[-length:]
    return "…" + (cut[cut.find(" ") + 1 :] if " " in cut else cut)


def _head(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    cut = text[:length]
    return (cut[: cut.rfind(" ")] if " " in cut else cut) + "…"


def age(moment: datetime, now: datetime) -> str:
    """Return how long ago, or how far ahead, in one unit: what fits beside a row."""
    gap = now - moment
    words = _amount(abs(gap))
    if not words:
        return _("just now")
    if gap < timedelta(0):
        return _("in %(time)s") % {"time": words}
    return _("%(time)s ago") % {"time": words}


def duration(gap: timedelta) -> str:
    """Return a length of time in one unit."""
    return _amount(gap) or _("less than a minute")


def _amount(gap: timedelta) -> str:
    minutes = int(gap.total_seconds() // 60)
    hours, days = minutes // 60, gap.days
    if not minutes:
        return ""
    if not hours:
        return ngettext("%(num)s min", "%(num)s min", minutes) % {"num": minutes}
    if not days:
        return ngettext("%(num)s h", "%(num)s h", hours) % {"num": hours}
    return ngettext("%(num)s day", "%(num)s days", days) % {"num": days}


def stamp(moment: datetime) -> str:
    """Return the full time in UTC; a small module shows it in the viewer's own zone."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def explained(reason: str) -> str:
    """Return why a page was not believed in the viewer's language; unknown words as they are.

    Reasons are kept in English: a number in them stands for ``%(number)s`` of the catalogue, and
    what follows a colon is a technical name.
    """
    words, colon, name = reason.partition(": ")
    number = _NUMBER.search(words)
    if number is None:
        return f"{_(words)}{colon}{name}" if words else reason
    known = f"{words[: number.start()]}%(number)s{words[number.end() :]}"
    return f"{_(known).replace('%(number)s', number[0])}{colon}{name}"


def verdict_label(kind: str) -> str:
    """Return the words for a verdict that was not kept, such as a trial's."""
    return label(VerdictKind(kind))


def label(value: StrEnum) -> str:
    """Return the words for a state, kind, proof, verdict, role or purpose."""
    # Members of two string enums may be equal (both have an "other"): so one table each.
    tables: dict[type[StrEnum], dict[StrEnum, str]] = {
        State: {
            State.OPEN: _("open"),
            State.CONFIRMED: _("confirmed"),
            State.CORRECTED: _("corrected"),
            State.DECLINED: _("not an error"),
            State.SPAM: _("spam"),
            State.MERGED: _("merged"),
        },
        Kind: {Kind.LANGUAGE: _("language"), Kind.FACT: _("fact"), Kind.OTHER: _("other")},
        Proof: {
            Proof.PENDING: _("page not read yet"),
            Proof.FOUND: _("on the page"),
            Proof.NOT_FOUND: _("not found on the page"),
            Proof.UNREADABLE: _("page unreadable"),
        },
        VerdictKind: {
            VerdictKind.THERE: _("still on the page"),
            VerdictKind.CHANGED: _("changed on the page"),
            VerdictKind.GONE: _("gone from the page"),
            VerdictKind.UNSURE: _("unsure whether it is still on the page"),
        },
        Role: {Role.ADMIN: _("admin"), Role.EDITOR: _("editor"), Role.AUTHOR: _("author")},
        Purpose: {
            Purpose.ERRATUM: _("about an error"),
            Purpose.DIGEST: _("digest"),
            Purpose.THANKS: _("thanks to a reader"),
        },
        MessageState: {
            MessageState.PENDING: _("waiting to be sent"),
            MessageState.WAITING: _("waiting for the digest"),
            MessageState.SENT: _("sent"),
            MessageState.UNDELIVERABLE: _("undeliverable"),
            MessageState.NOT_NEEDED: _("not needed any more"),
        },
        JobState: {
            JobState.PENDING: _("waiting"),
            JobState.DONE: _("done"),
            JobState.DEAD: _("given up"),
        },
    }
    return tables[type(value)][value]
