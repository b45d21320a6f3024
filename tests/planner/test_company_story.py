"""The demo company's story: who depends on whom, what is scarce, and which quarrels have to be decided."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.capacity import skills_on
from planner.clock import horizon, monday
from planner.database import Database
from planner.exchange import load
from planner.records import (
    Account,
    AccountFinancials,
    CreditStatus,
    FiguresKind,
    KeyAccountDefinition,
    PlanningCycle,
    Preference,
    Purpose,
    RequestLine,
    RequestStatus,
    ResourceRequest,
)
from planner.services.filing.requests import missing_to_submit
from planner.supply import specialists, week_table
from planner.worth import level_values, present_value

COMPANY = Path(__file__).resolve().parents[2] / "fixtures" / "company"
TODAY = date(2027, 1, 4)
YEAR = [f"2026-{month:02d}" for month in range(1, 13)]
KAM_RATE, SPECIALIST_RATE = 70_00, 90_00
"""What an hour of theirs is taken to cost an account, in minor units; ANSWER.md computes with the same."""

COSTS = ("cogs", "logistics", "support", "programme_costs", "other_cts")


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the demo company as of the fixed date, loaded once for all that only read."""
    path = tmp_path_factory.mktemp("company") / "planner.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with database.writing() as session:
        load(session, COMPANY, TODAY)
    yield database
    database.dispose()


@pytest.fixture
def session(company: Database) -> Iterator[Session]:
    """A reading session on the demo company."""
    with company.reading() as session:
        yield session


def _figures(session: Session, months: Sequence[str]) -> dict[str, list[AccountFinancials]]:
    """Actual figures of those months by account code, in order of time."""
    rows: defaultdict[str, list[AccountFinancials]] = defaultdict(list)
    query = select(Account.code, AccountFinancials).join(Account, Account.id == AccountFinancials.account_id)
    for code, row in session.execute(query.order_by(AccountFinancials.month)):
        if row.month in months and row.kind == FiguresKind.ACTUAL:
            rows[code].append(row)
    return rows


def _revenue(row: AccountFinancials) -> int:
    return row.gross_sales - row.discounts - row.bonuses - row.returns


def _profit(row: AccountFinancials) -> int:
    """Contribution profit of a month (C3) in minor units."""
    hours = (row.kam_quarter_hours or 0) * KAM_RATE + (row.specialist_quarter_hours or 0) * SPECIALIST_RATE
    return _revenue(row) - sum(int(getattr(row, cost)) for cost in COSTS) - hours // 4


def _per_mille(amounts: dict[str, int]) -> dict[str, Fraction]:
    whole = sum(max(amount, 0) for amount in amounts.values())
    return {code: Fraction(max(amount, 0) * 1000, whole) for code, amount in amounts.items()}


def test_who_is_key_and_why(session: Session) -> None:
    """Shares of 12 months, by hand: profit adds up to 10,000,000 and revenue to 60,000,000 euros.

    Nordwind brings 24 % of profit (critical), Skarvhavn 12.5 % (key). The Halvard group, two branches of
    5.8 and 4.2 %, brings exactly 10 % and is not key. Baltmar is key by revenue (14 %) with 3 % of profit.
    """
    definition = session.scalars(select(KeyAccountDefinition)).one()
    assert (definition.key_share, definition.critical_share) == (100, 200)
    figures = _figures(session, YEAR)
    parents = {
        account.code: session.get_one(Account, account.parent_id).code
        for account in session.scalars(select(Account).where(Account.parent_id.is_not(None)))
    }
    assert parents == {"halvard-oslo": "halvard", "halvard-gdynia": "halvard"}
    profit: defaultdict[str, int] = defaultdict(int)
    revenue: defaultdict[str, int] = defaultdict(int)
    for code, rows in figures.items():
        profit[parents.get(code, code)] += sum(map(_profit, rows))
        revenue[parents.get(code, code)] += sum(map(_revenue, rows))
    by_profit, by_revenue = _per_mille(profit), _per_mille(revenue)
    assert sum(max(p, 0) for p in profit.values()) == 10_000_000_00
    assert sum(revenue.values()) == 60_000_000_00
    assert by_profit["nordwind"] == 240 > definition.critical_share
    assert {c for c, share in by_profit.items() if share > definition.key_share} == {"nordwind", "skarvhavn"}
    assert by_profit["halvard"] == definition.key_share
    assert {c for c, share in by_revenue.items() if share > definition.key_share} == {"nordwind", "baltmar"}
    assert by_profit["baltmar"] == 30
    assert {c for c, amount in profit.items() if amount < 0} == {"moravec", "auvento"}


