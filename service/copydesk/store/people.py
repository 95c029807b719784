"""People: authors and desks who get mail, editors who sign in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from copydesk.store.base import Base, Choice
from copydesk.store.site import Site


class Author(Base):
    """A person whose byline stands on articles and who hears of errors in them."""

    __tablename__ = "author"
    __table_args__ = (Index(None, "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(200))
    name_variants: Mapped[list[str]]
    """Other spellings that stand in bylines; case, ё/е and order need no variant."""
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(16), default="")
    """Of the mails to this person; empty means the site's."""
    is_notified: Mapped[bool] = mapped_column(default=True)
    absent_until: Mapped[datetime | None]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))

    site: Mapped[Site] = relationship(back_populates="authors")
    deputy: Mapped["Author | None"] = relationship(remote_side=[id])


class Desk(Base):
    """A team and its mailbox. Without section patterns it is the whole site's desk."""

    __tablename__ = "desk"
    __table_args__ = (Index(None, "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    section_patterns: Mapped[list[str]]
    """Sections it answers for: a section's name or a path prefix such as ``/sport/``."""
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(16), default="")
    is_notified: Mapped[bool] = mapped_column(default=True)
    """False after somebody pressed "unsubscribe" in its mailbox."""

    site: Mapped[Site] = relationship(back_populates="desks")


class Role(StrEnum):
    """What an editor may do: each includes the ones after it."""

    ADMIN = "admin"
    EDITOR = "editor"
    AUTHOR = "author"


class Editor(Base):
    """Somebody who signs in to the desk."""

    __tablename__ = "editor"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case: people don't remember how they typed it."""
    name: Mapped[str] = mapped_column(String(200), default="")
    password_hash: Mapped[str] = mapped_column(String(300))
    language: Mapped[str] = mapped_column(String(16), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    roles: Mapped[list["EditorRole"]] = relationship(
        back_populates="editor", cascade="all, delete-orphan"
    )


class EditorRole(Base):
    """One editor's role at one site; without a site it holds for all of them."""

    __tablename__ = "editor_role"
    __table_args__ = (UniqueConstraint("editor_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("editor.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    role: Mapped[Role] = mapped_column(Choice(Role))

    editor: Mapped[Editor] = relationship(back_populates="roles")


class SignInSession(Base):
    """One signed-in browser. Only a hash of its cookie is kept."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index(None, "editor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("editor.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(200), default="")

    editor: Mapped[Editor] = relationship()


class SignInLink(Base):
    """A link that signs an editor in once: made by an operator's command, never by a form."""

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("editor.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    editor: Mapped[Editor] = relationship()
