"""Leadership's own factor on a customer's strategic weight: for a reason, for a time, by two persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import today
from planner.permissions import Action, may
from planner.records import StrategicFactor
from planner.scope import an_id, find_account
from planner.services.customers.keepers import person
from planner.services.customers.traits import StandingState, require_state, state_of
from planner.services.versions import check_version
from planner.verdict import Kind, Problem, not_found, refuse, require

LEAST: Final = 500
MOST: Final = 2_000
LONGEST_VALID: Final = timedelta(days=366)
LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class FactorValues:
    """A factor as typed, in per mille: 500 halves the strategic weight, 2,000 doubles it."""

    factor: int
    reason: str
    valid_from: date
    expires_on: date


def list_factors(session: Session, actor: Actor, account_id: str) -> Sequence[StrategicFactor]:
    """All factors that a customer in sight ever had, newest first.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    return session.scalars(
        select(StrategicFactor)
        .where(StrategicFactor.account_id == account.id)
        .order_by(StrategicFactor.valid_from.desc(), StrategicFactor.created_at.desc(), StrategicFactor.id)
        .options(joinedload(StrategicFactor.set_by), joinedload(StrategicFactor.approved_by))
    ).all()


def view_factor(session: Session, actor: Actor, account_id: str, factor_id: str) -> StrategicFactor:
    """One of them.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    row = session.get(StrategicFactor, an_id(factor_id))
    if row is None or row.account_id != account.id:
        raise not_found()
    return row


def set_factor(session: Session, actor: Actor, account_id: str, values: FactorValues) -> StrategicFactor:
    """Propose a factor; it counts once somebody else of leadership approved it.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_FACTOR_SET while another one waits or stands in those days;
            E_INVALID with every value at fault.
    """
    require(may(actor, Action.SET_FACTOR))
    account = find_account(session, actor, account_id)
    checks.require_well_formed(_problems(values))
    standing = (StandingState.WAITING, StandingState.COUNTS, StandingState.AHEAD)
    for row in list_factors(session, actor, account.id):
        apart = row.expires_on < values.valid_from or values.expires_on < row.valid_from
        if state_of(row) in standing and not apart:
            raise refuse(
                Kind.STATE,
                "E_FACTOR_SET",
                "This customer has a factor in those days already.",
                "End it first, or begin after it.",
            )
    row = StrategicFactor(
        account_id=account.id,
        factor=values.factor,
        reason=checks.tidy(values.reason),
        set_by_id=person(actor),
        valid_from=values.valid_from,
        expires_on=values.expires_on,
    )
    created(session, actor, Event.FACTOR_SET, row)
    return row


def _problems(values: FactorValues) -> list[Problem]:
    found = checks.whole("factor", values.factor, LEAST, MOST)
    found += checks.text("reason", values.reason, LONGEST, required=True, lines=True)
    if values.valid_from < today():
        reason, remedy = "This day is over.", "Choose today or a later day."
        found.append(checks.problem("valid_from", "E_DATE", reason, remedy))
    elif not values.valid_from <= values.expires_on <= values.valid_from + LONGEST_VALID:
        reason, remedy = "A factor holds for a year at most.", "Choose a day within a year of its first."
        found.append(checks.problem("expires_on", "E_DATE", reason, remedy))
    return found


def approve_factor(
    session: Session, actor: Actor, account_id: str, factor_id: str, version: int
) -> StrategicFactor:
    """The second person's yes.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_SECOND_PERSON for who proposed it.
    """
    require(may(actor, Action.APPROVE_FACTOR))
    row = view_factor(session, actor, account_id, factor_id)
    check_version(session, row, version)
    require_state(row, StandingState.WAITING)
    if row.set_by_id == actor.user_id:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SECOND_PERSON",
            "Who proposed a factor cannot approve it.",
            "Ask somebody else of leadership.",
        )
    with changing(session, actor, Event.FACTOR_APPROVED, row):
        row.approved_by_id = person(actor)
    return row


def end_factor(
    session: Session, actor: Actor, account_id: str, factor_id: str, version: int, *, reason: str
) -> StrategicFactor:
    """Take a factor out of force, or turn down a proposed one; no second person is needed to go back.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_INVALID without a reason.
    """
    require(may(actor, Action.SET_FACTOR))
    row = view_factor(session, actor, account_id, factor_id)
    check_version(session, row, version)
    require_state(row, StandingState.WAITING, StandingState.COUNTS, StandingState.AHEAD)
    checks.require_well_formed(checks.text("reason", reason, LONGEST, required=True, lines=True))
    with changing(session, actor, Event.FACTOR_ENDED, row, reason=checks.tidy(reason)):
        row.ended_on = today()
    return row
