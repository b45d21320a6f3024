"""Departments and public holidays come in from files, so that an empty company can begin."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from factories import World
from importing import check, codes, csv_of, store
from sqlalchemy import select

from planner.records import Department, Holiday, ImportKind

UNITS, DAYS = ImportKind.DEPARTMENTS, ImportKind.HOLIDAYS
UNIT: dict[str, Any] = {"code": "design", "name": "Design", "head": "hana@example.com", "deputy_head": ""}


def test_a_department_comes_in_with_its_head_and_the_usual_reserves(world: World) -> None:
    """Reserves left out are the usual 20 and 5 per cent; the same file again changes nothing."""
    content = csv_of([UNIT])
    assert store(world, "adam", UNITS, content).new == 1
    with world.database.reading() as session:
        row = session.scalars(select(Department).where(Department.code == "design")).one()
        assert (row.head_id, row.deputy_head_id) == (world.ids["hana"], None)
        assert (row.own_work_reserve, row.expedite_reserve) == (200, 50)
    assert store(world, "adam", UNITS, content).unchanged == 1


def test_a_column_left_out_stays_and_a_changed_reserve_is_shown_before_it_counts(world: World) -> None:
    """Only the reserve of own work changes, from 20 to 30 per cent; name and head stay."""
    store(world, "adam", UNITS, csv_of([UNIT]))
    changed = csv_of([{"code": "Design", "name": "Design", "own_work_percent": "30"}])
    finding = check(world, "adam", UNITS, changed)
    assert list(finding.changes) == [("Design", {"own_work_percent": ("20", "30")})]
    store(world, "adam", UNITS, changed)
    with world.database.reading() as session:
        row = session.scalars(select(Department).where(Department.code == "design")).one()
        assert (row.own_work_reserve, row.head_id) == (300, world.ids["hana"])


def test_every_fault_of_departments_is_told(world: World) -> None:
    """A head must hold the role, nobody deputises for themselves, and reserves end at the whole."""
    rows = [
        {**UNIT, "head": "nora@example.com", "own_work_percent": "0"},
        {**UNIT, "deputy_head": "hana@example.com", "own_work_percent": "0"},
        {**UNIT, "own_work_percent": "97"},
    ]
    finding = check(world, "adam", UNITS, csv_of([{**row, "code": f"d{n}"} for n, row in enumerate(rows)]))
    assert codes(finding) == [
        (2, "head", "E_REF_UNKNOWN"),
        (3, "deputy_head", "E_SAME_PERSON"),
        (4, "expedite_percent", "E_RESERVES"),
    ]


def test_holidays_come_in_by_country_and_day(world: World) -> None:
    """One country and day is one holiday, whatever it is called; a country has two letters."""
    day = {"country": "no", "day": "17.5.2027", "name": "Constitution Day"}
    assert store(world, "adam", DAYS, csv_of([day])).new == 1
    renamed = store(world, "adam", DAYS, csv_of([{**day, "country": "NO", "name": "Grunnlovsdag"}]))
    assert (renamed.new, renamed.changed) == (0, 1)
    with world.database.reading() as session:
        row = session.scalars(select(Holiday).where(Holiday.day == date(2027, 5, 17))).one()
        assert (row.country, row.name) == ("NO", "Grunnlovsdag")
    faults = check(world, "adam", DAYS, csv_of([{**day, "country": "Norway"}, day, day]))
    assert codes(faults) == [(2, "country", "E_COUNTRY"), (4, "day", "E_DUPLICATE")]


def test_a_change_is_told_in_the_words_of_the_file(world: World) -> None:
    """Ids, minor units and quarter-hours are nobody's language: the preview says what an export says."""
    export = ImportKind.SPECIALISTS
    person = {"code": "ann", "name": "Ann", "department": "legal", "country": "NO", "rate": "99,5"}
    person |= {"hours_mon_to_sun": "8 8 8 8 4 0 0", "active_from": "2020-01-01", "max_parallel": ""}
    ((label, told),) = check(world, "adam", export, csv_of([person])).changes
    assert label == "ann"
    assert told["department"] == ("engineering", "legal")
    assert told["rate"][1] == Decimal("99.50")
    assert told["hours_mon_to_sun"] == ("8 8 8 8 8 0 0", "8 8 8 8 4 0 0")
    assert told["max_parallel"] == (3, None)
    customer = {"code": "alfa", "name": "Alfa", "segment": "food", "territory": "Norway", "status": "active"}
    customer |= {"kam": "kai@example.com", "deputy_kam": "", "credit_status": "ok", "budget": "12.5"}
    ((_, told),) = check(world, "filip", ImportKind.ACCOUNTS, csv_of([customer])).changes
    assert told["kam"] == ("nora@example.com", "kai@example.com")
    assert told["budget"] == (Decimal(500_000), Decimal("12.50"))


def test_a_changed_request_is_told_column_by_column(world: World) -> None:
    """Two lines stand in one cell each; only what differs is told."""
    row = {"request": "R1", "account": "alfa", "title": "Tender", "purpose": "win", "type": "tender"}
    row |= {"earliest_week": "2027-W01", "latest_week": "2027-W04", "chance_0": "20", "chance_100": "50"}
    row |= {"value_month": "6", "value": "1000", "evidence_kind": "own_estimate", "evidence": "One."}
    row |= {"skill": "architecture", "level": "3", "hours": "16"}
    second = {**dict.fromkeys(row, ""), "request": "R1", "account": "alfa", "skill": "law", "hours": "8"}
    store(world, "nora", ImportKind.REQUESTS, csv_of([row, second]))
    changed = [{**row, "title": "Tender 2"}, {**second, "hours": "12"}]
    ((label, told),) = check(world, "nora", ImportKind.REQUESTS, csv_of(changed)).changes
    assert label == "R1"
    assert told == {"title": ("Tender", "Tender 2"), "hours": ("16; 8", "16; 12")}
