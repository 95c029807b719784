"""Each action moves the state it says, writes history, and can be taken back where simple."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from tests.conftest import MovableClock
from tests.desk_fixtures import (
    Paper,
    add_editor,
    enter,
    entered_editor,
    made_paper,
    make_paper,
    send,
)
from tests.factories import make_erratum

from copydesk.services import Services
from copydesk.store.tables import (
    Article,
    Erratum,
    HistoryEntry,
    OutboxJob,
    Proof,
    Role,
    State,
)

paper = made_paper
ed = entered_editor


def act(client: FlaskClient, paper: Paper, action: str, **fields: str) -> int:
    path = f"/desk/errata/{paper.public_id}"
    return send(client, f"{path}/{action}", fields, page=path).status_code


def erratum_of(services: Services, public_id: str) -> Erratum:
    with services.database.reading() as session:
        return session.scalars(select(Erratum).where(Erratum.public_id == public_id)).one()


def history_of(services: Services, public_id: str) -> list[tuple[str, str, str]]:
    with services.database.reading() as session:
        rows = session.scalars(
            select(HistoryEntry)
            .join(HistoryEntry.erratum)
            .where(Erratum.public_id == public_id)
            .order_by(HistoryEntry.id)
        )
        return [(row.who, row.what, row.note) for row in rows]


def jobs_of(services: Services, kind: str) -> list[OutboxJob]:
    with services.database.reading() as session:
        return list(session.scalars(select(OutboxJob).where(OutboxJob.kind == kind)))


@pytest.mark.parametrize(
    ("action", "fields", "state"),
    [
        ("confirm", {}, State.CONFIRMED),
        ("decline", {"reason": "House style."}, State.DECLINED),
        ("spam", {}, State.SPAM),
    ],
)
def test_an_act_moves_the_state_and_is_taken_back(
    client: FlaskClient,
    services: Services,
    paper: Paper,
    ed: int,
    action: str,
    fields: dict[str, str],
    state: State,
) -> None:
    assert act(client, paper, action, **fields) == 303
    assert erratum_of(services, paper.public_id).state is state
    assert history_of(services, paper.public_id)[-1] == (
        "Ed Doyle",
        action,
        fields.get("reason", ""),
    )
    assert "Undo" in client.get("/desk/").text
    assert send(client, "/desk/undo", {"id": paper.public_id}).status_code == 303
    assert erratum_of(services, paper.public_id).state is State.OPEN


def test_undo_gives_back_a_confirmed_one(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    act(client, paper, "confirm")
    act(client, paper, "decline")
    send(client, "/desk/undo", {"id": paper.public_id})
    assert erratum_of(services, paper.public_id).state is State.CONFIRMED


def test_it_is_too_late_to_undo_after_ten_minutes(
    client: FlaskClient, services: Services, paper: Paper, ed: int, clock: MovableClock
) -> None:
    act(client, paper, "spam")
    clock.forward(minutes=10, seconds=1)
    answer = send(client, "/desk/undo", {"id": paper.public_id})
    assert answer.status_code == 303
    assert erratum_of(services, paper.public_id).state is State.SPAM


def test_nobody_undoes_what_somebody_else_did(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    act(client, paper, "spam")
    send(client, "/desk/me", {"name": "Another Name"})
    send(client, "/desk/undo", {"id": paper.public_id})
    assert erratum_of(services, paper.public_id).state is State.SPAM


@pytest.mark.parametrize("action", ["spam", "decline"])
def test_an_author_who_takes_an_editors_name_undoes_nothing_of_his(
    client: FlaskClient, services: Services, paper: Paper, ed: int, action: str
) -> None:
    act(client, paper, action)
    send(client, "/desk/sign-out")
    ada = add_editor(services, Role.AUTHOR, paper.site_id, address="ada@news.example")
    enter(client, services, ada)
    send(client, "/desk/me", {"name": "Ed Doyle"})
    before = erratum_of(services, paper.public_id).state
    send(client, "/desk/undo", {"id": paper.public_id})
    assert erratum_of(services, paper.public_id).state is before is not State.OPEN
    # What an author may do, he may take back.
    send(client, f"/desk/errata/{paper.other_public_id}/confirm")
    send(client, "/desk/undo", {"id": paper.other_public_id})
    assert [what for _who, what, _note in history_of(services, paper.other_public_id)] == [
        "confirm",
        "reopen",
    ]


def test_saying_corrected_asks_the_page_and_not_the_editor(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    assert act(client, paper, "correct") == 303
    erratum = erratum_of(services, paper.public_id)
    assert (erratum.state, erratum.correction_claimed_by) == (State.OPEN, "Ed Doyle")
    assert [job.payload for job in jobs_of(services, "recheck")] == [
        {"article_id": erratum.article_id}
    ]
    assert erratum.recheck_due_at == services.clock()
    page = client.get(f"/desk/errata/{paper.public_id}").text
    assert "Waiting for the page to be read again." in page


def test_reopening_forgets_the_reason(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    act(client, paper, "decline", reason="House style.")
    assert erratum_of(services, paper.public_id).declined_reason == "House style."
    assert act(client, paper, "reopen") == 303
    erratum = erratum_of(services, paper.public_id)
    assert (erratum.state, erratum.declined_reason) == (State.OPEN, "")


def test_merging_moves_the_readers(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    assert act(client, paper, "merge", into=paper.other_public_id) == 303
    assert erratum_of(services, paper.public_id).state is State.MERGED
    assert erratum_of(services, paper.other_public_id).report_count == 2
    assert client.get(f"/desk/errata/{paper.public_id}").status_code == 200
    assert paper.public_id not in client.get("/desk/?tab=all").text


def test_assigning_and_taking_back(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    assert act(client, paper, "assign", editor=str(ed)) == 303
    assert erratum_of(services, paper.public_id).assignee_id == ed
    assert act(client, paper, "assign", editor="") == 303
    assert erratum_of(services, paper.public_id).assignee_id is None
    assert [what for _, what, _ in history_of(services, paper.public_id)] == ["assign", "unassign"]


def test_nobody_is_assigned_who_does_not_work_here(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    with services.database.transaction() as session:
        theirs = make_paper(session, services.clock(), "theirs")
    stranger = add_editor(services, Role.EDITOR, theirs.site_id, address="o@theirs.example")
    assert act(client, paper, "assign", editor=str(stranger)) == 422
    assert erratum_of(services, paper.public_id).assignee_id is None


def test_snoozing_hides_it_until_then(
    client: FlaskClient, services: Services, paper: Paper, ed: int, clock: MovableClock
) -> None:
    assert act(client, paper, "snooze", days="3") == 303
    assert paper.public_id not in client.get("/desk/").text
    assert paper.public_id in client.get("/desk/?tab=snoozed").text
    clock.now += timedelta(days=3)
    enter(client, services, ed)
    assert paper.public_id in client.get("/desk/").text
    assert act(client, paper, "snooze", days="5") == 422


def test_waking_it_up(client: FlaskClient, services: Services, paper: Paper, ed: int) -> None:
    act(client, paper, "snooze", days="3")
    assert act(client, paper, "snooze", days="0") == 303
    assert paper.public_id in client.get("/desk/").text


def test_a_note_is_kept_and_an_empty_one_refused(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    assert act(client, paper, "note", text="Asked Ada.\r\nShe is looking.") == 303
    assert history_of(services, paper.public_id) == [
        ("Ed Doyle", "note", "Asked Ada.\nShe is looking.")
    ]
    assert act(client, paper, "note", text="  ") == 422


def test_what_does_not_apply_is_a_conflict(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    act(client, paper, "spam")
    assert act(client, paper, "confirm") == 409
    assert act(client, paper, "merge", into=paper.other_public_id) == 409
    assert erratum_of(services, paper.public_id).state is State.SPAM


def test_many_at_once_leave_what_does_not_fit_ticked(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    act(client, paper, "confirm")
    both = [paper.public_id, paper.other_public_id]
    answer = send(client, "/desk/bulk", {"id": both, "action": "confirm", "next": "/desk/?tab=all"})
    assert (answer.status_code, answer.location) == (303, "/desk/?tab=all")
    page = client.get("/desk/?tab=all").text
    assert "1 erratum confirmed." in page
    assert "1 was left as it is" in page
    assert page.count(" checked>") == 1
    assert " checked>" not in client.get("/desk/?tab=all").text
    assert {erratum_of(services, one).state for one in both} == {State.CONFIRMED}


def test_many_are_declined_with_one_reason_and_taken_back_together(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    both = [paper.public_id, paper.other_public_id]
    send(client, "/desk/bulk", {"id": both, "action": "decline", "reason": "House style."})
    assert {erratum_of(services, one).declined_reason for one in both} == {"House style."}
    send(client, "/desk/undo", {"id": both})
    assert {erratum_of(services, one).state for one in both} == {State.OPEN}


def test_an_unknown_bulk_action_is_refused(client: FlaskClient, paper: Paper, ed: int) -> None:
    assert send(client, "/desk/bulk", {"id": paper.public_id, "action": "x"}).status_code == 422


def test_a_row_of_the_inbox_acts_by_its_own_button(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    fields = {"next": "/desk/?tab=all", "id": paper.other_public_id, "reason": ""}
    answer = send(client, f"/desk/errata/{paper.public_id}/confirm", fields, page="/desk/")
    assert answer.location == "/desk/?tab=all"
    assert erratum_of(services, paper.public_id).state is State.CONFIRMED
    assert erratum_of(services, paper.other_public_id).state is State.OPEN


def test_reading_the_page_again_asks_for_what_is_missing(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    with services.database.transaction() as session:
        article = session.get_one(Article, paper.article_id)
        unproved = make_erratum(session, article, services.clock(), proof=Proof.UNREADABLE)
        make_erratum(session, article, services.clock(), state=State.SPAM)
        unproved_id = unproved.id
    for _ in range(2):
        path = f"/desk/articles/{paper.article_id}"
        assert send(client, f"{path}/recheck", page=path).status_code == 303
    assert len(jobs_of(services, "recheck")) == 1  # it serves both that were found there
    assert [job.payload["erratum_id"] for job in jobs_of(services, "read_article")] == [unproved_id]
