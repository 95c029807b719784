from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from copydesk.tokens import Signer, hash_token, ordered_token, random_token

SIGNER = Signer(["first key, long enough for a test run"])


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_signed_id_comes_back(number: int) -> None:
    token = SIGNER.sign("answer", number)
    assert len(token) <= 36
    assert SIGNER.verify("answer", token) == number


def test_a_token_holds_for_one_purpose_only() -> None:
    assert SIGNER.verify("unsubscribe", SIGNER.sign("answer", 7)) is None


def test_no_changed_character_passes() -> None:
    token = SIGNER.sign("answer", 4711)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    passed = [
        (at, letter)
        for at in range(len(token))
        for letter in alphabet
        # The last letter of base64 carries spare bits, yet only one spelling is accepted.
        if letter != token[at] and SIGNER.verify("answer", token[:at] + letter + token[at + 1 :])
    ]
    assert passed == []


def test_odd_spellings_of_a_number_are_not_the_number() -> None:
    mac = SIGNER.sign("answer", 1).partition(".")[2]
    for text in ("+1", "01", " 1", "1_", "", "١"):
        assert SIGNER.verify("answer", f"{text}.{mac}") is None


def test_an_old_key_still_opens_but_no_longer_signs() -> None:
    old, both = Signer(["old key"]), Signer(["new key", "old key"])
    assert both.verify("answer", old.sign("answer", 5)) == 5
    assert both.sign("answer", 5) != old.sign("answer", 5)


@given(st.text())
def test_a_seal_holds_for_one_text_and_one_purpose(text: str) -> None:
    seal = SIGNER.seal("proof", "text")
    assert len(seal) == 64
    assert SIGNER.is_sealed("proof", "text", seal)
    assert not SIGNER.is_sealed("other", "text", seal)
    assert SIGNER.is_sealed("proof", text, seal) is (text == "text")
    assert not SIGNER.is_sealed("proof", "text", text)
    assert not SIGNER.is_sealed("proof", "text", "\ud800")


def test_a_seal_of_an_old_key_still_holds() -> None:
    old, both, new = Signer(["old key"]), Signer(["new key", "old key"]), Signer(["new key"])
    assert both.is_sealed("proof", "text", old.seal("proof", "text"))
    assert both.seal("proof", "text") == new.seal("proof", "text")
    assert not new.is_sealed("proof", "text", old.seal("proof", "text"))


def test_a_pseudonym_depends_on_the_salt() -> None:
    first = SIGNER.pseudonym("reader", "203.0.113.7", b"monday")
    assert first == SIGNER.pseudonym("reader", "203.0.113.7", b"monday")
    assert first != SIGNER.pseudonym("reader", "203.0.113.7", b"tuesday")
    assert "203" not in first


def test_random_tokens_differ_and_are_kept_as_hashes() -> None:
    assert random_token() != random_token()
    assert len(random_token()) == 22
    assert hash_token("a") != "a"


def test_ordered_tokens_differ_and_sort_by_their_millisecond() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    first, second = ordered_token(now), ordered_token(now)
    assert first != second
    assert len(first) == 30
    assert first[:8] == second[:8]
    steps = (0.001, 1, 3600, 86400 * 365 * 30)
    later = [ordered_token(now + timedelta(seconds=step)) for step in steps]
    assert [first, *later] == sorted([first, *later])
