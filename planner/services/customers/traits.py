"""What else than its share makes a customer key, D2 to D6: stated with evidence, confirmed by leadership."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
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
from planner.records import Account, AccountTrait, Role, StrategicFactor, Trait
from planner.scope import an_id, find_account
from planner.services.customers.keepers import keeps, kept_account, person
from planner.services.versions import check_version
from planner.verdict import Kind, Problem, not_found, refuse, require

LONGEST_VALID: Final = timedelta(days=731)
LONGEST: Final = 1_000

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


class StandingState(enum.StrEnum):
    """Where a trait or factor stands; it follows from its days and persons."""

    WAITING = "waiting"
    COUNTS = "counts"
    AHEAD = "ahead"
    EXPIRED = "expired"
    ENDED = "ended"


def state_of(row: AccountTrait | StrategicFactor) -> StandingState:
    """Where it stands today."""
    confirmed = row.confirmed_by_id if isinstance(row, AccountTrait) else row.approved_by_id
    if row.ended_on is not None:
        return StandingState.ENDED
    if row.expires_on is not None and row.expires_on < today():
        return StandingState.EXPIRED
    if confirmed is None:
        return StandingState.WAITING
    ahead = isinstance(row, StrategicFactor) and row.valid_from > today()
    return StandingState.AHEAD if ahead else StandingState.COUNTS


@dataclass(frozen=True, slots=True)
class TraitValues:
    """One trait as typed; `signs` are keys of SIGNS."""

    trait: str
    evidence: str
    expires_on: date
    signs: Sequence[str] = ()


def list_traits(session: Session, actor: Actor, account_id: str) -> Sequence[AccountTrait]:
    """All that was ever stated of a customer in sight, newest first.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    return session.scalars(
        select(AccountTrait)
        .where(AccountTrait.account_id == account.id)
        .order_by(AccountTrait.stated_on.desc(), AccountTrait.created_at.desc(), AccountTrait.id)
        .options(joinedload(AccountTrait.stated_by), joinedload(AccountTrait.confirmed_by))
    ).all()


def view_trait(session: Session, actor: Actor, account_id: str, trait_id: str) -> AccountTrait:
    """One of them.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    row = session.get(AccountTrait, an_id(trait_id))
    if row is None or row.account_id != account.id:
        raise not_found()
    return row


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


def confirm_trait(
    session: Session, actor: Actor, account_id: str, trait_id: str, version: int
) -> AccountTrait:
    """Confirm what somebody else stated; from now on it counts.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_SECOND_PERSON for who stated it or
            keeps the customer.
    """
    require(may(actor, Action.CONFIRM_TRAIT))
    row = view_trait(session, actor, account_id, trait_id)
    check_version(session, row, version)
    require_state(row, StandingState.WAITING)
    account = session.get_one(Account, row.account_id)
    if row.stated_by_id == actor.user_id or keeps(session, actor, account):
        raise refuse(
            Kind.FORBIDDEN,
            "E_SECOND_PERSON",
            "Who stated a trait, or keeps the customer, cannot confirm it.",
            "Ask somebody else of leadership.",
        )
    with changing(session, actor, Event.TRAIT_CONFIRMED, row):
        row.confirmed_by_id = person(actor)
    return row


def end_trait(
    session: Session, actor: Actor, account_id: str, trait_id: str, version: int, *, reason: str
) -> AccountTrait:
    """Take a trait out of force, or turn down what was stated. Who stated it may take it back unconfirmed.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_INVALID without a reason.
    """
    row = view_trait(session, actor, account_id, trait_id)
    own = row.stated_by_id == actor.user_id and row.confirmed_by_id is None
    require(may(actor, Action.STATE_TRAIT if own else Action.CONFIRM_TRAIT))
    check_version(session, row, version)
    require_state(row, StandingState.WAITING, StandingState.COUNTS)
    checks.require_well_formed(checks.text("reason", reason, LONGEST, required=True, lines=True))
    with changing(session, actor, Event.TRAIT_ENDED, row, reason=checks.tidy(reason)):
        row.ended_on = today()
    return row


def require_state(row: AccountTrait | StrategicFactor, *allowed: StandingState) -> None:
    """Go on when the row stands where the step begins.

    Raises:
        Refused: E_STATE.
    """
    if state_of(row) not in allowed:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This step is not possible any more.",
            "Reload the page to see what is possible now.",
        )
