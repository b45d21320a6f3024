"""Every way a problem file can be wrong gives an error with a code, a place and a remedy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from samples import document, row

from solver.files import ProblemErrors, read_problem
from solver.validate import CODES

if TYPE_CHECKING:
    from collections.abc import Callable


def errors_of(source: str | bytes) -> list[tuple[str, str]]:
    """Code and place of every error of a file."""
    with pytest.raises(ProblemErrors) as caught:
        read_problem(source)
    for error in caught.value.errors:
        assert error.code in CODES
        assert error.message
        assert error.remedy
    return [(error.code, error.where) for error in caught.value.errors]


UNREADABLE: list[tuple[str, str | bytes]] = [
    ("E_FILE_EMPTY", ""),
    ("E_FILE_EMPTY", b" \n\t"),
    ("E_FILE_EMPTY", b"\xef\xbb\xbf"),
    ("E_ENCODING", b"\x89PNG\r\n\x1a\n\x00\xff"),
    ("E_ENCODING", '{"format": "planner-problem/1"}'.encode("utf-16")),
    ("E_ENCODING", b'{"name": "caf\xe9"}'),
    ("E_ENCODING", b'{"name": "\x00"}'),
    ("E_JSON", "{"),
    ("E_JSON", '{"format": "planner-problem/1"} and more'),
    ("E_JSON", "{'format': 1}"),
    ("E_JSON", '{"name": "\n"}'),
    ("E_JSON", "weeks: 2"),
    ("E_JSON_DEPTH", "[" * 200_000),
    ("E_JSON_DEPTH", '{"a":' * 200_000),
    ("E_JSON_NUMBER", '{"weeks": ' + "9" * 5_000 + "}"),
    ("E_SHAPE", "[]"),
    ("E_SHAPE", "null"),
    ("E_SHAPE", '"planner-problem/1"'),
    ("E_SHAPE", "3"),
    ("E_FORMAT", '{"format": "planner-plan/1"}'),
    ("E_FORMAT", '{"format": 1}'),
    ("E_FIELD_MISSING", "{}"),
]


@pytest.mark.parametrize(("code", "source"), UNREADABLE)
def test_what_cannot_be_read_says_why(code: str, source: str | bytes) -> None:
    """Empty, binary, foreign or broken text is refused by its own code, not by a traceback."""
    assert {found for found, _ in errors_of(source)} == {code}


def put(value: object, *path: Any) -> Callable[[Any], None]:
    """A damage: write `value` at `path`, where ("lines", "r1.arch") means the row with this id."""

    def damage(data: Any) -> None:
        for step in path[:-1]:
            data = next(r for r in data if r["id"] == step) if _by_id(data, step) else data[step]
        data[path[-1]] = value

    return damage


def _by_id(data: Any, step: object) -> bool:
    return isinstance(data, list) and isinstance(step, str)


def drop(*path: Any) -> Callable[[Any], None]:
    """A damage: remove the key at `path`."""

    def damage(data: Any) -> None:
        for step in path[:-1]:
            data = next(r for r in data if r["id"] == step) if _by_id(data, step) else data[step]
        del data[path[-1]]

    return damage


def append(value: object, *path: Any) -> Callable[[Any], None]:
    """A damage: add `value` to the list at `path`."""

    def damage(data: Any) -> None:
        for step in path:
            data = next(r for r in data if r["id"] == step) if _by_id(data, step) else data[step]
        data.append(value)

    return damage


MALFORMED: list[tuple[str, str, Callable[[Any], None]]] = [
    # The head of the file.
    ("E_FIELD_MISSING", "format", drop("format")),
    ("E_FIELD_MISSING", "name", drop("name")),
    ("E_FIELD_MISSING", "weeks", drop("weeks")),
    ("E_FIELD_MISSING", "specialists", drop("specialists")),
    ("E_FIELD_UNKNOWN", "request", put([], "request")),
    ("E_SHAPE", "name", put(5, "name")),
    ("E_TEXT_LENGTH", "name", put("  ", "name")),
    ("E_TEXT_LENGTH", "name", put("x" * 201, "name")),
    ("E_TEXT_CHAR", "name", put("a\ud800", "name")),
    ("E_TEXT_CHAR", "name", put("a\x07b", "name")),
    ("E_CURRENCY", "currency", put("Euro", "currency")),
    ("E_SHAPE", "weeks", put("2027-W01", "weeks")),
    ("E_WEEK", "weeks/1", put("2027-W54", "weeks", 1)),
    ("E_WEEK", "weeks/1", put("2026-W54", "weeks", 1)),
    ("E_WEEK", "weeks/1", put("2027-01-11", "weeks", 1)),
    ("E_WEEK", "weeks/1", put("2027-W01", "weeks", 1)),
    ("E_WEEK", "weeks/1", put("2026-W50", "weeks", 1)),
    # Specialists.
    ("E_SHAPE", "specialists", put({}, "specialists")),
    ("E_SHAPE", "specialists/0", put([1, 2], "specialists", 0)),
    ("E_FIELD_MISSING", "specialists/ann/capacity", drop("specialists", "ann", "capacity")),
    ("E_FIELD_MISSING", "specialists/1/id", drop("specialists", 1, "id")),
    ("E_FIELD_UNKNOWN", "specialists/ann/capacities", put(1, "specialists", "ann", "capacities")),
    ("E_LENGTH", "specialists/ann/capacity", put([1], "specialists", "ann", "capacity")),
    ("E_LENGTH", "specialists/ann/expedite", put([1, 2, 3], "specialists", "ann", "expedite")),
    ("E_INTEGER", "specialists/ann/capacity/0", put(1.5, "specialists", "ann", "capacity", 0)),
    ("E_INTEGER", "specialists/ann/capacity/0", put(True, "specialists", "ann", "capacity", 0)),
    ("E_INTEGER", "specialists/ann/capacity/0", put("8", "specialists", "ann", "capacity", 0)),
    ("E_INTEGER", "specialists/ann/capacity/0", put(None, "specialists", "ann", "capacity", 0)),
    ("E_INTEGER", "specialists/ann/capacity/0", put(32.0, "specialists", "ann", "capacity", 0)),
    ("E_RANGE", "specialists/ann/capacity/0", put(-1, "specialists", "ann", "capacity", 0)),
    ("E_RANGE", "specialists/ann/capacity/0", put(2**63, "specialists", "ann", "capacity", 0)),
    (
        "E_RANGE",
        "specialists/ann/skills/architecture",
        put(6, "specialists", "ann", "skills", "architecture"),
    ),
    (
        "E_RANGE",
        "specialists/ann/skills/architecture",
        put(0, "specialists", "ann", "skills", "architecture"),
    ),
    ("E_SHAPE", "specialists/ann/skills", put(["architecture"], "specialists", "ann", "skills")),
    ("E_ID", "specialists/ann/skills", put(3, "specialists", "ann", "skills", "lang de")),
    ("E_RANGE", "specialists/ann/max_parallel", put(-1, "specialists", "ann", "max_parallel")),
    ("E_RANGE", "specialists/ann/min_chunk", put(-8, "specialists", "ann", "min_chunk")),
    ("E_TEXT_LENGTH", "specialists/ann/department", put("", "specialists", "ann", "department")),
    # Requests.
    ("E_ID", "requests/1", put("r 2", "requests", 1, "id")),
    ("E_ID", "requests/1", put("é", "requests", 1, "id")),
    ("E_ID", "requests/1", put("", "requests", 1, "id")),
    ("E_ID", "requests/1", put("x" * 65, "requests", 1, "id")),
    ("E_SHAPE", "requests/r1/account", put(None, "requests", "r1", "account")),
    ("E_EMPTY", "requests/r1/levels", put([], "requests", "r1", "levels")),
    ("E_FIELD_MISSING", "requests/r1/levels/0/value", drop("requests", "r1", "levels", 0, "value")),
    ("E_INTEGER", "requests/r1/levels/0/value", put(1e308, "requests", "r1", "levels", 0, "value")),
    ("E_SHAPE", "requests/r1/levels/0/fraction", put(0.5, "requests", "r1", "levels", 0, "fraction")),
    ("E_FRACTION", "requests/r1/levels/0/fraction", put("half", "requests", "r1", "levels", 0, "fraction")),
    ("E_FRACTION", "requests/r1/levels/0/fraction", put("1_0", "requests", "r1", "levels", 0, "fraction")),
    (
        "E_VALUES_RISING",
        "requests/r1/levels/1/value_by_end",
        put([[1, 5], [0, 4]], *(r1 := ("requests", "r1", "levels", 1)), "value_by_end"),
    ),
    ("E_VALUES_RISING", "requests/r1/levels/1/value_by_end", put([[0, 4], [1, 5]], *r1, "value_by_end")),
    ("E_VALUES_RISING", "requests/r1/levels/1/value_by_end", put([[0, 5], [0, 4]], *r1, "value_by_end")),
    ("E_RANGE", "requests/r1/levels/1/value_by_end/1", put([[0, 5], [2, 4]], *r1, "value_by_end")),
    ("E_SHAPE", "requests/r1/levels/1/value_by_end/0", put([[0, 5, 6]], *r1, "value_by_end")),
    ("E_SHAPE", "requests/r1/levels/1/value_by_end/0", put([{"0": 5}], *r1, "value_by_end")),
    ("E_EMPTY", "requests/r1/options", put([], "requests", "r1", "options")),
    ("E_EMPTY", "requests/r3/options/0", put([], "requests", "r3", "options", 0)),
    ("E_SHAPE", "requests/r1/options/0", put(["r1.arch"], "requests", "r1", "options")),
    ("E_REFERENCE", "requests/r1/options/0", append("r1.lost", "requests", "r1", "options", 0)),
    ("E_DUPLICATE", "requests/r1/options/0", append("r1.arch", "requests", "r1", "options", 0)),
    ("E_LINE_SHARED", "lines/r1.arch", append("r1.arch", "requests", "r2", "options", 0)),
    ("E_LENGTH", "requests/r1/option_bonus", put([0, 1], "requests", "r1", "option_bonus")),
    ("E_RANGE", "requests/r1/obligation", put(2, "requests", "r1", "obligation")),
    ("E_RANGE", "requests/r1/obligation", put(-1, "requests", "r1", "obligation")),
    ("E_INTEGER", "requests/r1/submitted", put("first", "requests", "r1", "submitted")),
    # Lines.
    ("E_LINE_UNUSED", "lines/r2.arch", put(["r6.talk"], "requests", "r2", "options", 0)),
    ("E_FIELD_MISSING", "lines/r1.arch/needs", drop("lines", "r1.arch", "needs")),
    ("E_LENGTH", "lines/r1.arch/hours", put([64], "lines", "r1.arch", "hours")),
    ("E_HOURS_FALLING", "lines/r1.arch/hours", put([64, 32], "lines", "r1.arch", "hours")),
    ("E_RANGE", "lines/r1.arch/hours/0", put(-4, "lines", "r1.arch", "hours", 0)),
    ("E_RANGE", "lines/r1.arch/first_week", put(-1, "lines", "r1.arch", "first_week")),
    ("E_RANGE", "lines/r1.arch/last_week", put(2, "lines", "r1.arch", "last_week")),
    ("E_WINDOW", "lines/r4.issue/last_week", put(0, "lines", "r4.issue", "last_week")),
    ("E_INTEGER", "lines/r1.arch/last_week", put("2027-W02", "lines", "r1.arch", "last_week")),
    ("E_RANGE", "lines/r1.arch/max_specialists", put(0, "lines", "r1.arch", "max_specialists")),
    ("E_CANDIDATES_TEAM", "lines/r2.arch/candidates", put(2, "lines", "r2.arch", "max_specialists")),
    ("E_WEEKLY", "lines/r5.day/weekly_min", put(40, "lines", "r5.day", "weekly_min")),
    ("E_RANGE", "lines/r5.day/weekly_min", put(-1, "lines", "r5.day", "weekly_min")),
    ("E_REFERENCE", "lines/r6.talk/required", put("anne", "lines", "r6.talk", "required")),
    ("E_REFERENCE", "lines/r5.day/excluded", put(["bobby"], "lines", "r5.day", "excluded")),
    ("E_REFERENCE", "lines/r1.arch/preferred", put("an", "lines", "r1.arch", "preferred", "specialist")),
    ("E_SHAPE", "lines/r1.arch/preferred", put("ann", "lines", "r1.arch", "preferred")),
    ("E_FIELD_MISSING", "lines/r1.arch/preferred/bonus", drop("lines", "r1.arch", "preferred", "bonus")),
    ("E_REFERENCE", "lines/r3.review/after", put(["r3.plan"], "lines", "r3.review", "after")),
    ("E_REFERENCE", "lines/r3.review/after", put(["r1.arch"], "lines", "r3.review", "after")),
    ("E_CYCLE", "lines/r3.review/after", put(["r3.review"], "lines", "r3.review", "after")),
    ("E_SHAPE", "lines/r4.issue/expedite", put(1, "lines", "r4.issue", "expedite")),
    (
        "E_REFERENCE",
        "lines/r2.arch/candidates/bo",
        put("bo", "lines", "r2.arch", "candidates", 0, "specialist"),
    ),
    (
        "E_LENGTH",
        "lines/r2.arch/candidates/bob/hours",
        put([1, 2], "lines", "r2.arch", "candidates", 0, "hours"),
    ),
    (
        "E_HOURS_ZERO",
        "lines/r2.arch/candidates/bob/hours/0",
        put([0], "lines", "r2.arch", "candidates", 0, "hours"),
    ),
    (
        "E_FIELD_MISSING",
        "lines/r2.arch/candidates/0/hours",
        drop("lines", "r2.arch", "candidates", 0, "hours"),
    ),
    # Walls, caps, locks, floors, the published plan.
    ("E_SHAPE", "walls/0", put(["acme", "rival"], "walls")),
    ("E_SHAPE", "walls/0/0", put([[1, 2]], "walls")),
    ("E_RANGE", "department_caps/0/week", put(2, "department_caps", 0, "week")),
    ("E_RANGE", "department_caps/0/hours", put(-1, "department_caps", 0, "hours")),
    ("E_FIELD_MISSING", "department_caps/0/hours", drop("department_caps", 0, "hours")),
    ("E_LOCK_FIELDS", "locks/0", put("thaw", "locks", 0, "kind")),
    ("E_LOCK_FIELDS", "locks/0", drop("locks", 0, "hours")),
    ("E_LOCK_FIELDS", "locks/2", put(1, "locks", 2, "week")),
    ("E_FIELD_UNKNOWN", "locks/2/because", put("leave", "locks", 2, "because")),
    ("E_REFERENCE", "locks/0/line", put("r2.arc", "locks", 0, "line")),
    ("E_REFERENCE", "locks/0/specialist", put("zoe", "locks", 0, "specialist")),
    ("E_REFERENCE", "locks/3/request", put("r99", "locks", 3, "request")),
    ("E_RANGE", "locks/0/week", put(7, "locks", 0, "week")),
    ("E_RANGE", "locks/0/hours", put(-1, "locks", 0, "hours")),
    ("E_RANGE", "locks/3/level", put(2, "locks", 3, "level")),
    ("E_RANGE", "locks/3/level", put(-2, "locks", 3, "level")),
    ("E_FLOOR_SCOPE", "floors/0", put("win", "floors", 0, "purpose")),
    ("E_FLOOR_SCOPE", "floors/0", drop("floors", 0, "kam")),
    ("E_RANGE", "floors/0/value", put(-1, "floors", 0, "value")),
    ("E_DUPLICATE", "floors/2", append({"kam": "kim", "value": 5}, "floors")),
    ("E_PRICE_ODD", "published/price", put(625, "published", "price")),
    ("E_RANGE", "published/price", put(-2, "published", "price")),
    ("E_FIELD_MISSING", "published/free_from_week", drop("published", "free_from_week")),
    ("E_REFERENCE", "published/hours/0/line", put("r0.gone", "published", "hours", 0, "line")),
    ("E_REFERENCE", "published/hours/0/specialist", put("zoe", "published", "hours", 0, "specialist")),
    ("E_RANGE", "published/hours/0/week", put(2, "published", "hours", 0, "week")),
    ("E_SCALE", "", put(10**15, "requests", "r1", "levels", 0, "value")),
    ("E_SCALE", "", put(10**15 + 1, "requests", "r1", "levels", 1, "second")),
    ("E_RANGE", "requests/r1/levels/0/value", put(10**17, "requests", "r1", "levels", 0, "value")),
]


@pytest.mark.parametrize(
    ("code", "where", "damage"), MALFORMED, ids=lambda x: x if isinstance(x, str) else ""
)
def test_one_damage_gives_one_error(code: str, where: str, damage: Callable[[Any], None]) -> None:
    """Each damage of a sound file is found where it is, by its own code."""
    data = document()
    damage(data)
    assert (code, where) in errors_of(json.dumps(data))


def test_all_errors_are_told_at_once() -> None:
    """Five damages in five rows, of shape and of meaning, give exactly five errors."""
    data = document()
    row(data, "specialists", "ann")["capacity"] = [96.5, 32]
    row(data, "requests", "r2")["color"] = "red"
    row(data, "lines", "r1.arch")["excluded"] = ["zoe"]
    data["locks"][0]["week"] = 9
    data["published"]["price"] = 3
    assert set(errors_of(json.dumps(data))) == {
        ("E_INTEGER", "specialists/ann/capacity/0"),
        ("E_FIELD_UNKNOWN", "requests/r2/color"),
        ("E_REFERENCE", "lines/r1.arch/excluded"),
        ("E_RANGE", "locks/0/week"),
        ("E_PRICE_ODD", "published/price"),
    }


def test_a_row_that_cannot_be_read_is_not_also_called_missing() -> None:
    """Ann's row and r1's are damaged; nobody who names ann, r1 or r1's line is blamed for it."""
    data = document()
    row(data, "specialists", "ann")["capacity"] = "lots"
    row(data, "requests", "r1")["levels"] = 3
    assert errors_of(json.dumps(data)) == [
        ("E_SHAPE", "specialists/ann/capacity"),
        ("E_SHAPE", "requests/r1/levels"),
    ]


