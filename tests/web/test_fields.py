"""Fields take what they say and nothing else; every refusal has a code, a reason and a remedy."""

from __future__ import annotations

import pytest

from planner.records import Purpose
from web.schemas.base import Form
from web.schemas.fields import EXACT, Choice, Day, Digits, Flag, Instant, Many, Part, Text, Week, Whole


class Inner(Form):
    """Something inside."""

    number = Whole(1, 5, required=True)


class Everything(Form):
    """One field of each kind."""

    text = Text(20)
    note = Text(200, lines=True, blank=True)
    number = Whole(1, 8000, code="E_HOURS_RANGE")
    exact = Whole()
    digits = Digits(1, 200)
    flag = Flag()
    week = Week(allow_none=True)
    day = Day()
    at = Instant()
    choice = Choice(Purpose)
    many = Many(Part(Inner), least=1, most=2)


RIGHT_TO_LEFT = "\u202e"
REFUSED: list[tuple[str, object, str, str]] = [
    ("text", 8, "text", "E_TEXT"),
    ("text", ["a"], "text", "E_TEXT"),
    ("text", None, "text", "E_REQUIRED"),
    ("text", "", "text", "E_TEXT_BLANK"),
    ("text", " \u00a0 ", "text", "E_TEXT_BLANK"),
    ("text", "\u200b\u200d", "text", "E_TEXT_INVISIBLE"),
    ("text", "\u2060\ufe0f", "text", "E_TEXT_INVISIBLE"),
    ("text", "x" * 21, "text", "E_TEXT_LENGTH"),
    ("text", "x" * 1_000_000, "text", "E_TEXT_LENGTH"),
    ("text", "a\x00b", "text", "E_TEXT_CHAR"),
    ("text", "a\x1bb", "text", "E_TEXT_CHAR"),
    ("text", "a\x85b", "text", "E_TEXT_CHAR"),
    ("text", "two\nlines", "text", "E_TEXT_CHAR"),
    ("text", "a\r\nBCC: b", "text", "E_TEXT_CHAR"),
    ("text", "a\ud800", "text", "E_TEXT_CHAR"),
    ("text", f"abc{RIGHT_TO_LEFT}cod.exe", "text", "E_TEXT_INVISIBLE"),
    ("text", "a\u2066b", "text", "E_TEXT_INVISIBLE"),
    ("text", "e" + "\u0301" * 10, "text", "E_TEXT_CHAR"),
    ("note", "a\x00", "note", "E_TEXT_CHAR"),
    ("number", True, "number", "E_INTEGER"),
    ("number", "8", "number", "E_INTEGER"),
    ("number", 8.0, "number", "E_INTEGER"),
    ("number", 2.9, "number", "E_INTEGER"),
    ("number", 1e308, "number", "E_INTEGER"),
    ("number", [], "number", "E_INTEGER"),
    ("number", {}, "number", "E_INTEGER"),
    ("number", 0, "number", "E_HOURS_RANGE"),
    ("number", -0, "number", "E_HOURS_RANGE"),
    ("number", -5, "number", "E_HOURS_RANGE"),
    ("number", 8001, "number", "E_HOURS_RANGE"),
    ("exact", 2**63, "exact", "E_NUMBER_RANGE"),
    ("exact", 2**63 - 1, "exact", "E_NUMBER_RANGE"),
    ("exact", EXACT + 1, "exact", "E_NUMBER_RANGE"),
    ("exact", 10**40, "exact", "E_NUMBER_RANGE"),
    ("digits", "-1", "digits", "E_INTEGER"),
    ("digits", "1_0", "digits", "E_INTEGER"),
    ("digits", "\uff18", "digits", "E_INTEGER"),
    ("digits", " 8", "digits", "E_INTEGER"),
    ("digits", "1" * 16, "digits", "E_INTEGER"),
    ("digits", "1000000000", "digits", "E_NUMBER_RANGE"),
    ("flag", 1, "flag", "E_FLAG"),
    ("flag", "true", "flag", "E_FLAG"),
    ("week", "2027-W54", "week", "E_WEEK"),
    ("week", "2025-W53", "week", "E_WEEK"),
    ("week", "2027-W00", "week", "E_WEEK"),
    ("week", "2027W011", "week", "E_WEEK"),
    ("week", "9999-W52", "week", "E_WEEK"),
    ("week", "2027-W\uff11\uff12", "week", "E_WEEK"),
    ("week", 202701, "week", "E_WEEK"),
    ("day", "2026-02-30", "day", "E_DATE"),
    ("day", "03/04/2026", "day", "E_DATE"),
    ("day", "20226-01-01", "day", "E_DATE"),
    ("day", "2101-01-01", "day", "E_DATE"),
    ("day", "2027-W01-1", "day", "E_DATE"),
    ("day", None, "day", "E_REQUIRED"),
    ("at", "2027-01-04T12:00:00", "at", "E_TIME"),
    ("at", "noon", "at", "E_TIME"),
    ("at", 1, "at", "E_TIME"),
    ("at", "0001-01-01T00:00:00+14:00", "at", "E_TIME"),
    ("choice", "nuke", "choice", "E_CHOICE"),
    ("choice", ["win"], "choice", "E_CHOICE"),
    ("many", "ab", "many", "E_SHAPE"),
    ("many", {"0": {}}, "many", "E_SHAPE"),
    ("many", [], "many", "E_COUNT"),
    ("many", [{"number": 1}] * 3, "many", "E_COUNT"),
    ("many", [{"number": 1}, 7], "many/1", "E_SHAPE"),
    ("many", [{"number": 1}, None], "many/1", "E_REQUIRED"),
    ("many", [{}], "many/0/number", "E_REQUIRED"),
    ("many", [{"number": 1, "x": 1}], "many/0/x", "E_FIELD_UNKNOWN"),
    ("version", 1, "version", "E_FIELD_UNKNOWN"),
    ("a\ud800", 1, "a\ud800", "E_FIELD_UNKNOWN"),
]


