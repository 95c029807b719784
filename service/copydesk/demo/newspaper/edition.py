"""What stands in the newspapers at this moment: edits live in memory and end with the process."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from copydesk.clock import Clock, utc_now
from copydesk.demo.newspaper.papers import Article, Misprint, newspapers

MAX_PARAGRAPHS = 40
MAX_PARAGRAPH_CHARACTERS = 5000
MAX_TITLE_CHARACTERS = 300


class NotPrintable(Exception):
    """The edited text can't be published: no headline, no text, or too much of it."""


@dataclass(frozen=True)
class Printed:
    """An article as it stands now."""

    article: Article
    published_at: datetime
    amended_at: datetime | None = None
    """None: as first printed."""


class Edition:
    """All articles as they stand now. Safe to use from several threads."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._started = clock()
        self._now: dict[tuple[str, str], Printed] = {
            (paper.id, article.slug): self._first(article)
            for paper in newspapers().values()
            for article in paper.articles
        }

    def get(self, paper: str, slug: str) -> Printed:
        """Return the article; raises ``KeyError`` when there is none."""
        with self._lock:
            return self._now[paper, slug]

    def all_of(self, paper: str) -> list[Printed]:
        """Return a newspaper's articles, the newest first."""
        with self._lock:
            found = [printed for key, printed in self._now.items() if key[0] == paper]
        return sorted(found, key=lambda printed: printed.published_at, reverse=True)

    def save(self, paper: str, slug: str, *, title: str, paragraphs: Iterable[str]) -> Printed:
        """Publish another text; empty paragraphs vanish.

        Raises ``KeyError`` for an unknown article and ``NotPrintable``.
        """
        title = " ".join(title.split())
        kept = tuple(" ".join(_lines(part)) for part in paragraphs if part.strip())
        if not title or not kept:
            raise NotPrintable("an article needs a headline and a text")
        if (
            len(title) > MAX_TITLE_CHARACTERS
            or len(kept) > MAX_PARAGRAPHS
            or any(len(part) > MAX_PARAGRAPH_CHARACTERS for part in kept)
        ):
            raise NotPrintable("the text is too long")
        with self._lock:
            printed = self._now[paper, slug]
            article = replace(printed.article, title=title, paragraphs=kept)
            self._now[paper, slug] = replace(printed, article=article, amended_at=self._clock())
            return self._now[paper, slug]

    def restore(self, paper: str, slug: str) -> Printed:
        """Bring back the article as first printed; raises ``KeyError``."""
        with self._lock:
            self._now[paper, slug] = self._first(self._now[paper, slug].article)
            return self._now[paper, slug]

    def mend(self, misprint: Misprint) -> Printed:
        """Correct the error; raises ``ValueError`` when it does not stand there (once)."""
        return self._replace(misprint, misprint.wrong_source, misprint.right_source)

    def spoil(self, misprint: Misprint) -> Printed:
        """Put the error (back) in; raises ``ValueError`` when its correction is not there."""
        return self._replace(misprint, misprint.right_source, misprint.wrong_source)

    def _replace(self, misprint: Misprint, old: str, new: str) -> Printed:
        article = self.get(misprint.paper, misprint.slug).article
        if article.source.count(old) != 1:
            raise ValueError(f"{old!r} stands {article.source.count(old)} times in {article.slug}")
        title, *paragraphs = article.source.replace(old, new).split("\n")
        return self.save(misprint.paper, misprint.slug, title=title, paragraphs=paragraphs)

    def _first(self, article: Article) -> Printed:
        original = newspapers()[article.paper].article(article.slug)
        return Printed(original, published_at=self._started - original.age)


def _lines(paragraph: str) -> list[str]:
    # Only line ends are tidied: a no-break space or a soft hyphen was typed on purpose.
    return [line.strip(" \t") for line in paragraph.splitlines() if line.strip()]
