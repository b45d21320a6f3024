"""A customer's figures of one month by hand: entered once, corrected with a reason, never overwritten.

The actual figures of a month hold what counts now. Whoever corrects them says why, and what stood there
before is kept as a correction, in a closed month as in an open one. A forecast may be changed freely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.books import month_figures, month_of
from planner.clock import now, today
from planner.costs import read_costs
from planner.permissions import Action, may
from planner.records import Account, AccountFinancials, ClosedMonth, FiguresCorrection, FiguresKind
from planner.scope import an_id, find_account
from planner.services.customers.currencies import in_planning_currency
from planner.services.customers.figure_values import (
    COMPONENTS,
    LONGEST,
    FiguresValues,
    columns_of,
    problems_in,
)
from planner.services.customers.keepers import person
from planner.services.versions import check_version
from planner.verdict import Kind, Problem, not_found, refuse, require
from planner.worth import Profit, profit


@dataclass(frozen=True, slots=True)
class MonthOfAccount:
    """One month of one customer.

    Attributes:
        account: The customer.
        month: Such as "2026-12".
        actual: What happened, None while nobody entered it.
        forecast: What was expected.
        corrections: What the actual figures were corrected from and why, newest first.
        closed: Whether finance closed the month.
        elsewhere: Somebody of the same group who has figures for the month; they would count twice.
    """

    account: Account
    month: str
    actual: AccountFinancials | None
    forecast: AccountFinancials | None
    corrections: Sequence[FiguresCorrection]
    closed: bool
    elsewhere: Account | None

    @property
    def entered(self) -> Mapping[FiguresKind, AccountFinancials]:
        """What there is, by kind."""
        rows = {FiguresKind.ACTUAL: self.actual, FiguresKind.FORECAST: self.forecast}
        return {kind: row for kind, row in rows.items() if row is not None}

    @property
    def kinds(self) -> tuple[FiguresKind, ...]:
        """What may be entered now: a month to come has no actual figures."""
        return tuple(FiguresKind) if self.month <= this_month() else (FiguresKind.FORECAST,)


def this_month() -> str:
    """The month of today."""
    return month_of(today())


def profit_of(session: Session, row: AccountFinancials) -> Profit:
    """A month's profit with its working, at the rates of its time."""
    return profit(month_figures(row), read_costs(session).of(row.month))


def list_figures(session: Session, actor: Actor, account_id: str) -> Sequence[AccountFinancials]:
    """All months of a customer in sight as they were entered, newest first.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    return session.scalars(
        select(AccountFinancials)
        .where(AccountFinancials.account_id == account.id)
        .order_by(AccountFinancials.month.desc(), AccountFinancials.kind)
    ).all()


def view_month(session: Session, actor: Actor, account_id: str, month: str) -> MonthOfAccount:
    """One month of a customer in sight.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for what is no month.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    if checks.month("month", month):
        raise not_found()
    rows = session.scalars(
        select(AccountFinancials).where(
            AccountFinancials.account_id == account.id, AccountFinancials.month == month
        )
    ).all()
    held = {row.kind: row for row in rows}
    return MonthOfAccount(
        account,
        month,
        held.get(FiguresKind.ACTUAL),
        held.get(FiguresKind.FORECAST),
        corrections(session, account.id, month),
        _is_closed(session, month),
        _elsewhere(session, account, month),
    )


def corrections(session: Session, account_id: str, month: str) -> Sequence[FiguresCorrection]:
    """What the actual figures of a month were corrected from, newest first."""
    return session.scalars(
        select(FiguresCorrection)
        .where(FiguresCorrection.account_id == account_id, FiguresCorrection.month == month)
        .order_by(FiguresCorrection.corrected_at.desc(), FiguresCorrection.id)
        .options(joinedload(FiguresCorrection.corrected_by))
    ).all()


def corrections_of(
    session: Session, actor: Actor, account_id: str, figures_id: str
) -> Sequence[FiguresCorrection]:
    """The corrections of one row's month; none for a forecast.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    row = view_figures(session, actor, account_id, figures_id)
    return corrections(session, row.account_id, row.month) if row.kind is FiguresKind.ACTUAL else ()


def view_figures(session: Session, actor: Actor, account_id: str, figures_id: str) -> AccountFinancials:
    """One month's row of a customer in sight.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    row = session.get(AccountFinancials, an_id(figures_id))
    if row is None or row.account_id != account.id:
        raise not_found()
    return row


