"""Filing and submitting: for whom, what is missing, what cannot be, once only."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import World, events, refused, submit

from planner.actor import SYSTEM
from planner.records import (
    Delegation,
    ResourceRequest,
    Role,
    Specialist,
    User,
    UserRole,
)
from planner.services.filing import requests
from planner.services.filing.requests import LineValues
from planner.verdict import Refused


def test_the_way_from_draft_to_submitted(any_world: World) -> None:
    """Filed by its KAM, submitted with a place in the filing order, each step one event with both sides."""
    draft = any_world.draft()
    assert (draft.status, draft.filing_order, draft.kam_id) == ("draft", None, any_world.ids["nora"])
    request = submit(any_world, draft)
    assert (request.status, request.filing_order) == ("submitted", 1)
    filed, submitted = events(any_world)
    assert (filed.action, filed.before, filed.on_behalf_of_id) == ("request.filed", None, None)
    assert (filed.after or {})["lines"][0]["skill_key"] == "architecture"
    assert submitted.action == "request.submitted"
    assert ((submitted.before or {})["status"], (submitted.after or {})["status"]) == ("draft", "submitted")


MANDATORY: list[tuple[dict[str, Any], str, str]] = [
    ({"purpose": None}, "purpose", "E_REQUIRED"),
    ({"type": None}, "type", "E_REQUIRED"),
    ({"lines": ()}, "lines", "E_REQUIRED"),
    ({"earliest_week": None}, "earliest_week", "E_REQUIRED"),
    ({"latest_week": None}, "latest_week", "E_REQUIRED"),
    ({"benefits": ()}, "benefits", "E_REQUIRED"),
    ({"benefits": ((0, 5), (1, -5))}, "benefits", "E_REQUIRED"),
    ({"curve": ((1000, 500),)}, "curve", "E_CURVE_ZERO"),
    ({"curve": ((0, 500),)}, "curve", "E_CURVE_FULL"),
    ({"evidence": ()}, "evidence", "E_REQUIRED"),
    ({"obligation": True}, "contract_reference", "E_REQUIRED"),
]


def test_each_mandatory_field_is_asked_for(world: World) -> None:
    """A draft may lack it, the plan may not: each missing one alone is named with a remedy."""
    for changes, where, code in MANDATORY:
        draft = world.draft(**changes)
        denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
        assert denied.code == "E_INCOMPLETE"
        assert [(p.where, p.code) for p in denied.problems] == [(where, code)], changes
        assert all(str(p.remedy) for p in denied.problems)


def test_everything_missing_is_named_at_once(world: World) -> None:
    """An empty draft lists all it lacks; the form shows the same list without trying."""
    draft = world.draft(
        purpose=None,
        type=None,
        lines=(),
        benefits=(),
        curve=(),
        evidence=(),
        earliest_week=None,
        latest_week=None,
    )
    with world.database.reading() as session:
        found = requests.missing_to_submit(session, session.get_one(ResourceRequest, draft.id))
    assert [p.where for p in found] == [
        *("purpose", "type", "lines", "earliest_week", "latest_week", "benefits", "curve", "curve"),
        "evidence",
    ]


def test_hours_must_fit_the_window(world: World) -> None:
    """Nobody works more than 40 h a week here: 4 weeks hold 160 h for one person, 320 h for two.

    4 h a week at most make 16 h in 4 weeks; 5 h a week at least need 20 h.
    """
    line = LineValues("architecture", 640)
    assert submit(world, world.draft(lines=(line,))).status == "submitted"
    assert submit(world, world.draft(lines=(replace(line, quarter_hours=1280, max_specialists=2),))).id
    for bad, hours in (
        (replace(line, quarter_hours=641), 160),
        (replace(line, quarter_hours=65, weekly_max=16), 16),
        (replace(line, quarter_hours=79, weekly_min=20), None),
    ):
        draft = world.draft(lines=(bad,))
        denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
        (problem,) = denied.problems
        assert problem.code == "E_HOURS_IMPOSSIBLE"
        assert problem.reason.params.get("hours") == hours


def test_a_window_after_the_plan_waits_as_a_draft(world: World) -> None:
    """The cycle plans 2027-W01 to W13: W14 can be typed but not submitted yet."""
    draft = world.draft(earliest_week="2027-W14", latest_week="2027-W16")
    denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
    assert [(p.where, p.code) for p in denied.problems] == [("earliest_week", "E_WINDOW_HORIZON")]


def test_a_window_that_passed_since_cannot_be_submitted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft grows old: in February its January weeks are over."""
    draft = world.draft()
    monkeypatch.setenv("PLANNER_TODAY", "2027-02-15")
    denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
    assert [(p.where, p.code) for p in denied.problems] == [("latest_week", "E_WINDOW_PAST")]


def test_a_person_who_left_since_is_named(world: World) -> None:
    """The preferred person left between typing and submitting."""
    line = LineValues("architecture", 64, specialist_code="ann", preference="prefer")
    draft = world.draft(lines=(line,))
    with world.database.writing() as session:
        session.get_one(Specialist, world.ids["s:ann"]).active_to = date(2026, 12, 31)
    denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
    assert [p.where for p in denied.problems] == ["lines/0/specialist_code"]


