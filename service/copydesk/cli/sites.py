"""``copydesk site add`` and ``copydesk site keep``."""

import re
import zoneinfo
from dataclasses import asdict

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.cli.context import Context, pass_context, site_by_key
from copydesk.privacy.policy import Policy, policy_of
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


@site.command("keep")
@click.option("--site", "site_key", required=True, help="Key of the site.")
@click.option("--reader-email-days", type=click.IntRange(1, 90), help="Readers' addresses.")
@click.option("--comment-days", type=click.IntRange(1, 3650), help="Readers' comments.")
@click.option("--closed-days", type=click.IntRange(30, 36_500), help="Settled errata.")
@click.option("--spam-days", type=click.IntRange(1, 3650), help="What was marked as spam.")
@click.option("--as-settings", is_flag=True, help="Go by the settings again.")
@pass_context
def keep(context: Context, /, site_key: str, *, as_settings: bool, **days: int | None) -> None:
    """Say how long one site keeps what readers sent; print what holds for it now."""

    def step(session: Session) -> Policy:
        found = site_by_key(session, site_key)
        for name, value in days.items():
            if value is not None or as_settings:
                setattr(found, name, value)
        return policy_of(found, context.settings.privacy)

    policy = context.write(step)
    for name, value in asdict(policy).items():
        click.echo(f"{name:18} {value}")


def _checked(read: object, value: str, option: str) -> str:
    assert callable(read)
    try:
        return str(read(f"http:{value}" if value.startswith("//") else value))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None