def enter_figures(
    session: Session,
    actor: Actor,
    account_id: str,
    values: FiguresValues,
    *,
    month: str,
    kind: str,
) -> AccountFinancials:
    """Enter a month of which nothing is known yet; a closed one asks for a reason.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_FIGURES_EXIST; E_INVALID with every value at fault.
    """
    require(may(actor, Action.EDIT_FIGURES))
    account = find_account(session, actor, account_id)
    found = [*checks.month("month", month), *checks.choice("kind", kind, FiguresKind)]
    found += problems_in(values)
    if found:
        raise checks.invalid(found)
    values = _converted(session, values, month)
    row = AccountFinancials(account_id=account.id, month=month, kind=FiguresKind(kind))
    late = row.kind is FiguresKind.ACTUAL and _is_closed(session, month)
    checks.require_well_formed([*_misplaced(session, account, row), *_reason(values, required=late)])
    if _stored(session, row) is not None:
        raise refuse(
            Kind.STATE,
            "E_FIGURES_EXIST",
            "This month has such figures already.",
            "Open them and correct them.",
        )
    _fill(row, actor, values)
    if late:
        row.correction_id = _corrected(session, actor, row, values, None)
    created(session, actor, Event.FIGURES_CHANGED, row, reason=checks.tidy(values.reason))
    return row


def correct_figures(
    session: Session,
    actor: Actor,
    account_id: str,
    figures_id: str,
    values: FiguresValues,
    *,
    version: int,
) -> AccountFinancials:
    """Correct a month; actual figures need a reason, and what they were is kept.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_INVALID with every value at fault.
    """
    require(may(actor, Action.EDIT_FIGURES))
    row = view_figures(session, actor, account_id, figures_id)
    check_version(session, row, version)
    actual = row.kind is FiguresKind.ACTUAL
    checks.require_well_formed([*problems_in(values), *_reason(values, required=actual)])
    values = _converted(session, values, row.month)
    before = _plain(row)
    with changing(session, actor, Event.FIGURES_CHANGED, row, reason=checks.tidy(values.reason)):
        if actual:
            row.correction_id = _corrected(session, actor, row, values, before)
        _fill(row, actor, values)
    return row


def _converted(session: Session, values: FiguresValues, month: str) -> FiguresValues:
    """The values in the planning currency, checked again: a rate may make an amount too large."""
    own, found = in_planning_currency(session, values, month)
    checks.require_well_formed(found or problems_in(own))
    return own


def _reason(values: FiguresValues, *, required: bool) -> list[Problem]:
    return checks.text("reason", values.reason, LONGEST, required=required)


def _misplaced(session: Session, account: Account, row: AccountFinancials) -> list[Problem]:
    """A month that has not happened, or that somebody else of the group has figures for."""
    if row.kind is FiguresKind.ACTUAL and row.month > this_month():
        reason, remedy = "This month has not happened yet.", "Enter it as a forecast."
        return [checks.problem("month", "E_MONTH_FUTURE", reason, remedy)]
    other = _elsewhere(session, account, row.month, row.kind)
    if other is None:
        return []
    reason = "%(other)s, of the same group, has figures for this month too: they would count twice."
    remedy = "Enter the month for the group or for its branches, not for both."
    return [checks.problem("month", "E_TWO_LEVELS", reason, remedy, other=other.name)]


def _elsewhere(
    session: Session, account: Account, month: str, kind: FiguresKind | None = None
) -> Account | None:
    """A group above or a branch beneath the customer that has figures for the month."""
    parents = dict(session.execute(select(Account.id, Account.parent_id)).all())

    def above(key: str | None) -> list[str]:
        line: list[str] = []
        while key is not None and key not in line:
            line.append(key)
            key = parents.get(key)
        return line

    related = set(above(account.id)) | {key for key in parents if account.id in above(key)}
    query = (
        select(Account)
        .join(AccountFinancials, AccountFinancials.account_id == Account.id)
        .where(Account.id.in_(related - {account.id}), AccountFinancials.month == month)
        .order_by(Account.name, Account.id)
    )
    if kind is not None:
        query = query.where(AccountFinancials.kind == kind)
    return session.scalars(query.limit(1)).first()


def _is_closed(session: Session, month: str) -> bool:
    return session.scalar(select(ClosedMonth.id).where(ClosedMonth.month == month)) is not None


def _stored(session: Session, row: AccountFinancials) -> str | None:
    return session.scalar(
        select(AccountFinancials.id).where(
            AccountFinancials.account_id == row.account_id,
            AccountFinancials.month == row.month,
            AccountFinancials.kind == row.kind,
        )
    )


def _fill(row: AccountFinancials, actor: Actor, values: FiguresValues) -> None:
    for name, value in columns_of(values).items():
        setattr(row, name, value)
    row.author_id, row.imported_from, row.as_of = person(actor), "", today()


def _plain(row: AccountFinancials) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*COMPONENTS, "note")}


def _corrected(
    session: Session,
    actor: Actor,
    row: AccountFinancials,
    values: FiguresValues,
    before: dict[str, Any] | None,
) -> str:
    """Keep what stood there and why it changed; `before` is None for a month that had nothing."""
    after = columns_of(values)
    changed = None if before is None else {k: v for k, v in before.items() if v != after[k]}
    kept = FiguresCorrection(
        account_id=row.account_id,
        month=row.month,
        note=checks.tidy(values.reason),
        before=changed,
        after=after,
        corrected_by_id=person(actor),
        corrected_at=now(),
    )
    session.add(kept)
    session.flush()
    return kept.id