@pytest.mark.parametrize(("field", "value", "where", "code"), REFUSED)
def test_what_does_not_fit_is_refused_with_its_code(field: str, value: object, where: str, code: str) -> None:
    """Nothing is guessed, cut or rounded."""
    _, problems = Everything().load_problems({field: value})
    assert [(p.where, p.code) for p in problems] == [(where, code)]
    assert str(problems[0].reason)
    assert str(problems[0].remedy)


TAKEN: list[tuple[str, object, object]] = [
    ("text", "  Žižka & synové ", "Žižka & synové"),
    ("text", "<script>{{7*7}}${}", "<script>{{7*7}}${}"),
    ("text", "'; DROP TABLE x--%s", "'; DROP TABLE x--%s"),
    ("text", "=1+1", "=1+1"),
    ("text", "👩\u200d🔧 team", "👩\u200d🔧 team"),
    ("text", "e\u0301", "é"),
    ("note", "one\n\ttwo\r\nthree", "one\n\ttwo\nthree"),
    ("note", "", ""),
    ("number", 1, 1),
    ("number", 8000, 8000),
    ("exact", -EXACT, -EXACT),
    ("digits", "200", 200),
    ("flag", False, False),
    ("week", "2026-W53", "2026-W53"),
    ("week", None, None),
    ("choice", "win", Purpose.WIN),
]


@pytest.mark.parametrize(("field", "value", "kept"), TAKEN)
def test_what_fits_is_kept_as_typed(field: str, value: object, kept: object) -> None:
    """Hostile text stays text: it is stored as it is and escaped where it is shown."""
    assert Everything().load_problems({field: value}) == ({field: kept}, ())


@pytest.mark.parametrize("body", [[], "text", 3, True, None])
def test_a_body_that_is_no_object_is_refused_as_a_whole(body: object) -> None:
    """The fault has no field, so its place is empty."""
    _, problems = Everything().load_problems(body)
    assert [(p.where, p.code) for p in problems] == [("", "E_SHAPE")]


def test_every_fault_is_named_at_once() -> None:
    """Three faults in three places give three problems, sorted by place."""
    data = {"number": 0, "many": [{"number": 9}], "nonsense": 1}
    _, problems = Everything().load_problems(data)
    assert [(p.where, p.code) for p in problems] == [
        ("many/0/number", "E_NUMBER_RANGE"),
        ("nonsense", "E_FIELD_UNKNOWN"),
        ("number", "E_HOURS_RANGE"),
    ]
