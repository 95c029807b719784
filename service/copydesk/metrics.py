"""What this process counts of itself, for Prometheus; ``figures.py`` asks the database the rest.

One process of `serve` with its worker sees everything. Several processes on one machine share their
counts through files when PROMETHEUS_MULTIPROC_DIR names a folder for them (prometheus-client's own
way); across machines Prometheus adds up what it scrapes.
"""

from prometheus_client import Counter, Histogram

# From a cached answer to a request that a reader gives up on; 5 and 15 ms are what a report may
# take at the median and the 99th percentile on a quiet service.
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)

requests = Histogram(
    "copydesk_request_seconds",
    "From the first byte of the request to the answer",
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
