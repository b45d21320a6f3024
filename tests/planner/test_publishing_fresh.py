"""A plan is published only on the inputs and decisions of today: each kind of change, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy import select

from planner.clock import now
from planner.records import (
    JobState,
    KeyAccountDefinition,
    Leave,
    LeaveStatus,
    Override,
    Question,
    QuestionKind,
    RejectionReason,
    ResourceRequest,
    Specialist,
    SwapOffer,
    SwapState,
)
from planner.services.approving import decisions
from planner.services.excepting import overrides
from planner.services.excepting.override_prices import Target, ask_price
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, values_of
from planner.services.planning import freshness
from planner.services.publishing import publishing
from planner.verdict import Refused

UNTIL = date(2027, 3, 31)
Changed = dict[str, list[str]]


def _approve(world: Quarrel, *names: str) -> None:
    for name in names:
        part = world.proposal(world.first, name)
        with world.database.writing() as session:
            decisions.approve(session, world.actor("eva"), part.id, part.version)


def _changed(world: Quarrel) -> Changed:
    """What hinders publishing: refused with it, nothing stored, and the page says the same beforehand."""
    with world.database.reading() as session:
        told = freshness.changes_since(session, world.actor("lena"), world.first.id)
    before = world.events()
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        publishing.publish(session, world.actor("lena"), world.first.id)
    assert world.events() == before
    assert refused.value.denied.code == "E_PLAN_STALE"
    assert refused.value.denied.details["changed"] == told
    return told


def _order(world: Quarrel, target: Target) -> Override:
    """An override of that, priced and signed."""
    with world.database.writing() as session:
        asked = ask_price(session, world.actor("lena"), target)
    world.answer_all()
    with world.database.writing() as session:
        return overrides.sign(session, world.actor("lena"), asked.question_id, "The board wants it.", UNTIL)


def _edit(world: Quarrel, name: str, who: str, **changes: Any) -> None:
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id(name))
        values = replace(values_of(request), **changes)
        requests.edit_request(session, world.actor(who), request.id, request.version, values)


def _withdraw(world: Quarrel, name: str, who: str) -> None:
    with world.database.writing() as session:
        request = session.get_one(ResourceRequest, stable_id(name))
        requests.withdraw_request(session, world.actor(who), request.id, request.version)


def _leave(world: Quarrel) -> None:
    day = date(2027, 1, 4)
    with world.database.writing() as session:
        session.add(
            Leave(specialist_id=stable_id("s:ann"), first_day=day, last_day=day, status=LeaveStatus.APPROVED)
        )


def _longer_days(world: Quarrel) -> None:
    with world.database.writing() as session:
        ann = session.get_one(Specialist, stable_id("s:ann"))
        ann.weekday_quarter_hours = [40, 40, 40, 40, 40, 0, 0]


def _definition(world: Quarrel) -> None:
    """The next version, agreed and valid from today; it judges nobody otherwise."""
    with world.database.writing() as session:
        old = session.scalars(select(KeyAccountDefinition)).one()
        own = {"id", "created_at", "updated_at", "version", "number", "valid_from"}
        columns = {column.key for column in KeyAccountDefinition.__table__.columns} - own
        new = {name: getattr(old, name) for name in columns}
        session.add(KeyAccountDefinition(**new, number=old.number + 1, valid_from=date(2027, 1, 4)))
        old.valid_to = date(2027, 1, 3)


def _swap(world: Quarrel) -> None:
    """Kim's R1 yields to Lee's R2, agreed and found to hurt nobody else."""
    with world.database.writing() as session:
        question = Question(
            run_id=world.first.id,
            kind=QuestionKind.SWAP,
            subject="swap",
            request_id=stable_id("r2"),
            state=JobState.DONE,
            params={"request": stable_id("r2"), "level": 0, "yields": stable_id("r1"), "most": -1},
        )
        session.add(question)
        session.flush()
        session.add(
            SwapOffer(
                run_id=world.first.id,
                request_id=stable_id("r2"),
                level=0,
                yields_id=stable_id("r1"),
                from_id=stable_id("lee"),
                to_id=stable_id("kim"),
                question_id=question.id,
                state=SwapState.AGREED,
                answered_at=now(),
            )
        )


KINDS: dict[str, tuple[Callable[[Quarrel], object], Changed]] = {
    "leave": (_leave, {"people": ["Ann"]}),
    "working hours": (_longer_days, {"people": ["Ann"]}),
    "an approved request edited": (
        lambda world: _edit(world, "r1", "kim", lines=(LineValues("design", 100),)),
        {"requests": ["R1"]},
    ),
    "the worth of a refused request": (
        lambda world: _edit(world, "r2", "lee", benefits=((0, 60 * K),)),
        {"requests": ["R2"]},
    ),
    "an approved request withdrawn": (lambda world: _withdraw(world, "r1", "kim"), {"requests": ["R1"]}),
    "a grant ordered": (
        lambda world: _order(world, Target("grant", request_id=stable_id("r2"))),
        {"decisions": ["R2"]},
    ),
    "a refusal ordered": (
        lambda world: _order(world, Target("refuse", request_id=stable_id("r1"))),
        {"decisions": ["R1"]},
    ),
    "a swap agreed": (_swap, {"decisions": ["R1", "R2"]}),
    "the definition": (_definition, {"rest": ["definition"]}),
}
"""What may change between plan and publication, and what is named then."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_not_published_once_something_changed(planned: Quarrel, kind: str) -> None:
    """R1 and R3 are approved, then one thing changes: exactly that is named, beforehand and when refused."""
    _approve(planned, "r1", "r3")
    with planned.database.reading() as session:
        assert freshness.changes_since(session, planned.actor("lena"), planned.first.id) == {}
    change, named = KINDS[kind]
    change(planned)
    assert _changed(planned) == named


def test_an_override_that_ended_takes_its_plan_with_it(planned: Quarrel) -> None:
    """R2 was ordered, planned and approved; the order is taken back before the plan is published."""
    override = _order(planned, Target("grant", request_id=stable_id("r2")))
    planned.first = planned.plan()
    _approve(planned, "r2", "r3")
    with planned.database.writing() as session:
        overrides.withdraw(session, planned.actor("lena"), override.id, override.version, "Not needed now.")
    assert _changed(planned) == {"decisions": ["R2"]}


def test_an_override_that_the_plan_holds_anyway_hinders_nothing(planned: Quarrel) -> None:
    """R1 is granted; that it must be granted takes nothing from the plan."""
    _approve(planned, "r1", "r3")
    _order(planned, Target("grant", request_id=stable_id("r1")))
    with planned.database.writing() as session:
        assert publishing.publish(session, planned.actor("lena"), planned.first.id).number == 1


def test_what_a_head_refused_since_is_left_out(planned: Quarrel) -> None:
    """R1 rejected after the plan: R3 is published without it, and nothing is out of date."""
    _approve(planned, "r3")
    part = planned.proposal(planned.first, "r1")
    with planned.database.writing() as session:
        decisions.reject(session, planned.actor("eva"), part.id, part.version, RejectionReason.SKILL_MISMATCH)
    with planned.database.writing() as session:
        assert publishing.publish(session, planned.actor("lena"), planned.first.id).number == 1
