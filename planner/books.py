"""Customers' monthly figures as the arithmetic wants them: rolled up, in a window, nothing guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.costs import CostRates, read_costs
from planner.records import Account, AccountFinancials, FiguresKind
from planner.worth import Month

SUMMED = tuple(field.name for field in fields(Month) if field.name != "month")
COLUMNS: Mapping[str, str] = {"inventory": "inventory_dedicated", "payables": "ap_related"}
"""Names of columns where they differ from the arithmetic's."""


@dataclass(frozen=True, slots=True)
class Books:
    """The figures of all customers.

    Attributes:
        window: The months that count, oldest first; the month before them is read too, for balances.
        actual: By account and month what happened, branches included.
        forecast: The same for what is expected, of any month read.
        parents: Above which account each stands.
        branches: Accounts that have a parent among those in view; their figures are part of the parent's.
        costs: What hours and money cost, month by month.
    """

    window: tuple[str, ...]
    actual: Mapping[str, Mapping[str, Month]]
    forecast: Mapping[str, Mapping[str, Month]]
    parents: Mapping[str, str | None]
    branches: frozenset[str]
    costs: CostRates

    def among(self, accounts: Collection[str]) -> Books:
        """The same for these accounts only: a branch whose parents are not among them stands for itself."""
        held = frozenset(accounts)
        branches = frozenset(key for key in held if held.intersection(line(key, self.parents)[1:]))
        return replace(self, branches=branches)

    def months(self, account_id: str) -> list[Month]:
        """The account's known months of the window, oldest first."""
        held = self.actual.get(account_id, {})
        return [held[month] for month in self.window if month in held]

    def before(self, account_id: str, month: str) -> Month | None:
        """The account's calendar month before, if it is known."""
        return self.actual.get(account_id, {}).get(shifted(month, -1))


def shifted(month: str, by: int) -> str:
    """The month that many months later, such as "2026-12" -> "2027-01"."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(day: date) -> str:
    """The month of a day."""
    return f"{day.year:04d}-{day.month:02d}"


def read_books(session: Session, as_of: date, length: int) -> Books:
    """All figures of the window of `length` months that counts on a day.

    It ends with the newest month of which anything is known, the last full month before `as_of` at most.
    """
    last = shifted(month_of(as_of), -1)
    newest = session.scalar(
        select(func.max(AccountFinancials.month)).where(
            AccountFinancials.kind == FiguresKind.ACTUAL, AccountFinancials.month <= last
        )
    )
    end = newest or last
    window = tuple(shifted(end, -back) for back in reversed(range(length)))
    parents = dict(session.execute(select(Account.id, Account.parent_id)).all())
    return Books(
        window=window,
        actual=_rolled(session, parents, FiguresKind.ACTUAL, shifted(window[0], -1), end),
        forecast=_rolled(session, parents, FiguresKind.FORECAST, window[0], shifted(end, length)),
        parents=parents,
        branches=frozenset(key for key, parent in parents.items() if parent),
        costs=read_costs(session),
    )


def month_figures(row: AccountFinancials) -> Month:
    """One entered row as the arithmetic wants it."""
    return Month(row.month, *(getattr(row, COLUMNS.get(name, name)) for name in SUMMED))


def _rolled(
    session: Session, parents: Mapping[str, str | None], kind: FiguresKind, first: str, last: str
) -> dict[str, dict[str, Month]]:
    columns = [getattr(AccountFinancials, COLUMNS.get(name, name)) for name in SUMMED]
    rows = session.execute(
        select(AccountFinancials.account_id, AccountFinancials.month, *columns)
        .where(
            AccountFinancials.kind == kind,
            AccountFinancials.month >= first,
            AccountFinancials.month <= last,
        )
        .order_by(AccountFinancials.month)
    )
    found: defaultdict[tuple[str, str], list[Sequence[int | None]]] = defaultdict(list)
    for account, month, *values in rows:
        for holder in line(account, parents):
            found[holder, month].append(values)
    books: defaultdict[str, dict[str, Month]] = defaultdict(dict)
    for (account, month), parts in found.items():
        books[account][month] = Month(month, *(_sum(column) for column in zip(*parts, strict=True)))
    return dict(books)


def line(account: str, parents: Mapping[str, str | None]) -> list[str]:
    """The account and everything above it."""
    line: list[str] = []
    holder: str | None = account
    while holder is not None and holder not in line:
        line.append(holder)
        holder = parents.get(holder)
    return line


def _sum(values: Iterable[int | None]) -> int | None:
    """The sum; unknown as soon as one part is."""
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
