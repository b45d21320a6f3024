"""What "key" means: read, draft, see what would change, hand over, approve."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.judging import Judgement, Tried
from planner.permissions import Action
from planner.records import DefinitionScope, KeyAccountDefinition
from planner.services.customers import definition_effects, definitions, units
from planner.services.customers.definition_values import (
    SHARES,
    CriterionValues,
    DefinitionValues,
    NamedValues,
)
from planner.units import Unit
from planner.worth import Figure, short
from web.api.kit import Blueprint, asked_version, json_names
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.definitions import (
    DefinitionIn,
    DefinitionOut,
    DefinitionViewOut,
    PreviewOut,
    UnitIn,
    UnitStandingOut,
    UnitViewOut,
)
from web.schemas.outputs import page_of
from web.schemas.requests import ReasonIn

blueprint = Blueprint("definitions", 'What "key" means; a second person approves each version.')

NAMES: Final = {name: f"{name}_permille" for name in SHARES[:2]}
"""Fields whose name in JSON says their unit."""


@blueprint.get("/definitions")
@policy(Action.VIEW_DEFINITION)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(DefinitionOut))
def list_definitions(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Versions of what "key" means, newest first; open ones for leadership only."""
    return page_of(definitions.list_definitions(session, actor), query)


@blueprint.get("/definitions/<id:definition_id>")
@policy(Action.VIEW_DEFINITION)
@reads
@blueprint.answer(DefinitionViewOut)
def show_definition(session: Session, actor: Actor, definition_id: str) -> KeyAccountDefinition:
    """One version."""
    return definitions.view_definition(session, actor, definition_id)


@blueprint.post("/definitions")
@policy(Action.EDIT_DEFINITION)
@blueprint.query(UnitIn)
@writes
@blueprint.answer(DefinitionViewOut, 201)
def draft_definition(session: Session, actor: Actor, data: dict[str, Any]) -> KeyAccountDefinition:
    """Begin a version from the one in force, for the company or a unit; the open one when there is one."""
    unit = Unit(DefinitionScope(data["scope"]), data["scope_id"])
    row = definitions.draft_definition(session, actor, unit)
    session.flush()
    return row


@blueprint.get("/definitions/<id:definition_id>/customers")
@policy(Action.VIEW_DEFINITION)
@reads
@blueprint.answer(UnitViewOut)
def show_customers(session: Session, actor: Actor, definition_id: str) -> dict[str, Any]:
    """A team's or department's customers by the version; none for the company's, see worths."""
    seen = units.view_unit(session, actor, definition_id)
    others = [{"dependency": each, "customers": count} for each, count in seen.others.items()]
    return {"customers": seen.rows, "others": others}


@blueprint.get("/accounts/<id:account_id>/units")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(UnitStandingOut))
def list_standings(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """What a customer is to the teams and departments in your sight."""
    return page_of(units.list_standings(session, actor, account_id), query)


@blueprint.put("/definitions/<id:definition_id>")
@policy(Action.EDIT_DEFINITION)
@blueprint.versioned
@blueprint.body(DefinitionIn)
@json_names(NAMES)
@writes
@blueprint.answer(DefinitionViewOut)
def edit_definition(
    session: Session, actor: Actor, data: dict[str, Any], definition_id: str
) -> KeyAccountDefinition:
    """Replace the content of a draft."""
    parts = {
        "criteria": [CriterionValues(**each) for each in data["criteria"]],
        "named": [NamedValues(**each) for each in data["named"]],
    }
    values = DefinitionValues(**{**data, **parts})
    return definitions.edit_definition(session, actor, definition_id, asked_version(), values)


@blueprint.get("/definitions/<id:definition_id>/preview")
@policy(Action.EDIT_DEFINITION)
@reads
@blueprint.answer(PreviewOut)
def preview(session: Session, actor: Actor, definition_id: str) -> dict[str, Any]:
    """Which customers would change class and which requests rank, if it held today."""
    return preview_of(session, definitions.view_definition(session, actor, definition_id))


def preview_of(session: Session, tried: Tried) -> dict[str, Any]:
    """What a version, trait or factor would change, for `PreviewOut`."""
    waiting, ranks = definition_effects.rank_changes(session, tried)
    changes = [
        {
            "account_id": change.after.account.id,
            "name": change.after.account.name,
            "before": _standing(change.before),
            "after": _standing(change.after),
        }
        for change in definitions.account_changes(session, tried)
    ]
    return {"requests": waiting, "accounts": changes, "ranks": ranks}


def _standing(judgement: Judgement) -> dict[str, Any]:
    priority = judgement.standing.priority.value
    return {
        "dependency": judgement.dependency,
        "key_reasons": list(judgement.reasons),
        "priority": None if priority is None else short(priority),
        "strategic_weight": _decimal(judgement.standing.weight),
    }


def _decimal(figure: Figure) -> str | None:
    return None if figure.value is None else short(Decimal(figure.value))


@blueprint.post("/definitions/<id:definition_id>/propose")
@policy(Action.EDIT_DEFINITION)
@blueprint.versioned
@json_names(NAMES)
@writes
@blueprint.answer(DefinitionViewOut)
def propose(session: Session, actor: Actor, definition_id: str) -> KeyAccountDefinition:
    """Hand the draft to a second person."""
    return definitions.propose_definition(session, actor, definition_id, asked_version())


@blueprint.post("/definitions/<id:definition_id>/return")
@policy(Action.APPROVE_DEFINITION)
@blueprint.versioned
@blueprint.body(ReasonIn)
@writes
@blueprint.answer(DefinitionViewOut)
def send_back(
    session: Session, actor: Actor, data: dict[str, Any], definition_id: str
) -> KeyAccountDefinition:
    """Back to the draft, with a reason."""
    version = asked_version()
    return definitions.return_definition(session, actor, definition_id, version, data["reason"])


@blueprint.post("/definitions/<id:definition_id>/approve")
@policy(Action.APPROVE_DEFINITION)
@blueprint.versioned
@json_names(NAMES)
@writes
@blueprint.answer(DefinitionViewOut)
def approve(session: Session, actor: Actor, definition_id: str) -> KeyAccountDefinition:
    """The second person's yes; the version holds from its first day on."""
    return definitions.approve_definition(session, actor, definition_id, asked_version())
