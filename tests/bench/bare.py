"""A bare Flask route on the server that `copydesk serve` uses: the yardstick of the ingest.

``/`` is answered as most paths are, each request by a thread of its own; ``/lane`` as reports are.
"""

import sys

from flask import Flask

from copydesk.memory import settle_memory, share_one_heap
from copydesk.serving import listen


def main(threads: int) -> None:
    """Serve both on a free port, which is printed, until killed."""
    share_one_heap()
    app = Flask("bare")
    app.add_url_rule("/", "hello", lambda: "hello")
    app.add_url_rule("/lane", "hello in the lane", lambda: "hello")
    server = listen(app, "127.0.0.1:0", threads=threads, together=["/lane"])
    settle_memory()
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
