"""``copydesk init`` and ``copydesk migrate``."""

import json
import os
import secrets
from pathlib import Path

import click
from sqlalchemy.exc import OperationalError

from copydesk.cli.context import Context, pass_context
from copydesk.errors import UsageError
from copydesk.files import hand_over, write_private
from copydesk.housekeeping import schedule
from copydesk.services import Services
from copydesk.store.migrate import upgrade
from copydesk.store.whereabouts import address_of, in_words

_FIRST_FILE = """\
# Written by `copydesk init`. Every key with its default and its reason:
# config/copydesk.toml in the source.

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
_DATABASE = """
[database]
# Where everything is kept. Absolute (four slashes): the same file from every folder. PostgreSQL:
# postgresql://user:password@host/name
url = {url}
"""
DEFAULT_FILE = Path("var/copydesk.db")
DATABASE_VARIABLES = ("COPYDESK_DATABASE__URL", "COPYDESK_DATABASE__URL_FILE")


@click.command()
@click.option(
    "--database",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="SQLite file that the settings shall name; default: var/copydesk.db in this folder.",
)
@pass_context
def init(context: Context, file: Path | None) -> None:
    """Write a settings file with a fresh secret (if there is none) and make the tables."""
    path = context.config or Path(os.environ.get("COPYDESK_CONFIG", "copydesk.toml"))
    named = [name for name in DATABASE_VARIABLES if os.environ.get(name)]
    if file is not None and (named or path.exists()):
        where = named[0] if named else str(path)
        raise click.UsageError(f"--database: {where} says already where the database is")
    if path.exists():
        click.echo(f"{path} is there already; left as it is.")
    else:
        text = _FIRST_FILE.format(secret=secrets.token_urlsafe(48))
        if not named:
            # A TOML string is written as a JSON one.
            text += _DATABASE.format(url=json.dumps(address_of(file or DEFAULT_FILE)))
        _write(path, text)
        click.echo(f"Wrote {path}.")
    context.config = path
    make_tables(context.first_services)
    click.echo(
        f"The database is ready: {in_words(context.database_url)}. "
        "Next: copydesk site add --key … --name … --host …"
    )


@click.command()
@pass_context
def migrate(context: Context) -> None:
    """Bring the database to this release; running it again changes nothing."""
    is_new = context.missing_file is not None
    make_tables(context.first_services)
    what = "was made" if is_new else "is up to date"
    click.echo(f"The database {what}: {in_words(context.database_url)}.")


def make_tables(services: Services) -> None:
    """Migrate, and owe the first tidying."""
    try:
        upgrade(services.database)
    except UsageError as error:
        raise click.ClickException(str(error)) from None
    except OperationalError as error:
        raise click.ClickException(f"the database can't be used: {error.orig}") from None
    services.database.write(lambda session: schedule(session, now=services.clock()))


def _write(path: Path, text: str) -> None:
    try:
        write_private(path, text)
        hand_over(path, like=path.parent)
    except FileNotFoundError:
        raise click.ClickException(
            f"there is no folder {path.absolute().parent}: make it first, for the user that the "
            "service runs as (install -d -o copydesk -m 0700 …, docs/install.md)"
        ) from None
    except OSError as error:
        raise click.ClickException(f"can't write {path}: {error.strerror}") from None
