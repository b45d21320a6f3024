"""Whose rows: each person sees their own, and somebody else's look like nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from factories import World
from sqlalchemy.orm import Session

from planner import scope
from planner.actor import SYSTEM, Actor, acts_for
from planner.records import (
    Account,
    Delegation,
    Department,
    JobState,
    PlanRun,
    Preference,
    Proposal,
    Publication,
    RequestLine,
    RequestStatus,
    ResourceRequest,
    Row,
    RunPurpose,
    User,
)
from planner.services.filing.requests import LineValues
from planner.verdict import Refused

EVERYBODY = ("nora", "sven", "kai", "hana", "dan", "lena", "lukas", "petra", "filip", "adam", "ann")


def _planned(world: World) -> dict[str, str]:
    """Nora's request planned with people of Engineering; a run that is done and one that runs; a plan."""
    request = world.submitted()
    world.force(request.id, RequestStatus.PLANNED)
    with world.database.writing() as session:
        run, running = (
            PlanRun(
                cycle_id=world.ids["cycle"],
                number=number,
                purpose=RunPurpose.OFFICIAL,
                state=state,
                parameters={},
                created_by_id=world.ids["lukas"],
            )
            for number, state in ((1, JobState.DONE), (2, JobState.RUNNING))
        )
        session.add_all([run, running])
        session.flush()
        proposal = Proposal(
            run_id=run.id,
            request_id=request.id,
            line_id=request.lines[0].id,
            department_id=world.ids["engineering"],
        )
        publication = Publication(
            cycle_id=world.ids["cycle"],
            run_id=run.id,
            number=1,
            published_by_id=world.ids["lukas"],
            published_at=run.created_at,
            content="{}",
            content_hash="sha256:0",
        )
        session.add_all([proposal, publication])
        session.flush()
    return {"request": request.id, "proposal": proposal.id, "run": run.id, "running": running.id}


def _seen_by(world: World, find: Callable[[Session, Actor], Row]) -> set[str]:
    """Who gets the row; everybody else must get the one "nothing here"."""
    seers, answers = set(), set()
    for name in EVERYBODY:
        with world.database.reading() as session:
            try:
                find(session, world.actor(name))
                seers.add(name)
            except Refused as refused:
                answers.add(refused.denied.code)
    assert answers <= {"E_NOT_FOUND"}
    return seers


OVERSEERS = {"lukas", "petra", "filip"}


def test_a_request_is_seen_by_its_kams_its_heads_and_overseers(any_world: World) -> None:
    """Nora and her deputy Sven; Engineering's head and deputy, whose people are proposed; overseers."""
    ids = _planned(any_world)
    seers = _seen_by(any_world, lambda s, a: scope.find_request(s, a, ids["request"]))
    assert seers == {"nora", "sven", "hana", "dan"} | OVERSEERS


def test_an_unplanned_request_is_no_heads_business(world: World) -> None:
    """Until a plan proposes somebody of theirs, or a line names one, heads see nothing."""
    request = world.submitted()
    assert _seen_by(world, lambda s, a: scope.find_request(s, a, request.id)) == {"nora", "sven"} | OVERSEERS


def test_naming_a_person_shows_the_request_to_their_head(world: World) -> None:
    """A line that asks for Leo is Legal's business, once it is no draft any more."""
    line = LineValues("law", 16, specialist_code="leo", preference=Preference.PREFER)
    draft = world.draft(lines=(line,))
    seers = {"nora", "sven"} | OVERSEERS
    assert _seen_by(world, lambda s, a: scope.find_request(s, a, draft.id)) == seers
    world.force(draft.id, RequestStatus.SUBMITTED)
    assert _seen_by(world, lambda s, a: scope.find_request(s, a, draft.id)) == seers | {"lena"}


def test_a_proposal_is_seen_by_its_department_and_its_kams(any_world: World) -> None:
    """Who decides, who asked, and overseers."""
    ids = _planned(any_world)
    seers = _seen_by(any_world, lambda s, a: scope.find_proposal(s, a, ids["proposal"]))
    assert seers == {"nora", "sven", "hana", "dan"} | OVERSEERS


def test_accounts_runs_cycles_and_publications(any_world: World) -> None:
    """Accounts: their KAMs. Finished runs: all who are planned. Running ones, publications: overseers."""
    ids = _planned(any_world)
    account, cycle = any_world.ids["alfa"], any_world.ids["cycle"]
    assert _seen_by(any_world, lambda s, a: scope.find_account(s, a, account)) == {"nora", "sven"} | OVERSEERS
    planned = {"nora", "sven", "kai", "hana", "dan", "lena"}
    assert _seen_by(any_world, lambda s, a: scope.find_run(s, a, ids["run"])) == planned | OVERSEERS
    assert _seen_by(any_world, lambda s, a: scope.find_run(s, a, ids["running"])) == OVERSEERS
    assert _seen_by(any_world, lambda s, a: scope.find_publication(s, a, 1)) == OVERSEERS
    assert _seen_by(any_world, lambda s, a: scope.find_cycle(s, a, cycle)) == set(EVERYBODY)


