"""The OpenAPI document, responses to all requests that it allows, and Swagger UI in a browser."""

from __future__ import annotations

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import expect
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from kg.query import canned
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import Server

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server", "visit"]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
EXAMPLES = 12
"""Requests for each operation."""


def document(server: Server) -> dict[str, dict[str, dict[str, dict[str, list[dict[str, object]]]]]]:
    made: dict[str, dict[str, dict[str, dict[str, list[dict[str, object]]]]]] = json.loads(
        server.ask("/openapi.json").body
    )
    return made


def test_every_question_is_an_operation_with_typed_parameters(content_server: Server) -> None:
    paths = document(content_server)["paths"]
    for name, query in canned.load_all().items():
        parameters = {parameter["name"]: parameter for parameter in paths[f"/queries/{name}"]["get"]["parameters"]}
        assert set(parameters) == {parameter.name for parameter in query.parameters} | {"format"}
        for parameter in query.parameters:
            assert parameters[parameter.name]["required"] == (parameter.default is None)
    (minimum, _) = paths["/queries/shared-recommendations"]["get"]["parameters"]
    assert (minimum["schema"], minimum["example"]) == ({"type": "integer", "format": "int64", "default": 2}, 2)


def test_every_example_is_answered(content_server: Server) -> None:
    for path, methods in document(content_server)["paths"].items():
        examples = [p for p in methods["get"].get("parameters", []) if "example" in p and p["name"] != "query"]
        given = "&".join(f"{parameter['name']}={parameter['example']}" for parameter in examples)
        reply = content_server.ask(f"{path}?{given}")
        assert (reply.status, len(reply.body) > 2) == (200, True), path


def test_whatever_the_document_allows_is_answered_as_it_says(content_server: Server) -> None:
    schema = schemathesis.openapi.from_url(f"{content_server.url}/openapi.json")
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            case.validate_response(case.call(), checks=CHECKS)

        ask()
        asked += 1
    assert asked == len(canned.names()) + 9


@pytest.mark.parametrize("width", WIDTHS)
def test_swagger_ui_tries_a_question(visit: Visit, width: int) -> None:
    page = visit("/api", width)
    page.locator("#operations-Questions-where-to-deposit").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table td.response-col_status").last).to_contain_text("200")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/api", "/queries/", "/queries/standards-for-sheet", "/queries/gaps", "/sparql"])
def test_the_pages_are_for_everybody(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width)
    if path == "/api":
        page.locator("#operations-Questions-where-to-deposit").click()
        expect(page.get_by_role("button", name="Try it out")).to_be_visible()
    assert serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_operations_are_listed(visit: Visit) -> None:
    page = visit("/api", script=False)
    expect(page.get_by_role("heading", name="GET /queries/where-to-deposit", exact=True)).to_be_visible()
    assert page.get_by_role("heading", level=2).count() == len(canned.names()) + 9
