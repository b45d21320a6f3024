"""Importing files: everything wrong at once, all or nothing, and the same file twice changes nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from factories import World, events, refused
from importing import check, codes, csv_of, months, store, workbook_of
from sqlalchemy import func, select

from planner.clock import now
from planner.exchange.imports import Source
from planner.exchange.kinds_requests import Requests
from planner.records import (
    AccountFinancials,
    ClosedMonth,
    ExchangeRate,
    FiguresCorrection,
    ImportKind,
)
from planner.services.customers.goals import add_goal
from planner.services.filing.requests import list_requests, values_of
from planner.services.importing.import_reports import store_content

FIGURES = ImportKind.FIGURES

PLANTED = [
    ({"account": "nobody"}, "account", "E_REF_UNKNOWN"),
    ({"account": ""}, "account", "E_MISSING"),
    ({"month": "2026-13"}, "month", "E_MONTH"),
    ({"month": "2027-02"}, "month", "E_MONTH_FUTURE"),
    ({"kind": "guess"}, "kind", "E_CHOICE"),
    ({"currency": "XYZ"}, "currency", "E_CURRENCY"),
    ({"currency": "NOK"}, "currency", "E_CURRENCY_RATE"),
    ({"gross_sales": "1.234"}, "gross_sales", "E_NUMBER_AMBIGUOUS"),
    ({"gross_sales": "much"}, "gross_sales", "E_NUMBER"),
    ({"gross_sales": "-5"}, "gross_sales", "E_NEGATIVE"),
    ({"gross_sales": "12.3456"}, "gross_sales", "E_NUMBER_STEP"),
    ({"cogs": "-600"}, "cogs", "E_NUMBER_RANGE"),
    ({"cogs": "600 EUR"}, "cogs", "E_UNIT"),
    ({"cogs": "=SUM(A1:A3)"}, "cogs", "E_CELL_FORMULA"),
    ({"logistics": ""}, "logistics", "E_MISSING"),
    ({"support": "1e3"}, "support", "E_NUMBER"),
    ({"ar_overdue": "900"}, "ar_overdue", "E_OVERDUE"),
    ({"account": "Total"}, "account", "E_TOTALS_ROW"),
    ({"note": "x" * 501}, "note", "E_TEXT_LENGTH"),
]
"""Nineteen rows with one fault each; the twentieth fault is the first row again."""


def stored(world: World) -> int:
    """Months of figures in the database."""
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(AccountFinancials)) or 0


@pytest.mark.acceptance
def test_twenty_planted_errors_are_all_told_and_nothing_is_stored(world: World) -> None:
    """Each is named with its row, column and remedy; the good first row is not stored either."""
    with world.database.writing() as session:
        session.add(ExchangeRate(currency="NOK", month="2026-01", rate_millionths=85_000))
    years = iter(range(2001, 2100))
    rows = months({}, *({"month": f"{next(years)}-01", **change} for change, *_ in PLANTED), {})
    content = csv_of(rows)
    finding = check(world, "filip", FIGURES, content)
    wanted = [(number, column, code) for number, (_, column, code) in enumerate(PLANTED, 3)]
    assert codes(finding) == [*wanted, (len(rows) + 1, "month", "E_DUPLICATE")]
    assert finding.fault_count == 20
    assert all(str(fault.remedy) for fault in finding.faults)
    denied = refused(world, "filip", store_content, Source(FIGURES, "file", content))
    assert denied.code == "E_IMPORT_FAULTY"
    assert [problem.where for problem in denied.problems][:2] == ["row 3/account", "row 4/account"]
    assert stored(world) == 0


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    """The first time two months are new; the second time nothing happens and nothing is logged."""
    content = csv_of(months({}, {"month": "2026-10"}))
    assert store(world, "filip", FIGURES, content).new == 2
    logged = len(events(world))
    again = store(world, "filip", FIGURES, content)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert (stored(world), len(events(world))) == (2, logged)


def test_a_change_is_shown_and_logged_with_old_and_new_value(world: World) -> None:
    """1,000.00 becomes 1,200.50 and the log holds both."""
    store(world, "filip", FIGURES, csv_of(months({})))
    finding = store(world, "filip", FIGURES, csv_of(months({"gross_sales": "1 200,50"}), ";"))
    told = {"gross_sales": (Decimal("1000.00"), Decimal("1200.50"))}
    assert finding.changes == [("alfa 2026-11 actual", told)]
    last = events(world)[-1]
    assert (last.action, last.after and last.after["changes"]) == (
        "data.imported",
        [{"label": "alfa 2026-11 actual", "changes": {"gross_sales": [100_000, 120_050]}}],
    )


def test_an_empty_balance_stays_unknown(world: World) -> None:
    """Unknown is never zero."""
    store(world, "filip", FIGURES, csv_of(months({"ar_open": "", "ar_overdue": ""})))
    with world.database.reading() as session:
        row = session.scalars(select(AccountFinancials)).one()
    assert (row.ar_open, row.ar_overdue, row.receipts) == (None, None, None)


def test_another_currency_is_converted_at_the_rate_of_its_month(world: World) -> None:
    """1,000 NOK at 0.085 are 85.00; 600 are 51.00."""
    rates = csv_of([{"currency": "NOK", "month": "2026-11", "rate": "0,085"}], ";")
    store(world, "filip", ImportKind.RATES, rates)
    store(world, "filip", FIGURES, csv_of(months({"currency": "NOK"})))
    with world.database.reading() as session:
        row = session.scalars(select(AccountFinancials)).one()
    assert (row.gross_sales, row.cogs) == (8_500, 5_100)


def test_a_closed_month_changes_only_with_a_correction(world: World) -> None:
    """Without a note it is refused, with one the old and new values are kept."""
    store(world, "filip", FIGURES, csv_of(months({})))
    with world.database.writing() as session:
        session.add(ClosedMonth(month="2026-11", closed_by_id=world.ids["filip"], closed_at=now()))
    changed = {"cogs": "650"}
    assert codes(check(world, "filip", FIGURES, csv_of(months(changed)))) == [(2, "note", "E_MONTH_CLOSED")]
    store(world, "filip", FIGURES, csv_of(months({**changed, "note": "Freight was booked twice"})))
    with world.database.reading() as session:
        row = session.scalars(select(AccountFinancials)).one()
        correction = session.scalars(select(FiguresCorrection)).one()
    assert (row.cogs, row.correction_id) == (65_000, correction.id)
    assert correction.before == {"cogs": 60_000, "note": ""}
    # Nothing to correct is no correction.
    same = store(world, "filip", FIGURES, csv_of(months({**changed, "note": "Freight was booked twice"})))
    assert same.unchanged == 1


def test_a_month_stands_at_one_level_of_a_group_only(world: World) -> None:
    """Beta becomes a branch of Alfa; both may not have figures for November."""
    accounts = csv_of([_account("alfa"), {**_account("beta"), "parent": "alfa"}])
    store(world, "lukas", ImportKind.ACCOUNTS, accounts)
    finding = check(world, "filip", FIGURES, csv_of(months({}, {"account": "beta"})))
    assert codes(finding) == [(2, "account", "E_TWO_LEVELS"), (3, "account", "E_TWO_LEVELS")]


def _account(code: str, **changes: str) -> dict[str, str]:
    keepers = {"alfa": "nora", "beta": "sven", "gamma": "kai"}
    return {
        "code": code,
        "name": code.capitalize(),
        "parent": "",
        "segment": "food",
        "territory": "north",
        "status": "active",
        "kam": f"{keepers.get(code, 'nora')}@example.com",
        "credit_status": "ok",
        **changes,
    }


def test_a_customer_entered_twice_is_found_by_its_name(world: World) -> None:
    """Case, accents and spaces make no other customer, in the file or beside what is stored."""
    rows = [
        _account("new", name="Žižka Dvě"),
        _account("newer", name="ZIZKA  dve"),
        _account("third", name="ALFA"),
    ]
    finding = check(world, "filip", ImportKind.ACCOUNTS, csv_of(rows))
    assert codes(finding) == [(3, "name", "E_CUSTOMER_TWICE"), (4, "name", "E_CUSTOMER_TWICE")]


def test_a_chain_of_groups_may_not_close(world: World) -> None:
    """Alfa above Beta above Alfa."""
    rows = [_account("alfa", parent="beta"), _account("beta", parent="alfa")]
    finding = check(world, "filip", ImportKind.ACCOUNTS, csv_of(rows))
    assert {code for _, _, code in codes(finding)} == {"E_CYCLE"}


def test_a_new_group_may_stand_beneath_its_branches(world: World) -> None:
    """The order of the rows does not matter."""
    rows = [_account("branch", parent="group"), _account("group")]
    assert store(world, "filip", ImportKind.ACCOUNTS, csv_of(rows)).new == 2
    assert store(world, "filip", ImportKind.ACCOUNTS, csv_of(rows)).unchanged == 2


def test_workbooks_say_the_same_as_csv(world: World) -> None:
    """Numbers and days of a workbook are what they are; a formula is a fault of its cell alone."""
    rows = months({"gross_sales": 1000.1}, {"month": "2026-10", "cogs": "x"})
    column = list(rows[0]).index("logistics")
    finding = check(world, "filip", FIGURES, workbook_of(rows, {(1, column): "=5+5"}))
    assert codes(finding) == [(2, "logistics", "E_CELL_FORMULA"), (3, "cogs", "E_NUMBER")]
    assert store(world, "filip", FIGURES, workbook_of(rows[:1])).new == 1
    with world.database.reading() as session:
        assert session.scalars(select(AccountFinancials.gross_sales)).one() == 100_010


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("note", "cogs", [("cogs", "E_COLUMN_TWICE")]),
        ("note", "nope", [("nope", "E_COLUMN_UNKNOWN")]),
        ("cogs", "cost", [("cogs", "E_COLUMN_MISSING"), ("cost", "E_COLUMN_UNKNOWN")]),
    ],
    ids=["twice", "unknown", "missing"],
)
def test_columns_that_do_not_fit_are_named(
    world: World, old: str, new: str, faults: list[tuple[str, str]]
) -> None:
    """Before any row is looked at; what is known stands in the remedy."""
    content = csv_of(months({})).replace(old.encode(), new.encode(), 1)
    finding = check(world, "filip", FIGURES, content)
    assert codes(finding) == [(None, column, code) for column, code in faults]
    assert all(str(fault.remedy) for fault in finding.faults)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"month": 46031}, [(2, "month", "E_MONTH")]),
        ({"gross_sales": "(1000)"}, [(2, "gross_sales", "E_NUMBER")]),
        ({"gross_sales": "1000-"}, [(2, "gross_sales", "E_NUMBER")]),
        ({"gross_sales": "1,000"}, [(2, "gross_sales", "E_NUMBER_AMBIGUOUS")]),
        ({"gross_sales": "1 000,25"}, []),
        ({"gross_sales": "1'000.25"}, []),
        ({"currency": "usd"}, [(2, "currency", "E_CURRENCY")]),
    ],
)
def test_one_odd_cell_is_told_or_means_one_thing(
    world: World, changes: dict[str, object], wanted: list[tuple[int, str, str]]
) -> None:
    """Serial days, accountants' negatives and one group of three are refused; other ways of writing read."""
    content = csv_of(months(changes, {"month": "2026-10"}), ";").replace(b"\n", b"\r\n")
    assert codes(check(world, "filip", FIGURES, content)) == wanted


