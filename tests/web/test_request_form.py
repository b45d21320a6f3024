"""The request form: typed text to values and back, rows that grow and shrink, faults at their fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale

from planner import checks
from planner.records import Purpose
from planner.services.filing.request_values import LineValues, RequestValues, problems_in, tidied
from web.pages.forms import field_errors, number, scaled
from web.pages.request_form import ANCHORS, NAMES, change_rows, count_rows, read, typed_values

FULL = RequestValues(
    account_id="an account",
    title="Tender",
    purpose="win",
    type="tender",
    earliest_week="2027-W01",
    latest_week="2027-W04",
    deadline=date(2027, 1, 29),
    deadline_source="Tender document, page 4",
    need_statement="Somebody who has done it before.",
    benefits=((3, 1_250_000_50), (6, 99)),
    avoidable_cost_minor=12_345,
    obligation=True,
    contract_reference="Frame contract, 7.2",
    lines=(
        LineValues("architecture", 30, min_level=3, specialist_code="ann", preference="require"),
        LineValues(
            "law",
            64,
            language_key="english",
            language_level=2,
            customer_facing=True,
            activity="Review",
            max_specialists=2,
            weekly_min=8,
            weekly_max=33,
            after=(0,),
            alternative=1,
        ),
    ),
    curve=((0, 200), (500, 355), (1000, 500)),
    evidence=(("contract", "The frame contract.", "https://example.com/contract"),),
)


@pytest.mark.parametrize("language", ["en", "pl", "cs", "nb"])
def test_a_stored_request_survives_its_form(app: Flask, language: str) -> None:
    """What the form shows, sent back untouched, is the same request, in every language."""
    with app.test_request_context("/"), force_locale(language):
        form = read(typed_values(FULL))
    assert form.problems == ()
    assert tidied(form.values) == FULL


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "1,200.5", "1200.5"),
        ("en", "12,5", "12.5"),
        ("en", "1 200", "1200"),
        ("pl", "1 200,50", "1200.50"),
        ("pl", "1\N{NO-BREAK SPACE}200", "1200"),
        ("pl", "7.5", "7.5"),
        ("cs", "1.200,5", None),
        ("en", "ten", None),
        ("en", "1e5", None),
        ("en", "\N{FULLWIDTH DIGIT EIGHT}", None),
        ("en", "9" * 40, None),
        ("en", "", None),
    ],
)
def test_numbers_as_people_type_them(app: Flask, language: str, text: str, expected: str | None) -> None:
    """The reader's decimal sign counts and a point always does; what is doubtful is asked for again."""
    with app.test_request_context("/"), force_locale(language):
        assert number(text) == (None if expected is None else Decimal(expected))


def test_amounts_between_steps_are_no_amounts(app: Flask) -> None:
    """Hours come in quarters and money in cents; nothing is rounded behind one's back."""
    with app.test_request_context("/"), force_locale("pl"):
        assert scaled("7,25", 4) == 29
        assert scaled("7,3", 4) is None
        # A point before three digits could mean thousands or thousandths, so it means nothing.
        assert scaled("1.234", 100) is None


def test_faults_stand_in_the_row_they_were_typed_in(app: Flask) -> None:
    """Row 0 is empty and left out; the fault of the first value belongs to row 1 all the same."""
    typed = {
        "account_id": "x",
        "lines-0-skill": "",
        "lines-1-skill": "law",
        "lines-1-hours": "0",
        "curve-0": "120",
        "curve-1000": "50",
    }
    with app.test_request_context("/"), force_locale("en"):
        form = read(typed)
        errors = field_errors(form.located(problems_in(form.values)), ANCHORS, NAMES)
    found = {error.anchor: error.remedy for error in errors}
    assert "lines-1-hours" in found
    assert found["curve-0"] == "Write a percentage from 0 to 100."


def test_saving_by_itself_leaves_unfinished_lines_in_the_form(app: Flask) -> None:
    """A line without hours cannot be stored yet; saving on purpose names it, saving by itself waits."""
    typed = {"account_id": "x", "lines-0-skill": "law", "lines-0-hours": ""}
    with app.test_request_context("/"), force_locale("en"):
        assert read(typed).values.lines == [LineValues("law", 0)]
        waiting = read(typed, unfinished_too=False)
    assert waiting.values.lines == []
    assert waiting.unfinished == ("lines-0",)


def test_rows_grow_and_shrink() -> None:
    """Removing the first row moves the second up with everything in it; the last row stays."""
    typed = {"title": "T", "lines-0-skill": "a", "lines-1-skill": "b", "lines-1-hours": "8"}
    grown = change_rows(typed, "add-lines")
    assert count_rows(grown, "lines") == 3
    shrunk = change_rows(typed, "remove-lines-0")
    assert (shrunk["lines-0-skill"], shrunk["lines-0-hours"], shrunk["title"]) == ("b", "8", "T")
    assert count_rows(shrunk, "lines") == 1
    assert change_rows(shrunk, "remove-lines-0") == shrunk
    assert change_rows(typed, "drop-everything-1") == typed


def test_rows_have_an_end() -> None:
    """A made-up row number opens no thousand rows."""
    assert count_rows({"lines-999999-skill": "a", "lines-77-skill": "b"}, "lines") == 1
    typed = {f"lines-{i}-skill": "a" for i in range(20)}
    assert count_rows(change_rows(typed, "add-lines"), "lines") == 20


def test_a_list_is_told_without_the_codes_behind_it(app: Flask) -> None:
    """People see names in the list; "retain, defend" would tell them nothing."""
    with app.test_request_context():
        (told,) = field_errors(checks.choice("purpose", "", Purpose), {}, {"purpose": "Purpose"})
    assert (told.anchor, told.remedy) == ("purpose", "Choose one from the list.")


def test_units_may_stand_behind_numbers_as_on_the_page(app: Flask) -> None:
    """60%, 40 h and 1500 EUR are what they say; 40% is no number of hours."""
    typed = {
        "curve-1000": "60%",
        "lines-0-skill": "law",
        "lines-0-hours": "40 h",
        "avoidable_cost": "1500 EUR",
    }
    with app.test_request_context():
        form = read(typed)
        wrong = read({"lines-0-skill": "law", "lines-0-hours": "40%"})
    assert form.problems == ()
    assert form.values.curve == [(1000, 600)]
    assert (form.values.lines[0].quarter_hours, form.values.avoidable_cost_minor) == (160, 150_000)
    assert [p.where for p in wrong.problems] == ["lines/0/hours"]


def test_each_chance_is_called_by_its_question(app: Flask) -> None:
    """Two faults of the same kind must not read alike."""
    with app.test_request_context():
        form = read({"curve-500": "half", "curve-1000": "all"})
        told = field_errors(form.located(form.problems), ANCHORS, NAMES)
    assert [error.name for error in told] == ["… with half of the hours?", "… with all hours?"]
