"""The newspapers as they are printed: texts, bylines and errors, read from ``texts/*.toml``."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from copydesk.demo.newspaper.markup import plain

TEXTS = Path(__file__).parent / "texts"


class BylineStyle(StrEnum):
    """How a page tells who wrote it: real sites do each of these."""

    JSON_LD = "json-ld"
    META = "meta"
    ITEMPROP = "itemprop"
    TEXT = "text"
    CLASS = "class"
    NONE = "none"


@dataclass(frozen=True)
class Misprint:
    """An error with its correction, as a reader sees it and as it stands in the source."""

    paper: str
    slug: str
    wrong: str
    right: str
    kind: str
    wrong_source: str
    """Stands exactly once in the article with the error (``Article.source``)."""
    right_source: str
    """What it becomes; stands exactly once in the article without the error."""


@dataclass(frozen=True)
class Article:
    """One article in its source markup."""

    paper: str
    slug: str
    section: str
    section_slug: str
    title: str
    paragraphs: tuple[str, ...]
    byline: BylineStyle
    label: str
    """What a textual byline begins with, such as ``By``."""
    authors: tuple[str, ...]
    picture: str
    picture_text: str
    age: timedelta
    """How long before the start of the newspaper it was published."""

    @property
    def source(self) -> str:
        """Headline and paragraphs, one a line."""
        return "\n".join((self.title, *self.paragraphs))

    @property
    def text(self) -> str:
        """What a reader reads, one paragraph a line."""
        return "\n".join(plain(part) for part in (self.title, *self.paragraphs))

    @property
    def lead(self) -> str:
        """Return the first paragraph without markup."""
        return plain(self.paragraphs[0]) if self.paragraphs else ""


@dataclass(frozen=True)
class Newspaper:
    """One title: its name, its words and its articles, the newest first."""

    id: str
    name: str
    language: str
    tagline: str
    place: str
    founded: str
    words: dict[str, Any]
    articles: tuple[Article, ...]
    planted: tuple[Misprint, ...]
    """Errors that stand in the articles."""
    past: tuple[Misprint, ...]
    """Errors that stood in the articles before the demo begins."""

    def article(self, slug: str) -> Article:
        """Return the article as first printed; raises ``KeyError``."""
        for article in self.articles:
            if article.slug == slug:
                return article
        raise KeyError(slug)


@cache
def newspapers() -> dict[str, Newspaper]:
    """Return all titles by id."""
    found = [_newspaper(path) for path in sorted(TEXTS.glob("*.toml"))]
    return {paper.id: paper for paper in found}


def planted() -> list[Misprint]:
    """Return every error that stands in the articles on purpose."""
    return [misprint for paper in newspapers().values() for misprint in paper.planted]


def past() -> list[Misprint]:
    """Return every error that the articles are already rid of."""
    return [misprint for paper in newspapers().values() for misprint in paper.past]


def _newspaper(path: Path) -> Newspaper:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    paper = data["id"]
    return Newspaper(
        id=paper,
        name=data["name"],
        language=data["language"],
        tagline=data["tagline"],
        place=data["place"],
        founded=data["founded"],
        words=data["words"],
        articles=tuple(_article(paper, item) for item in data["article"]),
        planted=tuple(_misprints(paper, data["article"], "typo")),
        past=tuple(_misprints(paper, data["article"], "past")),
    )


def _article(paper: str, item: dict[str, Any]) -> Article:
    return Article(
        paper=paper,
        slug=item["slug"],
        section=item["section"],
        section_slug=item["section_slug"],
        title=item["title"],
        paragraphs=tuple(part.strip(" \n") for part in item["text"].strip(" \n").split("\n\n")),
        byline=BylineStyle(item["byline"]),
        label=item.get("label", ""),
        authors=tuple(item["authors"]),
        picture=item["picture"],
        picture_text=item["picture_text"],
        age=timedelta(hours=item["hours_ago"]),
    )


def _misprints(paper: str, articles: list[dict[str, Any]], key: str) -> list[Misprint]:
    return [
        Misprint(
            paper=paper,
            slug=item["slug"],
            wrong=found["wrong"],
            right=found["right"],
            kind=found.get("kind", "language"),
            wrong_source=found.get("source", found["wrong"]),
            right_source=found.get("mended", found["right"]),
        )
        for item in articles
        for found in item.get(key, [])
    ]
