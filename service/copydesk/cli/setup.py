"""``copydesk init`` and ``copydesk migrate``."""

import os
import secrets
from pathlib import Path

import click

from copydesk.cli.context import Context, pass_context
from copydesk.errors import UsageError
from copydesk.files import write_private
from copydesk.housekeeping import schedule
from copydesk.services import Services
from copydesk.store.migrate import upgrade

_FIRST_FILE = """\
# Written by `copydesk init`. Every key with its default and its reason:
# config/copydesk.toml in the source, or docs/settings.md.

[server]
# Where readers and editors reach the service; links in mails are made of it.
base_url = "http://127.0.0.1:8000"
# Signs answer links and sign-ins. Keep it secret, keep it the same.
secret_key = "{secret}"

[mail]
# smtp://user:password@host:587; console: prints mails instead of sending them.
url = "console:"
sender = "Copydesk <copydesk@localhost>"
"""


@click.command()
@pass_context
def init(context: Context) -> None:
    """Write a settings file with a fresh secret (if there is none) and make the tables."""
    path = context.config or Path(os.environ.get("COPYDESK_CONFIG", "copydesk.toml"))
    if path.exists():
        click.echo(f"{path} is there already; left as it is.")
    else:
        write_private(path, _FIRST_FILE.format(secret=secrets.token_urlsafe(48)))
        click.echo(f"Wrote {path}.")
    context.config = path
    make_tables(context.services)
    click.echo("The database is ready. Next: copydesk site add --key … --name … --host …")


@click.command()
@pass_context
def migrate(context: Context) -> None:
    """Bring the database to this release; running it again changes nothing."""
    make_tables(context.services)
    click.echo("The database is up to date.")


def make_tables(services: Services) -> None:
    """Migrate, and owe the first tidying."""
    try:
        upgrade(services.database)
    except UsageError as error:
        raise click.ClickException(str(error)) from None
    services.database.write(lambda session: schedule(session, now=services.clock()))