def test_customers_that_cannot_be_asked_for(world: World) -> None:
    """Lost customers get nothing; blocked ones nothing to win or grow, but may be defended."""
    values = world.values("lost")
    denied = refused(world, "nora", requests.file_request, values)
    assert [p.code for p in denied.problems] == ["E_ACCOUNT_CLOSED"]
    for purpose in ("win", "grow"):
        draft = world.draft("nora", "blocked", purpose=purpose)
        denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
        assert [p.code for p in denied.problems] == ["E_CREDIT_BLOCKED"]
    assert submit(world, world.draft("nora", "blocked", purpose="defend")).status == "submitted"


def test_whose_customers_one_may_file_for(any_world: World) -> None:
    """Nora's Alfa: her deputy Sven files on her behalf; for Kai it does not exist; a head may not file."""
    request = any_world.draft("sven", "alfa")
    assert (request.kam_id, request.filed_by_id) == (any_world.ids["nora"], any_world.ids["sven"])
    (filed,) = events(any_world)
    assert (filed.actor_id, filed.on_behalf_of_id) == (any_world.ids["sven"], any_world.ids["nora"])
    values = any_world.values("alfa")
    for name, code in (("kai", "E_NOT_FOUND"), ("hana", "E_FORBIDDEN"), ("lukas", "E_FORBIDDEN")):
        assert refused(any_world, name, requests.file_request, values).code == code


def test_seeing_a_customer_is_not_keeping_it(world: World) -> None:
    """A leader who also keeps customers sees all and files for the own ones only; so does the system."""
    with world.database.writing() as session:
        lukas = session.get_one(User, world.ids["lukas"])
        lukas.role_rows = [*lukas.role_rows, UserRole(role=Role.KAM)]
    assert refused(world, "lukas", requests.file_request, world.values()).code == "E_NOT_OWN"
    with pytest.raises(Refused) as caught, world.database.writing() as session:
        requests.file_request(session, SYSTEM, world.values())
    assert caught.value.denied.code == "E_NOT_OWN"


def test_a_delegate_files_on_behalf(world: World) -> None:
    """While Nora is away Kai files for her customer, and the log says for whom."""
    with world.database.writing() as session:
        days = {"first_day": date(2027, 1, 1), "last_day": date(2027, 1, 8)}
        session.add(Delegation(from_user_id=world.ids["nora"], to_user_id=world.ids["kai"], **days))
    world.draft("kai", "alfa")
    (filed,) = events(world)
    assert (filed.actor_id, filed.on_behalf_of_id) == (world.ids["kai"], world.ids["nora"])


def test_foreign_requests_do_not_exist(any_world: World) -> None:
    """Every use case of a KAM answers for another's request as for one that is nowhere."""
    request = any_world.submitted()
    values = any_world.values("gamma")
    for key in (request.id, str(uuid.uuid4()), "1 OR 1=1"):
        answers = {
            refused(any_world, "kai", requests.view_request, key).code,
            refused(any_world, "kai", requests.edit_request, key, 1, values).code,
            refused(any_world, "kai", requests.submit_request, key, 1).code,
            refused(any_world, "kai", requests.withdraw_request, key, 1).code,
        }
        assert answers == {"E_NOT_FOUND"}


def test_an_id_of_a_colleague_on_the_same_customer_is_taken(world: World) -> None:
    """Sven sees Nora's draft, but her id never stands for something of his."""
    draft = world.draft("nora")
    assert refused(world, "sven", requests.file_request, world.values(), draft.id).code == "E_NOT_FOUND"


def test_filing_twice_files_once(any_world: World) -> None:
    """A double click sends the same id and content again and gets the same draft, with one event."""
    key = str(uuid.uuid4())
    values = any_world.values()
    ids = set()
    for _ in range(2):
        with any_world.database.writing() as session:
            ids.add(requests.file_request(session, any_world.actor("nora"), values, key).id)
    assert ids == {key}
    assert len(events(any_world)) == 1


def test_an_id_is_used_once(world: World) -> None:
    """Other content under the same id is refused; somebody else's id answers like nothing; junk is no id."""
    key = str(uuid.uuid4())
    with world.database.writing() as session:
        requests.file_request(session, world.actor("nora"), world.values(), key)
    other, gamma = world.values(title="Other"), world.values("gamma")
    assert refused(world, "nora", requests.file_request, other, key).code == "E_ALREADY_FILED"
    assert refused(world, "kai", requests.file_request, gamma, key).code == "E_NOT_FOUND"
    assert refused(world, "sven", requests.file_request, other, key).code == "E_NOT_FOUND"
    for junk in ("", "7", key.upper() + "x", "x" * 10_000, "\ud800"):
        denied = refused(world, "nora", requests.file_request, other, junk)
        assert [p.code for p in denied.problems] == ["E_ID"]
