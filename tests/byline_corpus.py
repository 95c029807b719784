"""Pages in the style of real newsrooms, and how many of their authors the service reads rightly.

All names and texts are invented. A file holds the pages of one language and round; each begins with
a line ``=== name :: Author; Another author`` and nobody after the colons when it names no author.

The pages were written in rounds, as newsrooms might serve them, and each round was read once before
any rule changed because of it: 75 % right in the second round, 81 % in the third, 78 % in the
fourth, 84 % in the fifth; false persons on 7, 6, 10 and 0 %. In the first four every third page is
held out: rules are tuned on the others first. No rule was ever changed for the fifth, so that it
says what to expect of a newsroom nobody has looked at. Whoever tunes on it adds another one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from copydesk.articles import read_page

PAGES = Path(__file__).parent / "unit" / "articles" / "newsrooms"
TUNED, HELD_OUT, NEVER_TUNED = "tuned on", "held out", "never tuned on"
_LAST_ROUND = "-fifth"
_MARK = "=== "


@dataclass(frozen=True)
class NewsroomPage:
    """One page and the names that it prints as its authors'."""

    name: str
    html: str
    authors: tuple[str, ...]
    part: str
    """``TUNED``, ``HELD_OUT`` or ``NEVER_TUNED``."""


@dataclass(frozen=True)
class Reading:
    """What the service read of one page."""

    page: NewsroomPage
    found: tuple[str, ...]
    rule: str

    @property
    def is_right(self) -> bool:
        """Say whether it names the same authors in the same order."""
        return self.found == self.page.authors

    @property
    def has_false_person(self) -> bool:
        """Say whether it names somebody who is not the author."""
        return not set(self.found) <= set(self.page.authors)

    def __str__(self) -> str:
        expected = "; ".join(self.page.authors) or "nobody"
        found = "; ".join(self.found) or "nobody"
        return f"{self.page.name}: expected {expected}, found {found} ({self.rule})"


def newsroom_pages() -> list[NewsroomPage]:
    """Return all pages of the corpus."""
    found = []
    for file in sorted(PAGES.glob("*.txt")):
        pieces = file.read_text("utf-8").removeprefix(_MARK).split(f"\n{_MARK}")
        for number, piece in enumerate(pieces, start=1):
            head, _, html = piece.partition("\n")
            name, _, authors = head.partition("::")
            names = tuple(author.strip() for author in authors.split(";") if author.strip())
            part = HELD_OUT if number % 3 == 0 else TUNED
            if file.stem.endswith(_LAST_ROUND):
                part = NEVER_TUNED
            found.append(NewsroomPage(name.strip(), html, names, part))
    return found


def read_all(pages: Iterable[NewsroomPage]) -> list[Reading]:
    """Read the pages as the service does."""
    readings = []
    for page in pages:
        facts = read_page(page.html, f"https://news.example/{page.name}")
        names = tuple(author.name for author in facts.authors)
        readings.append(Reading(page, names, facts.byline_rule))
    return readings


def percent(part: int, whole: int) -> float:
    """Return a share in percent; 0 of nothing is 0."""
    return 100 * part / whole if whole else 0.0
