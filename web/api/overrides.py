"""Overrides: price an exception, sign it, give the second signature, read the register."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action
from planner.records import Override
from planner.services.excepting import overrides
from planner.services.excepting.override_options import Options, override_options
from planner.services.excepting.override_prices import PriceView, Target, ask_price, price_view
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.exceptions import (
    LimitsOut,
    OptionsOut,
    OverrideAnswerIn,
    OverrideOut,
    PriceOut,
    QuarterQuery,
    RegisterOut,
    SignIn,
    TargetIn,
    typed,
)
from web.schemas.outputs import page_of

blueprint = Blueprint("overrides", "Exceptions that leadership makes, each at its price.")


@blueprint.post("/override-prices")
@policy(Action.PRICE_OVERRIDE)
@blueprint.body(TargetIn)
@writes
@blueprint.answer(PriceOut, 202)
def ask_override_price(session: Session, actor: Actor, values: dict[str, Any]) -> PriceView:
    """Ask what an exception would cost the newest plan."""
    return ask_price(session, actor, Target(**typed(values)))


@blueprint.get("/override-prices/<id:question_id>")
@policy(Action.PRICE_OVERRIDE)
@reads
@blueprint.answer(PriceOut)
def show_override_price(session: Session, actor: Actor, question_id: str) -> PriceView:
    """The price as far as it is known."""
    return price_view(session, actor, question_id)


@blueprint.get("/override-options")
@policy(Action.PRICE_OVERRIDE)
@reads
@blueprint.answer(OptionsOut)
def show_options(session: Session, actor: Actor) -> Options:
    """What an exception to the newest plan may name."""
    return override_options(session, actor)


@blueprint.get("/overrides")
@policy(Action.VIEW_OVERRIDES)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(OverrideOut))
def list_overrides(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """All overrides, newest first."""
    return page_of(overrides.list_overrides(session, actor), query)


@blueprint.post("/overrides")
@policy(Action.SIGN_OVERRIDE)
@blueprint.body(SignIn)
@writes
@blueprint.answer(OverrideOut, 201)
def sign_override(session: Session, actor: Actor, values: dict[str, Any]) -> Override:
    """Sign at the computed price."""
    return overrides.sign(session, actor, values["question_id"], values["reason"], values["expires_on"])


@blueprint.get("/overrides/register")
@policy(Action.VIEW_OVERRIDES)
@blueprint.query(QuarterQuery)
@reads
@blueprint.answer(RegisterOut)
def show_register(session: Session, actor: Actor, query: dict[str, Any]) -> overrides.Register:  # noqa: ARG001 - the policy has judged the actor
    """The overrides of a quarter, with what each sponsor's cost."""
    day = today()
    quarter = query["quarter"] or (day.month - 1) // 3 + 1
    return overrides.register(session, query["year"] or day.year, quarter)


@blueprint.get("/overrides/limits")
@policy(Action.VIEW_OVERRIDES)
@reads
@blueprint.answer(LimitsOut)
def show_limits(session: Session, actor: Actor) -> overrides.Limits:  # noqa: ARG001 - the policy has judged the actor
    """From which price on a second person signs."""
    return overrides.limits()


@blueprint.get("/overrides/<id:override_id>")
@policy(Action.VIEW_OVERRIDES)
@reads
@blueprint.answer(OverrideOut)
def show_override(session: Session, actor: Actor, override_id: str) -> Override:
    """One override."""
    return overrides.view_override(session, actor, override_id)


@blueprint.post("/overrides/<id:override_id>/second")
@policy(Action.SIGN_OVERRIDE)
@blueprint.versioned
@blueprint.body(OverrideAnswerIn)
@writes
@blueprint.answer(OverrideOut)
def second_override(session: Session, actor: Actor, values: dict[str, Any], override_id: str) -> Override:
    """Give the second signature."""
    return overrides.second(session, actor, override_id, asked_version(), values["reason"])


@blueprint.post("/overrides/<id:override_id>/decline")
@policy(Action.SIGN_OVERRIDE)
@blueprint.versioned
@blueprint.body(OverrideAnswerIn)
@writes
@blueprint.answer(OverrideOut)
def decline_override(session: Session, actor: Actor, values: dict[str, Any], override_id: str) -> Override:
    """Refuse the second signature."""
    return overrides.decline(session, actor, override_id, asked_version(), values["reason"])


@blueprint.post("/overrides/<id:override_id>/withdraw")
@policy(Action.SIGN_OVERRIDE)
@blueprint.versioned
@blueprint.body(OverrideAnswerIn)
@writes
@blueprint.answer(OverrideOut)
def withdraw_override(session: Session, actor: Actor, values: dict[str, Any], override_id: str) -> Override:
    """Take an override back."""
    return overrides.withdraw(session, actor, override_id, asked_version(), values["reason"])
