"""E11 and E12 where they meet the board: shares are shown as they are; no name or text weighs anything."""

from __future__ import annotations

from itertools import combinations

import pytest
from factories import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenario import K, Quarrel
from sqlalchemy import select

from planner.records import (
    Account,
    Department,
    Evidence,
    JobState,
    PlanningCycle,
    Question,
    QuestionKind,
    RequestLine,
    ResourceRequest,
    Skill,
    Specialist,
    User,
)
from planner.services.approving import decisions
from planner.services.publishing import publishing
from planner.services.reviewing import contributions
from planner.solving.contributions import SUBJECT, store_contribution
from planner.solving.parameters import choose
from planner.solving.translate import translate

pytestmark = pytest.mark.acceptance

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
LOUD = st.one_of(st.just("URGENT, strategic!!!"), TEXTS)


def hash_of(world: World) -> str:
    """The hash of the problem that the world's cycle makes now."""
    with world.database.reading() as session:
        cycle = session.scalars(select(PlanningCycle)).one()
        parameters = choose(session, cycle, wall_limit_s=1, workers=1, work_limit=None)
        return translate(session, cycle, parameters).hash


def rename(world: World, words: list[str]) -> None:
    """Give every person, customer, department, skill and text another name."""
    names = iter(words * 50)
    with world.database.writing() as session:
        for user in session.scalars(select(User)):
            user.display_name = next(names)
        for person in session.scalars(select(Specialist)):
            person.display_name = next(names)
        for account in session.scalars(select(Account)):
            account.name, account.segment = next(names), next(names)
        for department in session.scalars(select(Department)):
            department.name = next(names)
        for skill in session.scalars(select(Skill)):
            skill.labels = {"en": next(names)}
        for request in session.scalars(select(ResourceRequest)):
            request.title, request.need_statement = next(names), next(names)
        for evidence in session.scalars(select(Evidence)):
            evidence.text = next(names)
        for line in session.scalars(select(RequestLine)):
            line.activity = next(names)


@pytest.fixture
def asked(world: World) -> tuple[World, str]:
    """Three requests of three customers, and the hash of their problem."""
    world.submitted("nora", "alfa")
    world.submitted("sven", "beta")
    world.submitted("kai", "gamma")
    return world, hash_of(world)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(LOUD, min_size=1, max_size=12))
def test_e12_no_name_or_text_reaches_the_plan(asked: tuple[World, str], words: list[str]) -> None:
    """Whatever people, customers, skills and requests are called: the same problem to the last digit."""
    world, plain = asked
    rename(world, words)
    assert hash_of(world) == plain


VALUES = {"": 0, "e": 30, "l": 0, "d": 10, "el": 60, "de": 40, "dl": 10, "del": 80}
"""E11: what each coalition of Engineering, Legal and Design is worth, in k."""


def test_e11_shares_as_the_board_reads_them(planned: Quarrel) -> None:
    """E 48.333, L 18.333, D 13.333 k, summing to 80; last-in marginals 70, 40, 20 only stand beside them."""
    from solver.tradeoffs.contribution import Worth, exact_shares

    worth = {
        frozenset(group): Worth(VALUES["".join(sorted(group))] * K, VALUES["".join(sorted(group))] * K)
        for size in range(4)
        for group in combinations("del", size)
    }
    named = {"e": "engineering", "l": "legal", "d": "design"}
    shares = exact_shares(sorted("del"), worth)
    for name in ("r1", "r3"):
        part = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), part.id, part.version)
    with planned.database.writing() as session:
        for code in ("legal", "design"):
            session.add(Department(code=code, name=code.title()))
        session.flush()
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    with planned.database.writing() as session:
        question = Question(
            run_id=planned.first.id,
            kind=QuestionKind.CONTRIBUTION,
            subject=SUBJECT,
            state=JobState.DONE,
        )
        session.add(question)
        rows = [{**_row(share), "department": named[share.department]} for share in shares]
        reply = {"method": "exact", "complete": True, "whole": 80 * K, "bound": 80 * K, "departments": rows}
        store_contribution(question, {**reply, "coalitions": []})
    with planned.database.reading() as session:
        view = contributions.contribution_view(session, planned.actor("lena"))
    assert view is not None
    found = {row.code: row for row in view.departments}
    assert {code: round((row.value or 0) / K, 3) for code, row in found.items()} == {
        "engineering": 48.333,
        "legal": 18.333,
        "design": 13.333,
    }
    assert sum(row.value or 0 for row in found.values()) == view.whole == 80 * K
    assert {code: (row.last_in or 0) // K for code, row in found.items()} == {
        "engineering": 70,
        "legal": 40,
        "design": 20,
    }


def _row(share: object) -> dict[str, object]:
    return {name: getattr(share, name) for name in ("value", "low", "high", "error", "last_in")}
