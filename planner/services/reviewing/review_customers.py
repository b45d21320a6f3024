"""Customers in the review: the plan for each, what it asked and got, profit and cash, dependence."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.clock import today
from planner.judging import Company, Judgement, judge
from planner.records import AccountPlan, PlanState, Publication
from planner.services.reviewing.review_view import AlertRow, CustomerRow, Goal
from planner.worth import Dependency, Figure
from planner.worth.figure import PER_MILLE

IN_FORCE = (PlanState.SUBMITTED, PlanState.BOARD_REVIEWED)
BACK = timedelta(days=91)
"""A quarter: how far back a customer's class is compared."""

LADDER = tuple(Dependency)
TOP = frozenset(LADDER[1:])
"""Every class above the ordinary one."""


def customers(
    session: Session, publication: Publication, content: Mapping[str, Any], company: Company
) -> tuple[CustomerRow, ...]:
    """Everybody who asked or is above the ordinary class, the largest share first."""
    asked = _asked_hours(publication)
    plans = plans_in_force(session)
    by_code: defaultdict[str, list[str]] = defaultdict(list)
    for state in ("granted", "refused", "undecided", "rejected"):
        for row in content[state]:
            by_code[row["account_code"]].append(row["request_id"])
    counts = {row["code"]: row for row in content["accounts"]}
    rows = []
    for judgement in company.judged.values():
        code = judgement.account.code
        if code not in counts and judgement.dependency not in TOP and not judgement.is_key:
            continue
        hours = sum(asked.get(request, 0) for request in by_code[code])
        rows.append(_row(judgement, counts.get(code, {}), hours, plans.get(judgement.account.id)))
    return tuple(sorted(rows, key=lambda row: (-(row.share or 0), row.name, row.code)))


def top_codes(company: Company) -> frozenset[str]:
    """Codes of the customers above the ordinary class."""
    return frozenset(j.account.code for j in company.judged.values() if j.dependency in TOP)


def alerts(session: Session, company: Company) -> Iterator[AlertRow]:
    """Customers whose share crossed 10, 20, 70 or 75 % within a quarter, in which direction."""
    before = judge(session, company.day - BACK)
    for key, judgement in company.judged.items():
        old = before.judged.get(key)
        if old is None or old.dependency is None or judgement.dependency is None:
            continue
        step = LADDER.index(judgement.dependency) - LADDER.index(old.dependency)
        if step:
            yield AlertRow(
                code=judgement.account.code,
                name=judgement.account.name,
                before=old.dependency.value,
                now=judgement.dependency.value,
                share_before=_permille(old.share),
                share=_permille(judgement.share),
                grows=step > 0,
            )


def _row(
    judgement: Judgement, counts: Mapping[str, Any], hours: int, plan: AccountPlan | None
) -> CustomerRow:
    account, money = judgement.account, judgement.money
    return CustomerRow(
        key=f"customer:{account.code}",
        code=account.code,
        name=account.name,
        kam=account.kam.display_name,
        asked=counts.get("asked", 0),
        granted=counts.get("granted", 0),
        refused=counts.get("refused", 0),
        asked_hours=hours,
        granted_hours=counts.get("quarter_hours", 0),
        value=counts.get("value_minor", 0),
        share=_permille(judgement.share),
        standing=judgement.dependency.value if judgement.dependency else None,
        profit=money.contribution.minor,
        cash=money.cash_flow.minor,
        flags=tuple(flag.value for flag in judgement.flags),
        as_of=money.months[-1].month.month if money.months else None,
        goal=_goal(plan) if plan else None,
        unplanned=plan is None and bool(counts),
    )


def _goal(plan: AccountPlan) -> Goal:
    open_ones = sorted((m for m in plan.milestones if m.done_on is None), key=lambda m: m.due_on)
    return Goal(
        period=plan.period,
        goals=plan.goals,
        state=plan.state.value,
        milestones=len(plan.milestones),
        done=len(plan.milestones) - len(open_ones),
        late=sum(m.due_on < today() for m in open_ones),
        next=open_ones[0].title if open_ones else "",
        next_due=open_ones[0].due_on.isoformat() if open_ones else None,
    )


def plans_in_force(session: Session) -> dict[str, AccountPlan]:
    """The account plan in force by account id: of the period that holds today, else the newest before it."""
    found: dict[str, AccountPlan] = {}
    rows: Sequence[AccountPlan] = session.scalars(
        select(AccountPlan)
        .where(AccountPlan.state.in_(IN_FORCE))
        .order_by(AccountPlan.period, AccountPlan.revision)
        .options(selectinload(AccountPlan.milestones))
    ).all()
    for plan in rows:
        if _starts(plan.period) <= today():
            found[plan.account_id] = plan
    return found


def _starts(period: str) -> date:
    """The first day of "2027" or "2027-H2"."""
    return date(int(period[:4]), 7 if period.endswith("H2") else 1, 1)


def _asked_hours(publication: Publication) -> dict[str, int]:
    """Quarter-hours that each planned request asked at its full hours, by its cheapest option."""
    problem = json.loads(publication.run.snapshot.problem) if publication.run.snapshot else {}
    lines = {line["id"]: line["hours"] for line in problem.get("lines", ())}
    found = {}
    for request in problem.get("requests", ()):
        full = [i for i, level in enumerate(request["levels"]) if float(level["fraction"]) <= 1]
        level = full[-1] if full else 0
        found[request["id"]] = min(
            (sum(lines[line][level] for line in option if line in lines) for option in request["options"]),
            default=0,
        )
    return found


def _permille(share: Figure) -> int | None:
    return None if share.value is None else round(share.value * PER_MILLE)
