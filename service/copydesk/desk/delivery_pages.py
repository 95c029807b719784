"""``/desk/deliveries``: what was sent to whom, what waits, and what was given up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from copydesk.desk.edge import back_to, blueprint, member, require_somewhere, say
from copydesk.desk.forms import MAX_ROW_ID
from copydesk.desk.happened import job_name
from copydesk.desk.jobs import load_named, site_of
from copydesk.errata.history import record
from copydesk.errors import NotFound
from copydesk.outbox import discard, requeue
from copydesk.store.tables import (
    Erratum,
    JobState,
    Message,
    MessageState,
    OutboxJob,
    Role,
)
from copydesk.web import gettext as _
from copydesk.web import services

MOST_MESSAGES = 200
MOST_JOBS = 500


@dataclass(frozen=True)
class Work:
    """A job with the site it works for; None: for all of them."""

    job: OutboxJob
    site_id: int | None
    is_retried: bool
    erratum: Erratum | None


@blueprint.get("/deliveries")
def deliveries() -> str:
    """Show the mails of the member's sites, and the jobs that wait or were given up."""
    require_somewhere(Role.EDITOR)
    now = services().clock()
    state = request.args.get("state", "")
    with services().database.reading() as session:
        work = _work(session)
        return render_template(
            "desk/deliveries.html",
            state=state if state in set(MessageState) else "",
            states=list(MessageState),
            messages=_messages(session, state),
            dead=[one for one in work if one.job.state is JobState.DEAD],
            due=[one for one in work if _is_due(one, now)],
            dead_mails=_dead_mails(work),
            job_name=job_name,
        )


@blueprint.post(f"/jobs/<int(max={MAX_ROW_ID}):job_id>/requeue")
def requeue_job(job_id: int) -> ResponseReturnValue:
    """Give a dead letter a fresh start."""
    now = services().clock()

    def step(session: Session, job: OutboxJob, erratum: Erratum | None) -> bool:
        del erratum
        return requeue(session, job.id, now=now)

    return _settled(job_id, step, _("It will be tried again now."))


@blueprint.post(f"/jobs/<int(max={MAX_ROW_ID}):job_id>/discard")
def discard_job(job_id: int) -> ResponseReturnValue:
    """Let a dead letter go for good; its erratum's history says who did."""
    now = services().clock()

    def step(session: Session, job: OutboxJob, erratum: Erratum | None) -> bool:
        is_gone = discard(session, [job.id], now=now) == 1
        if is_gone and erratum is not None:
            record(session, erratum, who=member().who, what="discarded", note=job.kind, now=now)
        return is_gone

    return _settled(job_id, step, _("It will not be tried again."))


def _settled(
    job_id: int, act: Callable[[Session, OutboxJob, Erratum | None], bool], done: str
) -> ResponseReturnValue:
    """Do something to a dead letter of the member's sites and say so."""
    require_somewhere(Role.EDITOR)

    def step(session: Session) -> bool:
        job = session.get(OutboxJob, job_id)
        if job is None:
            raise NotFound
        site_id, erratum = site_of(session, job)
        if not member().access.may(Role.EDITOR, site_id):
            raise NotFound
        return act(session, job, erratum)

    is_done = services().database.write(step)
    say(done if is_done else _("It was not given up any more."))
    return back_to(url_for("desk.deliveries"))


def _messages(session: Session, state: str) -> list[Message]:
    statement = (
        select(Message)
        .where(member().access.sites(Message.site_id, Role.EDITOR))
        .options(joinedload(Message.erratum).joinedload(Erratum.article), joinedload(Message.site))
        .order_by(Message.id.desc())
        .limit(MOST_MESSAGES)
    )
    if state in set(MessageState):
        statement = statement.where(Message.state == MessageState(state))
    return list(session.scalars(statement))


def _work(session: Session) -> list[Work]:
    """Return what is given up, and what waits, within the member's sites."""
    access = member().access
    jobs = session.scalars(
        select(OutboxJob)
        .where(OutboxJob.state.in_((JobState.DEAD, JobState.PENDING)))
        .order_by(OutboxJob.state, OutboxJob.due_at, OutboxJob.id)
        .limit(MOST_JOBS)
    ).all()
    named = load_named(session, jobs)
    found = []
    for job in jobs:
        site_id, erratum = site_of(session, job)
        if access.may(Role.EDITOR, site_id):
            found.append(Work(job, site_id, job.failures > 0, erratum))
    del named
    return found


def _is_due(work: Work, now: datetime) -> bool:
    """Leave out what is only planned: the next reading of a page is weeks away."""
    job = work.job
    return job.state is JobState.PENDING and (job.due_at <= now or work.is_retried)


def _dead_mails(work: list[Work]) -> dict[int, int]:
    """Map a message's id to the job that gave it up, for the button beside the message."""
    return {
        int(one.job.payload["message_id"]): one.job.id
        for one in work
        if one.job.state is JobState.DEAD and one.job.kind == "deliver"
    }
