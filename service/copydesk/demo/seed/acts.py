"""What editors and authors do in the story, each by the use case that the desk uses."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.errata import triage
from copydesk.store.tables import Editor, Erratum

Facts = Mapping[str, Any]
Act = Callable[[Session, Erratum, Facts, datetime], None]


def claim(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """Somebody says that it is corrected."""
    triage.claim_corrected(session, erratum, who=facts["who"], now=now)


def confirm(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """Somebody agrees that it is an error."""
    triage.confirm(session, erratum, who=facts["who"], now=now)


def decline(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """Somebody says why it is none."""
    triage.decline(session, erratum, who=facts["who"], reason=facts["reason"], now=now)


def mark_spam(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """An editor folds it away."""
    triage.mark_spam(session, erratum, who=facts["who"], now=now)


def assign(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """It is given to the editor with the address ``to``."""
    editor = session.scalars(select(Editor).where(Editor.address == facts["to"])).one()
    triage.assign(session, erratum, editor, who=facts["who"], now=now)


def snooze(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """It sleeps until ``for_hours`` after the end of the story, so that it is found asleep."""
    until = now + timedelta(hours=facts["at"] + facts["for_hours"])
    triage.snooze(session, erratum, until, who=facts["who"], now=now)


def note(session: Session, erratum: Erratum, facts: Facts, now: datetime) -> None:
    """An editor leaves a remark."""
    triage.note(session, erratum, who=facts["who"], text=facts["text"], now=now)


ACTS: dict[str, Act] = {
    "claim": claim,
    "confirm": confirm,
    "decline": decline,
    "spam": mark_spam,
    "assign": assign,
    "snooze": snooze,
    "note": note,
}
