"""What was given up, on the desk: tried again, or discarded."""

from flask.testing import FlaskClient
from sqlalchemy import select
from tests.desk_fixtures import Paper, entered_editor, made_paper, send

from copydesk.services import Services
from copydesk.store.tables import (
    HistoryEntry,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Purpose,
)

paper = made_paper
ed = entered_editor


def job_of(services: Services, paper: Paper) -> OutboxJob:
    with services.database.reading() as session:
        return session.get_one(OutboxJob, paper.dead_job_id)


def test_a_dead_letter_gets_a_fresh_start(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    page = client.get("/desk/deliveries").text
    assert "550 no such mailbox" in page
    path = f"/desk/jobs/{paper.dead_job_id}/requeue"
    assert path in page
    assert send(client, path).status_code == 303
    job = job_of(services, paper)
    assert (job.state, job.failures, job.due_at) == (JobState.PENDING, 0, services.clock())
    assert path not in client.get("/desk/deliveries").text


def test_a_dead_letter_is_discarded_and_the_history_says_who_did_it(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    path = f"/desk/jobs/{paper.dead_job_id}/discard"
    assert path in client.get("/desk/deliveries").text
    send(client, path)
    job = job_of(services, paper)
    assert (job.state, job.finished_at) == (JobState.DONE, services.clock())
    page = client.get("/desk/deliveries").text
    assert "It will not be tried again." in page
    assert path not in page
    assert "given up" not in page
    page = client.get(f"/desk/errata/{paper.public_id}").text
    assert "discarded work that was given up" in page
    assert "Send a mail" in page
    send(client, path)
    assert "It was not given up any more." in client.get("/desk/deliveries").text
    with services.database.reading() as session:
        what = session.scalars(select(HistoryEntry.what).where(HistoryEntry.what == "discarded"))
        assert len(what.all()) == 1


def test_a_discarded_mail_waits_no_longer(
    client: FlaskClient, services: Services, paper: Paper, ed: int
) -> None:
    """Its sending crashed: nobody has marked it, nor what it would have carried."""
    with services.database.transaction() as session:
        session.get_one(Message, paper.message_id).state = MessageState.PENDING
        session.add_all(
            Message(
                site_id=paper.site_id,
                unique_key=state,
                purpose=Purpose.ERRATUM,
                recipient="desk@gazette.example",
                created_at=services.clock(),
                digest_id=paper.message_id,
                state=state,
            )
            for state in (MessageState.WAITING, MessageState.NOT_NEEDED)
        )
    send(client, f"/desk/jobs/{paper.dead_job_id}/discard")
    with services.database.reading() as session:
        states = session.scalars(select(Message.state).order_by(Message.id)).all()
    assert states == [
        MessageState.UNDELIVERABLE,
        MessageState.UNDELIVERABLE,
        MessageState.NOT_NEEDED,
    ]
