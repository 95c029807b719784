"""A bare Flask route on the server that `copydesk serve` uses: the yardstick of the ingest."""

import sys

from flask import Flask

from copydesk.serving import listen


def main(threads: int) -> None:
    """Serve ``/`` on a free port, which is printed, until killed."""
    app = Flask("bare")
    app.add_url_rule("/", "hello", lambda: "hello")
    server = listen(app, "127.0.0.1:0", threads=threads)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
