"""Loads a whole company from a folder of files into a database, moved to the present week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import SYSTEM
from planner.audit import Event, record
from planner.clock import add_weeks, monday
from planner.exchange import company_customers as customers
from planner.exchange import company_people as people
from planner.exchange import company_relations as relations
from planner.exchange.company_entry import Entry
from planner.exchange.company_files import Folder
from planner.exchange.company_findings import Findings, Shift
from planner.exchange.company_history import Past, history, place_history
from planner.exchange.company_requests import Filed, place, requests
from planner.records import (
    Account,
    CycleKind,
    DefinitionState,
    Department,
    Holiday,
    KeyAccountDefinition,
    PlanningCycle,
    Row,
    Skill,
    Specialist,
    User,
)
from planner.services.staff.users import LONGEST_PASSWORD, hash_password
from planner.verdict import Denied, Kind, Message, Refused, refuse

FIRST: tuple[type[Row], ...] = (Department, Skill, Specialist, Account, Holiday, PlanningCycle)
"""Kinds of rows of which an empty database has none."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was stored: rows by table, and by how many weeks every date was moved."""

    counts: dict[str, int]
    shift_weeks: int


def load(session: Session, folder: Path, today: date) -> Loaded:
    """Store the company of `folder`, its first Monday moved to the Monday of the week of `today`.

    All comes in the caller's unit of work, with one audit event. Ids follow from the codes in the files.

    Raises:
        Refused: E_COMPANY_FILES with everything wrong in the files; E_COMPANY_LOADED when the database holds
            this company, or part of it, already. Nothing is stored then.
    """
    found = Findings()
    company = Folder(folder, found, Shift(0, 0)).document("company.json")
    shift = Shift.between(company.real_day("first_monday"), today) if company else Shift(0, 0)
    about = Entry(found, company.where, company.values, shift) if company else None
    rows, past, filed = _read(Folder(folder, found, shift), about)
    _refuse_wrong(found)
    _refuse_known(session, rows)
    for kind in dict.fromkeys(type(row) for row in rows):
        # Not every reference is a relationship that the session could sort by; the files' order is right.
        session.add_all(row for row in rows if type(row) is kind)
        session.flush()
    _approve(session, rows)
    accounts = {row.id: row for row in rows if isinstance(row, Account)}
    place_history(session, found, past, accounts)
    place(session, found, filed, accounts, first=len(past) + 1)
    _refuse_wrong(found)
    cycle = next(row for row in rows if isinstance(row, PlanningCycle))
    counts = _counts(rows, past, filed)
    loaded = Loaded(counts, shift.weeks)
    after = {"counts": loaded.counts, "shift_weeks": loaded.shift_weeks}
    record(session, SYSTEM, Event.COMPANY_LOADED, cycle, before=None, after=after)
    return loaded


def _counts(rows: list[Row], past: list[Past], filed: list[Filed]) -> dict[str, int]:
    asked = Counter(
        resource_request=len(filed) + len(past), closing=sum(each.ended is not None for each in past)
    )
    return dict(Counter(row.__tablename__ for row in rows) + asked)


def _approve(session: Session, rows: list[Row]) -> None:
    """Put the definition in force once its criteria stand; the database keeps both from change then."""
    for row in rows:
        if isinstance(row, KeyAccountDefinition):
            row.state = DefinitionState.ACTIVE
    session.flush()


def _read(files: Folder, about: Entry | None) -> tuple[list[Row], list[Past], list[Filed]]:
    """Every row of the company in the order in which they refer to each other, and the requests."""
    password = about.text("demo_password", LONGEST_PASSWORD) if about else ""
    rows: list[Row] = [
        *people.users(files, hash_password(password)),
        *people.delegations(files),
        *people.departments(files),
        *people.skills(files),
        *people.specialists(files),
        *people.attestations(files),
        *people.leaves(files),
        *people.holidays(files),
        *customers.accounts(files),
        *customers.figures(files),
    ]
    rows += _judging(files, about, rows)
    if about:
        cycle = _cycle(about.part("cycle"))
        _check_holidays(files.found, rows, cycle)
        rows.append(cycle)
        for name in ("name", "about", "currency", "first_monday"):
            about.words(name, 200)
        about.codes_of("sign_ins", "users")
        about.close()
    return rows, list(history(files)), list(requests(files))


