"""``python3 run.py bench [name …]``: print the benchmarks, all but the long ones without a name."""

import sys

from tests.bench import (
    bylines,
    desk,
    faults,
    finding,
    fuzz,
    guards,
    histories,
    ingest,
    locate,
    start,
    widget_find,
    widget_sizes,
    widget_times,
)

ALL = {
    "bylines": bylines.run,
    "desk": desk.run,
    "faults": faults.run,
    "finding": finding.run,
    "fuzz": fuzz.run,
    "guards": guards.run_guards,
    "histories": histories.run,
    "ingest": ingest.run,
    "locate": locate.run,
    "soak": faults.run_soak,
    "start": start.run,
    "sizes": widget_sizes.run,
    "widget": widget_times.run,
    "find": widget_find.run,
}

LONG = ("faults", "fuzz", "soak")
"""Most of an hour, three minutes and seventeen minutes: only when named."""


def main(names: list[str]) -> int:
    """Run the named benchmarks, all of them when none is named."""
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.stderr.write(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(ALL)}\n")
        return 2
    for name in names or [name for name in ALL if name not in LONG]:
        ALL[name]()
    if not names:
        sys.stdout.write(f"Left out, because they take long: {', '.join(LONG)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
