"""``tests/vectors/locate.json``: the service's half, and the widget's code outside of a browser.

What the browser makes of the same questions is in tests/e2e.
"""

import json
import shutil
import subprocess
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.locate_vectors import PAGES, alike, ask, vectors
from tests.unit.articles.edits import CORRECTED, DELETED, STAYS

from copydesk.articles import locate
from copydesk.articles.text import page_text

NODE = shutil.which("node")
FIND = Path(__file__).parents[2] / "node_find.mjs"


def test_every_vector_gets_the_verdict_that_the_highlighter_gets() -> None:
    kept = vectors()
    assert len(kept) > 2_000
    assert {vector.verdict[0] for vector in kept} == {"there", "changed", "gone", "unsure"}
    assert [ask(one.text, one.quote) for one in kept] == [one.verdict for one in kept]


def test_a_dressed_page_gets_the_verdict_of_its_text() -> None:
    dressed = [vector for vector in vectors() if vector.html]
    assert len(dressed) > 200
    for vector in dressed:
        assert page_text(vector.html) == vector.text
        verdict = locate(vector.html, vector.quote)
        found = [verdict.kind, verdict.start, verdict.found, verdict.score]
        assert found == vector.verdict


def test_every_language_and_every_edit_is_among_them() -> None:
    names = Counter(vector.name for vector in vectors())
    pages = {name.partition(": ")[0] for name in names}
    assert pages == set(PAGES)
    edits = {name.partition(": ")[2] for name in names}
    assert edits == {*STAYS, *CORRECTED, *DELETED}
    seldom = {"respelled around", "yo fixed", "split before", "capital fixed", "advert inside"}
    seldom |= {"block moved", "sentence deleted", "sentence deleted, copy elsewhere"}
    prose = ("en", "ru", "de", "kk", "zh", "ar", "he", "signs")
    missing = {f"{page}: {edit}" for page in prose for edit in edits - seldom} - set(names)
    assert missing == set()


@pytest.mark.skipif(NODE is None, reason="no Node")
def test_the_widgets_finder_answers_alike_without_a_browser() -> None:
    kept = vectors()
    asked = [{"text": one.text, "quote": asdict(one.quote)} for one in kept]
    assert NODE is not None
    done = subprocess.run(
        [NODE, FIND], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    got = json.loads(done.stdout)
    unlike = [
        (one.verdict, said) for one, said in zip(kept, got, strict=True) if not alike(one, said)
    ]
    assert unlike == []
