"""Importing what supply stands on: the departments, and the public holidays of every country."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from sqlalchemy import select

from planner.exchange.kinds import Column, Item, RowImporter
from planner.exchange.lines import Line, index_of
from planner.records import Department, Holiday, ImportKind, Role, User
from planner.verdict import Message

WHOLE = 1000
"""All of a department's hours, in per mille."""


class Departments(RowImporter):
    """The units that lend people, by code, with who decides for them and what they keep back."""

    kind = ImportKind.DEPARTMENTS
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "code", Message("The department's own short name, never changed"), "engineering", required=True
        ),
        Column("name", Message("The department's name"), "Automation Engineering", required=True),
        Column("head", Message("E-mail address of its head"), "head@example.com"),
        Column("deputy_head", Message("E-mail address of the deputy"), ""),
        Column("own_work_percent", Message("Share of the hours kept for its own work; empty means 20"), "20"),
        Column(
            "expedite_percent", Message("Share of the hours kept for urgent problems; empty means 5"), "5"
        ),
    )

    def prepare(self) -> None:
        """Look up departments and who may head one."""
        self.stored = {row.code.casefold(): row for row in self.session.scalars(select(Department))}
        users = self.session.scalars(select(User).where(User.active.is_(True)))
        self.heads = index_of([(user.email, user.id) for user in users if Role.HEAD in user.roles])

    def read(self, line: Line) -> None:
        """Take one department."""
        code = line.code("code")
        stored = self.stored.get(code.casefold())
        values: dict[str, Any] = {"name": line.text("name", 120, required=True, name=True)}
        for column, attribute in (("head", "head_id"), ("deputy_head", "deputy_head_id")):
            if column in line.cells:
                values[attribute] = line.known(column, self.heads)
        for column, attribute, usual in (
            ("own_work_percent", "own_work_reserve", 200),
            ("expedite_percent", "expedite_reserve", 50),
        ):
            if column in line.cells or stored is None:
                share = line.percent(column)
                values[attribute] = usual if share is None else share
        if line.good and self.once(line, "code", code.casefold()):
            self._check_whole(line, stored, values)
            if line.good:
                self.add(line, code, values, stored)

    def _check_whole(self, line: Line, stored: Department | None, values: dict[str, Any]) -> None:
        """What the file leaves out counts as it is stored."""

        def now(name: str) -> Any:
            return values[name] if name in values else getattr(stored, name, None)

        if now("head_id") is not None and now("head_id") == now("deputy_head_id"):
            reason = "The same person stands in both places."
            line.wrong("deputy_head", "E_SAME_PERSON", reason, "Name another person.")
        if now("own_work_reserve") + now("expedite_reserve") > WHOLE:
            reason = "The reserves exceed the whole."
            line.wrong("expedite_percent", "E_RESERVES", reason, "Keep their sum at 100 or less.")

    def create(self, item: Item) -> Department:
        """A new department."""
        return Department(code=item.label, **item.values)

    def cells(self, row: Any) -> Sequence[Any]:
        """One department."""
        heads = (self.emails.get(each or "", "") for each in (row.head_id, row.deputy_head_id))
        reserves = (f"{reserve / 10:g}" for reserve in (row.own_work_reserve, row.expedite_reserve))
        return row.code, row.name, *heads, *reserves

    def export(self) -> Iterator[Sequence[Any]]:
        """All departments."""
        yield from map(self.cells, self.session.scalars(select(Department).order_by(Department.code)))


class Holidays(RowImporter):
    """Public holidays by country and day; nobody of that country works then."""

    kind = ImportKind.HOLIDAYS
    columns: ClassVar[tuple[Column, ...]] = (
        Column("country", Message("Two letters, as in the list of specialists"), "NO", required=True),
        Column("day", Message("The day"), "2027-05-17", required=True),
        Column("name", Message("What is celebrated"), "Constitution Day", required=True),
    )

    def prepare(self) -> None:
        """Look up the holidays known."""
        self.stored = {(row.country, row.day): row for row in self.session.scalars(select(Holiday))}

    def read(self, line: Line) -> None:
        """Take one day."""
        country, day = line.country("country"), line.day("day", required=True)
        values = {"name": line.text("name", 120, required=True, name=True)}
        if not line.good or day is None or not self.once(line, "day", (country, day)):
            return
        item = self.add(line, f"{country} {day.isoformat()}", values, self.stored.get((country, day)))
        item.values = {**values, "country": country, "day": day}

    def create(self, item: Item) -> Holiday:
        """A new holiday."""
        return Holiday(**item.values)

    def cells(self, row: Any) -> Sequence[Any]:
        """One holiday."""
        return row.country, row.day, row.name

    def export(self) -> Iterator[Sequence[Any]]:
        """All holidays."""
        query = select(Holiday).order_by(Holiday.country, Holiday.day)
        yield from map(self.cells, self.session.scalars(query))
