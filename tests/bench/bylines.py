"""How many authors are read rightly off the pages of the corpus, and how long a page takes."""

from tests.bench.figures import line, milliseconds, p95
from tests.byline_corpus import (
    HELD_OUT,
    NEVER_TUNED,
    TUNED,
    newsroom_pages,
    percent,
    read_all,
)


def run() -> None:
    """Print the figures of each part and of all, and every page that was read wrongly."""
    pages = newsroom_pages()
    for name in (TUNED, HELD_OUT, NEVER_TUNED, "all"):
        part = read_all(page for page in pages if name in {page.part, "all"})
        line(
            f"bylines, pages {name}",
            pages=len(part),
            without_a_person=sum(not one.page.authors for one in part),
            right_percent=percent(sum(one.is_right for one in part), len(part)),
            false_persons_percent=percent(sum(one.has_false_person for one in part), len(part)),
        )
        for one in part:
            if not one.is_right and name != "all":
                line(f"  {one}")
    taken = milliseconds(lambda: read_all(pages), 5)
    line("read a short page, ms", p95=p95(taken) / len(pages))
