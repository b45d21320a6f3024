"""How much of a customer's credit an order could still use, by its limit and what it owes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.books import line, month_of
from planner.records import Account, AccountFinancials, FiguresKind, Purpose, ResourceRequest
from planner.worth import Figure, free_credit

ON_TOP = frozenset({Purpose.WIN, Purpose.GROW})
"""What such requests bring comes on top of the business there is."""

Owed = tuple[int, str]
"""Minor units and the month at whose end they were open."""


def free_credits(session: Session, day: date, requests: Iterable[ResourceRequest]) -> dict[str, Figure]:
    """What each request's order may use of its customer's credit; left out where no limit is set."""
    rows = list(requests)
    limits = _limits(session, {row.account_id for row in rows})
    owed = _owed(session, day, set(limits))
    found = {}
    for row in rows:
        if row.account_id in limits:
            amount, month = owed.get(row.account_id, (None, ""))
            on_top = row.purpose in ON_TOP
            found[row.id] = free_credit(limits[row.account_id], amount, on_top=on_top, month=month)
    return found


def _limits(session: Session, accounts: set[str]) -> dict[str, int]:
    """The most that each account may owe; left out where nobody set a limit."""
    query = select(Account.id, Account.credit_limit_minor).where(Account.id.in_(accounts))
    return {key: limit for key, limit in session.execute(query) if limit is not None}


def _owed(session: Session, day: date, accounts: set[str]) -> dict[str, Owed]:
    """The newest open receivables of each account, its branches' included; left out where none is known."""
    if not accounts:
        return {}
    parents = dict(session.execute(select(Account.id, Account.parent_id)).all())
    above = {key: accounts.intersection(line(key, parents)) for key in parents}
    rows = session.execute(
        select(AccountFinancials.account_id, AccountFinancials.month, AccountFinancials.ar_open)
        .where(
            AccountFinancials.account_id.in_([key for key, holders in above.items() if holders]),
            AccountFinancials.kind == FiguresKind.ACTUAL,
            AccountFinancials.month <= month_of(day),
            AccountFinancials.ar_open.is_not(None),
        )
        .order_by(AccountFinancials.month)
    )
    newest = {account: (amount, month) for account, month, amount in rows if amount is not None}
    found: dict[str, Owed] = {}
    for account, (amount, month) in newest.items():
        for holder in above[account]:
            so_far, latest = found.get(holder, (0, ""))
            found[holder] = (so_far + amount, max(latest, month))
    return found
