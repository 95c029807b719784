"""Sites, authors, desks and editors of the demo."""

import secrets
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from copydesk.desk.passwords import hash_password
from copydesk.store.tables import Author, Desk, Editor, EditorRole, Role, Site
from copydesk.urls import host_of, origin_of

PEOPLE = Path(__file__).with_name("people.toml")
ADMIN = "vera@copydesk.example"
"""The address of the editor who may do everything."""

AGE = timedelta(days=90)
"""So long everybody has been there already."""


def add_people(session: Session, *, newspaper_urls: list[str], now: datetime) -> None:
    """Add everybody to an empty database.

    ``newspaper_urls``: the addresses under which both newspapers are reached, the usual one first.
    """
    data = tomllib.loads(PEOPLE.read_text(encoding="utf-8"))
    sites = {item["key"]: _site(session, item, newspaper_urls, now) for item in data["site"]}
    # Nobody has to know it: the demo signs in by link, and whoever wants a password resets it.
    password_hash = hash_password(secrets.token_urlsafe(24))
    for item in data["editor"]:
        editor = Editor(
            address=item["address"],
            name=item["name"],
            password_hash=password_hash,
            created_at=now - AGE,
        )
        site_ids: list[int | None] = [sites[key].id for key in item["sites"]]
        # Without a site the role holds for all of them.
        editor.roles = [
            EditorRole(site_id=site_id, role=Role(item["role"])) for site_id in site_ids or [None]
        ]
        session.add(editor)


def _site(session: Session, item: dict[str, Any], urls: list[str], now: datetime) -> Site:
    site = Site(
        key=item["key"],
        name=item["name"],
        language=item["language"],
        time_zone=item["time_zone"],
        hosts=[host_of(url) for url in urls],
        origins=[origin_of(url) for url in urls],
        edit_url_template=f"{urls[0]}/edit?article={{url}}",
        created_at=now - AGE,
    )
    session.add(site)
    session.flush()
    authors = {person["name"]: _author(person, site, now) for person in item["author"]}
    session.add_all(authors.values())
    session.flush()
    for person in item["author"]:
        if "deputy" in person:
            authors[person["name"]].deputy_id = authors[person["deputy"]].id
    for desk in item["desk"]:
        session.add(
            Desk(
                site_id=site.id,
                name=desk["name"],
                section_patterns=desk.get("sections", []),
                address=desk["address"],
            )
        )
    return site


def _author(person: dict[str, Any], site: Site, now: datetime) -> Author:
    days = person.get("absent_days")
    return Author(
        site_id=site.id,
        name=person["name"],
        name_variants=person.get("variants", []),
        address=person["address"],
        absent_until=now + timedelta(days=days) if days else None,
    )
