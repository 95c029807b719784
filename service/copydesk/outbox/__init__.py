"""Work that follows a commit: enqueued in the cause's transaction, claimed by lease, settled."""

from copydesk.outbox.claims import LeaseLost, claim, settle_done, settle_failed
from copydesk.outbox.dead_letters import discard, requeue
from copydesk.outbox.queue import enqueue, enqueue_all
from copydesk.outbox.work import (
    Finish,
    GiveUp,
    Handler,
    Job,
    PutBack,
    RetryLater,
    nothing_more,
)

__all__ = [
    "Finish",
    "GiveUp",
    "Handler",
    "Job",
    "LeaseLost",
    "PutBack",
    "RetryLater",
    "claim",
    "discard",
    "enqueue",
    "enqueue_all",
    "nothing_more",
    "requeue",
    "settle_done",
    "settle_failed",
]
