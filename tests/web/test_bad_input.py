"""The catalogue of bad input over HTTP: each gets its status and code, nothing is stored, never a 5xx.

The numbers are those of the catalogue. Values of single fields are tried in test_fields.py, JSON texts in
test_gate.py; here they travel the whole way.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from clients import Program, browser, code_of, codes_of, csrf, request_body
from factories import World
from flask import Flask

Client = Callable[[str], Program]
JSON = {"Content-Type": "application/json"}
GOOD = "{good}"
"""Stands for a request that would be filed."""


def events(world: World) -> int:
    """How many things were ever done; a refusal adds none."""
    path = str(world.database.engine.url.database)
    with sqlite3.connect(path) as link:
        count: int = link.execute("SELECT count(*) FROM audit_event").fetchone()[0]
    link.close()
    return count


BODIES: list[tuple[str, dict[str, str], bytes, int, str]] = [
    ("28 empty", JSON, b"", 400, "E_JSON"),
    ("28 not JSON", JSON, b"hello", 400, "E_JSON"),
    ("28 text after the end", JSON, b"{} x", 400, "E_JSON"),
    (
        "28 wrong charset",
        {"Content-Type": "application/json; charset=iso-8859-2"},
        b"{}",
        415,
        "E_CONTENT_TYPE",
    ),
    ("28 bytes of no charset", JSON, b'{"title": "\xff\xfe\xfa"}', 400, "E_JSON"),
    ("29 form", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=1", 415, "E_CONTENT_TYPE"),
    ("29 plain text", {"Content-Type": "text/plain"}, b"{}", 415, "E_CONTENT_TYPE"),
    ("29 no type", {}, b"{}", 415, "E_CONTENT_TYPE"),
    ("29 multipart", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--", 415, "E_CONTENT_TYPE"),
    ("29 UTF-16", JSON, "{}".encode("utf-16"), 415, "E_CONTENT_TYPE"),
    ("29 UTF-16 without a mark", JSON, "{}".encode("utf-16-le"), 415, "E_CONTENT_TYPE"),
    ("29 UTF-32", JSON, "{}".encode("utf-32"), 415, "E_CONTENT_TYPE"),
    ("30 list", JSON, b"[]", 422, "E_SHAPE"),
    ("30 text", JSON, b'"x"', 422, "E_SHAPE"),
    ("30 number", JSON, b"3", 422, "E_SHAPE"),
    ("30 null", JSON, b"null", 422, "E_SHAPE"),
    ("31 100,000 brackets", JSON, b"[" * 100_000, 400, "E_JSON_DEPTH"),
    ("32 key twice", JSON, b'{"title": "a", "title": "b"}', 400, "E_JSON_DUPLICATE_KEY"),
    ("34 NaN", JSON, b'{"avoidable_cost_minor": NaN}', 400, "E_JSON_NUMBER"),
    ("34 Infinity", JSON, b'{"avoidable_cost_minor": -Infinity}', 400, "E_JSON_NUMBER"),
    ("34 1e400", JSON, b'{"avoidable_cost_minor": 1e400}', 400, "E_JSON_NUMBER"),
    ("35 5,000 digits", JSON, b'{"avoidable_cost_minor": ' + b"9" * 5000 + b"}", 422, "E_MONEY_RANGE"),
    ("57 too large", JSON, b'{"title": "' + b"x" * 1_100_000 + b'"}', 413, "E_BODY_SIZE"),
]


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES]
)
def test_a_bad_body_is_refused(  # noqa: PLR0917 - one row of the table
    client: Client, world: World, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    """With its code, in the one shape."""
    nora, before = client("nora"), events(world)
    answer = nora.call("POST", "/requests", data=body, headers=headers)
    assert (answer.status_code, code in codes_of(answer)) == (status, True), answer.text[:400]
    assert events(world) == before


FIELDS: list[tuple[str, Any, str, str]] = [
    ("title", None, "title", "E_REQUIRED"),
    ("title", "a\x00b", "title", "E_TEXT_CHAR"),
    ("title", "a\ud800b", "title", "E_TEXT_CHAR"),
    ("title", "\u200b\u200b", "title", "E_TEXT_INVISIBLE"),
    ("title", "abc\u202ecba", "title", "E_TEXT_INVISIBLE"),
    ("title", "x" * 900_000, "title", "E_TEXT_LENGTH"),
    ("title", "e" + "\u0301" * 10_000, "title", "E_TEXT_LENGTH"),
    ("avoidable_cost_minor", 2**63, "avoidable_cost_minor", "E_MONEY_RANGE"),
    ("avoidable_cost_minor", 1e308, "avoidable_cost_minor", "E_INTEGER"),
    ("avoidable_cost_minor", -5, "avoidable_cost_minor", "E_MONEY_RANGE"),
    ("avoidable_cost_minor", True, "avoidable_cost_minor", "E_INTEGER"),
    ("avoidable_cost_minor", "8", "avoidable_cost_minor", "E_INTEGER"),
    ("lines", [{"skill_key": "law", "quarter_hours": 0}], "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("lines", [{"skill_key": "law", "quarter_hours": 9000}], "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("lines", [{"skill_key": "law", "quarter_hours": 2.9}], "lines/0/quarter_hours", "E_INTEGER"),
    ("lines", [{"skill_key": "juggling", "quarter_hours": 8}], "lines/0/skill_key", "E_REF_UNKNOWN"),
    (
        "lines",
        [{"skill_key": "law", "quarter_hours": 8, "state": "approved"}],
        "lines/0/state",
        "E_FIELD_UNKNOWN",
    ),
    ("lines", [{"skill_key": "law", "quarter_hours": 8}] * 41, "lines", "E_COUNT"),
    ("lines", [{"skill_key": "law", "quarter_hours": 8}] * 2, "lines/1", "E_BUNDLE_DUPLICATE"),
    ("lines", [{"skill_key": "law", "quarter_hours": 8, "after": [0]}], "lines/0/after", "E_CYCLE"),
    ("lines", "law", "lines", "E_SHAPE"),
    ("earliest_week", "2026-W54", "earliest_week", "E_WEEK"),
    ("earliest_week", "2027-W09", "latest_week", "E_WINDOW_REVERSED"),
    ("latest_week", "2026-W50", "latest_week", "E_WINDOW_REVERSED"),
    ("latest_week", "2027-W40", "latest_week", "E_WINDOW_HORIZON"),
    ("deadline", "2026-02-30", "deadline", "E_DATE"),
    ("purpose", "steal", "purpose", "E_CHOICE"),
    ("obligation", 1, "obligation", "E_FLAG"),
    ("state", "approved", "state", "E_FIELD_UNKNOWN"),
    ("score", 999, "score", "E_FIELD_UNKNOWN"),
    ("account_id", 7, "account_id", "E_TEXT"),
]


@pytest.mark.parametrize(("field", "value", "where", "code"), FIELDS)
def test_a_bad_field_is_refused(  # noqa: PLR0917 - one row of the table
    client: Client, world: World, field: str, value: Any, where: str, code: str
) -> None:
    """One fault, one problem, at its place."""
    nora, before = client("nora"), events(world)
    answer = nora.post("/requests", {**request_body(world), field: value})
    assert answer.status_code == 422, answer.text[:400]
    assert (where, code) in [(e["where"], e["code"]) for e in answer.get_json()["errors"]]
    assert events(world) == before


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{7*7}}", "${7*7}", "'; DROP TABLE x;--", "%s%n", "=1+1"]
)
def test_hostile_text_stays_text(app: Flask, client: Client, world: World, text: str) -> None:
    """39: it comes back over JSON as it was typed, and escaped on the page."""
    nora = client("nora")
    filed = nora.post("/requests", request_body(world, title=text))
    assert filed.get_json()["title"] == text
    page = browser(app, world, "nora").get(f"/requests/{filed.get_json()['id']}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert text.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;") in page


@pytest.mark.parametrize(
    "bad",
    [
        "1 OR 1=1",
        "..%2f..%2fetc",
        "%00",
        "x" * 10_000,
        "0" * 36,
        "AAAAAAAA-AAAA-AAAA-AAAA-AAAAAAAAAAAA",
        "%ed%a0%80",
    ],
)
def test_a_bad_id_is_like_an_unknown_one(client: Client, bad: str) -> None:
    """44: the same answer as for an id that could be."""
    nora = client("nora")
    unknown = nora.get("/requests/00000000-0000-4000-8000-000000000000")
    answer = nora.get(f"/requests/{bad}")
    assert (answer.status_code, answer.data) == (404, unknown.data)


@pytest.mark.parametrize("number", ["0", "-1", "2147483648", "9" * 40, "1e3", "%EF%BC%91"])
def test_a_bad_number_is_like_an_unknown_one(client: Client, number: str) -> None:
    """A publication nobody published."""
    lukas = client("lukas")
    unknown = lukas.get("/publications/77")
    assert (unknown.status_code, code_of(unknown)) == (404, "E_NOT_FOUND")
    answer = lukas.get(f"/publications/{number}")
    assert (answer.status_code, answer.data) == (404, unknown.data)


@pytest.mark.parametrize(
    "query",
    [
        "page=-1",
        "page=0",
        "page=x",
        "page=",
        "page=1_0",
        "page=%EF%BC%91",
        "per_page=1000000000",
        "per_page=201",
        "page=1&page=2",
        "sort=value",
        "kam_id=1",
        "status=sleeping",
        "status=",
        "text=" + "x" * 201,
        "text=%00",
        "text=a%1Bb",
        "account_id=" + "x" * 37,
        "text[]=a",
    ],
)
def test_a_bad_query_is_refused(client: Client, query: str) -> None:
    """50 and 51: unknown, repeated, out of range; never guessed."""
    answer = client("nora").get(f"/requests?{query}")
    assert (answer.status_code, code_of(answer)) == (422, "E_QUERY"), answer.text


def test_a_query_where_none_is_taken_is_refused(client: Client) -> None:
    """An endpoint without parameters takes none."""
    answer = client("nora").get("/me?verbose=1")
    assert (answer.status_code, code_of(answer)) == (422, "E_QUERY")


def test_a_body_where_none_is_taken_is_refused(client: Client, world: World) -> None:
    """A step without fields takes none, so that nobody believes to have set one."""
    nora, draft = client("nora"), world.draft()
    answer = nora.post(f"/requests/{draft.id}/submit", {"status": "published"}, version=draft.version)
    assert (answer.status_code, code_of(answer)) == (422, "E_FIELD_UNKNOWN")
    fine = nora.post(f"/requests/{draft.id}/submit", {}, version=draft.version)
    assert fine.status_code == 200


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "TRACE", "PUT", "LOCK"])
def test_a_wrong_method_says_which_are_right(client: Client, method: str) -> None:
    """52: with Allow; a header that overrides the method is not believed."""
    answer = client("nora").call(method, "/requests")
    assert (answer.status_code, code_of(answer)) == (405, "E_METHOD")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_method_override_changes_nothing(client: Client, world: World) -> None:
    """A GET stays a GET."""
    nora, before = client("nora"), events(world)
    answer = nora.get("/requests", headers={"X-HTTP-Method-Override": "DELETE"})
    assert (answer.status_code, events(world)) == (200, before)


def test_head_and_options_are_answered(client: Client) -> None:
    """HEAD as GET without the body; OPTIONS with the methods."""
    nora = client("nora")
    head, options = nora.call("HEAD", "/requests"), nora.call("OPTIONS", "/requests")
    assert (head.status_code, head.data) == (200, b"")
    assert (options.status_code, options.data) == (200, b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "text/xml"},
        {"Accept": "q=abc;;;"},
        {"Accept-Language": "xx"},
        {"Accept-Language": "q=abc,,;;"},
        {"Accept-Language": "a" * 5000},
        {"Accept-Charset": "utf-7"},
        {"Cookie": "planner=forged; " + "x" * 5000},
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"If-None-Match": "*"},
        {"Range": "bytes=0-1"},
        {"Expect": "nonsense"},
    ],
)
def test_odd_headers_do_no_harm(client: Client, headers: dict[str, str]) -> None:
    """55 and 56: JSON as always; no address in the answer comes from the request."""
    answer = client("nora").get("/me", headers=headers)
    assert answer.status_code == 200
    assert answer.get_json()["name"] == "Nora"
    assert "evil" not in answer.text + str(answer.headers)


def test_a_range_beyond_a_file_is_no_failure(app: Flask) -> None:
    """A status that nobody planned for has words as well."""
    answer = app.test_client().get("/static/css/app.css", headers={"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert "E_REQUEST" in answer.get_data(as_text=True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@planner", "[::1]"])
def test_a_forged_host_leads_nobody_away(app: Flask, host: str) -> None:
    """Addresses are relative, so a forged host ends up in none."""
    answer = app.test_client().get("/requests", headers={"Host": host})
    assert answer.status_code in {303, 400}
    assert "evil" not in answer.headers.get("Location", "") + answer.get_data(as_text=True)


def test_a_form_of_many_parts_is_refused_as_a_page(app: Flask, world: World) -> None:
    """57: 1,001 parts and a field of 600 kB give 413 with words, not a failure."""
    nora = browser(app, world, "nora")
    many = nora.post(
        "/requests",
        data={f"f{i}": "x" for i in range(1001)},
        content_type="multipart/form-data",
        headers=csrf(app),
    )
    field = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + b"x" * 600_000 + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    long = nora.post("/requests", data=field, content_type=kind, headers=csrf(app))
    large = nora.post("/requests", data={"title": "x" * 1_100_000}, headers=csrf(app))
    assert (many.status_code, long.status_code, large.status_code) == (413, 413, 413)
    assert "E_BODY_SIZE" in many.get_data(as_text=True)


def test_a_form_in_another_encoding_is_no_failure(app: Flask, world: World) -> None:
    """Bytes that are no UTF-8 give an empty form and with it words, not a 500."""
    nora = browser(app, world, "nora")
    kind = "application/x-www-form-urlencoded"
    answer = nora.post("/requests", data=b"title=\xff\xfe", content_type=kind, headers=csrf(app))
    assert 400 <= answer.status_code < 500


def test_every_step_of_a_decision_checks_its_shape(client: Client, world: World) -> None:
    """47 and more: a rejection without a reason, a bad version, a part that is none."""
    hana, somewhere = client("hana"), "00000000-0000-4000-8000-000000000000"
    reject = hana.post(f"/proposals/{somewhere}/reject", {"text": "no"}, version=1)
    decide = hana.post(
        f"/requests/{somewhere}/decision",
        {"run_id": somewhere, "outcome": "maybe", "parts": [{"proposal_id": somewhere, "version": "1"}]},
    )
    assert {e["where"] for e in reject.get_json()["errors"]} == {"reason"}
    assert {e["where"] for e in decide.get_json()["errors"]} == {"outcome", "parts/0/version"}
    assert reject.status_code == decide.status_code == 422
    assert world.ids


def test_a_cycle_checks_its_shape(client: Client) -> None:
    """Times need a zone; zones must fit the weeks."""
    body = {
        "name": "February",
        "first_week": "2027-W06",
        "request_cutoff": "2027-02-08T12:00:00",
        "decision_deadline": "noon",
        "publish_at": 1,
        "horizon_weeks": 54,
    }
    answer = client("lukas").post("/cycles", body)
    found = {(e["where"], e["code"]) for e in answer.get_json()["errors"]}
    assert found == {
        ("request_cutoff", "E_TIME"),
        ("decision_deadline", "E_TIME"),
        ("publish_at", "E_TIME"),
        ("horizon_weeks", "E_NUMBER_RANGE"),
    }


def test_a_surrogate_in_a_key_does_not_break_the_answer(client: Client) -> None:
    """The unknown field is named in a text that every reader can decode."""
    answer = client("nora").call("POST", "/requests", data=b'{"\\ud800": 1}', headers=JSON)
    assert answer.status_code == 422
    assert json.loads(answer.data)["errors"]
