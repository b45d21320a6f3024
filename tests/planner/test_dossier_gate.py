"""The dossier is part of the gate: a request for a customer nobody knows waits until it is written down."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import World, edit, refused, submit

from planner.records import Account, AccountStatus, RequestStatus, ResourceRequest
from planner.services.filing import requests
from planner.verdict import Message, Problem

EMPTY = {"channel": None, "relationship_stage": None, "need": "", "budget_minor": None, "wallet_minor": None}


def forget(world: World, **left: object) -> None:
    """Leave of Alfa's dossier the threat alone, and what is named."""
    with world.database.writing() as session:
        account = session.get_one(Account, world.ids["alfa"])
        for name, value in {**EMPTY, **left}.items():
            setattr(account, name, value)


def thin(world: World, request: ResourceRequest) -> list[Problem]:
    """What the gate says of the dossier."""
    with world.database.reading() as session:
        found = requests.missing_to_submit(session, session.get_one(ResourceRequest, request.id))
    return [problem for problem in found if problem.code == "E_DOSSIER_THIN"]


def test_a_thin_dossier_stops_a_request_and_names_what_is_missing(world: World) -> None:
    """Threat and need are 2 of 12 facts; half of them is asked for. With 6 the same draft is handed in."""
    draft = world.draft()
    forget(world, need="Lines that run at night")
    denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
    assert denied.code == "E_INCOMPLETE"
    (problem,) = denied.problems
    assert (problem.where, problem.code) == ("account_id", "E_DOSSIER_THIN")
    params = problem.reason.params
    assert (params["known"], params["asked"], params["least"], params["account"]) == (2, 12, 50, "Alfa")
    missing = problem.remedy.params["missing"]
    assert isinstance(missing, Message)
    named = {part.text for part in missing.params.values()}
    assert {"Sales channel", "Its budget", "Account plan"} <= named
    assert "What the customer needs" not in named
    forget(world, channel="direct", relationship_stage="basic", need="Night", budget_minor=1, wallet_minor=1)
    assert submit(world, draft).status is RequestStatus.SUBMITTED


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "issue"},
        {"deadline": date(2027, 1, 15), "deadline_source": "The tender's documents"},
        {"obligation": True, "contract_reference": "C-17"},
    ],
    ids=["issue", "near deadline", "promise by contract"],
)
def test_what_cannot_wait_goes_through_without(world: World, changes: dict[str, Any]) -> None:
    """Nobody fills in forms while a customer's machine stands still, or against a contract."""
    forget(world)
    assert thin(world, world.draft(title="Waits"))
    assert not thin(world, world.draft(**changes))


def test_figures_are_not_asked_of_a_prospect(world: World) -> None:
    """Five facts are half of the ten that a prospect can have, and too few for a customer's twelve."""
    draft = world.draft()
    forget(world, channel="direct", relationship_stage="basic", need="Night", budget_minor=1)
    assert [problem.reason.params["asked"] for problem in thin(world, draft)] == [12]
    with world.database.writing() as session:
        session.get_one(Account, world.ids["alfa"]).status = AccountStatus.PROSPECT
    assert not thin(world, draft)


def test_how_much_is_enough_is_a_setting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 0 per cent nothing is asked for; what was handed in once is not asked again when it is edited."""
    draft = world.submitted()
    forget(world)
    assert edit(world, draft, title="Another name").status is RequestStatus.SUBMITTED
    other = world.draft(title="Other")
    assert thin(world, other)
    monkeypatch.setenv("PLANNER_LEAST_DOSSIER", "0")
    assert not thin(world, other)
