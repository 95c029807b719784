"""What this process counts of itself, for Prometheus; ``figures.py`` asks the database the rest.

One process of `serve` with its worker sees everything. Several processes on one machine share their
counts through files when PROMETHEUS_MULTIPROC_DIR names a folder for them (prometheus-client's own
way); across machines Prometheus adds up what it scrapes.

A series stands there from the start, at 0, for each value of a label that is known: Prometheus sees
no growth in one that begins with its first event, and an alert would miss just that one.
"""

from prometheus_client import Counter, Histogram

from copydesk.errors import CopydeskError

# From a cached answer to a request that a reader gives up on; 5 and 15 ms are what a report may
# take at the median and the 99th percentile on a quiet service.
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)

requests = Histogram(
    "copydesk_request_seconds",
    "From where the application is handed a request to its answer: the wait for a thread before "
    "it and the sending after it are the server's",
    ["method", "route", "status"],
    buckets=LATENCY_BUCKETS,
)
refusals = Counter(
    "copydesk_refusals",
    "Reports that were not taken, by reason (too-many, unavailable, invalid, proof-needed …)",
    ["reason"],
)
turned_away = Counter(
    "copydesk_turned_away",
    "Requests of any kind that were answered 503 unread: others had waited too long already",
)
jobs = Counter(
    "copydesk_jobs", "Steps of work, by kind and result (done, retry, dead, crashed)",
    ["kind", "result"],
)  # fmt: skip
mails = Counter(
    "copydesk_mails",
    "Tries to hand a mail over, by what the mail server made of it "
    "(sent, deferred, refused, unanswered)",
    ["result"],
)
fetches = Counter(
    "copydesk_fetches",
    "Readings of pages, by result (read, unmodified, overloaded, failed, unusable)",
    ["result"],
)
verdicts = Counter(
    "copydesk_verdicts",
    "What pages said of errata (there, changed, gone, unsure)",
    ["verdict"],
)

JOB_RESULTS = ("done", "retry", "dead", "crashed")
"""A worker knows of which kinds: it makes their series."""

_errors: list[type[CopydeskError]] = [CopydeskError, *CopydeskError.__subclasses__()]
for _counter, _values in (
    (refusals, [error.slug for error in _errors]),
    (mails, ["sent", "deferred", "refused", "unanswered"]),
    (fetches, ["read", "unmodified", "overloaded", "failed", "unusable"]),
    (verdicts, ["there", "changed", "gone", "unsure"]),
):
    for _value in _values:
        _counter.labels(_value)
