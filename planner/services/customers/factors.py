"""Leadership's own factor on a customer's strategic weight: for a reason, for a time, by two persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, created
from planner.clock import today
from planner.permissions import Action, may
from planner.records import StrategicFactor
from planner.scope import find_account
from planner.services.customers.keepers import person
from planner.services.customers.statements import LONGEST, OPEN, Statements, state_of
from planner.verdict import Kind, Message, Problem, refuse, require

LEAST: Final = 500
MOST: Final = 2_000
LONGEST_VALID: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FactorValues:
    """A factor as typed, in per mille: 500 halves the strategic weight, 2,000 doubles it."""

    factor: int
    reason: str
    valid_from: date
    expires_on: date


FACTORS: Final = Statements(
    StrategicFactor,
    newest="valid_from",
    people=(StrategicFactor.set_by, StrategicFactor.approved_by),
    agreed="approved_by_id",
    say=Action.SET_FACTOR,
    agree_to=Action.APPROVE_FACTOR,
    end_any=Action.SET_FACTOR,
    events=(Event.FACTOR_APPROVED, Event.FACTOR_ENDED),
    second=Message("Who proposed a factor cannot approve it."),
    keeper_agrees=True,
)
list_factors, view_factor, approve_factor, end_factor = FACTORS.list, FACTORS.view, FACTORS.agree, FACTORS.end


def set_factor(session: Session, actor: Actor, account_id: str, values: FactorValues) -> StrategicFactor:
    """Propose a factor; it counts once somebody else of leadership approved it.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_FACTOR_SET while another one waits or stands in those days;
            E_INVALID with every value at fault.
    """
    require(may(actor, Action.SET_FACTOR))
    account = find_account(session, actor, account_id)
    checks.require_well_formed(_problems(values))
    for row in list_factors(session, actor, account.id):
        apart = row.expires_on < values.valid_from or values.expires_on < row.valid_from
        if state_of(row) in OPEN and not apart:
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
