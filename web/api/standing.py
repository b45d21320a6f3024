"""Traits and strategic factors of customers, each with its preview and second person; the company's goals."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import AccountTrait, StrategicFactor, StrategicGoal
from planner.services.customers import accounts, factors, goals, innovators, traits
from planner.services.customers.factors import FactorValues
from planner.services.customers.statements import S, Statements
from planner.services.customers.traits import TraitValues
from web.api.definitions import preview_of
from web.api.kit import Blueprint, asked_version, json_names
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.definitions import PreviewOut
from web.schemas.outputs import page_of
from web.schemas.requests import ReasonIn
from web.schemas.standing import (
    FactorIn,
    FactorOut,
    GoalChangeIn,
    GoalIn,
    GoalOut,
    GoalUseOut,
    InnovatorsOut,
    InnovatorsQuery,
    StatementOut,
    TraitIn,
    TraitOut,
)

blueprint = Blueprint("standing", "What makes a customer key besides its money; leadership confirms it.")


@blueprint.post("/accounts/<id:account_id>/traits")
@policy(Action.STATE_TRAIT)
@blueprint.body(TraitIn)
@writes
@blueprint.answer(TraitOut, 201)
def state_trait(session: Session, actor: Actor, body: dict[str, Any], account_id: str) -> AccountTrait:
    """State a trait; it counts once somebody else of leadership confirmed it."""
    return traits.state_trait(session, actor, account_id, TraitValues(**body))


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


@blueprint.get("/innovators")
@policy(Action.STATE_TRAIT)
@blueprint.query(InnovatorsQuery)
@reads
@blueprint.answer(InnovatorsOut)
def show_innovators(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """How many customers are said to be innovators, and whether that is more than chance explains."""
    account_id = query["with_account"]
    account = accounts.view_account(session, actor, account_id).id if account_id else None
    found = innovators.count_innovators(session, actor, with_account=account)
    return {
        "stated": found.stated,
        "customers": found.customers,
        "too_many": found.too_many,
        "chance": found.chance.working(),
    }


def _shared(kind: Statements[S], part: str, one: str, agree_word: str, shape: type[StatementOut]) -> None:
    """The routes that traits and factors share; `agree_word` is what the second person does."""
    place = f"/accounts/<id:account_id>/{part}"

    @blueprint.get(place, endpoint=f"list_{part}")
    @policy(Action.VIEW_ACCOUNT)
    @blueprint.query(PageQuery)
    @reads
    @blueprint.answer(list_of(shape))
    def list_all(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
        """All that a customer ever had, newest first."""
        return page_of(kind.list(session, actor, account_id), query)

    @blueprint.get(f"{place}/<id:{one}_id>/preview", endpoint=f"preview_{one}")
    @policy(kind.agree_to)
    @reads
    @blueprint.answer(PreviewOut)
    def preview(session: Session, actor: Actor, account_id: str, **row: str) -> dict[str, Any]:
        """What agreeing to it would change today; for one that counts, what ending it would."""
        return preview_of(session, kind.view(session, actor, account_id, row[f"{one}_id"]))

    @blueprint.post(f"{place}/<id:{one}_id>/{agree_word}", endpoint=f"{agree_word}_{one}")
    @policy(kind.agree_to)
    @blueprint.versioned
    @writes
    @blueprint.answer(shape)
    def agree(session: Session, actor: Actor, account_id: str, **row: str) -> S:
        """Agree to what somebody else said."""
        return kind.agree(session, actor, account_id, row[f"{one}_id"], asked_version())

    @blueprint.post(f"{place}/<id:{one}_id>/end", endpoint=f"end_{one}")
    @policy(kind.say)
    @blueprint.versioned
    @blueprint.body(ReasonIn)
    @writes
    @blueprint.answer(shape)
    def end(session: Session, actor: Actor, body: dict[str, Any], account_id: str, **row: str) -> S:
        """Take it out of force, or turn it down."""
        return kind.end(session, actor, account_id, row[f"{one}_id"], asked_version(), **body)


_shared(traits.TRAITS, "traits", "trait", "confirm", TraitOut)
_shared(factors.FACTORS, "factors", "factor", "approve", FactorOut)


@blueprint.get("/goals")
@policy(Action.VIEW_GOALS)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(GoalUseOut))
def list_goals(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """What the company wants to reach."""
    return page_of(goals.goals_in_use(session, actor), query)


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
