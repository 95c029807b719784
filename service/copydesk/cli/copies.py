"""``copydesk backup``, ``restore``, ``migrate-database``."""

from pathlib import Path

import click
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from copydesk.cli.context import Context, needing_the_driver, pass_context
from copydesk.clock import utc_now
from copydesk.errors import UsageError
from copydesk.store.whereabouts import in_words
from copydesk.upkeep.backup import backup as make_backup
from copydesk.upkeep.backup import restore as bring_back
from copydesk.upkeep.move import Moved, move

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
    source = in_words(context.database_url)
    click.echo(f"Wrote {file} ({made.how}, {made.bytes / MEGABYTE:.1f} MB), a copy of {source}.")


@click.command()
@file_argument
@pass_context
def restore(context: Context, file: Path) -> None:
    """Put a backup in the place of the SQLite database; stop `serve` and `worker` before."""
    url = context.database_url
    try:
        kept = bring_back(url, file, now=utc_now())
    except UsageError as error:
        raise click.ClickException(str(error)) from None
    if kept is not None:
        click.echo(f"What was there lies in {kept} now.")
    click.echo(
        f"Restored as {in_words(url)}. Next: `copydesk migrate`, look around, then "
        "`copydesk outbox resume`: until then no mail leaves."
    )


@click.command("migrate-database")
@click.argument("source", metavar="SQLITE_URL")
@click.argument("target", metavar="POSTGRES_URL")
def migrate_database(source: str, target: str) -> None:
    """Carry everything from a SQLite database to an empty PostgreSQL one; stop `serve` before.

    The password may come from PGPASSWORD or ~/.pgpass instead of the address. Nothing is kept of a
    move that fails or is killed: make it again, and it says what is left to do, if anything.
    """

    def tell(moved: Moved) -> None:
        click.echo(f"{moved.table:20} {moved.rows:>10}")

    try:
        with needing_the_driver():
            moved = move(source, target, now=utc_now(), tell=tell)
    except ArgumentError:
        raise click.ClickException("that is no address of a database") from None
    except UsageError as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", "")).split())[:300]
        raise click.ClickException(f"the move failed, nothing was kept: {reason}") from None
    click.echo(
        f"{sum(one.rows for one in moved)} rows, the same on both sides. The old database stands "
        "still now. Next: set database.url, `copydesk doctor`, `copydesk serve`."
    )
