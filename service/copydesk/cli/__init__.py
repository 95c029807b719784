"""The command line: ``copydesk …``. Each command is a thin edge over the rooms."""

from pathlib import Path
from typing import Any

import click

from copydesk import __version__
from copydesk.cli.context import Context
from copydesk.cli.copies import backup, migrate_database, restore
from copydesk.cli.demo import demo
from copydesk.cli.doctor import doctor
from copydesk.cli.outbox import outbox
from copydesk.cli.page import page
from copydesk.cli.people import author, desk, editor
from copydesk.cli.privacy import purge, reader
from copydesk.cli.serve import serve, worker
from copydesk.cli.setup import init, migrate
from copydesk.cli.sites import site
from copydesk.errors import Unavailable


class Commands(click.Group):
    """Ends a command with a clear word when others write the store for too long."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except Unavailable as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="copydesk")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Settings file; default: $COPYDESK_CONFIG, then ./copydesk.toml.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Reader error reports for news sites."""
    context.obj = Context(config)
    context.call_on_close(context.obj.close)


for command in (
    init,
    migrate,
    site,
    author,
    desk,
    editor,
    serve,
    worker,
    page,
    demo,
    doctor,
    backup,
    restore,
    migrate_database,
    outbox,
    purge,
    reader,
):
    main.add_command(command)
