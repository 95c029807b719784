"""What a machine asks: is the process up, can it do its work, and how is it doing."""

import hmac
import ipaddress
import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    generate_latest,
    multiprocess,
)
from sqlalchemy.exc import SQLAlchemyError

from copydesk.errors import NotFound, Unavailable
from copydesk.figures import DatabaseCollector
from copydesk.store.migrate import is_current
from copydesk.web import services

blueprint = Blueprint("health", __name__)

SHARED_FILES = "PROMETHEUS_MULTIPROC_DIR"


@blueprint.get("/healthz")
def process_up() -> Response:
    """Answer 200 as long as the process answers at all."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer 200 when the database takes writes and the migrations are current, else 503."""
    found = services()
    try:
        if not is_current(found.database):
            raise Unavailable("The migrations are not current.", retry_after=30)
    except SQLAlchemyError as error:
        raise Unavailable("The database does not answer.", retry_after=5) from error
    if not found.probe.takes_writes():
        raise Unavailable("The database does not take writes.", retry_after=5)
    return jsonify(status="ok")


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in Prometheus' text format: what the database knows, and what processes counted.

    For this machine alone, or for who has the token; to anybody else there is nothing here.
    """
    if not _may_read_metrics():
        raise NotFound
    found = services()
    of_database = CollectorRegistry()
    of_database.register(DatabaseCollector(found.database, found.clock, found.probe))
    text = b"".join(generate_latest(part) for part in (of_database, *_of_processes()))
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _of_processes() -> Iterator[CollectorRegistry]:
    """Yield what this process counted, or all that share a folder of files."""
    if os.environ.get(SHARED_FILES):
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        yield shared
    else:
        yield REGISTRY


def _may_read_metrics() -> bool:
    server = services().settings.server
    token = server.metrics_token.get_secret_value()
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if server.secure and not server.trusted_proxies:
        return False  # a proxy is in front and says nothing of whom it asks for
    # A proxy that forgets to say for whom it asks still names our public host.
    return _is_loopback(request.remote_addr) and _is_loopback(
        urlsplit(f"//{request.host}").hostname
    )


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
