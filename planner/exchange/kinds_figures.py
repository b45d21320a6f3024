"""Importing money: the figures of customers by month, and exchange rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final

from sqlalchemy import select

from planner.clock import now, today
from planner.exchange.kinds import Column, Item, Progress, RowImporter, plain
from planner.exchange.lines import Line, index_of
from planner.exchange.money import Rates, euros
from planner.records import (
    Account,
    AccountFinancials,
    ClosedMonth,
    ExchangeRate,
    FiguresCorrection,
    FiguresKind,
    ImportKind,
    new_id,
)
from planner.scope import visible_accounts
from planner.verdict import Message

COSTS: Final = (
    *("discounts", "bonuses", "returns", "cogs", "logistics", "support", "programme_costs", "other_cts"),
)
BALANCES: Final = ("receipts", "ar_open", "ar_overdue", "inventory_dedicated", "ap_related")
HOURS: Final = {"kam_hours": "kam_quarter_hours", "specialist_hours": "specialist_quarter_hours"}
MOST_HOURS: Final = 4 * 10_000
TOTALS: Final = frozenset({"total", "totals", "sum", "suma", "razem", "celkem", "součet", "totalt", "i alt"})
RATE_STEP: Final = 1_000_000
RATE_MOST: Final = 10**12


class Figures(RowImporter):
    """What customers bought, cost, paid and owe, one line per customer, month and kind.

    A closed month changes only with a note, which becomes a correction that is kept.
    """

    kind = ImportKind.FIGURES
    columns: ClassVar[tuple[Column, ...]] = (
        Column("account", Message("The customer's code"), "nordwind", required=True),
        Column("month", Message("The month"), "2026-12", required=True),
        Column("kind", Message("actual or forecast"), "actual", required=True),
        Column("currency", Message("Currency of the amounts; empty means the planning currency"), "EUR"),
        Column("gross_sales", Message("Sales before anything is taken off"), "766000", required=True),
        Column("discounts", Message("Discounts; 0 if there were none"), "34400", required=True),
        Column("bonuses", Message("Bonuses; 0 if there were none"), "0", required=True),
        Column("returns", Message("Returns; 0 if there were none"), "420", required=True),
        Column("cogs", Message("Cost of goods sold"), "496913", required=True),
        Column("logistics", Message("Cost of logistics"), "14624", required=True),
        Column("support", Message("Cost of support"), "16177", required=True),
        Column("programme_costs", Message("Cost of programmes"), "2400", required=True),
        Column("other_cts", Message("Other cost to serve"), "3235", required=True),
        Column("kam_hours", Message("Hours of the key account manager; empty means unknown"), "73.25"),
        Column("specialist_hours", Message("Hours of specialists; empty means unknown"), "194.75"),
        Column("receipts", Message("Money received; empty means unknown"), "700790"),
        Column("ar_open", Message("Receivables at the end of the month"), "1132600"),
        Column("ar_overdue", Message("The overdue part of them"), "24100"),
        Column("inventory_dedicated", Message("Stock kept for this customer"), "213000"),
        Column("ap_related", Message("Payables that belong to this customer"), "273300"),
        Column("note", Message("Needed for sales below zero and for closed months"), ""),
    )

    def prepare(self) -> None:
        """Look up customers, stored figures, closed months and rates."""
        accounts = list(self.session.scalars(visible_accounts(self.session, self.actor)))
        self.accounts = index_of([(row.code, row.id) for row in accounts])
        self.parents = {row.id: row.parent_id for row in accounts}
        self.stored = {
            (row.account_id, row.month, row.kind): row
            for row in self.session.scalars(
                select(AccountFinancials).where(AccountFinancials.account_id.in_(self.codes))
            )
        }
        self.closed = frozenset(self.session.scalars(select(ClosedMonth.month)))
        self.rates = Rates(self.session)
        self.places: list[tuple[Line, str, str, FiguresKind]] = []

    def read(self, line: Line) -> None:
        """Take one month of one customer."""
        first = str(line.cells.get("account", "")).strip().casefold().rstrip(":")
        if first in TOTALS:
            reason = "This looks like a row of totals."
            line.wrong("account", "E_TOTALS_ROW", reason, "Delete the row; totals are worked out here.")
            return
        account = line.known("account", self.accounts, required=True)
        month = line.month("month")
        kind = line.choice("kind", FiguresKind, required=True)
        values = self._amounts(line, month)
        if "note" in line.cells:
            values["note"] = line.text("note", 500)
        if not line.good or account is None or kind is None:
            return
        key = (account, month, kind)
        if not self.once(line, "month", key):
            return
        self._check(line, values, month, kind)
        self.places.append((line, *key))
        if not line.good:
            return
        item = self.add(line, f"{self.codes[account]} {month} {kind.value}", values, self.stored.get(key))
        item.values = {**values, "account_id": account, "month": month, "kind": kind}
        if month in self.closed and kind is FiguresKind.ACTUAL and (item.is_new or item.changes):
            item.note = values.get("note", "")
            if not item.note:
                reason = "%(month)s is closed; its figures change only with a correction."
                remedy = "Say in the column “note” what was wrong."
                line.wrong("note", "E_MONTH_CLOSED", reason, remedy, month=month)
            elif self.actor.user_id is None:
                reason, remedy = (
                    "A correction needs a person who makes it.",
                    "Import it under a person's name.",
                )
                line.wrong("note", "E_MONTH_CLOSED", reason, remedy)

    def _amounts(self, line: Line, month: str) -> dict[str, Any]:
        amount = self.rates.amount
        values: dict[str, Any] = {
            "gross_sales": amount(line, "gross_sales", month, required=True, negative=True),
            **{name: amount(line, name, month, required=True) for name in COSTS},
        }
        for name in BALANCES:
            if name in line.cells:
                values[name] = amount(line, name, month)
        for column, name in HOURS.items():
            if column in line.cells:
                values[name] = line.hours(column, 0, MOST_HOURS)
        return values

    def _check(self, line: Line, values: dict[str, Any], month: str, kind: FiguresKind) -> None:
        if values["gross_sales"] < 0 and not values.get("note"):
            reason = "Sales are below zero."
            line.wrong("gross_sales", "E_NEGATIVE", reason, "Say why in the column “note”.")
        is_open, overdue = values.get("ar_open"), values.get("ar_overdue")
        if is_open is not None and overdue is not None and overdue > is_open:
            line.wrong("ar_overdue", "E_OVERDUE", "More is overdue than open.", "Correct one of the two.")
        if kind is FiguresKind.ACTUAL and month > f"{today():%Y-%m}":
            reason = "This month has not happened yet."
            line.wrong("month", "E_MONTH_FUTURE", reason, "Write “forecast” as the kind.")

    def finish(self) -> None:
        """A month is entered at one level of a group only, or it would count twice."""
        held = set(self.stored) | {(account, month, kind) for _line, account, month, kind in self.places}
        above: dict[tuple[str, str, FiguresKind], str] = {}
        for account, month, kind in held:
            for group in self._groups(account):
                above[group, month, kind] = account
        for line, account, month, kind in self.places:
            groups = (group for group in self._groups(account) if (group, month, kind) in held)
            other = next(groups, None) or above.get((account, month, kind))
            if other is not None:
                reason = (
                    "%(other)s, of the same group, has figures for this month too: they would count twice."
                )
                remedy = "Enter the month for the group or for its branches, not for both."
                line.wrong("account", "E_TWO_LEVELS", reason, remedy, other=self.codes.get(other, "?"))

    def _groups(self, account: str) -> list[str]:
        """The groups that a customer belongs to, nearest first."""
        found: list[str] = []
        step = self.parents.get(account)
        while step is not None and step not in found and step != account:
            found.append(step)
            step = self.parents.get(step)
        return found

    def store(self, progress: Progress) -> None:
        """Write corrections first: the database lets closed months change only together with one."""
        self.corrections = {item.label: self._correction(item) for item in self.items if item.note}
        self.session.flush()
        super().store(progress)

    def create(self, item: Item) -> AccountFinancials:
        """A new month."""
        return AccountFinancials(
            **item.values,
            author_id=self.actor.user_id,
            imported_from=self.source,
            as_of=today(),
            correction_id=self.corrections.get(item.label),
        )

    def change(self, item: Item) -> None:
        """A changed month, with a correction when it is closed."""
        row = item.row
        if not isinstance(row, AccountFinancials):
            raise TypeError(row)
        row.correction_id = self.corrections.get(item.label, row.correction_id)
        row.author_id, row.imported_from, row.as_of = self.actor.user_id, self.source, today()
        super().change(item)

    def _correction(self, item: Item) -> str:
        after = {name: plain(value) for name, value in item.values.items()}
        before = {name: plain(old) for name, (old, _new) in item.changes.items()} if item.row else None
        row = FiguresCorrection(
            id=new_id(),
            account_id=item.values["account_id"],
            month=item.values["month"],
            note=item.note,
            before=before,
            after=after,
            corrected_by_id=self.actor.user_id,
            corrected_at=now(),
        )
        self.session.add(row)
        return row.id

    @cached_property
    def codes(self) -> dict[str, str]:
        """Codes of the customers that the actor may see, by id."""
        query = visible_accounts(self.session, self.actor).with_only_columns(Account.id, Account.code)
        return dict(self.session.execute(query).all())

    def cells(self, row: Any) -> Sequence[Any]:
        """One month of one customer."""
        return (
            *(self.codes[row.account_id], row.month, row.kind.value, Rates.own, euros(row.gross_sales)),
            *(euros(getattr(row, name)) for name in COSTS),
            *(_hours(row.kam_quarter_hours), _hours(row.specialist_quarter_hours)),
            *(euros(getattr(row, name)) for name in BALANCES),
            row.note,
        )

    def export(self) -> Iterator[Sequence[Any]]:
        """The figures of the customers that the actor may see."""
        seen = visible_accounts(self.session, self.actor).with_only_columns(Account.id)
        query = (
            select(AccountFinancials)
            .join(Account, Account.id == AccountFinancials.account_id)
            .where(Account.id.in_(seen))
            .order_by(Account.code, AccountFinancials.kind, AccountFinancials.month)
        )
        yield from map(self.cells, self.session.scalars(query))


def _hours(quarter_hours: int | None) -> float | None:
    return None if quarter_hours is None else quarter_hours / 4


class ExchangeRates(RowImporter):
    """What other currencies were worth in a month."""

    kind = ImportKind.RATES
    columns: ClassVar[tuple[Column, ...]] = (
        Column("currency", Message("Three letters, such as NOK"), "NOK", required=True),
        Column("month", Message("The month"), "2026-12", required=True),
        Column("rate", Message("What one unit was worth in the planning currency"), "0.0853", required=True),
    )

    def prepare(self) -> None:
        """Look up the rates known."""
        self.stored = {(row.currency, row.month): row for row in self.session.scalars(select(ExchangeRate))}

    def read(self, line: Line) -> None:
        """Take one rate."""
        currency, month = line.text("currency", 3, required=True).upper(), line.month("month")
        rate = line.scaled("rate", RATE_STEP, 1, RATE_MOST, required=True)
        if currency and (len(currency) != 3 or not currency.isascii() or not currency.isalpha()):
            line.wrong("currency", "E_CURRENCY", "A currency has three letters.", "Write it such as NOK.")
        if currency == Rates.own:
            reason = "This is the planning currency, whose rate is always 1."
            line.wrong("currency", "E_CURRENCY", reason, "Delete the row.")
        if line.good and self.once(line, "month", (currency, month)):
            values = {"rate_millionths": rate}
            item = self.add(line, f"{currency} {month}", values, self.stored.get((currency, month)))
            item.values = {**values, "currency": currency, "month": month}

    def create(self, item: Item) -> ExchangeRate:
        """A new rate."""
        return ExchangeRate(**item.values, author_id=self.actor.user_id)

    def cells(self, row: Any) -> Sequence[Any]:
        """One rate."""
        return row.currency, row.month, row.rate_millionths / RATE_STEP

    def export(self) -> Iterator[Sequence[Any]]:
        """All rates."""
        query = select(ExchangeRate).order_by(ExchangeRate.currency, ExchangeRate.month)
        yield from map(self.cells, self.session.scalars(query))
