"""``copydesk doctor``: is everything as it must be? One line per check, exit 1 when one failed."""

import ipaddress
import json
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal
from urllib.parse import urlsplit

import click
from sqlalchemy.exc import SQLAlchemyError

from copydesk.cli.context import Context, pass_context
from copydesk.errors import CopydeskError
from copydesk.intake.widget_files import FOLDER as WIDGET_FOLDER
from copydesk.notify.transports import DeliveryFailed, check, transport_for
from copydesk.services import Services
from copydesk.store.migrate import current_revision, is_current


@dataclass(frozen=True)
class Finding:
    """What one check says."""

    name: str
    level: Literal["ok", "warning", "failure"]
    words: str


_COLOURS = {"ok": "green", "warning": "yellow", "failure": "red"}


@click.command()
@pass_context
def doctor(context: Context) -> None:
    """Check database, migrations, mail, addresses, secret and files."""
    failed = False
    for finding in examine(context.services):
        failed = failed or finding.level == "failure"
        mark = click.style(f"{finding.level:8}", fg=_COLOURS[finding.level])
        click.echo(f"{mark} {finding.name:14} {finding.words}")
    if failed:
        raise SystemExit(1)


def examine(services: Services) -> Iterator[Finding]:
    """Run every check; one that fails does not keep the others from running."""
    for examination in (
        _database,
        _migrations,
        _mail,
        _base_url,
        _secret,
        _sqlite,
        _python_mail,
        _widget,
    ):
        yield examination(services)


def _database(services: Services) -> Finding:
    try:
        services.database.check()
    except (SQLAlchemyError, CopydeskError) as error:
        return Finding("database", "failure", f"does not take writes: {type(error).__name__}")
    return Finding("database", "ok", "takes writes")


def _migrations(services: Services) -> Finding:
    try:
        if is_current(services.database):
            return Finding("migrations", "ok", f"at {current_revision(services.database)}")
    except SQLAlchemyError as error:
        return Finding("migrations", "failure", f"can't be read: {type(error).__name__}")
    return Finding("migrations", "failure", "not current: run `copydesk migrate`")


def _mail(services: Services) -> Finding:
    if services.settings.mail.url.get_secret_value().startswith("console:"):
        return Finding("mail", "warning", "mail.url is console: mails are printed, not sent")
    try:
        check(transport_for(services.settings))
    except DeliveryFailed as error:
        return Finding("mail", "failure", f"the server does not take mail: {error.reason}")
    return Finding("mail", "ok", "the server answers and lets us in")


def _base_url(services: Services) -> Finding:
    parts = urlsplit(services.settings.server.base_url)
    if parts.scheme == "https":
        return Finding("base URL", "ok", services.settings.server.base_url)
    if _is_loopback(parts.hostname or ""):
        return Finding("base URL", "warning", "is this machine only: fine for a trial")
    return Finding("base URL", "failure", "is not https: sign-ins would cross the network bare")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(services: Services) -> Finding:
    secret = services.settings.server.secret_key.get_secret_value()
    # The length was checked when the settings were read; this finds "aaaa…" and the like.
    if len(set(secret)) < 10:
        return Finding("secret", "failure", "is too simple: `copydesk init` makes a good one")
    return Finding("secret", "ok", "long enough")


def _sqlite(services: Services) -> Finding:
    if not services.database.is_sqlite:
        return Finding("SQLite", "ok", "not in use")
    version = sqlite3.sqlite_version
    # A race between a writer and a checkpoint in another process could lose commits (WAL reset).
    fixed = sqlite3.sqlite_version_info >= (3, 51, 3) or version in {"3.50.7", "3.44.6"}
    if fixed:
        return Finding("SQLite", "ok", version)
    return Finding("SQLite", "warning", f"{version}: safe as long as one `serve` uses the file")


def _python_mail(services: Services) -> Finding:
    del services
    message = EmailMessage()
    message["Subject"] = "=?utf-8?q?a=0D=0ABcc:_b=40example.org?="
    version = ".".join(str(part) for part in sys.version_info[:3])
    if b"\nBcc:" in bytes(message):
        return Finding(
            "Python", "warning", f"{version} has CVE-2024-6923; our own mail headers don't use it"
        )
    return Finding("Python", "ok", version)


def _widget(services: Services) -> Finding:
    del services
    try:
        manifest = json.loads((WIDGET_FOLDER / "manifest.json").read_text(encoding="utf-8"))
        missing = [name for name in manifest["files"] if not (WIDGET_FOLDER / name).is_file()]
    except (OSError, ValueError, KeyError):
        return Finding("widget", "failure", "its built files are missing: reinstall the package")
    if missing:
        return Finding("widget", "failure", f"missing: {', '.join(missing)}")
    return Finding("widget", "ok", f"{len(manifest['files'])} files")
