"""Who must know of an erratum, and why nobody else.

Byline → author → the section's desk → the site's desk. A byline, read from the page by us, only
selects among people whom the site's editors entered: no client and no page can name a recipient.
Every choice and every skip carries its reason in words, because "why did I get this?" and "why did
nobody?" are what newsrooms ask first.
"""

import gettext
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.i18n import pick_language, translations
from copydesk.notify.names import Person, find_each, words_of
from copydesk.store.tables import Article, Author, Desk, Erratum, Proof

# Long enough for any real newsroom, and an end for two deputies who name each other.
_MOST_DEPUTIES = 5
# Where a name may stand in a sentence: "Текст Ивана Петрова". Other rules read fields for names.
_RULES_WITH_CASES = frozenset({"site-selector", "class", "text-label"})


@dataclass(frozen=True)
class Recipient:
    """Somebody who is told, and the reason in words."""

    name: str
    address: str
    language: str
    reason: str
    author_id: int | None = None
    desk_id: int | None = None


@dataclass(frozen=True)
class Skip:
    """Somebody, or a printed name, that is not told, and the reason in words."""

    name: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """Whom to tell; an empty ``chosen`` is a result too, with its reasons in ``skipped``."""

    chosen: tuple[Recipient, ...]
    skipped: tuple[Skip, ...]


@dataclass(frozen=True)
class Instead:
    """The erratum is handed on: ``name`` was told, and ``reason`` says why that was not enough."""

    name: str
    reason: str
    desk_id: int | None = None
    """The desk that handed it on, which is not asked again."""


def choose(
    session: Session, erratum: Erratum, *, now: datetime, instead: Instead | None = None
) -> Choice:
    """Return who is told of ``erratum``, each with a reason in the site's language.

    Quote not found on the page: nobody. Page unreadable: the desk only. ``instead``: the desk only,
    because the person named there can't or won't.
    """
    return _Chooser(session, erratum, now).choose(instead)


