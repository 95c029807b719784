"""Schemathesis over the app: sends what the API's description allows, and looks at the answers."""

from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup

from copydesk.openapi import PATH
from tests.factories import ORIGIN

SEED = 20260302
# Refusing all that is wrong is no aim: a malformed optional field costs a report nothing.
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


class Described:
    """An app and its description, asked for from the app itself."""

    def __init__(self, app: Flask, token: str) -> None:
        schema = schemathesis.openapi.from_wsgi(PATH, app)
        found: list[Any] = list(schema.get_all_operations())
        self.operations = {one.ok().label: one.ok() for one in found}
        self.statuses: set[int] = set()
        self._token = token
        self._checks = checks.CHECKS.get_by_names(NAMES)

    def faults(self, name: str, examples: int) -> list[str]:
        """Return what is wrong with the answers to ``examples`` requests, half of them steered.

        Steered: to a site and a token that there are, for chance finds none.
        """
        faults: list[str] = []

        @seed(SEED)
        @settings(
            max_examples=examples, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=self.operations[name].as_strategy(), is_steered=st.booleans())
        def ask(case: Any, is_steered: bool) -> None:
            if is_steered:
                self._steer(case)
            answer = case.call()
            self.statuses.add(answer.status_code)
            try:
                case.validate_response(answer, checks=self._checks)
            except (FailureGroup, AssertionError) as failure:
                faults.append(str(failure))

        ask()
        return faults

    def _steer(self, case: Any) -> None:
        if isinstance(case.body, dict):
            case.body |= {"site": "gazette", "url": f"{ORIGIN}/harbour/ferry"}
        if "token" in (case.path_parameters or {}):
            case.path_parameters["token"] = self._token
