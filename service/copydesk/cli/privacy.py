"""``copydesk purge``, ``copydesk reader export`` and ``copydesk reader erase``."""

import json
from pathlib import Path
from typing import Any

import click

from copydesk.address import check_address
from copydesk.cli.context import Context, pass_context
from copydesk.files import write_private
from copydesk.privacy.person import erase, export
from copydesk.privacy.purge import Purged
from copydesk.privacy.purge import purge as purge_all


def _address(context: click.Context, parameter: click.Parameter, value: str) -> str:
    del context, parameter
    try:
        return check_address(value.strip())
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


address_argument = click.argument("address", callback=_address)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@pass_context
def purge(context: Context, *, dry_run: bool) -> None:
    """Remove what has been kept as long as the settings say; the worker does it by itself."""
    context.require_migrated()
    done = purge_all(
        context.services.database,
        context.settings.privacy,
        now=context.services.clock(),
        is_trial=dry_run,
    )
    click.echo(("Would remove " if dry_run else "Removed ") + _in_words(done))


def _in_words(done: Purged) -> str:
    return (
        f"{done.addresses} addresses, {done.comments} comments, {done.errata} errata with their "
        f"reports and mails, {done.digests} digests, {done.dead_letters} dead letters."
    )


@click.group()
def reader() -> None:
    """What a reader may ask for."""


@reader.command("export")
@address_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file to write, for you alone (0600); default: standard output.",
)
@pass_context
def export_reader(context: Context, address: str, output: Path | None) -> None:
    """Write everything that is kept under a reader's address, in JSON."""
    context.require_migrated()
    with context.services.database.reading() as session:
        found: dict[str, Any] = export(session, address, base_url=context.settings.server.base_url)
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write_private(output, text)
        click.echo(f"Wrote {len(found['reports'])} reports to {output}.")


@reader.command("erase")
@address_argument
@click.option("--yes", is_flag=True, help="Don't ask.")
@pass_context
def erase_reader(context: Context, address: str, *, yes: bool) -> None:
    """Remove a reader's address, comments, and every mention of the address; not the errata."""
    context.require_migrated()
    if not yes:
        click.confirm(f"Erase {address} for good?", abort=True)
    done = erase(context.services.database, address)
    click.echo(f"Erased from {done.reports} reports and {done.texts} other texts.")
    if done.newsroom:
        click.echo(
            f"It is also the address of an {' and '.join(done.newsroom)} of yours: "
            "that, and the log of mails to it, is left as it is."
        )
    if not done.is_overwritten:
        click.echo("Old copies are still in use; the worker overwrites them within the hour.")
    click.echo("Backups made before now still hold it: see docs/operations.md.")
