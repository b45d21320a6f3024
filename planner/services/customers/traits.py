"""What else than its share makes a customer key, D2 to D6: stated with evidence, confirmed by leadership."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Account, AccountTrait, Role, Trait
from planner.scope import find_account
from planner.services.customers.keepers import kept_account, person
from planner.services.customers.statements import LONGEST, StandingState, Statements, state_of
from planner.verdict import Kind, Message, Problem, refuse, require

LONGEST_VALID: Final = timedelta(days=731)

SIGNS: Final[Mapping[Trait, tuple[str, ...]]] = {
    Trait.POTENTIAL: ("buys_elsewhere", "buys_little", "latent_demand"),
    Trait.REFERENCE: ("image", "industry_leader", "territory_leader"),
    Trait.PARTNER: (
        *("budget", "future_plans", "doubling_terms", "orders_without_tender", "exclusivity_terms"),
    ),
    Trait.TEACHER: (),
    Trait.INNOVATOR: (),
}
"""What may be ticked as found true of each trait."""


@dataclass(frozen=True, slots=True)
class TraitValues:
    """One trait as typed; `signs` are keys of SIGNS."""

    trait: str
    evidence: str
    expires_on: date
    signs: Sequence[str] = ()


TRAITS: Final = Statements(
    AccountTrait,
    newest="stated_on",
    people=(AccountTrait.stated_by, AccountTrait.confirmed_by),
    agreed="confirmed_by_id",
    say=Action.STATE_TRAIT,
    agree_to=Action.CONFIRM_TRAIT,
    end_any=Action.CONFIRM_TRAIT,
    events=(Event.TRAIT_CONFIRMED, Event.TRAIT_ENDED),
    second=Message("Who stated a trait, or keeps the customer, cannot confirm it."),
    keeper_agrees=False,
)
list_traits, view_trait, confirm_trait, end_trait = TRAITS.list, TRAITS.view, TRAITS.agree, TRAITS.end


def state_trait(session: Session, actor: Actor, account_id: str, values: TraitValues) -> AccountTrait:
    """Say what a customer is besides its money; it counts once somebody else of leadership confirmed it.

    An expired one is ended and stated anew.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_TRAIT_STATED; E_INVALID with every value at fault.
    """
    require(may(actor, Action.STATE_TRAIT))
    find = find_account if actor.has(Role.LEADERSHIP) else kept_account
    account = find(session, actor, account_id)
    checks.require_well_formed(_problems(values))
    _make_room(session, actor, account, Trait(values.trait))
    row = AccountTrait(
        account_id=account.id,
        trait=Trait(values.trait),
        evidence=checks.tidy(values.evidence),
        checklist=sorted(set(values.signs)),
        stated_by_id=person(actor),
        stated_on=today(),
        expires_on=values.expires_on,
    )
    created(session, actor, Event.TRAIT_STATED, row)
    return row


def _problems(values: TraitValues) -> list[Problem]:
    found = checks.choice("trait", values.trait, Trait)
    found += checks.text("evidence", values.evidence, LONGEST, required=True, lines=True)
    if not found:
        known = SIGNS[Trait(values.trait)]
        found += [checks.unknown("signs", sign, known) for sign in values.signs if sign not in known]
    if not today() < values.expires_on <= today() + LONGEST_VALID:
        reason, remedy = "A trait holds for two years at most.", "Choose a day within two years."
        found.append(checks.problem("expires_on", "E_DATE", reason, remedy))
    return found


def _make_room(session: Session, actor: Actor, account: Account, trait: Trait) -> None:
    """End an expired one of the same kind; refuse while one still stands."""
    row = session.scalars(
        select(AccountTrait).where(
            AccountTrait.account_id == account.id,
            AccountTrait.trait == trait,
            AccountTrait.ended_on.is_(None),
        )
    ).first()
    if row is None:
        return
    if state_of(row) is not StandingState.EXPIRED:
        raise refuse(
            Kind.STATE,
            "E_TRAIT_STATED",
            "This trait is stated already.",
            "End it first if its evidence has changed.",
        )
    with changing(session, actor, Event.TRAIT_ENDED, row):
        row.ended_on = today()
    session.flush()
