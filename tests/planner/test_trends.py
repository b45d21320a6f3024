"""Quarter by quarter from what was stored: refusals, fairness, alignment, claims; unknown is unknown."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from factories import stable_id
from reviewing import publish
from scenario import K, Quarrel
from sqlalchemy import select

from planner.clock import now
from planner.records import Closing, ClosingState, Element, Publication, Result, SurveyAnswer, SurveyRound
from planner.services.planning import trade_offs
from planner.services.reviewing import trends
from planner.services.reviewing.trends import QuarterRow
from planner.verdict import Kind, Refused


def seen(world: Quarrel, who: str = "lena") -> tuple[QuarterRow, ...]:
    """The quarters as somebody sees them."""
    with world.database.reading() as session:
        return trends.quarters(session, world.actor(who))


def test_before_anything_is_stored_there_are_no_quarters(planned: Quarrel) -> None:
    """A plan that is not published says nothing yet."""
    assert seen(planned) == ()


def test_refusals_count_by_reason_and_the_rest_is_unknown(planned: Quarrel) -> None:
    """R2 lost to more value, R1 was refused by its head; nobody computed shares, asked or closed anything."""
    publish(planned)
    (row,) = seen(planned, "fin")
    assert (row.plans, row.refused, row.rejected) == (1, (("outbid", 1),), (("overload", 1),))
    rest = (row.evenness, row.least_share, row.level, row.agreement, row.closed, row.held)
    assert rest == (None,) * 6


def test_shares_are_known_of_a_plan_whose_trade_off_was_computed(planned: Quarrel) -> None:
    """Kim 48 of 48, Lee 0 of 38, Max 30 of 30: Jain (1 + 0 + 1)^2 / (3 x 2) = 2/3, the smallest share 0."""
    publish(planned)
    with planned.database.writing() as session:
        trade_offs.ask_trade_off(session, planned.actor("lena"), "floor")
    planned.answer_all()
    (row,) = seen(planned)
    assert (row.evenness, row.least_share) == (667, 0)


def test_claims_and_quarters_without_anything(planned: Quarrel) -> None:
    """Two quarters ago 48 k were claimed at a half and 12 k confirmed: half of it. Then nothing is known."""
    publish(planned)
    with planned.database.writing() as session:
        session.add(closing("r1", date(2026, 8, 1), 48 * K, 12 * K))
    old, between, now = seen(planned)
    assert [old.quarter, between.quarter, now.quarter] == ["2026-Q3", "2026-Q4", "2027-Q1"]
    assert (old.closed, old.held, old.refused, old.rejected) == (1, 500, None, None)
    assert (between.plans, between.closed, between.held, between.refused) == (0, None, None, None)


def closing(request: str, ended: date, claimed: int, came: int) -> Closing:
    """A request that ended and that finance confirmed; the chance was said to be a half."""
    return Closing(
        request_id=stable_id(request),
        state=ClosingState.CONFIRMED,
        result=Result.WON,
        delivered_quarter_hours=96,
        delivered_fraction=1000,
        ended_on=ended,
        claimed_value_minor=claimed,
        claimed_probability=500,
        realised_value_minor=came,
        recorded_by_id=stable_id("kim"),
        recorded_at=now(),
        confirmed_by_id=stable_id("fin"),
    )


def test_alignment_is_of_the_last_round_that_was_closed(planned: Quarrel) -> None:
    """Three groups of three say 2, 3 and 4: level (3 - 1)/4 = .5; a deviation of .816 leaves .592."""
    with planned.database.writing() as session:
        row = SurveyRound(
            name="2026 Q4",
            closes_on=date(2026, 12, 20),
            closed_at=datetime(2026, 12, 20, tzinfo=UTC),
            opened_by_id=stable_id("lena"),
        )
        session.add(row)
        session.flush()
        session.add_all(
            SurveyAnswer(round_id=row.id, group=group, element=Element.STYLE, current=mark, target=5)
            for group, mark in (("a", 2), ("b", 3), ("c", 4))
            for _ in range(3)
        )
    (old, now) = seen(planned)
    assert (old.quarter, old.level, old.agreement, old.plans) == ("2026-Q4", 500, 592, 0)
    assert (now.level, now.agreement) == (None, None)


def test_a_request_granted_later_in_the_quarter_is_refused_no_more() -> None:
    """The last plan of the quarter in which a request stands counts."""
    row = {"request_id": "x", "reason": "priority"}
    none: dict[str, list[Any]] = {"granted": [], "rejected": [], "undecided": [], "refused": []}
    first = Publication(content=json.dumps({**none, "refused": [row]}))
    later = Publication(content=json.dumps({**none, "granted": [row]}))
    assert trends.refused_in([first]) == (("priority", 1),)
    assert trends.refused_in([first, later]) == ()


def test_only_who_oversees_sees_them(planned: Quarrel) -> None:
    """Heads and account managers do not."""
    for who in ("eva", "kim"):
        with pytest.raises(Refused) as refused:
            seen(planned, who)
        assert refused.value.denied.kind == Kind.FORBIDDEN
    with planned.database.reading() as session:
        assert session.scalars(select(Publication)).all() == []