def test_rows_of_another_length_are_told(world: World) -> None:
    """A short row lacks its last cells, a long one has a cell that belongs to no column."""
    good = csv_of(months({}))
    long = good + b"\n" + good.split(b"\n")[1].replace(b"2026-11", b"2026-10") + b",extra"
    assert codes(check(world, "filip", FIGURES, long)) == [(3, "", "E_CSV_ROW")]
    short = check(world, "filip", FIGURES, good + b"\nalfa,2026-10,actual")
    assert {code for _, _, code in codes(short)} == {"E_MISSING"}
    assert {row for row, *_ in codes(short)} == {3}


def test_who_may_not_import_a_kind_is_told_no(world: World) -> None:
    """Administrators do not handle customers' money, finance no people, a key account manager neither."""
    for who, kind in (("adam", FIGURES), ("nora", FIGURES), ("filip", ImportKind.SPECIALISTS)):
        denied = refused(world, who, store_content, Source(kind, "file", csv_of(months({}))))
        assert denied.code == "E_FORBIDDEN", who


def test_a_head_enters_leave_of_the_own_people_only(world: World) -> None:
    """Leo works for Legal, so for the head of Engineering he does not exist."""
    row = {"specialist": "ann", "first_day": "11.1.2027", "last_day": "2027-01-12", "status": "approved"}
    finding = check(world, "hana", ImportKind.LEAVE, csv_of([row, {**row, "specialist": "leo"}]))
    assert codes(finding) == [(3, "specialist", "E_REF_UNKNOWN")]
    assert store(world, "hana", ImportKind.LEAVE, csv_of([row])).new == 1
    assert store(world, "hana", ImportKind.LEAVE, csv_of([row])).unchanged == 1
    overlapping = {**row, "first_day": "2027-01-12", "last_day": "2027-01-14"}
    finding = check(world, "adam", ImportKind.LEAVE, csv_of([overlapping]))
    assert codes(finding) == [(2, "first_day", "E_LEAVE_OVERLAP")]


