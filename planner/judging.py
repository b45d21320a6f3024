"""Every customer judged on one day: share, class, reasons for being key, flags, scores, strategic weight."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from planner.books import Books, read_books
from planner.measuring import Money, coverage, measure, measured
from planner.qualifying import (
    Ratings,
    Standing,
    active_definition,
    criteria_of,
    read_ratings,
    standing,
    thresholds,
)
from planner.records import (
    Account,
    AccountStatus,
    AccountTrait,
    Basis,
    Contact,
    KeyAccountDefinition,
    Purpose,
    RequestStatus,
    ResourceRequest,
    StrategicFactor,
    Trait,
)
from planner.units import COMPANY, Unit, customers
from planner.worth import Dependency, Figure, Flag, Shares, Thresholds, money_flags, shares

DEFAULT_WINDOW: Final = 12
CONTRACT_WEEKS: Final = 26
STALE_DAYS: Final = 62
"""Figures older than two months are old."""

HUNDREDTHS: Final = 100
STALLED_MONTHS: Final = 6
"""Months with specialists' hours after which a prospect that buys nothing is called stalled."""

DEPENDED_ON: Final = frozenset({Dependency.CRITICAL, Dependency.MONO_WARNING, Dependency.MONO_SEVERE})
KEEPING: Final = (Purpose.RETAIN, Purpose.DEFEND)
OVER: Final = (RequestStatus.CLOSED, RequestStatus.WITHDRAWN, RequestStatus.EXPIRED)


class KeyReason(enum.StrEnum):
    """Why a customer is key: the definitions D1 to D6, its score, or by name."""

    SHARE = "D1"
    POTENTIAL = "D2"
    REFERENCE = "D3"
    PARTNER = "D4"
    TEACHER = "D5"
    INNOVATOR = "D6"
    SCORE = "score"
    NAMED = "named"


