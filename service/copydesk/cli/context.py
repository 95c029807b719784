"""What every command needs: the settings, read once and only when asked for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import click
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.clock import rfc3339
from copydesk.errors import UsageError
from copydesk.files import hand_over
from copydesk.outbox.freezing import frozen, settle_in
from copydesk.services import Services, build_services
from copydesk.settings import Settings, SettingsInvalid, load_settings
from copydesk.store.migrate import is_current, refuse_newer
from copydesk.store.tables import Site
from copydesk.store.whereabouts import file_of

log = structlog.get_logger(__name__)

T = TypeVar("T")


class Context:
    """The settings file that was named, and what follows from it."""

    def __init__(self, config: Path | None) -> None:
        self.config = config

    @cached_property
    def settings(self) -> Settings:
        """The settings; ends the command with the whole list of mistakes when there are any."""
        try:
            return load_settings(self.config)
        except SettingsInvalid as error:
            lines = "\n".join(f"  - {mistake}" for mistake in error.mistakes)
            raise click.ClickException(f"the settings can't be used:\n{lines}") from None

    @property
    def database_url(self) -> str:
        """The address of the database; it may hold a password."""
        return self.settings.database.url.get_secret_value()

    @property
    def missing_file(self) -> Path | None:
        """The file of the SQLite database when there is none: SQLite would make an empty one."""
        file = file_of(self.database_url)
        return file if file is not None and not file.exists() else None

    @cached_property
    def services(self) -> Services:
        """The wired parts; ends the command when there is no database. Touches no network."""
        if self.missing_file is not None:
            raise click.ClickException(no_database(self.missing_file))
        return self.first_services

    @cached_property
    def first_services(self) -> Services:
        """The wired parts, also where the database is still to be made."""
        try:
            with needing_the_driver():
                return build_services(self.settings)
        except OSError as error:
            raise click.ClickException(f"the database's folder can't be made: {error}") from None

    def close(self) -> None:
        """Let go of the database, if a command has used it."""
        if "first_services" not in vars(self):
            return
        self.first_services.database.close()
        file = file_of(self.database_url)
        if file is not None:
            for suffix in ("", ".lock", ".serve"):
                hand_over(file.with_name(file.name + suffix), like=file.parent)

    def require_migrated(self) -> None:
        """End the command with a clear word when the tables are not this release's."""
        try:
            with self.services.database.reading() as session:
                refuse_newer(session)
        except UsageError as error:
            raise click.ClickException(str(error)) from None
        if not is_current(self.services.database):
            raise click.ClickException("the database is not up to date: run `copydesk migrate`")

    def serve_alone(self) -> None:
        """End the command with a clear word when another web process serves this SQLite file."""
        try:
            self.services.database.serve_alone()
        except UsageError as error:
            raise click.ClickException(str(error)) from None

    def say_if_frozen(self) -> None:
        """Put it into the log when no mail leaves: for these rows are a copy, or were frozen."""
        services = self.services
        services.database.write(lambda session: settle_in(session, now=services.clock()))
        with services.database.reading() as session:
            found = frozen(session)
        if found is not None:
            log.error(
                "outbox.frozen",
                since=rfc3339(found.since),
                reason=found.reason,
                meaning="reports come in, no mail leaves",
                when_this_copy_is_the_one="copydesk outbox resume",
            )

    def write(self, step: Callable[[Session], T]) -> T:
        """Run ``step`` in one transaction over a current database."""
        self.require_migrated()
        return self.services.database.write(step)


@contextmanager
def needing_the_driver() -> Iterator[None]:
    """End the command with a clear word when PostgreSQL is meant and its driver is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != "psycopg":
            raise
        raise click.ClickException(
            f"PostgreSQL's driver is not installed: {sys.executable} -m pip install "
            "--require-hashes -r requirements-postgres.lock"
        ) from None


def no_database(file: Path) -> str:
    """Say what to do when there is no SQLite file where the settings say."""
    return (
        f"there is no database {file}: `copydesk migrate` makes one. If there should be one, "
        "database.url is wrong, or relative and this is another folder than the service's"
    )


def site_by_key(session: Session, key: str) -> Site:
    """Return the site; ends the command when there is none."""
    found = session.scalar(select(Site).where(Site.key == key))
    if found is None:
        raise click.ClickException(f"there is no site with the key {key!r}")
    return found


pass_context = click.make_pass_decorator(Context)
