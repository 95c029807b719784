"""The loop that does what is due.

One worker takes one job at a time of the kinds it was given; several side by side are a crew
(``crew.py``). A job that kills or hangs its worker comes back when the
lease ends; a job that raises something unforeseen is retried and, after ``MAX_ATTEMPTS``, lies
among the dead letters where the desk shows it. When else to give up is the handler's to say, and
never the clock's: time also passes while a mail server, this machine or the outbox stands still.
"""

import threading
from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from copydesk import metrics
from copydesk.clock import Clock
from copydesk.outbox.claims import LeaseLost, claim, settle_done, settle_failed, settle_put_back
from copydesk.outbox.waking import Colleagues
from copydesk.outbox.work import (
    Finish,
    GiveUp,
    Handler,
    Job,
    PutBack,
    RetryLater,
    nothing_more,
)
from copydesk.precedence import PRECEDENCE
from copydesk.store.database import STORE_AWAY, Database

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
OTHERS_POLLS = 10
"""A worker looks by itself after so many polls when a colleague looks at each and would wake it."""


class Worker:
    """Claims jobs and hands each to the handler of its kind."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler],
        *,
        clock: Clock,
        lease: timedelta,
        poll_seconds: float = 1.0,
        colleagues: Colleagues | None = None,
    ) -> None:
        """``colleagues``: those who do the same kinds of work in this process."""
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._waits = False
        self.has_begun = threading.Event()
        self._colleagues = colleagues or Colleagues()
        self._colleagues.join(self)
        for kind in handlers:
            for result in metrics.JOB_RESULTS:
                metrics.jobs.labels(kind, result)

    def run(self) -> None:
        """Work until ``stop`` is called; the job in hand is finished first."""
        while not self._stopping.is_set():
            try:
                worked = self.step()
            except STORE_AWAY as error:
                # The database is away: what is claimed comes back with its lease.
                log.warning("worker.database_unavailable", error=type(error).__name__)
                worked = False
            except Exception:  # a crew that lost a worker without a word would look healthy
                log.exception("worker.crashed")
                worked = False
            self.has_begun.set()
            if not worked:
                self._sleep()

    def _sleep(self) -> None:
        """Wait for the next poll, or until somebody wakes it."""
        with self._colleagues.asleep() as watches:
            self._waits = True
            self._woken.wait(self._poll_seconds * (1 if watches else OTHERS_POLLS))
            self._waits = False
            self._woken.clear()

    def stop(self) -> None:
        """Ask ``run`` to return after the job in hand."""
        self._stopping.set()
        self._woken.set()

    @property
    def is_asleep(self) -> bool:
        """Whether it waits for the next poll and nobody has woken it yet."""
        return self._waits and not self._woken.is_set()

    def wake(self) -> None:
        """Look for work now instead of at the next poll; fit for any thread."""
        self._woken.set()

    def drain(self) -> int:
        """Do all that is due now and return how many steps were taken."""
        steps = 0
        while not self._stopping.is_set() and self.step():
            steps += 1
        return steps

    def step(self) -> bool:
        """Take one due job and settle it; False when nothing was due."""
        PRECEDENCE.give()
        with self._database.single() as session:  # a lease counts from when others let us write
            now = self._database.told(self._clock)
            jobs = claim(session, now=now, lease=self._lease, kinds=tuple(self._handlers))
        if jobs:  # there may be one more
            self._colleagues.wake(besides=self)
        for job in jobs:
            self._work(job)
        return bool(jobs)

    def _work(self, job: Job) -> None:
        try:
            finish = self._handlers[job.kind](job)
            self._settle_done(job, finish)
        except LeaseLost:
            log.warning("job.lease_lost", kind=job.kind, job=job.id)
        except PutBack as wait:
            self._put_back(job, wait)
        except RetryLater as retry:
            self._settle_failed(
                job, retry.reason, retry.finish, counts=retry.counts, after=retry.after
            )
        except GiveUp as end:
            self._settle_failed(job, end.reason, end.finish, give_up=True)
        except STORE_AWAY:
            # It says nothing about the job in hand, which comes back with its lease; nothing is
            # counted. Any other error of the database (a value it refuses) is the job's own fault.
            raise
        except Exception as error:  # one poison job must not stop the others
            metrics.jobs.labels(job.kind, "crashed").inc()
            log.exception("job.crashed", kind=job.kind, job=job.id)
            is_poison = job.attempts + 1 >= MAX_ATTEMPTS
            reason = f"crashed: {type(error).__name__}"
            self._settle_failed(job, reason, nothing_more, give_up=is_poison)

    def _write(self, step: Finish) -> None:
        PRECEDENCE.give()
        self._database.write(step)

    def _settle_done(self, job: Job, finish: Finish) -> None:
        def both(session: Session) -> None:
            finish(session)
            settle_done(session, job, now=self._clock())

        self._write(both)
        metrics.jobs.labels(job.kind, "done").inc()
        log.info("job.done", kind=job.kind, job=job.id)

    def _put_back(self, job: Job, wait: PutBack) -> None:
        try:
            self._write(lambda session: settle_put_back(session, job, due_at=wait.due_at))
        except LeaseLost:
            log.warning("job.lease_lost", kind=job.kind, job=job.id)
            return
        log.debug("job.put_back", kind=job.kind, job=job.id)

    def _settle_failed(
        self,
        job: Job,
        reason: str,
        finish: Finish,
        *,
        counts: bool = True,
        after: timedelta | None = None,
        give_up: bool = False,
    ) -> None:
        def both(session: Session) -> None:
            finish(session)
            now = self._database.now(session, self._clock)
            settle_failed(
                session, job, now=now, reason=reason, counts=counts, after=after, give_up=give_up
            )

        try:
            self._write(both)
        except LeaseLost:
            log.warning("job.lease_lost", kind=job.kind, job=job.id)
            return
        event = "job.dead" if give_up else "job.retry"
        metrics.jobs.labels(job.kind, "dead" if give_up else "retry").inc()
        log.warning(event, kind=job.kind, job=job.id, reason=reason)