def test_turnover_bought_at_a_loss_and_a_prospect_that_costs(session: Session) -> None:
    """Moravec buys for 3.6 million and costs us 240,000; Auvento buys nothing and takes hours every month."""
    figures = _figures(session, YEAR)
    assert sum(map(_revenue, figures["moravec"])) == 3_600_000_00
    assert sum(map(_profit, figures["moravec"])) == -240_000_00
    assert not any(row.gross_sales for row in figures["auvento"])
    assert all(row.kam_quarter_hours and row.specialist_quarter_hours for row in figures["auvento"])


def test_one_customer_grows_on_our_money(session: Session) -> None:
    """Polmedica: profit of the half-year above that of a year before, cash of the year below zero."""
    halves = [f"2025-{m:02d}" for m in range(7, 13)], YEAR[6:]
    before, now = (_figures(session, half) for half in halves)
    growing = []
    for code, rows in _figures(session, YEAR).items():
        opening, closing = before[code][-1], rows[-1]
        tied_up = sum(
            (getattr(closing, name) - getattr(opening, name)) * sign
            for name, sign in (("ar_open", 1), ("inventory_dedicated", 1), ("ap_related", -1))
        )
        cash = sum(map(_profit, rows)) - tied_up
        if (
            sum(map(_profit, now[code])) > sum(map(_profit, before[code]))
            and sum(map(_profit, rows)) > 0 > cash
        ):
            growing.append(code)
    assert growing == ["polmedica"]


def test_figures_are_consistent(session: Session) -> None:
    """24 accounts, 18 actual and 6 expected months; sales, receipts and open invoices explain each other."""
    everything = _figures(session, [f"2025-{m:02d}" for m in range(7, 13)] + YEAR)
    assert len(everything) == 24
    for code, rows in everything.items():
        assert len(rows) == 18
        for before, row in pairwise(rows):
            if row.receipts is not None and before.ar_open is not None and row.ar_open is not None:
                assert row.receipts == before.ar_open + _revenue(row) - row.ar_open, (code, row.month)
    forecasts = session.scalars(
        select(AccountFinancials).where(AccountFinancials.kind == FiguresKind.FORECAST)
    ).all()
    assert len(forecasts) == 24 * 6
    assert all(row.ar_open is None and row.receipts is None for row in forecasts)


def test_a_blocked_customer_gets_nothing_new(session: Session) -> None:
    """Kestrel's credit is blocked: what is submitted keeps or defends; the draft to grow cannot be."""
    blocked = session.scalars(select(Account).where(Account.credit_status == CreditStatus.BLOCKED)).one()
    assert blocked.code == "kestrel"
    rows = session.scalars(select(ResourceRequest).where(ResourceRequest.account_id == blocked.id)).all()
    submitted = [row for row in rows if row.status == RequestStatus.SUBMITTED]
    assert {row.purpose for row in submitted} <= {Purpose.RETAIN, Purpose.DEFEND}
    (draft,) = [row for row in rows if row.status == RequestStatus.DRAFT]
    assert [problem.code for problem in missing_to_submit(session, draft)] == ["E_CREDIT_BLOCKED"]


def _submitted_lines(session: Session) -> list[RequestLine]:
    """Lines of submitted requests; of alternatives only the first, of which one is staffed."""
    rows = session.scalars(select(ResourceRequest).where(ResourceRequest.status == RequestStatus.SUBMITTED))
    return [line for row in rows for line in row.lines if line.alternative in {None, 1}]


def test_at_least_three_skills_are_asked_for_half_again(session: Session) -> None:
    """Demand over capacity, net of reserves, leave and holidays, as the table in ANSWER.md has it."""
    cycle = session.scalars(select(PlanningCycle)).one()
    weeks = horizon(cycle.first_week, cycle.horizon_weeks)
    people = specialists(session)
    hours = week_table(session, people, weeks, {})
    asked: defaultdict[str, int] = defaultdict(int)
    least: dict[str, int] = {}
    for line in _submitted_lines(session):
        asked[line.skill.key] += line.quarter_hours
        least[line.skill.key] = min(line.min_level, least.get(line.skill.key, 5))
    lent = dict.fromkeys(asked, 0)
    for person in people:
        attested = [(a.skill.key, a.level, a.expires_on) for a in person.skills]
        for skill, level in skills_on(monday(weeks[0]), attested).items():
            if level >= least.get(skill, 6):
                lent[skill] += sum(week.capacity for week in hours[person.id])
    ratio = {skill: Fraction(asked[skill], lent[skill]) for skill in asked}
    assert {s for s in ratio if ratio[s] > Fraction(3, 2)} == {
        "architecture",
        "safety",
        "validation",
        "ot-security",
    }
    everything = sum(week.capacity for table in hours.values() for week in table)
    assert sum(asked.values()) > Fraction(6, 5) * everything


