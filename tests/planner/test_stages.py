"""The stage of cooperation: usual chances where none are stated, a reason for others, evidence that fits."""

from __future__ import annotations

from typing import Any

import pytest
from factories import World, refused

from planner.records import EvidenceKind, ResourceRequest, Stage
from planner.services.filing import requests
from planner.services.filing.request_values import problems_in, tidied
from planner.usual import TEMPLATES
from planner.worth import response

STATED = ("customer_statement", "They asked us to quote.", "")
USUAL = ((0, 100), (500, 250), (1000, 450))


def missing(world: World, **changes: Any) -> set[tuple[str, str]]:
    """Place and code of all that stands between a draft and the plan."""
    draft = world.draft(**changes)
    with world.database.reading() as session:
        request = session.get_one(ResourceRequest, draft.id)
        return {(p.where, p.code) for p in requests.missing_to_submit(session, request)}


def test_a_stage_brings_the_chances_that_are_usual_there(world: World) -> None:
    """A proposal without stated chances gets 10, 25 and 45 % on the S-shaped curve up to 60 %."""
    draft = world.draft(stage="proposal", curve=(), evidence=(STATED,))
    assert [(p.fraction, p.probability) for p in draft.curve] == list(USUAL)
    assert (draft.curve_shape.value, draft.curve_top) == ("adbudg", 600)
    assert missing(world, stage="proposal", curve=(), evidence=(STATED,)) == set()


def test_other_chances_need_a_reason(world: World) -> None:
    """Stated chances stay as stated; only the reason is asked for, and words change nothing else."""
    assert missing(world, stage="proposal", evidence=(STATED,)) == {("curve_reason", "E_REQUIRED")}
    said: dict[str, Any] = {
        "stage": "proposal",
        "evidence": (STATED,),
        "curve_reason": "They know us for ten years.",
    }
    assert missing(world, **said) == set()
    assert [p.probability for p in world.draft(**said).curve] == [200, 500]


def test_without_a_stage_nothing_more_is_asked(world: World) -> None:
    """Not known is not a stage: no usual chances, no reason, any evidence."""
    assert missing(world) == set()
    assert {where for where, _ in missing(world, curve=())} == {"curve"}


@pytest.mark.parametrize(
    ("stage", "kind", "enough"),
    [
        ("first_contact", "own_estimate", True),
        ("proposal", "own_estimate", False),
        ("proposal", "recommendation", True),
        ("negotiation", "recommendation", False),
        ("negotiation", "customer_statement", True),
        ("running", "customer_statement", False),
        ("running", "contract", True),
        ("renewal", "market_data", False),
        ("renewal", "past_outcome", True),
    ],
)
def test_what_a_claim_must_rest_on_grows_with_the_stage(
    world: World, stage: str, kind: str, enough: bool
) -> None:
    """An estimate will do for a first contact; a running cooperation has a contract or a record."""
    found = missing(world, stage=stage, curve=(), evidence=((kind, "So it is.", ""),))
    assert found == (set() if enough else {("evidence", "E_STAGE_EVIDENCE")})


def test_every_stage_has_a_curve_that_a_plan_can_take() -> None:
    """Chances rise, the shape fits them, and evidence kinds exist."""
    assert set(TEMPLATES) == set(Stage)
    for usual in TEMPLATES.values():
        levels = response(usual.shape, usual.points, usual.top)
        chances = [chance for _, chance in levels]
        assert chances == sorted(chances)
        assert levels[0] == usual.points[0]
        assert usual.evidence <= set(EvidenceKind)
        assert bool(usual.remedy.text) == bool(usual.evidence)


def test_an_unknown_stage_is_refused(world: World) -> None:
    """Only the five words are taken."""
    (problem,) = refused(world, "nora", requests.file_request, world.values(stage="dating")).problems
    assert (problem.where, problem.code) == ("stage", "E_CHOICE")


def test_stage_reason_and_goal_are_no_matter_for_the_plan(world: World) -> None:
    """A planned request keeps its place when only they change."""
    from planner.records import RequestStatus

    request = world.submitted(evidence=(STATED,))
    world.force(request.id, RequestStatus.PLANNED)
    with world.database.writing() as session:
        values = world.values(evidence=(STATED,), stage="proposal", curve_reason="Known for long.")
        row = session.get_one(ResourceRequest, request.id)
        edited = requests.edit_request(session, world.actor("nora"), row.id, row.version, values)
        assert edited.status is RequestStatus.PLANNED
        assert edited.stage is Stage.PROPOSAL


def test_values_read_back_are_the_same(world: World) -> None:
    """What a form shows and sends back untouched changes nothing."""
    draft = world.draft(stage="negotiation", curve=(), evidence=(STATED,))
    with world.database.reading() as session:
        stored = requests.values_of(session.get_one(ResourceRequest, draft.id))
    assert problems_in(stored) == []
    assert tidied(stored) == stored
