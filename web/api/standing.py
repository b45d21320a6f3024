"""Traits and strategic factors of customers, each with its preview and second person; the company's goals."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import AccountTrait, StrategicFactor, StrategicGoal
from planner.services.customers import factors, goals, traits
from planner.services.customers.factors import FactorValues
from planner.services.customers.traits import TraitValues
from web.api.definitions import preview_of
from web.api.kit import Blueprint, asked_version, json_names
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.definitions import PreviewOut
from web.schemas.outputs import page_of
from web.schemas.requests import ReasonIn
from web.schemas.standing import FactorIn, FactorOut, GoalChangeIn, GoalIn, GoalOut, TraitIn, TraitOut

blueprint = Blueprint("standing", "What makes a customer key besides its money; leadership confirms it.")


@blueprint.get("/accounts/<id:account_id>/traits")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(TraitOut))
def list_traits(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """All that was stated of a customer, newest first."""
    return page_of(traits.list_traits(session, actor, account_id), query)


@blueprint.post("/accounts/<id:account_id>/traits")
@policy(Action.STATE_TRAIT)
@blueprint.body(TraitIn)
@writes
@blueprint.answer(TraitOut, 201)
def state_trait(session: Session, actor: Actor, body: dict[str, Any], account_id: str) -> AccountTrait:
    """State a trait; it counts once somebody else of leadership confirmed it."""
    return traits.state_trait(session, actor, account_id, TraitValues(**body))


@blueprint.get("/accounts/<id:account_id>/traits/<id:trait_id>/preview")
@policy(Action.CONFIRM_TRAIT)
@reads
@blueprint.answer(PreviewOut)
def preview_trait(session: Session, actor: Actor, account_id: str, trait_id: str) -> dict[str, Any]:
    """What confirming it would change today; for one that counts, what ending it would."""
    return preview_of(session, traits.view_trait(session, actor, account_id, trait_id))


@blueprint.post("/accounts/<id:account_id>/traits/<id:trait_id>/confirm")
@policy(Action.CONFIRM_TRAIT)
@blueprint.versioned
@writes
@blueprint.answer(TraitOut)
def confirm_trait(session: Session, actor: Actor, account_id: str, trait_id: str) -> AccountTrait:
    """Confirm what somebody else stated."""
    return traits.confirm_trait(session, actor, account_id, trait_id, asked_version())


@blueprint.post("/accounts/<id:account_id>/traits/<id:trait_id>/end")
@policy(Action.STATE_TRAIT)
@blueprint.versioned
@blueprint.body(ReasonIn)
@writes
@blueprint.answer(TraitOut)
def end_trait(
    session: Session, actor: Actor, body: dict[str, Any], account_id: str, trait_id: str
) -> AccountTrait:
    """Take a trait out of force, or turn down what was stated."""
    return traits.end_trait(session, actor, account_id, trait_id, asked_version(), **body)


@blueprint.get("/accounts/<id:account_id>/factors")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(FactorOut))
def list_factors(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """All factors that a customer ever had, newest first."""
    return page_of(factors.list_factors(session, actor, account_id), query)


@blueprint.post("/accounts/<id:account_id>/factors")
@policy(Action.SET_FACTOR)
@blueprint.body(FactorIn)
@json_names({"factor": "factor_permille"})
@writes
@blueprint.answer(FactorOut, 201)
def set_factor(session: Session, actor: Actor, body: dict[str, Any], account_id: str) -> StrategicFactor:
    """Propose a factor; it counts once somebody else of leadership approved it."""
    values = FactorValues(body.pop("factor_permille"), **body)
    return factors.set_factor(session, actor, account_id, values)


@blueprint.get("/accounts/<id:account_id>/factors/<id:factor_id>/preview")
@policy(Action.APPROVE_FACTOR)
@reads
@blueprint.answer(PreviewOut)
def preview_factor(session: Session, actor: Actor, account_id: str, factor_id: str) -> dict[str, Any]:
    """What approving it would change today; for one that counts, what ending it would."""
    return preview_of(session, factors.view_factor(session, actor, account_id, factor_id))


@blueprint.post("/accounts/<id:account_id>/factors/<id:factor_id>/approve")
@policy(Action.APPROVE_FACTOR)
@blueprint.versioned
@writes
@blueprint.answer(FactorOut)
def approve_factor(session: Session, actor: Actor, account_id: str, factor_id: str) -> StrategicFactor:
    """Approve what somebody else proposed."""
    return factors.approve_factor(session, actor, account_id, factor_id, asked_version())


@blueprint.post("/accounts/<id:account_id>/factors/<id:factor_id>/end")
@policy(Action.SET_FACTOR)
@blueprint.versioned
@blueprint.body(ReasonIn)
@writes
@blueprint.answer(FactorOut)
def end_factor(
    session: Session, actor: Actor, body: dict[str, Any], account_id: str, factor_id: str
) -> StrategicFactor:
    """Take a factor out of force, or turn down a proposed one."""
    return factors.end_factor(session, actor, account_id, factor_id, asked_version(), **body)


@blueprint.get("/goals")
@policy(Action.VIEW_GOALS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(GoalOut))
def list_goals(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """What the company wants to reach."""
    return page_of(goals.list_goals(session, actor), query)


@blueprint.post("/goals")
@policy(Action.EDIT_GOALS)
@blueprint.body(GoalIn)
@writes
@blueprint.answer(GoalOut, 201)
def add_goal(session: Session, actor: Actor, body: dict[str, Any]) -> StrategicGoal:
    """Add a goal."""
    return goals.add_goal(session, actor, **body)


@blueprint.put("/goals/<id:goal_id>")
@policy(Action.EDIT_GOALS)
@blueprint.versioned
@blueprint.body(GoalChangeIn)
@writes
@blueprint.answer(GoalOut)
def change_goal(session: Session, actor: Actor, body: dict[str, Any], goal_id: str) -> StrategicGoal:
    """Word a goal anew, give it up, or take it up again."""
    return goals.change_goal(session, actor, goal_id, asked_version(), **body)
