"""Importing customers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final

from sqlalchemy import select

from planner import checks
from planner.clock import today
from planner.exchange.kinds import Column, Item, RowImporter
from planner.exchange.lines import Line, index_of
from planner.exchange.money import Rates, euros
from planner.records import (
    Account,
    AccountStatus,
    Channel,
    CreditStatus,
    ImportKind,
    RelationshipStage,
    Role,
    User,
    new_id,
)
from planner.scope import visible_accounts
from planner.verdict import Message

MONTHS_MOST: Final = 60
NO_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "ß": "ss"})


def alike(name: str) -> str:
    """A name without case, accents, spaces and signs: two customers that share it are one entered twice."""
    letters = unicodedata.normalize("NFKD", checks.tidy(name).casefold().translate(NO_LETTERS))
    return "".join(each for each in letters if each.isalnum())


class Accounts(RowImporter):
    """Customers by code; what the file does not name stays as it is."""

    kind = ImportKind.ACCOUNTS
    columns: ClassVar[tuple[Column, ...]] = (
        Column("code", Message("The customer's own short name, never changed"), "nordwind", required=True),
        Column("name", Message("The customer's name"), "Nordwind Lebensmittel", required=True),
        Column("parent", Message("The code of the group it belongs to"), ""),
        Column("segment", Message("Industry"), "food and beverage", required=True),
        Column("territory", Message("Country or area"), "Germany", required=True),
        Column("strategic", Message("Whether the segment is strategic: yes or no"), "no"),
        Column("status", Message("prospect, active, lost or archived"), "active", required=True),
        Column("kam", Message("E-mail address of the key account manager"), "a@example.com", required=True),
        Column("deputy_kam", Message("E-mail address of the deputy"), ""),
        Column("credit_status", Message("ok, watch or blocked"), "ok", required=True),
        Column("currency", Message("Currency of the amounts; empty means the planning currency"), "EUR"),
        Column("credit_limit", Message("Credit limit; empty means none is set"), "250000"),
        Column("contract_end", Message("Last day of the contract"), "2027-12-31"),
        Column("data_as_of", Message("The day the figures were drawn up"), "2027-01-01"),
        Column("channel", Message("direct, distributor or ecommerce"), "direct"),
        Column(
            "relationship_stage",
            Message("exploratory, basic, cooperative, interdependent or integrated"),
            "cooperative",
        ),
        Column("need", Message("What the customer needs, in a sentence"), ""),
        Column("budget", Message("What it can spend in a year; empty means unknown"), ""),
        Column("wallet", Message("What it buys of our kind in a year from anybody"), "1800000"),
        Column("threat", Message("How near a competitor is, from 0 to 3"), "1"),
        Column("threat_source", Message("Where that is known from"), "visit in December"),
        Column("threat_on", Message("The day that was learnt"), "2026-12-10"),
        Column("months_to_replace", Message("Months it would take to replace the customer"), "18"),
    )

    def prepare(self) -> None:
        """Look up customers, their keepers and rates."""
        query = visible_accounts(self.session, self.actor)
        self.stored = {row.code.casefold(): row for row in self.session.scalars(query)}
        codes = self.session.execute(select(Account.code, Account.id))
        self.ids = {code.casefold(): identity for code, identity in codes}
        users = [
            user
            for user in self.session.scalars(select(User).where(User.active.is_(True)))
            if Role.KAM in user.roles
        ]
        self.kams = index_of([(user.email, user.id) for user in users])
        self.rates = Rates(self.session)
        self.parents: list[tuple[Line, Item, str]] = []
        self.names: dict[str, str] = {}
        for code, name in self.session.execute(select(Account.code, Account.name)):
            self.names[alike(name)] = code.casefold()
        self.lines: dict[str, Line] = {}

    def read(self, line: Line) -> None:
        """Take one customer."""
        code = line.code("code")
        name = line.text("name", 160, required=True, name=True)
        values = self._values(line, name)
        month = f"{today():%Y-%m}"
        for column in ("credit_limit", "budget", "wallet"):
            if column in line.cells:
                values[f"{column}_minor"] = self.rates.amount(line, column, month)
        if not code or not self.once(line, "code", code.casefold()):
            return
        self._check_name(line, code, name)
        stored = self.stored.get(code.casefold())
        if stored is None and code.casefold() in self.ids:
            line.wrong("code", "E_CODE_TAKEN", "This code is taken.", "Choose another code.")
        if values["deputy_kam_id"] is not None and values["deputy_kam_id"] == values["kam_id"]:
            reason = "The same person stands in both places."
            line.wrong("deputy_kam", "E_SAME_PERSON", reason, "Name another person.")
        if values.get("threat") is not None and values.get("threat_on") is None:
            reason = "A threat counts with the day it was learnt only."
            line.wrong("threat_on", "E_MISSING", reason, "Fill it in, or empty the threat.")
        self.ids.setdefault(code.casefold(), new_id())
        if line.good:
            self.codes.setdefault(self.ids[code.casefold()], code)
            item = self.add(line, code, values, stored)
            self.parents.append((line, item, line.text("parent", 40)))

    def _values(self, line: Line, name: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            "name": name,
            "segment": line.text("segment", 60, required=True),
            "territory": line.text("territory", 60, required=True),
            "status": line.choice("status", AccountStatus, required=True),
            "kam_id": line.known("kam", self.kams, required=True),
            "deputy_kam_id": line.known("deputy_kam", self.kams),
            "credit_status": line.choice("credit_status", CreditStatus, required=True),
        }
        readers: dict[str, tuple[str, Callable[[], Any]]] = {
            "strategic": ("strategic_segment", lambda: line.flag("strategic")),
            "contract_end": ("contract_end", lambda: line.day("contract_end")),
            "data_as_of": ("data_as_of", lambda: line.day("data_as_of")),
            "channel": ("channel", lambda: line.choice("channel", Channel)),
            "relationship_stage": (
                "relationship_stage",
                lambda: line.choice("relationship_stage", RelationshipStage),
            ),
            "need": ("need", lambda: line.text("need", 2_000)),
            "threat": ("threat", lambda: line.whole("threat", 0, 3)),
            "threat_source": ("threat_source", lambda: line.text("threat_source", 300)),
            "threat_on": ("threat_on", lambda: line.day("threat_on")),
            "months_to_replace": (
                "months_to_replace",
                lambda: line.whole("months_to_replace", 0, MONTHS_MOST),
            ),
        }
        for column, (attribute, reader) in readers.items():
            if column in line.cells:
                values[attribute] = reader()
        return values

    def _check_name(self, line: Line, code: str, name: str) -> None:
        other = self.names.setdefault(alike(name), code.casefold()) if name else code.casefold()
        if other != code.casefold():
            reason = "This customer is there already under the code %(code)s."
            remedy = "Use that code, or give the two different names."
            line.wrong("name", "E_CUSTOMER_TWICE", reason, remedy, code=other)

    def finish(self) -> None:
        """Tie branches to their groups, and look for chains that close."""
        above = {row.id: row.parent_id for row in self.stored.values()}
        for line, item, parent in self.parents:
            own = self._id(item)
            target = self.ids.get(parent.casefold()) if parent else None
            if parent and target is None:
                line.problem("parent", checks.unknown("parent", parent, self.ids))
            elif "parent" in line.cells:
                above[own] = target
                item.values = {**item.values, "parent_id": target}
                if isinstance(item.row, Account) and item.row.parent_id != target:
                    item.changes["parent_id"] = (item.row.parent_id, target)
        for line, item, _parent in self.parents:
            seen = {self._id(item)}
            step = above.get(self._id(item))
            while step is not None and step not in seen:
                seen.add(step)
                step = above.get(step)
            if step is not None:
                reason = "The chain of groups leads back to this customer."
                line.wrong("parent", "E_CYCLE", reason, "Take one of the groups out of the chain.")
        # A group is stored before its branches.
        order = {identity: _depth(identity, above) for identity in above}
        self.items.sort(key=lambda item: order.get(self._id(item), 0))

    def _id(self, item: Item) -> str:
        return self.ids[item.label.casefold()]

    def create(self, item: Item) -> Account:
        """A new customer."""
        return Account(id=self._id(item), code=item.label, **item.values)

    @cached_property
    def codes(self) -> dict[str, str]:
        """Codes of the customers that the actor may see, by id."""
        query = visible_accounts(self.session, self.actor).with_only_columns(Account.id, Account.code)
        return dict(self.session.execute(query).all())

    def cells(self, row: Any) -> Sequence[Any]:
        """One customer."""
        return (
            *(row.code, row.name, self.codes.get(row.parent_id or "", ""), row.segment, row.territory),
            *("yes" if row.strategic_segment else "no", row.status.value, self.emails[row.kam_id]),
            *(self.emails.get(row.deputy_kam_id or "", ""), row.credit_status.value, Rates.own),
            *(euros(row.credit_limit_minor), row.contract_end, row.data_as_of),
            *(row.channel, row.relationship_stage, row.need, euros(row.budget_minor)),
            *(euros(row.wallet_minor), row.threat, row.threat_source, row.threat_on),
            row.months_to_replace,
        )

    def export(self) -> Iterator[Sequence[Any]]:
        """The customers that the actor may see."""
        query = visible_accounts(self.session, self.actor).order_by(Account.code)
        yield from map(self.cells, self.session.scalars(query))


def _depth(identity: str, above: dict[str, str | None]) -> int:
    depth, seen, step = 0, {identity}, above.get(identity)
    while step is not None and step not in seen:
        seen.add(step)
        depth += 1
        step = above.get(step)
    return depth
