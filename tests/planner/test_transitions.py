"""States change only through the table: every (state, action) pair is walked."""

from __future__ import annotations

import ast
import enum
from pathlib import Path

import pytest

from planner import transitions
from planner.clock import now
from planner.records import (
    CounterOffer,
    CycleStatus,
    JobState,
    OfferState,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    Question,
    RequestStatus,
    ResourceRequest,
)
from planner.transitions import (
    MACHINES,
    CycleAction,
    JobAction,
    Moving,
    OfferAction,
    ProposalAction,
    RequestAction,
    allowed,
    check,
    move,
    state,
    target,
)
from planner.verdict import Allowed, Denied, Refused

KINDS: list[tuple[type[Moving], type[enum.StrEnum], type[enum.StrEnum]]] = [
    (ResourceRequest, RequestStatus, RequestAction),
    (Proposal, ProposalState, ProposalAction),
    (CounterOffer, OfferState, OfferAction),
    (PlanningCycle, CycleStatus, CycleAction),
    (PlanRun, JobState, JobAction),
    (Question, JobState, JobAction),
]
PAIRS = [
    pytest.param(kind, before, action, id=f"{kind.__tablename__}-{before}-{action}")
    for kind, states, actions in KINDS
    for before in states
    for action in actions
]


def _row(kind: type[Moving], before: enum.StrEnum) -> Moving:
    row = kind()
    setattr(row, MACHINES[kind].column, before)
    return row


@pytest.mark.parametrize(("kind", "before", "action"), PAIRS)
def test_every_pair_moves_or_refuses(kind: type[Moving], before: enum.StrEnum, action: enum.StrEnum) -> None:
    """What the table names happens; all else is refused with state, action and what is possible."""
    row = _row(kind, before)
    new = MACHINES[kind].table.get((before, action))
    assert target(row, action) == new
    if new is not None:
        assert isinstance(check(row, action), Allowed)
        move(row, action)
        assert state(row) == new
        assert str(action) in allowed(_row(kind, before))
        return
    with pytest.raises(Refused) as refused:
        move(row, action)
    denied = refused.value.denied
    assert denied.code == "E_STATE"
    assert denied.details == {"state": before, "action": action, "allowed": list(allowed(row))}
    assert str(before) in str(denied.reason)
    assert str(action) in str(denied.reason)
    assert state(row) == before


def test_promises_of_the_request_table() -> None:
    """The moves that people rely on, written down apart from the code."""
    possible = {
        before: {action for b, action in transitions.REQUESTS if b == before} for before in RequestStatus
    }
    before_publication = {"draft", "submitted", "returned", "planned", "decided"}
    assert {s for s in RequestStatus if "withdraw" in possible[s]} == before_publication
    assert {s for s in RequestStatus if "submit" in possible[s]} == {"draft", "returned"}
    # Editing what was planned or decided voids that.
    assert transitions.REQUESTS["planned", "edit"] == "submitted"
    assert transitions.REQUESTS["decided", "edit"] == "submitted"
    assert "edit" not in possible[RequestStatus.PUBLISHED]
    assert possible[RequestStatus.WITHDRAWN] == possible[RequestStatus.CLOSED] == set()


def test_promises_of_the_other_tables() -> None:
    """Nothing is published without approval, nothing happens while a run solves, done stays done."""
    assert {b for (b, a) in transitions.PROPOSALS if a == "publish"} == {"approved"}
    assert {b for (b, a) in transitions.PROPOSALS if a == "approve"} == {"proposed"}
    assert {a for (b, a) in transitions.CYCLES if b == "solving"} == {
        "decide",
        "back_to_collecting",
        "back_to_published",
    }
    assert {a for (b, a) in transitions.CYCLES if b == "closed"} == set()
    assert {a for (b, a) in transitions.JOBS if b == "done"} == set()


def test_a_new_state_of_a_request_carries_its_time() -> None:
    """People see since when somebody waits; staying in a state does not restart that clock."""
    request = ResourceRequest(status=RequestStatus.DRAFT, status_since=now())
    since = request.status_since
    move(request, RequestAction.EDIT)
    assert request.status_since == since
    move(request, RequestAction.SUBMIT)
    assert request.status_since > since


def test_no_other_file_sets_a_state() -> None:
    """No module of the planner assigns `.status` or `.state` of a row; only the table does.

    Loading a whole company from files builds rows in their state, which is no move.
    """
    root = Path(__file__).resolve().parents[2] / "planner"
    found = []
    for path in root.rglob("*.py"):
        if "exchange" in path.parts or path.name == "transitions.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign):
                found += [
                    f"{path.name}:{node.lineno}"
                    for each in node.targets
                    if isinstance(each, ast.Attribute) and each.attr in {"status", "state"}
                ]
    assert found == []


def test_a_check_says_no_without_raising() -> None:
    """Pages ask what is possible without trying it."""
    denied = check(ResourceRequest(status=RequestStatus.CLOSED), RequestAction.EDIT)
    assert isinstance(denied, Denied)
    assert not denied
