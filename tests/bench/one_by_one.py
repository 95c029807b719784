"""Copydesk with a commit for each report: what sharing commits is compared with."""

from copydesk import lane
from copydesk.cli import main

if __name__ == "__main__":
    lane.MOST_AT_ONCE = 1
    main()
