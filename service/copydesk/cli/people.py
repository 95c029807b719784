"""``copydesk author add``, ``desk add``, ``editor add``, ``editor link``."""

import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.address import check_address
from copydesk.cli.context import Context, pass_context, site_by_key
from copydesk.desk.passwords import MIN_PASSWORD, hash_password
from copydesk.desk.sign_in import make_link
from copydesk.store.tables import Author, Desk, Editor, EditorRole, Role


def _address(context: click.Context, parameter: click.Parameter, value: str) -> str:
    del context, parameter
    try:
        return check_address(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


email_option = click.option("--email", "address", required=True, callback=_address)
site_option = click.option("--site", "site_key", required=True, help="Key of the site.")


@click.group()
def author() -> None:
    """People whose bylines stand on articles."""


@author.command("add")
@site_option
@click.option("--name", required=True, help="As in the byline.")
@email_option
@click.option("--alias", "aliases", multiple=True, help="Another spelling in bylines.")
@click.option(
    "--lang", "language", default="", help="Of mails to this person; default: the site's."
)
@pass_context
def add_author(
    context: Context,
    site_key: str,
    name: str,
    address: str,
    aliases: tuple[str, ...],
    language: str,
) -> None:
    """Add an author, who then hears of errors in articles with that byline."""

    def step(session: Session) -> None:
        site = site_by_key(session, site_key)
        session.add(
            Author(
                site_id=site.id,
                name=name,
                name_variants=list(aliases),
                address=address,
                language=language,
            )
        )

    context.write(step)
    click.echo(f"Added {name}.")


@click.group()
def desk() -> None:
    """Mailboxes of the newsroom."""


@desk.command("add")
@site_option
@email_option
@click.option("--name", default="", help="What people call it.")
@click.option(
    "--section",
    "sections",
    multiple=True,
    help="A section's name or a path prefix (/sport/); none: the whole site's desk.",
)
@pass_context
def add_desk(
    context: Context, site_key: str, address: str, name: str, sections: tuple[str, ...]
) -> None:
    """Add a desk: it gets what has no known author."""

    def step(session: Session) -> None:
        site = site_by_key(session, site_key)
        session.add(
            Desk(site_id=site.id, name=name, section_patterns=list(sections), address=address)
        )

    context.write(step)
    click.echo(f"Added the desk {address}.")


@click.group()
def editor() -> None:
    """People who sign in to the desk."""


@editor.command("add")
@email_option
@click.option("--name", default="")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--site", "site_keys", multiple=True, help="Key of a site; none: every site.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@pass_context
def add_editor(
    context: Context,
    address: str,
    name: str,
    role: str,
    site_keys: tuple[str, ...],
    password_stdin: bool,
) -> None:
    """Add an editor with one role at the given sites.

    The password never stands on the command line, where every user of the machine can read it.
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < MIN_PASSWORD:
        raise click.ClickException(f"the password must have at least {MIN_PASSWORD} characters")

    def step(session: Session) -> None:
        lower = address.lower()
        if session.scalar(select(Editor.id).where(Editor.address == lower)) is not None:
            raise click.ClickException(f"there is an editor with the address {lower} already")
        site_ids: list[int | None] = [site_by_key(session, key).id for key in site_keys]
        found = Editor(
            address=lower,
            name=name,
            password_hash=hash_password(password),
            created_at=context.services.clock(),
        )
        found.roles = [
            EditorRole(site_id=site_id, role=Role(role)) for site_id in site_ids or [None]
        ]
        session.add(found)

    context.write(step)
    click.echo(f"Added {address}. Sign in at {context.settings.server.base_url}/desk/")


@editor.command("link")
@email_option
@pass_context
def sign_in_link(context: Context, address: str) -> None:
    """Print a link that signs an editor in once: for a forgotten password."""

    def step(session: Session) -> str:
        found = session.scalar(select(Editor).where(Editor.address == address.lower()))
        if found is None:
            raise click.ClickException(f"there is no editor with the address {address}")
        return make_link(session, found, now=context.services.clock())

    token = context.write(step)
    click.echo(f"{context.settings.server.base_url}/desk/enter/{token}")