def test_duplicate_keys_and_not_a_number_are_refused() -> None:
    """A second capacity does not silently win, and NaN is no amount."""
    text = json.dumps(document()).replace('"capacity": [96, 32]', '"capacity": [1, 1], "capacity": [96, 32]')
    assert errors_of(text) == [("E_JSON_DUPLICATE_KEY", "")]
    assert "'ann'" in _messages(text)
    for word in ("NaN", "Infinity", "-Infinity"):
        bad = json.dumps(document()).replace('"capacity": [96, 32]', f'"capacity": [{word}, 32]')
        assert errors_of(bad) == [("E_JSON_NUMBER", "")]


@pytest.mark.parametrize(("kind", "name"), [("specialists", "ann"), ("requests", "r1"), ("lines", "r1.arch")])
def test_an_id_stands_once(kind: str, name: str) -> None:
    """Two rows of one id are refused, whichever would win."""
    data = document()
    data[kind].append(row(data, kind, name))
    assert ("E_DUPLICATE", f"{kind}/{name}") in errors_of(json.dumps(data))


def test_the_same_published_week_stands_once() -> None:
    """Two amounts for one line, specialist and week are refused."""
    data = document()
    data["published"]["hours"].append(data["published"]["hours"][0])
    assert errors_of(json.dumps(data)) == [("E_DUPLICATE", "published/hours/2")]


