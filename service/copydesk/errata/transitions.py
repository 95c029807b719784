"""The triage states as a table: pure, complete, and printed in the docs.

Snoozing and assigning move no state; a new report on a corrected erratum reopens it.
"""

from enum import StrEnum

from copydesk.errors import Conflict
from copydesk.store.tables import State


class Verb(StrEnum):
    """What somebody does to an erratum."""

    CONFIRM = "confirm"
    CORRECT = "correct"
    DECLINE = "decline"
    REOPEN = "reopen"
    MERGE = "merge"
    SPAM = "spam"


class NotPossible(Conflict):
    """The verb does not apply to the erratum's present state."""

    title = "Not possible in this state"


TRANSITIONS: dict[tuple[State, Verb], State] = {
    (State.OPEN, Verb.CONFIRM): State.CONFIRMED,
    (State.OPEN, Verb.CORRECT): State.CORRECTED,
    (State.OPEN, Verb.DECLINE): State.DECLINED,
    (State.OPEN, Verb.MERGE): State.MERGED,
    (State.OPEN, Verb.SPAM): State.SPAM,
    (State.CONFIRMED, Verb.CORRECT): State.CORRECTED,
    (State.CONFIRMED, Verb.DECLINE): State.DECLINED,
    (State.CONFIRMED, Verb.REOPEN): State.OPEN,
    (State.CONFIRMED, Verb.MERGE): State.MERGED,
    (State.CORRECTED, Verb.REOPEN): State.OPEN,
    (State.DECLINED, Verb.REOPEN): State.OPEN,
    (State.DECLINED, Verb.SPAM): State.SPAM,
    (State.SPAM, Verb.REOPEN): State.OPEN,
}


def allowed_verbs(state: State) -> tuple[Verb, ...]:
    """Return the verbs that apply in ``state``, in the order the desk shows them."""
    return tuple(verb for verb in Verb if (state, verb) in TRANSITIONS)


def next_state(state: State, verb: Verb) -> State:
    """Return where ``verb`` leads; raises ``NotPossible`` when it does not apply."""
    try:
        return TRANSITIONS[state, verb]
    except KeyError:
        raise NotPossible(f"“{verb}” does not apply to an erratum that is {state}.") from None
