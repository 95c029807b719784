"""Sites and their articles."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from copydesk.store.base import Base

if TYPE_CHECKING:
    from copydesk.store.people import Author, Desk


class Site(Base):
    """One publication: the tenant. ``key`` is public, it stands in the script tag."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    hosts: Mapped[list[str]]
    """Where its articles live, as ``host`` or ``host:port``."""
    origins: Mapped[list[str]]
    """Which pages may carry the widget, as ``https://host``."""
    language: Mapped[str] = mapped_column(String(16), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    byline_selector: Mapped[str] = mapped_column(String(300), default="")
    article_selector: Mapped[str] = mapped_column(
        String(300), default="", server_default=text("''")
    )
    """CSS selector of the story within a page; empty: found by itself."""
    thanks: Mapped[str] = mapped_column(String(600), default="", server_default=text("''"))
    """The newsroom's own words in the mail that thanks a reader; empty: ours."""
    edit_url_template: Mapped[str] = mapped_column(String(500), default="")
    """Address of the article's editor in the CMS; ``{url}`` and ``{id}`` are filled in."""
    is_on: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    widget_seen_at: Mapped[datetime | None]
    """When a report last came from it: tells an editor that the tag works."""
    reader_email_days: Mapped[int | None]
    """Days for which it keeps readers' addresses; None: as the settings say. So the next three."""
    comment_days: Mapped[int | None]
    closed_days: Mapped[int | None]
    spam_days: Mapped[int | None]

    desks: Mapped[list["Desk"]] = relationship(back_populates="site")
    authors: Mapped[list["Author"]] = relationship(back_populates="site")


class Article(Base):
    """One published text, known by its canonical URL."""

    __tablename__ = "article"
    __table_args__ = (UniqueConstraint("site_id", "canonical_url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    canonical_url: Mapped[str] = mapped_column(String(2048))
    title: Mapped[str] = mapped_column(String(500), default="")
    byline: Mapped[str] = mapped_column(String(300), default="")
    """The printed names, several separated by ``; ``."""
    byline_rule: Mapped[str] = mapped_column(String(32), default="")
    """Which rule of the ladder found the byline; empty until the page was read."""
    section: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(16), default="")
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    text_length: Mapped[int] = mapped_column(default=0, server_default="0")
    """Characters of the story when its page was last read well; 0 until then."""
    etag: Mapped[str] = mapped_column(String(300), default="")
    last_modified: Mapped[str] = mapped_column(String(100), default="")
    copy_url: Mapped[str] = mapped_column(String(2048), default="", server_default=text("''"))
    """The address, after all redirects, that ``etag`` and ``last_modified`` belong to."""
    copy_at: Mapped[datetime | None]
    """When that copy was read in full; None when the last reading was not a good one."""
    last_read_at: Mapped[datetime | None]
    last_read_problem: Mapped[str] = mapped_column(Text, default="")
    """Why the last attempt to read the page failed; empty when it went well."""
    created_at: Mapped[datetime]

    site: Mapped[Site] = relationship()


SIGNPOST = "copydesk:article:"


def signpost(article_id: int) -> str:
    """Return the alias by which the row of an article that was merged away is still found.

    No page has such an address, so it never meets one that a page or a reader names.
    """
    return f"{SIGNPOST}{article_id}"


class ArticleAlias(Base):
    """Another address of an article, learnt from the page itself and never from a client.

    Or a signpost at the desk's page of an article that became part of this one: see ``signpost``.
    """

    __tablename__ = "article_alias"
    __table_args__ = (
        UniqueConstraint("site_id", "url"),
        Index(None, "article_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    url: Mapped[str] = mapped_column(String(2048))