BAD_IDS: tuple[Any, ...] = (
    *("", "nothing", "1 OR 1=1", "../x", "x" * 10_000, "a\x00b", "\ud800", "ż"),
    *(None, 7),
)


def test_ids_that_cannot_be_are_nothing(any_world: World) -> None:
    """No id, however odd, reaches the database as anything but an id that does not exist."""
    finds = (scope.find_request, scope.find_account, scope.find_run, scope.find_proposal, scope.find_cycle)
    for find in finds:
        for bad in BAD_IDS:
            with any_world.database.reading() as session, pytest.raises(Refused) as refused:
                find(session, SYSTEM, bad)
            assert refused.value.denied.code == "E_NOT_FOUND"


def test_numbers_that_cannot_be_are_nothing(any_world: World) -> None:
    """Publication numbers beyond what the database can hold are not found, like -1."""
    for number in (-1, 0, 2, 2**31, 2**63, 2**70):
        with any_world.database.reading() as session, pytest.raises(Refused) as refused:
            scope.find_publication(session, SYSTEM, number)
        assert refused.value.denied.code == "E_NOT_FOUND"


def _delegate(world: World, first: date, last: date) -> None:
    with world.database.writing() as session:
        session.add(
            Delegation(
                from_user_id=world.ids["nora"], to_user_id=world.ids["kai"], first_day=first, last_day=last
            )
        )


@pytest.mark.parametrize(
    ("first", "last", "sees"),
    [
        (date(2027, 1, 4), date(2027, 1, 4), True),
        (date(2027, 1, 5), date(2027, 1, 8), False),
        (date(2026, 12, 1), date(2027, 1, 3), False),
    ],
    ids=["today only", "from tomorrow", "until yesterday"],
)
def test_a_delegation_counts_on_its_days(world: World, first: date, last: date, *, sees: bool) -> None:
    """Kai sees Nora's customer while she lends him her rights, first and last day included."""
    _delegate(world, first, last)
    with world.database.reading() as session:
        kai = world.actor("kai")
        assert (world.ids["nora"] in acts_for(session, kai)) == sees
        accounts = session.scalars(scope.visible_accounts(session, kai)).all()
    assert ("Alfa" in {account.name for account in accounts}) == sees


def test_money_of_a_request_is_for_its_kams_and_overseers(world: World) -> None:
    """A head sees the request without its money."""
    ids = _planned(world)
    with world.database.reading() as session:
        request = session.get_one(ResourceRequest, ids["request"])
        sees = {n for n in EVERYBODY if scope.sees_money(session, world.actor(n), request)}
    assert sees == {"nora", "sven"} | OVERSEERS


def test_a_former_kam_sees_nothing_any_more(world: World) -> None:
    """Scope follows the customer, not who once filed."""
    request = world.submitted()
    with world.database.writing() as session:
        account = session.get_one(Account, world.ids["alfa"])
        account.kam_id = world.ids["kai"]
    seers = _seen_by(world, lambda s, a: scope.find_request(s, a, request.id))
    assert seers == {"kai", "sven"} | OVERSEERS


def test_own_departments(world: World) -> None:
    """Head and deputy decide for Engineering, nobody for a department they do not head."""
    with world.database.reading() as session:
        own = {name: scope.own_departments(session, world.actor(name)) for name in EVERYBODY}
        names = {
            name: {session.get_one(Department, i).name for i in found} for name, found in own.items() if found
        }
    assert names == {"hana": {"Engineering"}, "dan": {"Engineering"}, "lena": {"Legal"}}


def test_a_head_without_the_role_is_no_head(world: World) -> None:
    """Both are needed: the role, and being named in the department."""
    with world.database.writing() as session:
        user = session.get_one(User, world.ids["hana"])
        user.role_rows = []
    with world.database.reading() as session:
        assert scope.own_departments(session, world.actor("hana")) == frozenset()


def test_retired_lines_leave_the_request(world: World) -> None:
    """`lines` holds only lines that still belong to the request."""
    request = world.draft()
    with world.database.writing() as session:
        session.get_one(RequestLine, request.lines[0].id).retired = True
    with world.database.reading() as session:
        assert session.get_one(ResourceRequest, request.id).lines == []
