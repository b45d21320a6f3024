"""Importing supply: skills, specialists, who can do what, and leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, select, true

from planner.actor import SYSTEM
from planner.exchange.kinds import Column, Item, RowImporter
from planner.exchange.lines import Line, index_of
from planner.exchange.money import euros
from planner.exchange.values import Wrong, as_number
from planner.records import (
    Department,
    ImportKind,
    Leave,
    LeaveStatus,
    Role,
    Skill,
    SkillFamily,
    Specialist,
    SpecialistSkill,
    User,
    new_id,
)
from planner.scope import own_departments
from planner.verdict import Message

LANGUAGES: Final = ("en", "pl", "cs", "nb")
WEEKDAYS: Final = 7
LONGEST_DAY: Final = 4 * 16
LONGEST_WEEK: Final = 4 * 80
MOST_PARALLEL: Final = 50
RATE_MOST: Final = 10_000_00


class Skills(RowImporter):
    """The skills that can be asked for, languages included, by key."""

    kind = ImportKind.SKILLS
    columns: ClassVar[tuple[Column, ...]] = (
        Column("key", Message("The skill's own short name, never changed"), "plc", required=True),
        Column("family", Message("One of the families of skills"), "technical", required=True),
        *(
            Column(
                language,
                Message("The skill's name in this language"),
                "PLC programming",
                required=language == "en",
            )
            for language in LANGUAGES
        ),
    )

    def prepare(self) -> None:
        """Look up the skills known."""
        self.stored = {row.key.casefold(): row for row in self.session.scalars(select(Skill))}

    def read(self, line: Line) -> None:
        """Take one skill."""
        key = line.code("key", 64)
        labels = {
            language: line.text(language, 120, required=language == "en", name=True) for language in LANGUAGES
        }
        values = {
            "family": line.choice("family", SkillFamily, required=True),
            "labels": {language: label for language, label in labels.items() if label},
        }
        if line.good and self.once(line, "key", key.casefold()):
            self.add(line, key, values, self.stored.get(key.casefold()))

    def create(self, item: Item) -> Skill:
        """A new skill."""
        return Skill(key=item.label, **item.values)

    def cells(self, row: Any) -> Sequence[Any]:
        """One skill."""
        return row.key, row.family.value, *(row.labels.get(language, "") for language in LANGUAGES)

    def export(self) -> Iterator[Sequence[Any]]:
        """All skills."""
        yield from map(self.cells, self.session.scalars(select(Skill).order_by(Skill.key)))


class _OfPeople(RowImporter):
    """What is about specialists: administrators reach everybody, a head the own department."""

    def people(self) -> ColumnElement[bool]:
        """Condition on Specialist: the actor may import about them."""
        if self.actor == SYSTEM or self.actor.has(Role.ADMIN):
            return true()
        return Specialist.department_id.in_(own_departments(self.session, self.actor))

    def specialists(self) -> dict[str, Specialist]:
        """The specialists in reach, by casefolded code."""
        rows = self.session.scalars(select(Specialist).where(self.people()).order_by(Specialist.code))
        return {row.code.casefold(): row for row in rows}


class Specialists(_OfPeople):
    """The people whose hours are asked for, by code."""

    kind = ImportKind.SPECIALISTS
    columns: ClassVar[tuple[Column, ...]] = (
        Column("code", Message("The person's own short name, never changed"), "sigrid.moen", required=True),
        Column("name", Message("The person's name"), "Sigrid Moen", required=True),
        Column("department", Message("The department's code"), "engineering", required=True),
        Column("country", Message("Two letters; decides on public holidays"), "NO", required=True),
        Column(
            "hours_mon_to_sun",
            Message("Seven numbers, Monday first"),
            "7.5 7.5 7.5 7.5 7.5 0 0",
            required=True,
        ),
        Column("rate", Message("Cost per hour in the planning currency"), "128", required=True),
        Column("customer_facing", Message("Whether the person may meet customers: yes or no"), "yes"),
        Column("max_parallel", Message("Most requests at the same time; empty means no limit"), "3"),
        Column("min_chunk_hours", Message("Smallest useful time in a week"), "2"),
        Column("active_from", Message("First working day here"), "2014-08-18", required=True),
        Column("active_to", Message("Last working day here; empty while employed"), ""),
        Column("user", Message("E-mail address, when the person signs in"), ""),
    )

    def prepare(self) -> None:
        """Look up people, departments and users."""
        self.stored = self.specialists()
        self.taken = {code.casefold() for code in self.session.scalars(select(Specialist.code))}
        rows = self.session.execute(select(Department.code, Department.id)).all()
        self.departments = index_of(list(rows))
        users = self.session.execute(select(User.email, User.id).where(User.active.is_(True))).all()
        self.users = index_of(list(users))

    def read(self, line: Line) -> None:
        """Take one person."""
        code = line.code("code")
        values: dict[str, Any] = {
            "display_name": line.text("name", 120, required=True, name=True),
            "department_id": line.known("department", self.departments, required=True),
            "country": line.country("country"),
            "weekday_quarter_hours": _pattern(line),
            "cost_rate_minor": line.scaled("rate", 100, 0, RATE_MOST, required=True),
            "active_from": line.day("active_from", required=True),
        }
        readers: dict[str, tuple[str, Callable[[], Any]]] = {
            "customer_facing": ("customer_facing", lambda: line.flag("customer_facing")),
            "max_parallel": ("max_parallel", lambda: line.whole("max_parallel", 1, MOST_PARALLEL)),
            "min_chunk_hours": (
                "min_chunk_quarter_hours",
                lambda: line.hours("min_chunk_hours", 0, LONGEST_DAY) or 0,
            ),
            "active_to": ("active_to", lambda: line.day("active_to")),
            "user": ("user_id", lambda: line.known("user", self.users)),
        }
        values |= {name: reader() for column, (name, reader) in readers.items() if column in line.cells}
        start, end = values["active_from"], values.get("active_to")
        if start and end and end < start:
            reason = "The last day is before the first."
            line.wrong("active_to", "E_RANGE_REVERSED", reason, "Correct one of the two days.")
        if not line.good or not self.once(line, "code", code.casefold()):
            return
        stored = self.stored.get(code.casefold())
        if stored is None and code.casefold() in self.taken:
            line.wrong("code", "E_CODE_TAKEN", "This code is taken.", "Choose another code.")
            return
        self.add(line, code, values, stored)

    def create(self, item: Item) -> Specialist:
        """A new person."""
        return Specialist(code=item.label, **item.values)

    @cached_property
    def codes(self) -> dict[str, str]:
        """Codes of all departments, by id."""
        return dict(self.session.execute(select(Department.id, Department.code)).all())

    def cells(self, row: Any) -> Sequence[Any]:
        """One person."""
        return (
            *(row.code, row.display_name, self.codes[row.department_id], row.country),
            " ".join(f"{quarters / 4:g}" for quarters in row.weekday_quarter_hours),
            *(euros(row.cost_rate_minor), "yes" if row.customer_facing else "no", row.max_parallel),
            *(row.min_chunk_quarter_hours / 4, row.active_from, row.active_to),
            self.emails.get(row.user_id or "", ""),
        )

    def export(self) -> Iterator[Sequence[Any]]:
        """The specialists in reach."""
        query = select(Specialist).where(self.people()).order_by(Specialist.code)
        yield from map(self.cells, self.session.scalars(query))


def _pattern(line: Line) -> list[int]:
    """Quarter-hours of the seven days, Monday first; empty when it cannot be read."""
    text = line.text("hours_mon_to_sun", 80, required=True)
    if not text:
        return []
    try:
        hours = [as_number(each) * 4 for each in text.split()]
    except Wrong as wrong:
        line.wrong("hours_mon_to_sun", wrong.code, wrong.reason, wrong.remedy, **wrong.params)
        return []
    if len(hours) != WEEKDAYS:
        reason, remedy = "A week has seven days.", "Write seven numbers parted by spaces, Monday first."
        line.wrong("hours_mon_to_sun", "E_WEEKDAYS", reason, remedy)
    elif any(each % 1 or not 0 <= each <= LONGEST_DAY for each in hours) or sum(hours) > LONGEST_WEEK:
        reason = "A day has 0 to 16 hours in steps of 0.25, a week at most 80."
        line.wrong("hours_mon_to_sun", "E_CAPACITY_RANGE", reason, "Correct the hours.")
    return [int(each) for each in hours]


class Attestations(_OfPeople):
    """Who can do what, how well, and who vouches for it."""

    kind = ImportKind.ATTESTATIONS
    columns: ClassVar[tuple[Column, ...]] = (
        Column("specialist", Message("The person's code"), "sigrid.moen", required=True),
        Column("skill", Message("The skill's key"), "plc", required=True),
        Column("level", Message("From 1 to 5"), "4", required=True),
        Column("attested_by", Message("Who vouches for it"), "Ola Nygård", required=True),
        Column("attested_on", Message("The day of that"), "2026-11-18", required=True),
        Column("expires_on", Message("Until when it holds; empty means without end"), ""),
    )

    def prepare(self) -> None:
        """Look up people, skills and what is attested."""
        self.found = self.specialists()
        self.people_ids = {code: row.id for code, row in self.found.items()}
        rows = self.session.execute(select(Skill.key, Skill.id)).all()
        self.skills = index_of(list(rows))
        ids = set(self.people_ids.values())
        self.stored = {
            (row.specialist_id, row.skill_id): row
            for row in self.session.scalars(select(SpecialistSkill))
            if row.specialist_id in ids
        }

    def read(self, line: Line) -> None:
        """Take one attestation."""
        person = line.known("specialist", self.people_ids, required=True)
        skill = line.known("skill", self.skills, required=True)
        values = {
            "level": line.whole("level", 1, 5, required=True),
            "attested_by": line.text("attested_by", 120, required=True),
            "attested_on": line.day("attested_on", required=True),
            "expires_on": line.day("expires_on"),
        }
        start, end = values["attested_on"], values["expires_on"]
        if isinstance(start, date) and isinstance(end, date) and end < start:
            reason = "It ends before it begins."
            line.wrong("expires_on", "E_RANGE_REVERSED", reason, "Correct one of the two days.")
        if line.good and self.once(line, "skill", (person, skill)):
            label = f"{line.cells['specialist']} {line.cells['skill']}"
            stored = self.stored.get((person or "", skill or ""))
            item = self.add(line, label, values, stored)
            item.values = {**values, "specialist_id": person, "skill_id": skill}

    def create(self, item: Item) -> SpecialistSkill:
        """A new attestation."""
        return SpecialistSkill(**item.values)

    @cached_property
    def names(self) -> dict[str, str]:
        """Codes of people and keys of skills, by id."""
        people = self.session.execute(select(Specialist.id, Specialist.code)).all()
        return dict([*people, *self.session.execute(select(Skill.id, Skill.key)).all()])

    def cells(self, row: Any) -> Sequence[Any]:
        """One attestation."""
        person, skill = self.names[row.specialist_id], self.names[row.skill_id]
        return person, skill, row.level, row.attested_by, row.attested_on, row.expires_on

    def export(self) -> Iterator[Sequence[Any]]:
        """What is attested about the people in reach."""
        query = (
            select(SpecialistSkill)
            .join(Specialist, Specialist.id == SpecialistSkill.specialist_id)
            .join(Skill, Skill.id == SpecialistSkill.skill_id)
            .where(self.people())
            .order_by(Specialist.code, Skill.key)
        )
        yield from map(self.cells, self.session.scalars(query))


class Leaves(_OfPeople):
    """Days away, one line per span; only approved ones take hours away."""

    kind = ImportKind.LEAVE
    columns: ClassVar[tuple[Column, ...]] = (
        Column("specialist", Message("The person's code"), "sigrid.moen", required=True),
        Column("first_day", Message("The first day away"), "2027-02-08", required=True),
        Column("last_day", Message("The last day away"), "2027-02-09", required=True),
        Column("first_half", Message("Whether only half of the first day: yes or no"), "no"),
        Column("last_half", Message("Whether only half of the last day: yes or no"), "no"),
        Column("status", Message("planned or approved"), "approved", required=True),
    )

    def prepare(self) -> None:
        """Look up people and their leave."""
        self.found = self.specialists()
        self.people_ids = {code: row.id for code, row in self.found.items()}
        self.by_id = {row.id: row for row in self.found.values()}
        self.stored: dict[tuple[str, date], Leave] = {}
        for row in self.session.scalars(select(Leave)):
            if row.specialist_id in self.by_id:
                self.stored[row.specialist_id, row.first_day] = row
        self.spans: dict[str, list[tuple[date, date, Line | None]]] = {}

    def read(self, line: Line) -> None:
        """Take one span of days."""
        person = line.known("specialist", self.people_ids, required=True)
        first, last = line.day("first_day", required=True), line.day("last_day", required=True)
        values = {
            "last_day": last,
            "first_half": line.flag("first_half"),
            "last_half": line.flag("last_half"),
            "status": line.choice("status", LeaveStatus, required=True),
        }
        if first and last and last < first:
            reason = "The last day is before the first."
            line.wrong("last_day", "E_RANGE_REVERSED", reason, "Correct one of the two days.")
        if not line.good or person is None or first is None or last is None:
            return
        who = self.by_id[person]
        if first < who.active_from or (who.active_to is not None and last > who.active_to):
            reason = "%(person)s does not work here on all of these days."
            remedy = "Correct the days, or the person's employment first."
            line.wrong("first_day", "E_LEAVE_OUTSIDE", reason, remedy, person=who.display_name)
            return
        if not self.once(line, "first_day", (person, first)):
            return
        self.spans.setdefault(person, []).append((first, last, line))
        item = self.add(line, f"{who.code} {first.isoformat()}", values, self.stored.get((person, first)))
        item.values = {**values, "specialist_id": person, "first_day": first}

    def finish(self) -> None:
        """Two spans of one person may not overlap, neither in the file nor with what is stored."""
        for person, spans in self.spans.items():
            given = {first for first, _last, _line in spans}
            spans += [
                (row.first_day, row.last_day, None)
                for (owner, first), row in self.stored.items()
                if owner == person and first not in given
            ]
            reached: tuple[date, date] | None = None
            for first, last, line in sorted(spans, key=lambda span: span[:2]):
                if reached is not None and first <= reached[1]:
                    self._overlap(spans, line, reached)
                if reached is None or last > reached[1]:
                    reached = (first, last)

    def _overlap(
        self,
        spans: list[tuple[date, date, Line | None]],
        line: Line | None,
        other: tuple[date, date],
    ) -> None:
        line = line or next(each for first, last, each in spans if (first, last) == other)
        if line is None:
            return
        reason = "This overlaps with another leave, from %(first)s to %(last)s."
        remedy = "Join the two, or correct the days."
        line.wrong("first_day", "E_LEAVE_OVERLAP", reason, remedy, first=f"{other[0]}", last=f"{other[1]}")

    def create(self, item: Item) -> Leave:
        """New leave."""
        return Leave(id=new_id(), **item.values)

    @cached_property
    def names(self) -> dict[str, str]:
        """Codes of the people in reach, by id."""
        query = select(Specialist.id, Specialist.code).where(self.people())
        return dict(self.session.execute(query).all())

    def cells(self, row: Any) -> Sequence[Any]:
        """One span."""
        return (
            *(self.names[row.specialist_id], row.first_day, row.last_day),
            *("yes" if half else "no" for half in (row.first_half, row.last_half)),
            row.status.value,
        )

    def export(self) -> Iterator[Sequence[Any]]:
        """The leave of the people in reach."""
        query = (
            select(Leave)
            .join(Specialist, Specialist.id == Leave.specialist_id)
            .where(self.people())
            .order_by(Specialist.code, Leave.first_day)
        )
        yield from map(self.cells, self.session.scalars(query))
