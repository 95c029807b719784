"""``copydesk backup``, ``restore``, ``outbox freeze`` and ``outbox resume``."""

from pathlib import Path

import click

from copydesk.cli.context import Context, pass_context
from copydesk.errors import UsageError
from copydesk.outbox.freezing import freeze as freeze_outbox
from copydesk.outbox.freezing import frozen
from copydesk.outbox.freezing import resume as resume_outbox
from copydesk.upkeep.backup import backup as make_backup
from copydesk.upkeep.backup import restore as bring_back

MEGABYTE = 1024 * 1024
file_argument = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@file_argument
@pass_context
def backup(context: Context, file: Path) -> None:
    """Copy the database into a new FILE while it works; a restored copy sends no old mail."""
    context.require_migrated()
    services = context.services
    try:
        made = make_backup(services.database, file, now=services.clock())
    except UsageError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Wrote {file} ({made.how}, {made.bytes / MEGABYTE:.1f} MB).")


@click.command()
@file_argument
@pass_context
def restore(context: Context, file: Path) -> None:
    """Put a backup in the place of the SQLite database; stop `serve` and `worker` before."""
    settings = context.settings
    services = context.services
    if services.database.is_sqlite:
        services.database.close()
    try:
        kept = bring_back(settings.database.url.get_secret_value(), file, now=services.clock())
    except UsageError as error:
        raise click.ClickException(str(error)) from None
    if kept is not None:
        click.echo(f"What was there lies in {kept} now.")
    click.echo(
        "Restored. Next: `copydesk migrate`, look around, then `copydesk outbox resume`: until "
        "then no mail leaves."
    )


@click.group()
def outbox() -> None:
    """The work that follows reports: let it stand still, let it run."""


@outbox.command()
@click.option("--reason", default="by an operator", show_default=True)
@pass_context
def freeze(context: Context, reason: str) -> None:
    """Send nothing and read no pages until `outbox resume`; reports still come in."""
    now = context.services.clock()
    context.write(lambda session: freeze_outbox(session, reason, now=now, is_copy=False))
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
