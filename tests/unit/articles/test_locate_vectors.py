"""The service's half of ``tests/vectors/locate.json``; the browser's is in tests/e2e."""

from tests.locate_vectors import ask, vectors


def test_every_vector_gets_the_verdict_that_the_highlighter_gets() -> None:
    kept = vectors()
    assert len(kept) > 1_500
    assert {vector.verdict[0] for vector in kept} == {"there", "changed", "gone", "unsure"}
    assert [ask(one.text, one.quote) for one in kept] == [one.verdict for one in kept]