def test_an_expired_attestation_makes_a_skill_scarcer(session: Session) -> None:
    """Karol Pietrzak's safety examination ran out, so nobody may plan him for it."""
    expired = [
        (person.code, attested.skill.key)
        for person in specialists(session)
        for attested in person.skills
        if attested.expires_on and attested.expires_on < TODAY
    ]
    assert expired == [("karol.pietrzak", "safety")]


def _request(session: Session, title: str) -> ResourceRequest:
    return session.scalars(select(ResourceRequest).where(ResourceRequest.title.startswith(title))).one()


def _gain(request: ResourceRequest) -> int:
    """Worth of all the hours in minor units (C5)."""
    worth = present_value([(b.month_offset, b.amount_minor) for b in request.benefits], Decimal("0.10"))
    points = [(p.fraction, p.probability) for p in request.curve]
    levels = level_values(points, worth, request.avoidable_cost_minor)
    return next(level.value_minor for level in levels if level.fraction == 1000)


def test_two_big_accounts_quarrel_about_one_architect(session: Session) -> None:
    """Both want Sigrid Moen and nobody else, by the same day; her weeks hold one of the two, not both."""
    quarrel = [
        _request(session, "Automation master plan"),
        _request(session, "Control concept for the Skarv"),
    ]
    lines = [line for request in quarrel for line in request.lines if line.preference == Preference.REQUIRE]
    assert {line.specialist.code for line in lines if line.specialist} == {"sigrid.moen"}
    assert len({(request.earliest_week, request.latest_week, request.deadline) for request in quarrel}) == 1
    sigrid = next(person for person in specialists(session) if person.code == "sigrid.moen")
    weeks = [f"2027-W{week:02d}" for week in range(2, 8)]
    free = sum(week.capacity for week in week_table(session, [sigrid], weeks, {})[sigrid.id])
    assert free == 375
    assert [line.quarter_hours for line in lines] == [320, 336]
    assert max(line.quarter_hours for line in lines) <= free < sum(line.quarter_hours for line in lines)


def test_a_small_increment_of_a_giant_is_worth_less_than_a_dairys_chance(session: Session) -> None:
    """Nordwind's order is larger, but nearly ours already: its hours change less than the dairy's."""
    giant, dairy = (
        _request(session, "Speed upgrade"),
        _request(session, "Automation concept for the second cheese"),
    )
    assert sum(b.amount_minor for b in giant.benefits) > 2.5 * sum(b.amount_minor for b in dairy.benefits)
    assert sum(line.quarter_hours for line in giant.lines) > 2 * sum(
        line.quarter_hours for line in dairy.lines
    )
    assert _gain(dairy) > 2 * _gain(giant)


def test_one_promise_is_confirmed(session: Session) -> None:
    """One obligation with contract and a second person; worth less than its hours would bring elsewhere."""
    (promise,) = session.scalars(select(ResourceRequest).where(ResourceRequest.obligation)).all()
    assert "FC-118" in promise.contract_reference
    assert promise.obligation_confirmed_by_id not in {None, promise.filed_by_id, promise.kam_id}
    assert 0 < _gain(promise) < 15_000_00


def test_every_feature_of_a_request_is_there(session: Session) -> None:
    """Bundles of one to four lines, alternatives, curves of every shape, order, least hours a week."""
    rows = session.scalars(
        select(ResourceRequest).where(ResourceRequest.status == RequestStatus.SUBMITTED)
    ).all()
    assert {len(row.lines) for row in rows} == {1, 2, 3, 4}
    assert sum(any(line.alternative for line in row.lines) for row in rows) == 2
    shapes: Counter[str] = Counter()
    for row in rows:
        points = {p.fraction: p.probability for p in row.curve}
        if set(points) == {0, 1000}:
            shapes["all or nothing"] += 1
        elif 250 in points:
            shapes["linear"] += 1
        elif points[500] - points[0] < points[1000] - points[500]:
            shapes["convex start"] += 1
    assert shapes["all or nothing"] >= 15
    assert shapes["linear"] >= 4
    assert shapes["convex start"] >= 35
    lines = _submitted_lines(session)
    assert sum(line.preference == Preference.PREFER for line in lines) >= 3
    assert sum(line.language is not None for line in lines) >= 40
    assert sum(bool(line.after) for line in lines) >= 8
    assert sum(line.weekly_min is not None for line in lines) == 1
    assert {row.purpose for row in rows} == set(Purpose)
