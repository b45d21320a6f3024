"""What the demo company's claims and strategy make of its requests, against ANSWER.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from planner.actor import actor_for
from planner.database import Database
from planner.exchange.company import load
from planner.judging import Company, KeyReason, judge
from planner.qualifying import MEASURED
from planner.records import ResourceRequest, User
from planner.services.closing import kams
from planner.services.customers import portfolio
from planner.solving.material import plannable
from planner.solving.weighing import weigh
from planner.worth import Dependency, Flag, level_values, present_value

COMPANY = Path(__file__).resolve().parents[2] / "fixtures" / "company"
ANSWER = (COMPANY / "ANSWER.md").read_text(encoding="utf-8")
TODAY = date(2027, 1, 4)
YEARLY = Decimal("0.10")


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """The demo company as of the fixed date."""
    with sqlite_database.writing() as writing:
        load(writing, COMPANY, TODAY)
    with sqlite_database.reading() as reading:
        yield reading


def _by_code(company: Company) -> dict[str, str]:
    return {j.account.code: key for key, j in company.judged.items()}


def test_the_answer_holds_for_customers_and_claims(session: Session) -> None:
    """Classes, reasons, flags and weights of ANSWER.md; then what the quarrel's requests count for."""
    company = judge(session, TODAY)
    ids = _by_code(company)
    judged = {code: company.judged[key] for code, key in ids.items()}
    assert judged["nordwind"].dependency is Dependency.CRITICAL
    assert judged["skarvhavn"].reasons == (KeyReason.SHARE, KeyReason.REFERENCE)
    assert (judged["halvard"].dependency, judged["halvard"].reasons) == (
        Dependency.ORDINARY,
        (KeyReason.NAMED,),
    )
    assert Flag.TURNOVER_AT_A_LOSS in judged["moravec"].flags
    assert Flag.PROFIT_UP_CASH_DOWN in judged["polmedica"].flags
    assert judged["polmedica"].money.cash_flow.minor == -19_800_000
    assert Flag.REVENUE_NOT_PROFIT in judged["baltmar"].flags
    weights = {code: f"{j.standing.weight.value:.4f}" for code, j in judged.items()}
    assert (min(weights.values()), max(weights.values())) == ("0.8145", "1.3561")
    assert (weights["nordwind"], weights["lipno"]) == ("1.2605", "1.2346")
    assert judged["silvapap"].standing.weight.note == "provisional"
    found = portfolio.portfolio(company)
    assert f"{found.concentration.value:.4f}" == "0.1042"
    _requests(session)


def test_who_could_leave_stands_in_the_order_of_the_curve(session: Session) -> None:
    """Two customers bring the same; beside each other their running sums rise all the same."""
    found = portfolio.portfolio(judge(session, TODAY))
    profits = [x.judgement.money.contribution.value for x in found.leavers]
    assert len(set(profits)) < len(profits)
    assert [x.judgement.account.id for x in found.leavers] == [step.key for step in found.curve]


def _requests(session: Session) -> None:
    rows = {row.title: row for row in plannable(session)}
    weighed = weigh(session, TODAY, rows.values())
    named = {
        "Control concept for the Skarvfoss hydro upgrade": ("264,560.28", "360,632.80"),
        "Automation master plan for the new Rostock plant": ("231,935.69", "293,351.04"),
        "Speed upgrade of filling line 4": ("59,886.25", "75,488.20"),
        "Automation concept for the second cheese line": ("138,268.28", "170,712.81"),
    }
    for title, (money, counted) in named.items():
        row: ResourceRequest = rows[title]
        levels = level_values(
            [(p.fraction, p.probability) for p in row.curve],
            present_value([(b.month_offset, b.amount_minor) for b in row.benefits], YEARLY),
            row.avoidable_cost_minor,
            weighed[row.id].factors,
        )
        assert (_euros(levels[-1].money_minor), _euros(levels[-1].value_minor)) == (money, counted)
        assert money in ANSWER
        assert counted in ANSWER


def _euros(minor: int) -> str:
    return f"{minor / 100:,.2f}"


def test_every_record_of_the_answer_is_the_planners(session: Session) -> None:
    """Factors of each account manager, as ANSWER.md prints them."""
    leader = session.query(User).filter(User.email.startswith("ingrid")).one()
    actor = actor_for(session, leader)
    told = {
        kam.display_name: kams.view_calibration(session, actor, kam.id)
        for kam in kams.list_kams(session, actor)
    }
    rows = re.findall(r"\| ([A-ZŁ][^|]+?) \| (\d) \| ([\d.]+) \| ([\d.]+) \|", ANSWER)
    assert len(rows) == 8
    for name, closed, chances, values in rows:
        record = told[name]
        assert len(record.cases) == int(closed)
        assert f"{record.calibration.probability.value:.4f}" == chances
        assert f"{record.calibration.value.value:.4f}" == values


def test_criteria_that_can_be_measured_are(session: Session) -> None:
    """The demo's definition measures money and coverage itself; nobody rates them by hand."""
    company = judge(session, TODAY)
    assert company.definition is not None
    assert {"potential", "contribution_profit", "growth", "dso", "coverage"} <= MEASURED
    nordwind = company.judged[_by_code(company)["nordwind"]]
    assert nordwind.standing.priority.coverage.value == 1
