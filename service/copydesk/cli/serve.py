"""``copydesk serve`` and ``copydesk worker``."""

import os
import sys
import time

import click
import structlog

from copydesk.app import create_app
from copydesk.cli.context import Context, pass_context
from copydesk.intake import routes
from copydesk.logs import configure_logs
from copydesk.memory import settle_memory, share_one_heap
from copydesk.services import Services
from copydesk.serving import Listening, listen
from copydesk.stop_signals import on_stop_signals

log = structlog.get_logger(__name__)

STOP_SECONDS = 9.0
"""How long all of ``serve`` takes to end: requests in flight first, beside them the work in hand.

Work has deadlines of its own, a mail 60 s, and a mail server that hangs must not hold up a restart:
while it lasts nobody takes reports. Below 10, after which Docker kills."""


@click.command()
@click.option("--bind", help="host:port to listen on; default: server.bind of the settings.")
@click.option("--no-worker", is_flag=True, help="Only the web; run `copydesk worker` elsewhere.")
@pass_context
def serve(context: Context, bind: str | None, no_worker: bool) -> None:
    """Serve the web, and by default do the work beside it."""
    share_one_heap()
    settings, services = context.settings, context.services
    configure_logs(settings.log)
    context.require_migrated()
    context.serve_alone()
    context.say_if_frozen()
    server = listen_for(services, bind or settings.server.bind)
    crew = services.crew()
    ends = float("inf")

    def stop() -> None:
        nonlocal ends
        ends = time.monotonic() + STOP_SECONDS
        crew.stop()
        server.stop()

    with on_stop_signals(stop):
        settle_memory()
        if not no_worker:
            crew.start()
        where = settings.server.base_url
        click.echo(f"Copydesk listens on {server.url}; readers reach it at {where}")
        try:
            server.run()
        finally:
            crew.stop()
            ends = min(ends, time.monotonic() + STOP_SECONDS)
            has_ended = crew.join(max(0.0, ends - time.monotonic()))
        if not has_ended:
            _leave_work()


def _leave_work() -> None:
    """End the process with work in hand, as a crash would: it comes back when its lease ends.

    A mail that its server has taken and not confirmed yet leaves once more then.
    """
    log.warning("serve.left_work")
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # Python itself waits for every thread


def listen_for(services: Services, bind: str) -> Listening:
    """Bind ``host:port`` and return the web's server, not yet running."""
    settings = services.settings.server
    return listen(
        create_app(services),
        bind,
        threads=settings.threads,
        behind_proxy=settings.trusted_proxies > 0,
        together=[routes.PATH],
    )


@click.command()
@click.option("--drain", is_flag=True, help="Do all that is due now, then exit.")
@pass_context
def worker(context: Context, drain: bool) -> None:
    """Read articles, send mails, read articles again."""
    share_one_heap()
    configure_logs(context.settings.log)
    context.require_migrated()
    context.say_if_frozen()
    crew = context.services.crew()
    with on_stop_signals(crew.stop):
        settle_memory()
        if drain:
            click.echo(f"{crew.drain()} steps done.")
        else:
            crew.start()
            crew.join()
