"""The description of the API says what the API does, on both databases."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.described import Described
from tests.factories import make_article, make_erratum, make_site

from copydesk.app import create_app
from copydesk.errata.spot import SPOT
from copydesk.openapi import PATH, document
from copydesk.services import Services
from copydesk.settings import LimitSettings, ProofOfWorkSettings, Settings

EXAMPLES = 25

# What people see, and what one machine of the operator's reads.
NO_API = re.compile(r"/(?:desk|static|report|a|r|w|metrics|copydesk\.js|)(?:/|$)")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    most = {f"reports_per_{party}_hour": 10_000 for party in ("address", "page", "site")}
    return settings.model_copy(update={"limits": LimitSettings(**most)})


@pytest.fixture
def token(services: Services) -> str:
    with services.database.transaction() as session:
        site = make_site(session, services.clock())
        article = make_article(session, site, services.clock())
        erratum = make_erratum(session, article, services.clock())
        return services.signer.sign(SPOT, erratum.id)


def test_every_route_of_the_api_is_described_and_nothing_else(app: Flask) -> None:
    paths = document("https://x.example")["paths"]
    described = {(path, method) for path, item in paths.items() for method in item}
    served = {
        (re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if not NO_API.match(rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == served


def test_the_description_is_served_with_the_address_of_this_service(client: FlaskClient) -> None:
    answer = client.get(PATH)
    assert answer.mimetype == "application/json"
    assert answer.get_json()["servers"] == [{"url": "https://errata.example"}]
    assert answer.get_json()["openapi"].startswith("3.1")


def test_the_description_names_every_field_and_status(app: Flask) -> None:
    from copydesk.errors import CopydeskError
    from copydesk.intake.payload import QuoteDraft, ReportDraft

    schemas = document("https://x.example")["components"]["schemas"]
    assert set(schemas["Report"]["properties"]) == set(ReportDraft.model_fields)
    assert set(schemas["Quote"]["properties"]) == set(QuoteDraft.model_fields)
    statuses = {kind.status for kind in CopydeskError.__subclasses__()}
    answers = document("https://x.example")["paths"]["/api/v1/reports"]["post"]["responses"]
    assert {str(status) for status in statuses} <= set(answers)


def test_a_machine_that_reads_the_description_finds_no_fault(app: Flask, token: str) -> None:
    described = Described(app, token)
    found = {name: described.faults(name, EXAMPLES) for name in described.operations}
    assert found == {name: [] for name in described.operations}
    assert {200, 201, 404, 422} <= described.statuses


def test_nor_where_a_proof_of_work_is_asked_for(services: Services, token: str) -> None:
    asking = ProofOfWorkSettings(is_on=True)
    settings = services.settings.model_copy(update={"proof_of_work": asking})
    described = Described(create_app(replace(services, settings=settings)), token)
    names = ("POST /api/v1/reports", "GET /api/v1/challenge")
    assert {name: described.faults(name, EXAMPLES) for name in names} == {
        name: [] for name in names
    }
    assert {200, 428} <= described.statuses
