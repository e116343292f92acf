"""The OpenAPI document, which /docs shows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from tests.support.running import Running, run_server

KEY = "correct horse battery staple"


@pytest.fixture(scope="module")
def document(server: Running) -> dict[str, Any]:
    with server.http() as http:
        return http.get("/openapi.json").json()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, verb, each) for path, verbs in document["paths"].items() for verb, each in verbs.items()]


def test_every_route_has_a_readable_summary_and_a_description(document: dict[str, Any]) -> None:
    found = operations(document)
    assert {"/v1/animate", "/v1/speak", "/v1/voices", "/v1/token", "/health", "/process"} <= {p for p, _, _ in found}
    for path, _, operation in found:
        generated = operation["operationId"].split("_")[0].title()
        assert operation["summary"] not in ("", generated), path
        assert operation["description"].endswith("."), path
        assert operation["tags"], path
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for _, _, operation in found for tag in operation["tags"]} <= tags


def test_routes_that_need_the_key_say_so(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    with run_server(api_key=SecretStr(KEY)) as server, server.http() as http:
        for path, verb, operation in operations(document):
            refused = http.request(verb, path).status_code == 401
            assert bool(operation.get("security")) == refused, path
            assert ("401" in operation["responses"]) == refused, path


def test_errors_have_one_shape(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for status, response in operation["responses"].items():
            assert len(response["description"]) > 10, (path, status)
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            if status >= "400" and schema:
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}, (path, status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_addresses_are_relative(document: dict[str, Any]) -> None:
    """Swagger resolves them from the document's own address, which may be below a path."""
    assert [server["url"] for server in document["servers"]] == ["./"]


def test_a_browser_can_read_it_without_the_key() -> None:
    with run_server(api_key=SecretStr(KEY)) as server, server.http() as http:
        assert http.get("/docs").status_code == http.get("/openapi.json").status_code == 200