TRAITS: Final[Mapping[Trait, KeyReason]] = {
    Trait.POTENTIAL: KeyReason.POTENTIAL,
    Trait.REFERENCE: KeyReason.REFERENCE,
    Trait.PARTNER: KeyReason.PARTNER,
    Trait.TEACHER: KeyReason.TEACHER,
    Trait.INNOVATOR: KeyReason.INNOVATOR,
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One customer on one day.

    Attributes:
        account: Its record.
        money: What the books say of its window.
        share: Its part of the whole, by the basis in force.
        dependency: The class that follows; None while the share is unknown.
        revenue_share: Its part of all net revenue.
        revenue_dependency: The class it would have by revenue.
        reasons: Why it is key; empty when it is not.
        flags: What asks for a look.
        standing: Its scores and its strategic weight.
        contacts: Whom we know there.
        coverage: How much of the decision group is on good terms with us.
    """

    account: Account
    money: Money
    share: Figure
    dependency: Dependency | None
    revenue_share: Figure
    revenue_dependency: Dependency | None
    reasons: tuple[KeyReason, ...]
    flags: tuple[Flag, ...]
    standing: Standing
    contacts: Sequence[Contact]
    coverage: Figure

    @property
    def is_key(self) -> bool:
        """Whether there is any reason."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class Company:
    """All customers on one day.

    `basis` is what shares were measured on: the definition's, or revenue when nobody earns anything by it.
    """

    day: date
    definition: KeyAccountDefinition | None
    basis: Basis
    books: Books
    shares: Shares
    judged: Mapping[str, Judgement]

    @property
    def fell_back(self) -> bool:
        """Whether the definition's own basis could not be used."""
        return self.definition is not None and self.definition.basis is not self.basis


Tried = KeyAccountDefinition | AccountTrait | StrategicFactor
"""What may be tried before it is done: another definition, or a trait or factor the other way round."""


def judge(session: Session, day: date, tried: Tried | None = None) -> Company:
    """Judge every customer as of a day.

    `tried` is another definition than the one in force, or a trait or factor that is supposed to count if it
    does not, and not to count if it does.
    """
    definition = tried if isinstance(tried, KeyAccountDefinition) else active_definition(session, day)
    return _judge(session, day, definition, tried, COMPANY)


def judge_unit(session: Session, day: date, unit: Unit, tried: KeyAccountDefinition | None = None) -> Company:
    """Judge a unit's customers among themselves, by its own definition in force or the one that is tried.

    Nobody is key where a unit has none. Shares are parts of what the unit's customers bring together.
    """
    return _judge(session, day, tried or active_definition(session, day, unit), None, unit)


def _judge(
    session: Session, day: date, definition: KeyAccountDefinition | None, tried: Tried | None, unit: Unit
) -> Company:
    books = read_books(session, day, definition.window_months if definition else DEFAULT_WINDOW)
    accounts = session.scalars(
        select(Account)
        .where(true() if unit.whole else Account.id.in_(customers(unit)))
        .order_by(Account.name, Account.id)
        .options(joinedload(Account.kam), joinedload(Account.deputy_kam))
    ).all()
    books = books.among([account.id for account in accounts])
    money = {account.id: measure(books, account.id) for account in accounts}
    basis, shared, by_revenue = _shared(definition, money, books)
    view = _View(
        day,
        definition,
        thresholds(definition) if definition else Thresholds(),
        shared,
        by_revenue,
        read_ratings(session, day, tried=tried if isinstance(tried, StrategicFactor) else None),
        _traits(session, day, tried if isinstance(tried, AccountTrait) else None),
        _guarded(session),
        _contacts(session),
        {account.id: account.parent_id for account in accounts},
    )
    judged = {account.id: view.judge(account, money[account.id]) for account in accounts}
    return Company(day, definition, basis, books, shared, judged)


def _shared(
    definition: KeyAccountDefinition | None, money: Mapping[str, Money], books: Books
) -> tuple[Basis, Shares, Shares]:
    basis = definition.basis if definition else Basis.CONTRIBUTION_PROFIT
    by_revenue = shares({key: m.net_revenue.value for key, m in money.items()}, books.branches)
    if basis is Basis.REVENUE:
        return basis, by_revenue, by_revenue
    margin = basis is Basis.GROSS_MARGIN
    figures = {key: (m.gross_margin if margin else m.contribution).value for key, m in money.items()}
    shared = shares(figures, books.branches)
    return (basis, shared, by_revenue) if shared.parts else (Basis.REVENUE, by_revenue, by_revenue)


def _traits(session: Session, day: date, tried: AccountTrait | None) -> Mapping[str, frozenset[Trait]]:
    """Confirmed traits that hold on a day, by account; one that is tried the other way round."""
    rows = session.scalars(
        select(AccountTrait).where(AccountTrait.confirmed_by_id.is_not(None), AccountTrait.ended_on.is_(None))
    )
    found: defaultdict[str, set[Trait]] = defaultdict(set)
    for row in rows:
        if row.expires_on is None or row.expires_on >= day:
            found[row.account_id].add(row.trait)
    if tried is not None:
        found[tried.account_id] ^= {tried.trait}
    return {key: frozenset(traits) for key, traits in found.items()}


def _guarded(session: Session) -> frozenset[str]:
    """Customers for which hours are asked for, or worked, to keep them."""
    query = select(ResourceRequest.account_id).where(
        ResourceRequest.purpose.in_(KEEPING), ResourceRequest.status.not_in(OVER)
    )
    return frozenset(session.scalars(query))


def _contacts(session: Session) -> Mapping[str, list[Contact]]:
    found: defaultdict[str, list[Contact]] = defaultdict(list)
    for row in session.scalars(
        select(Contact).where(Contact.active.is_(True)).order_by(Contact.created_at, Contact.id)
    ):
        found[row.account_id].append(row)
    return dict(found)


@dataclass(frozen=True, slots=True)
class _View:
    """What judging one customer needs of all."""

    day: date
    definition: KeyAccountDefinition | None
    limits: Thresholds
    shares: Shares
    by_revenue: Shares
    ratings: Ratings
    traits: Mapping[str, frozenset[Trait]]
    guarded: frozenset[str]
    contacts: Mapping[str, Sequence[Contact]]
    parents: Mapping[str, str | None]

    def judge(self, account: Account, money: Money) -> Judgement:
        share = self.shares.share(account.id)
        dependency = self.shares.dependency(account.id, self.limits)
        by_revenue = self.by_revenue.dependency(account.id, self.limits)
        contacts = self.contacts.get(account.id, ())
        stands = self.standing(account, money, share, contacts)
        return Judgement(
            account=account,
            money=money,
            share=share,
            dependency=dependency,
            revenue_share=self.by_revenue.share(account.id),
            revenue_dependency=by_revenue,
            reasons=self.reasons(account, dependency, stands),
            flags=self.flags(account, money, by_revenue, dependency, contacts),
            standing=stands,
            contacts=contacts,
            coverage=coverage(contacts),
        )

    def standing(
        self, account: Account, money: Money, share: Figure, contacts: Sequence[Contact]
    ) -> Standing:
        """A branch without an own rating has its parent's; what nobody rated is measured where it can be."""
        rows = self.definition.criteria if self.definition else []
        parent = self.parents.get(account.id)
        known = measured(rows, account, money, share, contacts, day=self.day)
        if parent:
            known |= self.ratings.of(parent)
        known |= self.ratings.of(account.id)
        factor = self.ratings.factors.get(account.id)
        # A unit's definition has no reach: strategy weighs by the company's alone.
        kappa = self.definition.kappa if self.definition and not self.definition.scope_id else 0
        return standing(criteria_of(rows), kappa, known, factor.factor if factor else None)

    def reasons(
        self, account: Account, dependency: Dependency | None, stands: Standing
    ) -> tuple[KeyReason, ...]:
        if self.definition is None:
            return ()
        allowed = frozenset(self.definition.flags)
        found = [KeyReason.SHARE] if dependency not in (None, Dependency.ORDINARY) else []
        held = self.traits.get(account.id, frozenset())
        found += [reason for trait, reason in TRAITS.items() if trait in held]
        found = [reason for reason in found if reason.value in allowed]
        least, points = self.definition.min_priority_score, stands.priority
        if least is not None and points.value is not None and not points.provisional:
            found += [KeyReason.SCORE] if points.value * HUNDREDTHS >= least else []
        named = any(m.account_id == account.id and m.expires_on >= self.day for m in self.definition.manual)
        return (*found, KeyReason.NAMED) if named else tuple(found)

    def flags(
        self,
        account: Account,
        money: Money,
        by_revenue: Dependency | None,
        dependency: Dependency | None,
        contacts: Sequence[Contact],
    ) -> tuple[Flag, ...]:
        found = list(
            money_flags(
                money.contribution.value,
                money.cash_flow.value,
                money.net_revenue.value,
                by_revenue,
                dependency,
            )
        )
        if any(month.reconciles is False for month in money.months):
            found.append(Flag.DOES_NOT_RECONCILE)
        if 0 < money.known < money.asked or money.contribution.note == "months_missing":
            found.append(Flag.MISSING_MONTHS)
        if account.data_as_of and account.data_as_of < self.day - timedelta(days=STALE_DAYS):
            found.append(Flag.STALE)
        limit = self.day + timedelta(weeks=CONTRACT_WEEKS)
        if account.contract_end and self.day <= account.contract_end <= limit:
            found.append(Flag.CONTRACT_ENDS)
        if len(contacts) == 1:
            found.append(Flag.SINGLE_CONTACT)
        if dependency in DEPENDED_ON and account.id not in self.guarded:
            found.append(Flag.UNGUARDED)
        if _stalled(account, money):
            found.append(Flag.STALLED)
        return tuple(found)


def _stalled(account: Account, money: Money) -> bool:
    """Whether a prospect took specialists' hours for months and bought nothing; unknown ones do not count."""
    worked = sum(bool(m.month.specialist_quarter_hours) for m in money.months)
    bought = (money.net_revenue.value or 0) > 0
    return account.status is AccountStatus.PROSPECT and worked >= STALLED_MONTHS and not bought
