"""Other usual chances come in force by two people, and what was filed before stays usual."""

from __future__ import annotations

import json
from typing import Any

import pytest
from factories import World, events, refused
from test_stages import STATED, USUAL, missing
from translating import translated

from planner.records import ResourceRequest, Stage, UsualChances
from planner.services.filing import requests, usual_chances
from planner.services.filing.stages import is_usual
from planner.services.filing.usual_chances import ChanceValues
from planner.usual import TEMPLATES, usual_since
from planner.usual import usual_chances as in_force

LOWER = ChanceValues("proposal", 50, 150, 300, "Last year one in three was won.", "adbudg", 400)
LOWERED = ((0, 50), (500, 150), (1000, 300))


def stated(world: World, who: str = "filip", values: ChanceValues = LOWER) -> UsualChances:
    """Chances that `who` states."""
    with world.database.writing() as session:
        return usual_chances.state_chances(session, world.actor(who), values)


def confirmed(world: World, row: UsualChances, who: str = "adam") -> UsualChances:
    """The same, put in force by `who`."""
    with world.database.writing() as session:
        return usual_chances.confirm_chances(session, world.actor(who), row.id, row.version)


def curve(request: ResourceRequest) -> tuple[tuple[int, int], ...]:
    """The chances of a request."""
    return tuple((point.fraction, point.probability) for point in request.curve)


def test_chances_hold_once_a_second_person_confirmed_them(world: World) -> None:
    """Until Adam agrees a proposal takes 10, 25 and 45 %, then Filip's 5, 15 and 30 %; the rest stays."""
    row = stated(world)
    assert curve(world.draft(stage="proposal", curve=())) == USUAL
    assert refused(world, "filip", usual_chances.confirm_chances, row.id, row.version).code == "E_SAME_PERSON"
    confirmed(world, row)
    draft = world.draft(stage="proposal", curve=(), evidence=(STATED,))
    assert (curve(draft), draft.curve_shape.value, draft.curve_top) == (LOWERED, "adbudg", 400)
    assert missing(world, stage="proposal", curve=(), evidence=(STATED,)) == set()
    with world.database.reading() as session:
        now = in_force(session)
    assert {stage for stage in Stage if now[stage] != TEMPLATES[stage]} == {Stage.PROPOSAL}
    assert now[Stage.PROPOSAL].evidence == TEMPLATES[Stage.PROPOSAL].evidence
    told = [(e.action, e.actor_id) for e in events(world) if e.action.startswith("usual_chances")]
    assert told == [
        ("usual_chances.stated", world.ids["filip"]),
        ("usual_chances.confirmed", world.ids["adam"]),
    ]


def test_what_was_usual_when_it_was_filed_needs_no_reason(world: World) -> None:
    """A draft of before keeps its chances as usual ones; a new one that states them says why."""
    before = world.draft(stage="proposal", curve=(), evidence=(STATED,))
    confirmed(world, stated(world))
    with world.database.reading() as session:
        request = session.get_one(ResourceRequest, before.id)
        assert requests.missing_to_submit(session, request) == ()
        assert is_usual(request, usual_since(session, request))
    old: dict[str, Any] = {"curve": USUAL, "curve_shape": "adbudg", "curve_top": 600}
    assert missing(world, stage="proposal", evidence=(STATED,), **old) == {("curve_reason", "E_REQUIRED")}


def test_a_run_keeps_what_held_when_it_began(world: World) -> None:
    """The snapshot names the chances of each stage, and the levels those that the request took."""
    confirmed(world, stated(world))
    request = world.submitted(stage="proposal", curve=(), evidence=(STATED,))
    first = translated(world).inputs
    confirmed(world, stated(world, values=ChanceValues("proposal", 10, 20, 40, "Worse still.")))
    second = translated(world).inputs
    told = [json.loads(json.dumps(each))["usual_chances"]["proposal"] for each in (first, second)]
    assert told[0] == {"shape": "adbudg", "points": [list(point) for point in LOWERED], "top": 400}
    assert told[1] == {"shape": "linear", "points": [[0, 10], [500, 20], [1000, 40]], "top": None}
    levels = [each["requests"][request.id]["levels"][-1]["probability"] for each in (first, second)]
    assert levels == [300, 300], "what was filed stays as it was filed"


def test_one_version_of_a_stage_waits_at_a_time_and_may_be_turned_down(world: World) -> None:
    """Lukas turns it down: nothing changes, another may be stated, and no answer is given twice."""
    row = stated(world)
    assert refused(world, "adam", usual_chances.state_chances, LOWER).code == "E_CHANCES_WAIT"
    stated(world, "adam", ChanceValues("renewal", 500, 600, 700, "Fewer renew."))
    with world.database.reading() as session:
        people = ("filip", "lukas", "nora")
        seen = {who: len(usual_chances.waiting_for(session, world.actor(who))) for who in people}
    assert seen == {"filip": 1, "lukas": 2, "nora": 0}
    with world.database.writing() as session:
        ended = usual_chances.end_chances(session, world.actor("lukas"), row.id, row.version)
    assert refused(world, "adam", usual_chances.confirm_chances, ended.id, ended.version).code == "E_STATE"
    with world.database.reading() as session:
        assert in_force(session)[Stage.PROPOSAL] == TEMPLATES[Stage.PROPOSAL]
    stated(world, "adam")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (ChanceValues("proposal", 200, 100, 300, "Why."), ("at_half", "E_CURVE_FALLING")),
        (ChanceValues("proposal", 100, 200, 300, "Why.", "adbudg"), ("shape", "E_CURVE_SHAPE")),
        (ChanceValues("proposal", 100, 200, 300, "Why.", "adbudg", 300), ("shape", "E_CURVE_SHAPE")),
        (ChanceValues("proposal", 100, 200, 300, "Why.", "steps"), ("shape", "E_CHOICE")),
        (ChanceValues("proposal", 100, 200, 1001, "Why."), ("at_full", "E_NUMBER_RANGE")),
        (ChanceValues("proposal", 100, None, 300, "Why."), ("at_half", "E_REQUIRED")),
        (ChanceValues("proposal", 100, 200, 300, " "), ("reason", "E_TEXT_BLANK")),
        (ChanceValues("dating", 100, 200, 300, "Why."), ("stage", "E_CHOICE")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_chances_that_no_plan_could_take_are_refused(
    world: World, values: ChanceValues, fault: tuple[str, str]
) -> None:
    """Each with the field at fault."""
    problems = refused(world, "filip", usual_chances.state_chances, values).problems
    assert [(problem.where, problem.code) for problem in problems] == [fault]


def test_account_managers_neither_state_nor_confirm(world: World) -> None:
    """Their own claims would become what is usual."""
    row = stated(world)
    assert refused(world, "nora", usual_chances.state_chances, LOWER).code == "E_FORBIDDEN"
    assert refused(world, "nora", usual_chances.confirm_chances, row.id, row.version).code == "E_FORBIDDEN"
    assert refused(world, "lukas", usual_chances.state_chances, LOWER).code == "E_FORBIDDEN"
