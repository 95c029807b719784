"""``copydesk outbox freeze``, ``resume`` and ``discard``."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.cli.context import Context, pass_context
from copydesk.outbox import discard as discard_jobs
from copydesk.outbox.dead_letters import count_dead
from copydesk.outbox.freezing import freeze as freeze_outbox
from copydesk.outbox.freezing import frozen
from copydesk.outbox.freezing import resume as resume_outbox
from copydesk.store.tables import JobState, OutboxJob

BATCH = 200
"""Jobs a transaction: readers must not wait for the rest of a hundred thousand."""


@click.group()
def outbox() -> None:
    """The work that follows reports: let it stand still, run, or go."""


@outbox.command()
@click.option("--reason", default="by an operator", show_default=True)
@click.option(
    "--copy",
    is_flag=True,
    help="These rows are a copy: what they owe by now is held back when the outbox runs again.",
)
@pass_context
def freeze(context: Context, reason: str, *, copy: bool) -> None:
    """Send nothing and read no pages until `outbox resume`; reports still come in."""
    now = context.services.clock()
    context.write(lambda session: freeze_outbox(session, reason, now=now, is_copy=copy))
    click.echo("The outbox stands still.")


@outbox.command()
@click.option(
    "--send-old",
    is_flag=True,
    help="Also what was owed when it was frozen: only where no other copy can have sent it.",
)
@pass_context
def resume(context: Context, *, send_old: bool) -> None:
    """Let the outbox run again. What was owed before goes to the dead letters, not into mails."""
    context.require_migrated()
    now = context.services.clock()
    with context.services.database.reading() as session:
        if frozen(session) is None:
            click.echo("It runs already.")
            return
    held = context.write(lambda session: resume_outbox(session, now=now, is_old_sent=send_old))
    click.echo("The outbox runs.")
    if held.jobs or held.mails:
        click.echo(
            f"Held back: {held.jobs} jobs and {held.mails} mails that were owed before. They "
            "stand on the desk under Deliveries, with a button to do them after all."
        )


@outbox.command()
@click.argument("kinds", nargs=-1, metavar="[KIND]...")
@click.option("--all", "is_all", is_flag=True, help="Of every kind.")
@pass_context
def discard(context: Context, kinds: tuple[str, ...], *, is_all: bool) -> None:
    """Let go for good what was given up, of these kinds; without any, say how much there is."""
    now = context.services.clock()
    dead = select(OutboxJob.id).where(OutboxJob.state == JobState.DEAD).limit(BATCH)
    if not is_all:
        dead = dead.where(OutboxJob.kind.in_(kinds))

    def step(session: Session) -> int:
        return discard_jobs(session, session.scalars(dead).all(), now=now)

    gone = 0
    while done := context.write(step):
        gone += done
    if kinds or is_all:
        click.echo(f"Let go: {gone} jobs.")
    with context.services.database.reading() as session:
        left = count_dead(session)
    for kind, count in left.items():
        click.echo(f"{kind:20} {count:>6}")
    if not left:
        click.echo("Nothing is given up.")