REQUEST = {
    "request": "R1",
    "account": "alfa",
    "title": "Tender",
    "purpose": "win",
    "type": "tender",
    "earliest_week": "2027-W01",
    "latest_week": "2027-W04",
    "chance_0": "20",
    "chance_100": "50",
    "value_month": "6",
    "value": "1000",
    "skill": "architecture",
    "level": "3",
    "hours": "16",
    "evidence_kind": "own_estimate",
    "evidence": "Three like this.",
}


def test_rows_with_one_code_become_one_draft_of_the_own_customer(world: World) -> None:
    """Two rows are two lines; the same file again changes nothing; others' customers are unknown."""
    second = {**dict.fromkeys(REQUEST, ""), "request": "R1", "account": "alfa", "skill": "law", "hours": "8"}
    content = csv_of([REQUEST, second])
    assert store(world, "nora", ImportKind.REQUESTS, content).new == 1
    with world.database.reading() as session:
        (request,) = list_requests(session, world.actor("nora")).rows
        assert [(line.skill.key, line.quarter_hours) for line in request.lines] == [
            ("architecture", 64),
            ("law", 32),
        ]
        assert [(b.month_offset, b.amount_minor) for b in request.benefits] == [(6, 100_000)]
        assert request.status == "draft"
    assert store(world, "nora", ImportKind.REQUESTS, content).unchanged == 1
    finding = check(world, "kai", ImportKind.REQUESTS, content)
    assert (2, "account", "E_REF_UNKNOWN") in codes(finding)


