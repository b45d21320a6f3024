"""The document of the API is made from its endpoints and leaves none out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document, as anybody gets it."""
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation by method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def test_every_endpoint_is_described(app: Flask, document: dict[str, Any]) -> None:
    """Method and path of each route below /api/v1, but for the document's own."""
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api_document.openapi"
    }
    assert routes == set(operations(document))


def test_every_operation_says_what_it_does_and_how_it_fails(document: dict[str, Any]) -> None:
    """A summary, an answer and the one shape of refusals; a token unless it gives one."""
    for (method, path), operation in operations(document).items():
        assert operation["summary"].endswith("."), path
        assert operation["responses"]["default"]["$ref"].endswith("DEFAULT_ERROR"), path
        good = [status for status in operation["responses"] if status.startswith("2")]
        assert len(good) == 1, path
        assert ("security" in operation) == ((method, path) == ("POST", "/api/v1/tokens"))
    assert document["security"] == [{"token": []}]


def test_objects_in_requests_take_no_unknown_fields(document: dict[str, Any]) -> None:
    """The document says so as well, so that generated clients keep to it."""
    inputs = {name: s for name, s in document["components"]["schemas"].items() if name.endswith("In")}
    assert {"RequestIn", "LineIn", "CycleIn", "RejectIn"} <= set(inputs)
    assert all(schema["additionalProperties"] is False for schema in inputs.values())


def test_money_and_hours_say_their_unit(document: dict[str, Any]) -> None:
    """No number of money or effort is left to guessing."""
    measures = re.compile(r"hours|value|bound|amount|cost|money|share|probability|fraction|reserve")
    units = re.compile(r"(minor|quarter_hours(_before|_after)?|permille|percent|^value_band)$")
    for name, schema in document["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            if {"integer", "number"} & set(list_of(shape.get("type"))) and measures.search(field):
                assert units.search(field), f"{name}.{field}"


def list_of(kinds: Any) -> list[Any]:
    """One type or several, as a list."""
    return kinds if isinstance(kinds, list) else [kinds]


def test_files_are_compressed_and_kept(app: Flask) -> None:
    """A fingerprint in the address lets browsers keep a file for a year; gzip saves most of it."""
    client = app.test_client()
    address = "/static/vendor/htmx/htmx.min.js"
    plain = client.get(address)
    packed = client.get(f"{address}?v=1", headers={"Accept-Encoding": "gzip"})
    try:
        if plain.status_code == 404:
            pytest.skip("The browser's files are not fetched here: run make setup.")
        assert len(packed.data) * 2 < len(plain.data)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.mimetype == "text/javascript"
        assert "immutable" in packed.headers["Cache-Control"]
        assert "immutable" not in plain.headers["Cache-Control"]
    finally:
        plain.close()
        packed.close()


@pytest.mark.parametrize(
    "path", ["../config.py", "..%2fconfig.py", "%2e%2e/config.py", "vendor/../../auth.py"]
)
def test_no_file_outside_the_folder_is_served(app: Flask, path: str) -> None:
    """Code and settings stay where they are."""
    assert app.test_client().get(f"/static/{path}").status_code == 404
