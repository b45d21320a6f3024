"""Bad values of a request: each is named with place, code and remedy, and nothing is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import World
from sqlalchemy import func, select

from planner.records import AuditEvent, Preference, ResourceRequest
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, RequestValues
from planner.verdict import Denied, Refused

GOOD_LINE = LineValues("architecture", 64, min_level=3)


def line(**changes: Any) -> dict[str, Any]:
    """A request with one line that differs from a good one."""
    return {"lines": (replace(GOOD_LINE, **changes),)}


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    # Texts: row 37 and 38 of the catalogue.
    ("a NUL", {"title": "a\x00b"}, "title", "E_TEXT_CHAR"),
    ("a bell", {"need_statement": "ding\x07"}, "need_statement", "E_TEXT_CHAR"),
    ("a line break in a title", {"title": "two\nlines"}, "title", "E_TEXT_CHAR"),
    ("a lone surrogate", {"title": "a\ud800"}, "title", "E_TEXT_CHAR"),
    ("a pile of accents", {"title": "Z" + "\u0301" * 10}, "title", "E_TEXT_CHAR"),
    ("turned round", {"title": "abc\u202ecba"}, "title", "E_TEXT_INVISIBLE"),
    ("nothing to see", {"title": "\u200b\u200d"}, "title", "E_TEXT_INVISIBLE"),
    ("161 letters", {"title": "x" * 161}, "title", "E_TEXT_LENGTH"),
    ("a megabyte", {"need_statement": "x" * 1_000_000}, "need_statement", "E_TEXT_LENGTH"),
    ("no text", {"title": 7}, "title", "E_TEXT"),
    # Choices.
    ("no purpose of ours", {"purpose": "please"}, "purpose", "E_CHOICE"),
    ("no type of ours", {"type": "WIN"}, "type", "E_CHOICE"),
    ("no kind of evidence", {"evidence": (("gossip", "x", ""),)}, "evidence/0/kind", "E_CHOICE"),
    ("no preference", line(preference="must"), "lines/0/preference", "E_CHOICE"),
    # Weeks: row 40.
    ("week 53 of a short year", {"latest_week": "2027-W53"}, "latest_week", "E_WEEK"),
    ("week 0", {"earliest_week": "2027-W00"}, "earliest_week", "E_WEEK"),
    ("no week", {"earliest_week": "next week"}, "earliest_week", "E_WEEK"),
    ("other digits", {"earliest_week": "\uff12\uff10\uff12\uff17-W01"}, "earliest_week", "E_WEEK"),
    ("the far future", {"latest_week": "9999-W01"}, "latest_week", "E_WEEK"),
    (
        "reversed",
        {"earliest_week": "2027-W05", "latest_week": "2027-W04"},
        "latest_week",
        "E_WINDOW_REVERSED",
    ),
    ("past", {"earliest_week": "2026-W50", "latest_week": "2026-W53"}, "latest_week", "E_WINDOW_PAST"),
    ("14 of 13 weeks", {"latest_week": "2027-W14"}, "latest_week", "E_WINDOW_HORIZON"),
    ("a deadline before it starts", {"deadline": date(2027, 1, 3)}, "deadline", "E_WINDOW_REVERSED"),
    ("a date out of range", {"deadline": date(1999, 1, 1)}, "deadline", "E_DATE"),
    # Numbers: rows 35 and 36.
    ("0 hours", line(quarter_hours=0), "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("half an hour", line(quarter_hours=2), "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("-5 hours", line(quarter_hours=-20), "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("2,000 h 15 min", line(quarter_hours=8_001), "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("2^63 hours", line(quarter_hours=2**63), "lines/0/quarter_hours", "E_HOURS_RANGE"),
    ("true hours", line(quarter_hours=True), "lines/0/quarter_hours", "E_INTEGER"),
    ("hours as text", line(quarter_hours="64"), "lines/0/quarter_hours", "E_INTEGER"),
    ("a fraction", line(quarter_hours=2.9), "lines/0/quarter_hours", "E_INTEGER"),
    ("level 6", line(min_level=6), "lines/0/min_level", "E_NUMBER_RANGE"),
    ("21 people", line(max_specialists=21), "lines/0/max_specialists", "E_NUMBER_RANGE"),
    ("no language level", line(language_key="english"), "lines/0/language_level", "E_REQUIRED"),
    ("0 hours a week", line(weekly_max=0), "lines/0/weekly_max", "E_HOURS_RANGE"),
    ("least over most", line(weekly_min=9, weekly_max=8), "lines/0/weekly_max", "E_RANGE_REVERSED"),
    ("2^63 money", {"benefits": ((0, 2**63),)}, "benefits/0/amount_minor", "E_MONEY_RANGE"),
    ("-0.01 of cost", {"avoidable_cost_minor": -1}, "avoidable_cost_minor", "E_MONEY_RANGE"),
    ("month 121", {"benefits": ((121, 1),)}, "benefits/0/month", "E_NUMBER_RANGE"),
    ("a month twice", {"benefits": ((1, 5), (1, 6))}, "benefits/1/month", "E_DUPLICATE"),
    # The curve.
    ("a falling chance", {"curve": ((0, 500), (1000, 400))}, "curve/1/probability", "E_CURVE_FALLING"),
    (
        "falling in another order",
        {"curve": ((1000, 400), (0, 500))},
        "curve/0/probability",
        "E_CURVE_FALLING",
    ),
    ("a chance over 1", {"curve": ((0, 1001),)}, "curve/0/probability", "E_PROBABILITY_RANGE"),
    ("a chance in decimals", {"curve": ((0, 0.5),)}, "curve/0/probability", "E_INTEGER"),
    ("151 % of the hours", {"curve": ((1510, 1),)}, "curve/0/fraction", "E_CURVE_FRACTION"),
    ("a share twice", {"curve": ((0, 1), (0, 2))}, "curve/1/fraction", "E_DUPLICATE"),
    ("7 points", {"curve": tuple((i, i) for i in range(7))}, "curve", "E_CURVE_POINTS"),
    # Evidence.
    ("empty evidence", {"evidence": (("contract", " ", ""),)}, "evidence/0/text", "E_REQUIRED"),
    (
        "a script as a link",
        {"evidence": (("contract", "x", "javascript:alert(1)"),)},
        "evidence/0/link",
        "E_LINK",
    ),
    ("21 pieces", {"evidence": (("contract", "x", ""),) * 21}, "evidence", "E_TOO_MANY"),
    # Names: row 18.
    ("an unknown skill", line(skill_key="architektur"), "lines/0/skill_key", "E_REF_UNKNOWN"),
    ("an unknown person", line(specialist_code="anna"), "lines/0/specialist_code", "E_REF_UNKNOWN"),
    (
        "an unknown language",
        line(language_key="french", language_level=1),
        "lines/0/language_key",
        "E_REF_UNKNOWN",
    ),
    (
        "a skill as a language",
        line(language_key="law", language_level=1),
        "lines/0/language_key",
        "E_LANGUAGE",
    ),
    ("nobody preferred", line(preference="prefer"), "lines/0/specialist_code", "E_REQUIRED"),
    (
        "a level the required person lacks",
        line(specialist_code="bob", preference="require"),
        "lines/0/specialist_code",
        "E_SPECIALIST_SKILL",
    ),
    (
        "a language the required person lacks",
        line(specialist_code="ann", preference="require", language_key="english", language_level=5),
        "lines/0/specialist_code",
        "E_SPECIALIST_SKILL",
    ),
    # Bundles: rows 20 and 43.
    ("41 lines", {"lines": (GOOD_LINE,) * 41}, "lines", "E_BUNDLE_SIZE"),
    ("a line twice", {"lines": (GOOD_LINE, GOOD_LINE)}, "lines/1", "E_BUNDLE_DUPLICATE"),
    ("one alternative", line(alternative=1), "lines/0/alternative", "E_BUNDLE_ALTERNATIVE"),
    ("after a line that is not", line(after=(1,)), "lines/0/after", "E_REF_UNKNOWN"),
    ("after itself", line(after=(0,)), "lines/0/after", "E_CYCLE"),
]


def _refusal(world: World, values: RequestValues, name: str = "nora") -> Denied:
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        requests.file_request(session, world.actor(name), values)
    return refused.value.denied


def _stored(world: World) -> tuple[int, int]:
    with world.database.reading() as session:
        return (
            session.scalar(select(func.count()).select_from(ResourceRequest)) or 0,
            session.scalar(select(func.count()).select_from(AuditEvent)) or 0,
        )


def test_each_bad_value_is_named(world: World) -> None:
    """The whole catalogue: one problem at the right place with the right code, reason and remedy."""
    for words, changes, where, code in BAD:
        denied = _refusal(world, world.values(**changes))
        found = [(p.where, p.code) for p in denied.problems]
        assert (where, code) in found, words
        assert len(found) == 1, (words, found)
        assert all(str(p.reason).endswith(".") and str(p.remedy) for p in denied.problems), words
    assert _stored(world) == (0, 0)


def test_all_problems_come_at_once(world: World) -> None:
    """Nobody corrects a form ten times."""
    values = world.values(
        title="\x00",
        purpose="x",
        latest_week="2027-W53",
        benefits=((0, -(2**70)),),
        curve=((0, -1),),
        evidence=(("x", "", ""),),
        lines=(LineValues("nope", 0),),
    )
    places = {p.where for p in _refusal(world, values).problems}
    assert places == {
        "title",
        "purpose",
        "latest_week",
        "benefits/0/amount_minor",
        "curve/0/probability",
        "evidence/0/kind",
        "evidence/0/text",
        "lines/0/quarter_hours",
    }


def test_an_unknown_skill_names_the_nearest(world: World) -> None:
    """A slip of the pen is corrected by choosing; at most three names, the likeliest first."""
    (problem,) = _refusal(world, world.values(**line(skill_key="Arhitecture"))).problems
    near = problem.remedy.params["near"].split(", ")
    assert near[0].casefold() == "architecture"
    assert len(near) <= 3


def test_a_long_circle_is_spelt_out(world: World) -> None:
    """1 waits for 3, 3 for 2, 2 for 1; line 4 is innocent."""
    lines = tuple(
        replace(GOOD_LINE, quarter_hours=4 + i, after=after)
        for i, after in enumerate([(2,), (0,), (1,), (0,)])
    )
    (problem,) = _refusal(world, world.values(lines=lines)).problems
    assert problem.code == "E_CYCLE"
    circle = problem.reason.params["circle"].split(" → ")
    assert circle[0] == circle[-1]
    assert sorted(circle[1:]) == ["1", "2", "3"]


def test_a_window_too_long_offers_phases(world: World) -> None:
    """30 weeks in a 13-week plan are three phases."""
    (problem,) = _refusal(world, world.values(latest_week="2027-W30")).problems
    assert problem.code == "E_WINDOW_HORIZON"
    assert "3 phases" in str(problem.remedy)


HOSTILE = (
    "<script>alert(1)</script>",
    "{{7*7}} ${1+1} %s %(x)s",
    "'; DROP TABLE account; --",
    "=cmd|' /C calc'!A0",
    "Zażółć gęślą jaźń \u2013 “kůň” Ærøskøbing 🦊",
    "مرحبا and नमस्ते",
)


def test_hostile_and_foreign_text_stays_text(any_world: World) -> None:
    """What people type is stored as it stands, on both databases."""
    for text in HOSTILE:
        request = any_world.draft(title=text, need_statement=text)
        with any_world.database.reading() as session:
            stored = session.get_one(ResourceRequest, request.id)
            assert (stored.title, stored.need_statement) == (text, text)


def test_texts_are_tidied(world: World) -> None:
    """Space around goes, line ends become one kind, letters are composed."""
    request = world.draft(title="  Z\u030cizka ", need_statement="a\r\nb\rc\td")
    assert request.title == "\u017dizka"
    assert request.need_statement == "a\nb\nc\td"


def test_a_draft_may_lack_everything_but_the_customer(world: World) -> None:
    """People begin with a name and come back; without a title it carries the customer's."""
    with world.database.writing() as session:
        draft = requests.file_request(session, world.actor("nora"), RequestValues(world.ids["alfa"]))
    assert (draft.title, draft.status, draft.lines) == ("Alfa", "draft", [])


def test_limits_are_allowed(world: World) -> None:
    """What lies exactly on a limit is accepted."""
    request = world.draft(
        title="x" * 160,
        latest_week="2027-W13",
        lines=(
            replace(GOOD_LINE, quarter_hours=4),
            replace(GOOD_LINE, quarter_hours=8_000, max_specialists=20, after=(0,)),
        ),
        curve=((0, 0), (250, 0), (500, 500), (750, 900), (1000, 1000), (1500, 1000)),
        benefits=((0, -(10**11)), (120, 10**11)),
    )
    assert [p.fraction for p in request.curve] == [0, 250, 500, 750, 1000, 1500]
    assert [entry.quarter_hours for entry in request.lines] == [4, 8_000]


def test_a_required_person_with_skill_and_language_is_accepted(world: World) -> None:
    """Ann is an architect of level 4 and speaks English at level 4."""
    request = world.draft(
        **line(
            specialist_code="ann",
            preference=Preference.REQUIRE,
            min_level=4,
            language_key="english",
            language_level=4,
        )
    )
    assert request.lines[0].specialist is not None
    assert request.lines[0].specialist.code == "ann"
