"""``copydesk site add``."""

import re
import zoneinfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.cli.context import Context, pass_context
from copydesk.store.tables import Site
from copydesk.urls import host_of, origin_of

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@click.group()
def site() -> None:
    """Sites that take reports."""


@site.command("add")
@click.option("--key", required=True, help="Public name in the script tag: a-z, 0-9, hyphen.")
@click.option("--name", required=True, help="The publication's name, as readers know it.")
@click.option("--host", "hosts", required=True, multiple=True, help="host[:port] of its articles.")
@click.option(
    "--origin", "origins", multiple=True, help="https://host of its pages; default: https://HOST."
)
@click.option("--lang", "language", default="en", show_default=True)
@click.option("--timezone", "time_zone", default="UTC", show_default=True)
@pass_context
def add(
    context: Context,
    key: str,
    name: str,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    language: str,
    time_zone: str,
) -> None:
    """Add a site and print the tag to embed."""
    if not _KEY.fullmatch(key):
        raise click.BadParameter("use a-z, 0-9 and hyphens, at most 63", param_hint="--key")
    if time_zone not in zoneinfo.available_timezones():
        raise click.BadParameter(f"no such time zone: {time_zone}", param_hint="--timezone")
    plain_hosts = [_checked(host_of, f"//{host}", "--host") for host in hosts]
    plain_origins = [
        _checked(origin_of, origin, "--origin")
        for origin in origins or [f"https://{host}" for host in plain_hosts]
    ]

    def step(session: Session) -> None:
        if session.scalar(select(Site.id).where(Site.key == key)) is not None:
            raise click.ClickException(f"there is a site with the key {key!r} already")
        session.add(
            Site(
                key=key,
                name=name,
                hosts=plain_hosts,
                origins=plain_origins,
                language=language,
                time_zone=time_zone,
                created_at=context.services.clock(),
            )
        )

    context.write(step)
    base_url = context.settings.server.base_url
    click.echo(f"Added {name}. Put this on its pages:\n")
    click.echo(f'  <script async src="{base_url}/copydesk.js" data-site="{key}"></script>')


def _checked(read: object, value: str, option: str) -> str:
    assert callable(read)
    try:
        return str(read(f"http:{value}" if value.startswith("//") else value))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
