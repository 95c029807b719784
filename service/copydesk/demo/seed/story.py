"""Tells the story of the last three days to a running service, by its own doors.

Readers' reports go through the real endpoint, the worker reads the pages and sends the mails, and
editors use the same functions as the desk. So whatever the demo shows has really happened, only
with the clock set back; rows written by hand would drift from what the service does.
"""

import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from copydesk.articles.text import page_text
from copydesk.demo.newspaper import Edition, Misprint, newspapers, past
from copydesk.demo.seed.acts import ACTS
from copydesk.demo.story_clock import StoryClock
from copydesk.errata import triage
from copydesk.services import Services
from copydesk.store.tables import Erratum, Report

STORY = Path(__file__).with_name("story.toml")
CONTEXT = 256
"""Characters that the widget sends on each side of a quote."""
STEP = timedelta(hours=1)
"""So often the worker of the past looks for work, beside after each event."""
READING_SECONDS = 10


@dataclass(frozen=True)
class Event:
    """One thing that happens in the story."""

    at: datetime
    do: str
    erratum: Mapping[str, Any]
    facts: Mapping[str, Any]


class Storyteller:
    """Makes the past happen. ``clock`` must be the one that ``services`` and ``edition`` use."""

    def __init__(
        self,
        *,
        app: Flask,
        services: Services,
        edition: Edition,
        clock: StoryClock,
        newspaper_url: str,
    ) -> None:
        self._client = app.test_client(use_cookies=False)
        self._services = services
        self._worker = services.worker()
        self._edition = edition
        self._clock = clock
        self._newspaper_url = newspaper_url
        self._articles = {
            article.slug: article for paper in newspapers().values() for article in paper.articles
        }
        self._report_ids: dict[str, str] = {}

    def tell(self) -> int:
        """Let everything happen and return the number of reports; the clock runs afterwards."""
        now = self._clock()
        errata = tomllib.loads(STORY.read_text(encoding="utf-8"))["erratum"]
        events = _in_order(errata, now)
        try:
            self._clock.stand_at(events[0].at - STEP)
            for erratum in errata:
                if "past" in erratum:
                    self._edition.spoil(_misprint(erratum))
            for event in events:
                self._work_until(event.at)
                self._happen(event)
                self._worker.drain()
            self._work_until(now)
        finally:
            self._clock.run()
        return sum(event.do == "report" for event in events)

    def _work_until(self, moment: datetime) -> None:
        while self._clock() + STEP < moment:
            self._clock.stand_at(self._clock() + STEP)
            self._worker.drain()
        self._clock.stand_at(moment)
        self._worker.drain()

    def _happen(self, event: Event) -> None:
        if event.do == "report":
            self._report(event)
        elif event.do == "mend":
            self._edition.mend(_misprint(event.erratum))
        elif event.do == "spoil":
            self._edition.spoil(_misprint(event.erratum))
        else:
            with self._services.database.transaction() as session:
                self._act(session, event)

    def _report(self, event: Event) -> None:
        fact = {**event.erratum, **event.facts}
        article = self._articles[fact["article"]]
        path = fact.get("address") or f"/{article.paper}/{article.section_slug}/{article.slug}"
        url = f"{self._newspaper_url}{path}"
        quote = (
            {"exact": fact["quote"]}
            if fact.get("not_on_page")
            else _select(_page(url), fact["quote"], event.erratum["quote"])
        )
        client_id = str(uuid.uuid4())
        answer = self._client.post(
            "/api/v1/reports",
            json={
                "id": client_id,
                "site": article.paper,
                "url": url,
                "title": article.title,
                "lang": newspapers()[article.paper].language,
                "quote": quote,
                "suggestion": fact["suggestion"],
                "kind": fact.get("kind", "language"),
                "comment": fact.get("comment", ""),
                "reader_email": fact.get("email", ""),
                "elapsed_ms": 4000 + 150 * len(fact.get("comment", "")),
                "website": fact.get("website", ""),
            },
            headers={"Origin": self._newspaper_url},
            # Readers sit at different addresses (RFC 5737), or they would share one limit.
            environ_overrides={"REMOTE_ADDR": f"198.51.100.{len(self._report_ids) + 1}"},
        )
        if answer.status_code != 201:
            raise RuntimeError(f"a report of the story was refused: {answer.status_code}")
        self._report_ids.setdefault(event.erratum["name"], client_id)

    def _act(self, session: Session, event: Event) -> None:
        erratum = self._erratum(session, event.erratum["name"])
        if event.do == "merge":
            into = self._erratum(session, event.facts["into"])
            triage.merge(session, erratum, into, who=event.facts["who"], now=event.at)
        else:
            ACTS[event.do](session, erratum, event.facts, event.at)

    def _erratum(self, session: Session, name: str) -> Erratum:
        client_id = self._report_ids[name]
        report = session.scalars(select(Report).where(Report.client_id == client_id)).one()
        return report.erratum


def _in_order(errata: list[dict[str, Any]], now: datetime) -> list[Event]:
    events = [
        Event(now - timedelta(hours=facts["at"]), facts["do"], erratum, facts)
        for erratum in errata
        for facts in erratum["story"]
    ]
    return sorted(events, key=lambda event: event.at)


def _misprint(erratum: Mapping[str, Any]) -> Misprint:
    for misprint in past():
        if misprint.slug == erratum["article"] and misprint.wrong == erratum["past"]:
            return misprint
    raise KeyError(erratum["past"])


def _page(url: str) -> str:
    answer = requests.get(url, timeout=READING_SECONDS)
    answer.raise_for_status()
    return page_text(answer.text)


def _select(text: str, exact: str, around: str) -> dict[str, Any]:
    """Return what the widget sends when a reader selects ``exact``.

    Where the same words stand elsewhere too, the ones nearest to ``around`` are meant. Raises
    ``ValueError`` when they do not stand on the page.
    """
    place = text.index(around)
    starts = [at for at in range(len(text)) if text.startswith(exact, at)]
    start = min(starts, key=lambda at: abs(at - place))
    end = start + len(exact)
    return {
        "exact": exact,
        "prefix": text[max(0, start - CONTEXT) : start],
        "suffix": text[end : end + CONTEXT],
        "start": start,
        "end": end,
        "nth": starts.index(start) + 1,
        "of": len(starts),
    }