def test_a_longer_cycle_is_told_as_a_chain() -> None:
    """r3.draft waits for r3.review, which waits for r3.draft: both are named in one message."""
    data = document()
    row(data, "lines", "r3.draft")["after"] = ["r3.review"]
    text = json.dumps(data)
    assert [code for code, _ in errors_of(text)] == ["E_CYCLE"]
    assert "r3.draft -> r3.review -> r3.draft" in _messages(
        text
    ) or "r3.review -> r3.draft -> r3.review" in _messages(text)


def test_messages_name_both_sides_and_the_likely_meaning() -> None:
    """A reference to nobody names the line, the wrong name and the nearest right one."""
    data = document()
    row(data, "lines", "r6.talk")["required"] = "anne"
    text = _messages(json.dumps(data))
    assert "r6.talk" in text
    assert "'anne'" in text
    assert "Did you mean ann?" in text


def _messages(source: str) -> str:
    with pytest.raises(ProblemErrors) as caught:
        read_problem(source)
    return str(caught.value)


def test_every_code_of_a_problem_file_is_reached() -> None:
    """No code is documented that no file can cause, but those of the command line."""
    reached = {code for code, _ in UNREADABLE} | {code for code, *_ in MALFORMED}
    reached |= {"E_JSON_DUPLICATE_KEY", "E_DUPLICATE", "E_CYCLE"}
    assert reached == set(CODES) - {"E_FILE_READ", "E_FILE_WRITE", "E_OPTION", "E_PLAN"}