def _judging(files: Folder, about: Entry | None, rows: list[Row]) -> list[Row]:
    """What "key" means, by which criteria customers are judged, and what is known of each."""
    definition, named = KeyAccountDefinition(), list[Row]()
    if about:
        part = about.part("definition")
        definition = customers.definition(part)
        named += relations.manual(part.entries("named"), definition)
        part.close()
    criteria = list(relations.criteria(files, definition))
    relations.check_weights(files.found, criteria)
    keepers = {row.id: row.kam_id for row in rows if isinstance(row, Account)}
    return [
        definition,
        *criteria,
        *named,
        *relations.scores(files),
        *relations.contacts(files),
        *relations.traits(files),
        *relations.goals(files),
        *relations.plans(files, keepers),
    ]


def _cycle(entry: Entry) -> PlanningCycle:
    first, length = entry.week("first_week"), entry.whole("horizon_weeks", 1, 53)
    name = entry.text("name", 100)
    row = PlanningCycle(
        name=name.replace("{first_week}", first).replace("{last_week}", add_weeks(first, length - 1)),
        kind=entry.choice("kind", CycleKind),
        first_week=first,
        horizon_weeks=length,
        frozen_weeks=entry.whole("frozen_weeks", 0, length),
        slushy_weeks=entry.whole("slushy_weeks", 0, length),
        request_cutoff=entry.moment("request_cutoff"),
        decision_deadline=entry.moment("decision_deadline"),
        publish_at=entry.moment("publish_at"),
    )
    if not row.request_cutoff <= row.decision_deadline <= row.publish_at:
        reason = "Requests close first, then heads decide, then the plan is published."
        entry.wrong("publish_at", reason, "Put the three times in this order.")
    entry.close()
    return row


def _check_holidays(found: Findings, rows: list[Row], cycle: PlanningCycle) -> None:
    """Note the countries whose public holidays are not known for every year of the cycle."""
    first, last = cycle.first_week, add_weeks(cycle.first_week, cycle.horizon_weeks - 1)
    known = {(row.country, row.day.year) for row in rows if isinstance(row, Holiday)}
    for country in sorted({row.country for row in rows if isinstance(row, Specialist)}):
        for year in sorted({monday(first).year, monday(last).year}):
            if (country, year) not in known:
                reason = "No public holiday of %(country)s in %(year)s is listed."
                where = f"holidays.csv/{country} {year}"
                found.add(where, "E_HOLIDAYS", reason, "Add that year.", country=country, year=str(year))


def _refuse_wrong(found: Findings) -> None:
    if not found.problems:
        return
    raise Refused(
        Denied(
            Kind.INVALID,
            "E_COMPANY_FILES",
            Message("The company's files hold %(count)d errors.", {"count": len(found.problems)}),
            Message("Correct what is listed and load again; nothing was stored."),
            tuple(found.problems.values()),
        )
    )


def _refuse_known(session: Session, rows: list[Row]) -> None:
    """A second company would mix with the first: only users may be there before, with other addresses."""
    taken = any(session.scalars(select(kind.id).limit(1)).first() for kind in FIRST)
    emails = [row.email for row in rows if isinstance(row, User)]
    if taken or session.scalars(select(User.id).where(User.email.in_(emails)).limit(1)).first():
        raise refuse(
            Kind.STATE,
            "E_COMPANY_LOADED",
            "This database holds a company already.",
            "Keep what is there, or name an empty database in PLANNER_DATABASE_URL.",
        )
