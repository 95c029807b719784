"""What one report costs in process, on a SQLite file, beside a bare Flask route."""

import json
import statistics
import tempfile
import uuid
from pathlib import Path

import structlog
from flask import Flask
from pydantic import SecretStr

from copydesk.app import create_app
from copydesk.services import build_services
from copydesk.settings import DatabaseSettings, LimitSettings, ServerSettings, Settings
from copydesk.store.migrate import upgrade
from tests.bench.figures import line, milliseconds, p95
from tests.factories import ORIGIN, make_site

TIMES = 400


def run() -> None:
    """Print the figures."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    bare = Flask("bare")
    bare.add_url_rule("/", "hello", lambda: "hello")
    hello = milliseconds(lambda: bare.test_client().get("/"), TIMES)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            server=ServerSettings(secret_key=SecretStr("s" * 40)),
            database=DatabaseSettings(url=SecretStr(f"sqlite:///{Path(folder)}/bench.db")),
            limits=LimitSettings(
                reports_per_address_hour=10**9,
                reports_per_page_hour=10**9,
                reports_per_site_hour=10**9,
            ),
        )
        services = build_services(settings)
        upgrade(services.database)
        with services.database.transaction() as session:
            make_site(session, services.clock())
        client = create_app(services).test_client()

        def post() -> None:
            number = uuid.uuid4().hex
            body = {
                "id": str(uuid.uuid4()),
                "site": "gazette",
                "url": f"{ORIGIN}/{number[:2]}",
                "quote": {"exact": number, "prefix": f"before {number} ", "suffix": " after"},
            }
            answer = client.post(
                "/api/v1/reports", data=json.dumps(body), content_type="text/plain"
            )
            assert answer.status_code == 201

        taken = milliseconds(post, TIMES)
        services.database.close()
    line("bare Flask route, in process, ms", p50=statistics.median(hello), p95=p95(hello))
    line(
        "report, stored durably (SQLite), ms",
        p50=statistics.median(taken),
        p95=p95(taken),
        ratio_to_bare=statistics.median(taken) / statistics.median(hello),
    )
