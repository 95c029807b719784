"""The form of challenges, and what is no solution of them; nothing of it needs a database."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proof import packed, solution, solved

from copydesk.intake.proof_of_work import ProofOfWork
from copydesk.settings import ProofOfWorkSettings
from copydesk.tokens import Signer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD, NEW = "the old key, long enough to pass", "the new key, long enough to pass"
SETTINGS = ProofOfWorkSettings(is_on=True, most_tries=1000)
PROOF = ProofOfWork(Signer([OLD]), SETTINGS)
GOOD = solution(PROOF.challenge(NOW))


def test_a_challenge_has_the_form_of_altcha() -> None:
    challenge = PROOF.challenge(NOW)
    assert set(challenge) == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    assert (challenge["algorithm"], challenge["maxnumber"]) == ("SHA-256", 1000)
    until = int((NOW + timedelta(minutes=10)).timestamp())
    assert str(challenge["salt"]).endswith(f"?expires={until}&")
    number = solution(challenge)["number"]
    text = f"{challenge['salt']}{number}".encode()
    assert hashlib.sha256(text).hexdigest() == challenge["challenge"]
    assert PROOF.challenge(NOW) != challenge


def test_a_solution_counts_until_it_expires() -> None:
    altcha = packed(GOOD)
    end = NOW + timedelta(minutes=10)
    found = PROOF.solved(altcha, NOW)
    assert found is not None
    assert (found.challenge, found.expires_at) == (GOOD["challenge"], end)
    assert PROOF.solved(altcha, end - timedelta(microseconds=1)) is not None
    assert PROOF.solved(altcha, end) is None
    # A client may say more of it, such as how long it took.
    assert PROOF.solved(packed(GOOD | {"took": 812.5, "test": None}), NOW) is not None


def test_a_former_key_still_counts_and_a_foreign_one_never() -> None:
    altcha = packed(GOOD)
    assert ProofOfWork(Signer([NEW, OLD]), SETTINGS).solved(altcha, NOW) is not None
    assert ProofOfWork(Signer([NEW]), SETTINGS).solved(altcha, NOW) is None


def test_the_signature_of_something_else_is_none() -> None:
    signer = Signer([OLD])
    forged = GOOD | {"signature": signer.seal("answer", GOOD["challenge"])}
    assert PROOF.solved(packed(forged), NOW) is None


def test_an_easier_challenge_of_one_s_own_is_none() -> None:
    salt = f"{'0' * 24}?expires={int(NOW.timestamp()) + 60}&"
    hashed = hashlib.sha256(f"{salt}0".encode()).hexdigest()
    own = GOOD | {"salt": salt, "number": 0, "challenge": hashed}
    assert PROOF.solved(packed(own), NOW) is None


def test_no_digit_moves_from_the_number_to_the_time() -> None:
    challenge = next(
        one for one in (PROOF.challenge(NOW) for _ in range(1000)) if solution(one)["number"] >= 100
    )
    one = solution(challenge)
    digits = str(one["number"])
    for at in range(1, len(digits)):
        moved = one | {"salt": one["salt"] + digits[:at], "number": int(digits[at:])}
        assert PROOF.solved(packed(moved), NOW) is None
        # Nor would it, had the salt no mark at its end.
        moved["salt"] = moved["salt"].replace("&", "")
        assert PROOF.solved(packed(moved), NOW) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"number": -1},
        {"number": 2**53},
        {"number": 10**400},
        {"number": 7.0},
        {"number": True},
        {"number": "7"},
        {"number": None},
        {"number": [7]},
        {"algorithm": "SHA-1"},
        {"algorithm": "sha-256"},
        {"algorithm": None},
        {"salt": ""},
        {"salt": 5},
        {"salt": "\u0660" * 24},
        {"salt": "\ud800"},
        {"challenge": ""},
        {"challenge": "é" * 64},
        {"challenge": ["x"]},
        {"signature": ""},
        {"signature": "é" * 64},
        {"signature": "\ud800"},
        {"signature": {"a": 1}},
    ],
)
def test_a_changed_solution_is_none(changes: dict[str, Any]) -> None:
    assert PROOF.solved(packed(GOOD | changes), NOW) is None


@pytest.mark.parametrize("name", ["algorithm", "challenge", "number", "salt", "signature"])
def test_a_solution_that_lacks_something_is_none(name: str) -> None:
    assert PROOF.solved(packed({key: GOOD[key] for key in GOOD if key != name}), NOW) is None


def test_no_changed_letter_of_a_solution_passes() -> None:
    for name in ("challenge", "salt", "signature"):
        for at, letter in enumerate(GOOD[name]):
            other = "0" if letter != "0" else "1"
            changed = GOOD[name][:at] + other + GOOD[name][at + 1 :]
            assert PROOF.solved(packed(GOOD | {name: changed}), NOW) is None, (name, at)


@pytest.mark.parametrize(
    "altcha",
    [
        "",
        "not base64!",
        "=",
        "é",
        "A" * 2000,
        packed(None),
        packed([GOOD]),
        packed("text"),
        packed(17),
        base64.b64encode(b"[" * 1400).decode(),
        base64.b64encode(b'{"number": NaN}').decode(),
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(json.dumps(GOOD).encode("utf-16")).decode(),
        base64.b64encode(json.dumps(GOOD)[:-1].encode()).decode(),
        base64.b64encode(b'{"a": 1, "a": 2}').decode(),
    ],
)
def test_what_is_no_solution_at_all_is_none(altcha: str) -> None:
    assert PROOF.solved(altcha, NOW) is None


@given(st.text(), st.dictionaries(st.sampled_from(sorted(GOOD)), st.none() | st.integers()))
def test_whatever_comes_is_judged_without_an_error(text: str, changes: dict[str, Any]) -> None:
    assert PROOF.solved(text, NOW) is None
    is_changed = GOOD | changes != GOOD
    assert (PROOF.solved(packed(GOOD | changes), NOW) is None) is is_changed


def test_the_hardest_challenge_is_solved_as_well() -> None:
    """The number may be the last one: clients try up to ``maxnumber`` itself."""
    numbers = {solution(PROOF.challenge(NOW))["number"] for _ in range(40)}
    assert numbers <= set(range(1001))
    assert len(numbers) > 20
    assert PROOF.solved(solved(PROOF.challenge(NOW)), NOW) is not None
