"""gunicorn for several web processes on PostgreSQL; one `copydesk serve` is enough for most.

    pip install --require-hashes -r requirements-postgres.lock
    COPYDESK_CONFIG=/etc/copydesk/copydesk.toml gunicorn -c config/gunicorn.conf.py

Run `copydesk worker` beside it, on this machine or another one. See docs/scaling.md.
"""

import os

wsgi_app = "copydesk.wsgi:app"
bind = os.environ.get("COPYDESK_SERVER__BIND", "127.0.0.1:8000")

# Processes: one for each core. Threads: requests that share one commit; each process takes at most
# 20 connections to PostgreSQL, so keep workers x 20 below its max_connections.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8

# Each process imports the app itself: connections must not be shared across a fork.
preload_app = False

# A process that is silent for this long is replaced; requests in flight get this long to end.
timeout = 30
graceful_timeout = 15
# The proxy keeps its connections to us open; a little longer than it does (nginx: 60 s).
keepalive = 65
# Its heartbeat file: never on a slow disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory, and gunicorn unlinks the file at once

# Who the reader is and whether he came by https is for the app to say, by server.trusted_proxies.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}

# The service's own log has one line for each event and no addresses; gunicorn says only how it is.
accesslog = None
errorlog = "-"
loglevel = "info"
control_socket_disable = True