@dataclass
class _Chooser:
    session: Session
    erratum: Erratum
    now: datetime
    chosen: list[Recipient] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site = self.erratum.site
        self.words = translations(pick_language(self.site.language))

    def choose(self, instead: Instead | None) -> Choice:
        _ = self.words.gettext
        if self.erratum.proof in {Proof.NOT_FOUND, Proof.PENDING}:
            self._skip("", _("the words were not found on the page, so nobody is told"))
        elif self.erratum.proof is Proof.UNREADABLE:
            self._skip("", _("the page could not be read, so only the desk is told"))
            self._desks()
        elif instead is not None:
            self._skip(instead.name, instead.reason)
            self._desks(except_id=instead.desk_id)
        else:
            self._authors()
            if not self.chosen:
                self._desks()
        return Choice(tuple(self.chosen), tuple(self.skipped))

    def _authors(self) -> None:
        _ = self.words.gettext
        known = (
            select(Author.id, Author.name, Author.name_variants)
            .where(Author.site_id == self.site.id)
            .order_by(Author.id)
        )
        # Their rows alone: a newsroom has hundreds, and one or two of them are told.
        people = [
            Person(row.id, row.name, tuple(row.name_variants))
            for row in self.session.execute(known)
        ]
        article = self.erratum.article
        is_nominative = article.byline_rule not in _RULES_WITH_CASES
        found = find_each(article.byline, people, is_nominative=is_nominative)
        if not found:
            self._skip("", _("the page names no author"))
        for match in found:
            names = ", ".join(person.name for person in match.people)
            if not match.people:
                self._skip(match.printed, _("no author of this site has this name"))
            elif match.is_sure:
                reason = _("named in the byline as “%(printed)s”") % {"printed": match.printed}
                self._author(self.session.get_one(Author, match.people[0].id), reason)
            elif len(match.people) > 1:
                reason = _("this may be any of %(names)s, and nobody is guessed at")
                self._skip(match.printed, reason % {"names": names})
            else:
                reason = _("perhaps %(name)s, and nobody is guessed at")
                self._skip(match.printed, reason % {"name": names})

    def _author(self, author: Author, reason: str, depth: int = 0) -> None:
        _ = self.words.gettext
        if not author.is_notified:
            self._skip(author.name, _("has switched these mails off"))
        elif author.absent_until is not None and author.absent_until > self.now:
            day = _day(author.absent_until, self.site.time_zone)
            deputy = author.deputy
            if deputy is None or deputy.site_id != self.site.id or depth >= _MOST_DEPUTIES:
                self._skip(author.name, _("away until %(day)s without a deputy") % {"day": day})
                return
            self._skip(author.name, _("away until %(day)s") % {"day": day})
            because = _("stands in for %(name)s") % {"name": author.name}
            self._author(deputy, because, depth + 1)
        else:
            self._add(author.name, author.address, author.language, reason, author=author)

    def _desks(self, except_id: int | None = None) -> None:
        _ = self.words.gettext
        desks = list(
            self.session.scalars(select(Desk).where(Desk.site_id == self.site.id).order_by(Desk.id))
        )
        if not desks:
            self._skip("", _("this site has no desk"))
        usable = []
        for desk in desks:
            if not desk.is_notified:
                self._skip(desk.name or desk.address, _("has switched these mails off"))
            elif desk.id != except_id:
                usable.append(desk)
        scored = [(best_pattern(desk, self.erratum.article), desk) for desk in usable]
        most = max((len(pattern) for pattern, _desk in scored), default=0)
        for pattern, desk in scored:
            if most and len(pattern) == most:
                reason = _("answers for “%(section)s”") % {"section": pattern}
                self._add(desk.name, desk.address, desk.language, reason, desk=desk)
            elif not most and not desk.section_patterns:
                reason = _("answers for the whole site")
                self._add(desk.name, desk.address, desk.language, reason, desk=desk)

    def _add(
        self,
        name: str,
        address: str,
        language: str,
        reason: str,
        *,
        author: Author | None = None,
        desk: Desk | None = None,
    ) -> None:
        if any(one.address == address for one in self.chosen):
            return
        self.chosen.append(
            Recipient(
                name=name,
                address=address,
                language=pick_language(language, self.site.language),
                reason=reason,
                author_id=author.id if author else None,
                desk_id=desk.id if desk else None,
            )
        )

    def _skip(self, name: str, reason: str) -> None:
        self.skipped.append(Skip(name, reason))


def best_pattern(desk: Desk, article: Article) -> str:
    """Return the longest of the desk's patterns that fits the article; empty when none does.

    A pattern with a leading slash is a path prefix and ends at a segment's end: ``/sport`` fits
    ``/sport/news`` and not ``/sportswear``. Any other is the section's name.
    """
    return max(_fitting(desk.section_patterns, article), key=len, default="")


def _fitting(patterns: Iterable[str], article: Article) -> list[str]:
    path = urlsplit(article.canonical_url).path.rstrip("/") + "/"
    section = words_of(article.section)
    return [
        pattern
        for pattern in patterns
        if (
            path.startswith(pattern.rstrip("/") + "/")
            if pattern.startswith("/")
            else section and words_of(pattern) == section
        )
    ]


def _day(moment: datetime, time_zone: str) -> str:
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError):
        zone = ZoneInfo("UTC")
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def in_words(choice: Choice, words: gettext.NullTranslations) -> str:
    """Return the choice as lines for the history: one per person told or not told."""
    _ = words.gettext
    lines = [
        _("told: %(name)s (%(reason)s)") % {"name": one.name or one.address, "reason": one.reason}
        for one in choice.chosen
    ]
    for skip in choice.skipped:
        if skip.name:
            line = _("not told: %(name)s (%(reason)s)")
            lines.append(line % {"name": skip.name, "reason": skip.reason})
        else:
            lines.append(skip.reason)
    return "\n".join(lines)
