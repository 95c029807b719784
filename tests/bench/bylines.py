"""How many authors are read rightly off the pages of the corpus, and how long a page takes."""

from tests.bench.figures import line, milliseconds, p95
from tests.byline_corpus import newsroom_pages, percent, read_all


def run() -> None:
    """Print the figures of both parts, and every page that was read wrongly."""
    pages = newsroom_pages()
    for name, is_held_out in (("tuned on", False), ("held out", True)):
        part = read_all(page for page in pages if page.is_held_out is is_held_out)
        line(
            f"bylines, pages {name}",
            pages=len(part),
            without_a_person=sum(not one.page.authors for one in part),
            right_percent=percent(sum(one.is_right for one in part), len(part)),
            false_persons_percent=percent(sum(one.has_false_person for one in part), len(part)),
        )
        for one in part:
            if not one.is_right:
                line(f"  {one}")
    taken = milliseconds(lambda: read_all(pages), 5)
    line("read a short page, ms", p95=p95(taken) / len(pages))
