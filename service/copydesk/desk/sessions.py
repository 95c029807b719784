"""Signed-in browsers. The cookie holds a random token, the database only its hash."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from copydesk.store.tables import Editor, SignInSession
from copydesk.tokens import hash_token, random_token

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
# A write for every click would make reading the desk compete with reports for SQLite's one writer.
TOUCH_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Opened:
    """A new session: the token for the cookie, and the row's id."""

    token: str
    session_id: int


def open_session(session: Session, editor: Editor, *, user_agent: str, now: datetime) -> Opened:
    """Sign ``editor`` in: always under a new token, so that nobody can fix it beforehand."""
    token = random_token(32)
    row = SignInSession(
        editor_id=editor.id,
        token_hash=hash_token(token),
        created_at=now,
        last_seen_at=now,
        user_agent=user_agent[:200],
    )
    session.add(row)
    session.execute(delete(SignInSession).where(_is_over(now)))
    session.flush()
    return Opened(token, row.id)


def find_session(session: Session, token: str, *, now: datetime) -> SignInSession | None:
    """Return the session of a cookie with its editor and roles, or None when it is over."""
    row = session.scalar(
        select(SignInSession)
        .where(SignInSession.token_hash == hash_token(token))
        .options(joinedload(SignInSession.editor).options(selectinload(Editor.roles)))
    )
    if row is None or not row.editor.is_active:
        return None
    if now - row.last_seen_at >= IDLE or now - row.created_at >= ABSOLUTE:
        return None
    return row


def touch(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that the browser is in use."""
    row = session.get(SignInSession, session_id)
    if row is not None:
        row.last_seen_at = now


def end_session(session: Session, session_id: int, editor_id: int) -> bool:
    """Sign one browser of an editor out; False when it is not theirs or gone already."""
    row = session.get(SignInSession, session_id)
    if row is None or row.editor_id != editor_id:
        return False
    session.delete(row)
    return True


def end_all(session: Session, editor_id: int, *, but: int | None = None) -> None:
    """Sign all browsers of an editor out, but for one."""
    statement = delete(SignInSession).where(SignInSession.editor_id == editor_id)
    if but is not None:
        statement = statement.where(SignInSession.id != but)
    session.execute(statement)


def sessions_of(session: Session, editor_id: int, *, now: datetime) -> list[SignInSession]:
    """Return an editor's signed-in browsers, the one used last first."""
    return list(
        session.scalars(
            select(SignInSession)
            .where(SignInSession.editor_id == editor_id, ~_is_over(now))
            .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
        )
    )


def _is_over(now: datetime) -> ColumnElement[bool]:
    return or_(SignInSession.last_seen_at <= now - IDLE, SignInSession.created_at <= now - ABSOLUTE)
