"""Helpers for tests of the desk: signing in, sending its forms, two papers side by side."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from copydesk.desk.sign_in import make_link
from copydesk.services import Services
from copydesk.store.tables import Editor, JobState, Message, MessageState, OutboxJob, Purpose, Role
from tests.factories import (
    make_article,
    make_author,
    make_desk,
    make_editor,
    make_erratum,
    make_site,
)

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><b>b</b>{{7*7}}"


@dataclass(frozen=True)
class Paper:
    """One site with one of everything, by id."""

    site_id: int
    site_key: str
    article_id: int
    public_id: str
    other_public_id: str
    author_id: int
    desk_id: int
    message_id: int
    dead_job_id: int


def make_paper(session: Session, now: datetime, key: str, *, text: str = "") -> Paper:
    """Add a site with an article, two errata, an author, a desk and an undeliverable mail."""
    host = f"{key}.example"
    site = make_site(
        session, now, key=key, name=text or key, hosts=[host], origins=[f"https://{host}"]
    )
    author = make_author(session, site, name=text or "Ada Byrne", name_variants=[text or "A. B."])
    desk = make_desk(session, site, name=text or "News desk", section_patterns=[text or "/a/"])
    article = make_article(
        session,
        site,
        now,
        canonical_url=f"https://{host}/harbour/ferry",
        title=text or f"Ferry of {key}",
        byline=text or "Ada Byrne",
        section=text,
        last_read_problem=text,
    )
    changes = (
        {"quote": text, "suggestion": text + "x", "prefix": text, "before": ""} if text else {}
    )
    erratum = make_erratum(
        session, article, now, report={"comment": text, "url": f"https://{host}/{text}"}, **changes
    )
    other = make_erratum(session, article, now, **changes)
    message = Message(
        site_id=site.id,
        erratum_id=erratum.id,
        unique_key=f"{key}:m",
        purpose=Purpose.ERRATUM,
        recipient=f"desk@{host}",
        recipient_name=text or "News desk",
        reason=text or "answers for the whole site",
        state=MessageState.UNDELIVERABLE,
        last_error=text or "550 no such mailbox",
        created_at=now,
    )
    session.add(message)
    session.flush()
    job = OutboxJob(
        kind="deliver",
        unique_key=f"deliver:{message.id}",
        payload={"message_id": message.id},
        state=JobState.DEAD,
        created_at=now,
        due_at=now,
        finished_at=now,
        failures=8,
        last_error=text or "550 no such mailbox",
    )
    session.add(job)
    session.flush()
    return Paper(
        site_id=site.id,
        site_key=key,
        article_id=article.id,
        public_id=erratum.public_id,
        other_public_id=other.public_id,
        author_id=author.id,
        desk_id=desk.id,
        message_id=message.id,
        dead_job_id=job.id,
    )


@pytest.fixture(name="paper")
def made_paper(services: Services) -> Paper:
    """Make one paper; import it into the test's file under the name ``paper``."""
    with services.database.transaction() as session:
        return make_paper(session, services.clock(), "gazette")


@pytest.fixture(name="ed")
def entered_editor(client: FlaskClient, services: Services, paper: Paper) -> int:
    """Sign an editor of that paper in; import it under the name ``ed``."""
    editor_id = add_editor(services, Role.EDITOR, paper.site_id)
    enter(client, services, editor_id)
    return editor_id


def add_editor(
    services: Services, role: Role, site_id: int | None = None, *, address: str = "ed@news.example"
) -> int:
    """Add an editor with one role and return the id."""
    with services.database.transaction() as session:
        editor = make_editor(session, services.clock(), role=role, address=address)
        editor.roles[0].site_id = site_id
        return editor.id


def enter(client: FlaskClient, services: Services, editor_id: int) -> None:
    """Sign in by a link, as after ``copydesk editor link``."""
    with services.database.transaction() as session:
        editor = session.get_one(Editor, editor_id)
        token = make_link(session, editor, now=services.clock())
    answer = send(client, f"/desk/enter/{token}", page=f"/desk/enter/{token}")
    assert answer.status_code == 303


def form_token(client: FlaskClient, page: str = "/desk/me") -> str:
    """Return the form token of a page."""
    found = _TOKEN.search(client.get(page).text)
    assert found is not None
    return found[1]


def send(
    client: FlaskClient,
    path: str,
    fields: Mapping[str, str | Iterable[str]] | None = None,
    *,
    page: str = "/desk/me",
    **headers: str,
) -> TestResponse:
    """Send a form as a browser does: with the page's token, from our own origin."""
    data = {**(fields or {}), "csrf_token": form_token(client, page)}
    return client.post(
        path, data=data, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null", **headers}
    )