def test_a_malformed_request_is_told_in_the_words_of_the_file(world: World) -> None:
    """The checks of typed requests hold, and point at the file's row and column."""
    rows = [
        {**REQUEST, "chance_100": "10"},
        {**REQUEST, "request": "R2", "latest_week": "2026-W50"},
        {**REQUEST, "request": "R3", "skill": "alchemy"},
    ]
    finding = check(world, "nora", ImportKind.REQUESTS, csv_of(rows))
    assert codes(finding) == [
        (2, "chance_100", "E_CURVE_FALLING"),
        (3, "latest_week", "E_WINDOW_REVERSED"),
        (4, "skill", "E_REF_UNKNOWN"),
    ]


def test_stage_and_goal_come_in_and_stay_where_a_file_has_no_column_for_them(world: World) -> None:
    """A file with both columns sets them; an older file without them leaves them; an empty cell clears."""
    with world.database.writing() as session:
        add_goal(session, world.actor("lukas"), "north", "Go north")
    said = {"stage": "proposal", "chance_reason": "Known for long.", "goal": "north"}

    def after(row: dict[str, str]) -> tuple[str | None, str, str | None]:
        store(world, "nora", ImportKind.REQUESTS, csv_of([row]))
        with world.database.reading() as session:
            (request,) = list_requests(session, world.actor("nora")).rows
            found = values_of(request)
            return found.stage, found.curve_reason, found.goal_code

    assert after({**REQUEST, **said}) == ("proposal", "Known for long.", "north")
    assert after({**REQUEST, "hours": "20"}) == ("proposal", "Known for long.", "north")
    assert after({**REQUEST, **said, "goal": ""}) == ("proposal", "Known for long.", None)
    finding = check(world, "nora", ImportKind.REQUESTS, csv_of([{**REQUEST, **said, "goal": "nort"}]))
    assert codes(finding) == [(2, "goal", "E_REF_UNKNOWN")]


def test_a_request_with_its_stage_survives_its_file(world: World) -> None:
    """Exported and handed in again nothing changes, the usual curve included."""
    evidence = (("customer_statement", "They asked.", ""),)
    world.draft(stage="negotiation", curve=(), evidence=evidence)
    with world.database.reading() as session:
        kind = Requests(session, world.actor("nora"))
        rows = [dict(zip((c.name for c in kind.columns), row, strict=True)) for row in kind.export()]
    filled = [{name: "" if cell is None else cell for name, cell in row.items()} for row in rows]
    assert [row["stage"] for row in filled] == ["negotiation"]
    assert store(world, "nora", ImportKind.REQUESTS, csv_of(filled)).unchanged == 1
