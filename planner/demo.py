"""The demo: one company, its cycle solved, ready to be looked at by everybody."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from planner.actor import actor_for
from planner.clock import monday, today, week_of
from planner.database import Database
from planner.exchange import company
from planner.migrations import migrate
from planner.records import Department, JobState, PlanningCycle, PlanRun, Proposal, Role, User, UserRole
from planner.services.planning import runs

COMPANY = Path(__file__).resolve().parent.parent / "fixtures" / "company"
DEMO_URL = "sqlite:///var/demo.db"
SOLVE_S = 20
"""Seconds the first plan of the demo is searched for."""

SHOWN = (
    (Role.KAM, 2, "key account manager"),
    (Role.LEADERSHIP, 2, "leadership"),
    (Role.FINANCE, 1, "finance"),
    (Role.ADMIN, 1, "administrator"),
)
HEADS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class SignIn:
    """One line of the sign-in sheet."""

    role: str
    name: str
    email: str


def prepare(database: Database, say: Callable[[str], None]) -> None:
    """Bring the database to a solved cycle of the demo company; what is there already is kept.

    Args:
        database: Where the demo lives; it is migrated first.
        say: Told in a line what goes on.
    """
    migrate(database.engine.url.render_as_string(hide_password=False))
    with database.writing() as session:
        if not session.scalar(select(func.count()).select_from(User)):
            say("Loading the company ...")
            company.load(session, COMPANY, today())
    with database.reading() as session:
        cycle = session.scalars(select(PlanningCycle).order_by(PlanningCycle.first_week.desc())).first()
        planned = session.scalar(select(func.count()).where(PlanRun.state == JobState.DONE))
    if cycle is not None and not planned:
        _solve(database, cycle.id, say)
    if cycle is not None and monday(cycle.first_week) < monday(week_of(today())):
        say("This demo was loaded in an earlier week; make demo-reset starts a new one.")


def _solve(database: Database, cycle_id: str, say: Callable[[str], None]) -> None:
    # The engine is loaded by whoever needs a plan, not by whoever serves pages.
    from planner.solving.worker import Worker

    with database.writing() as session:
        leader = session.scalars(select(User).join(UserRole).where(UserRole.role == Role.LEADERSHIP)).first()
        if leader is None:
            return
        run = runs.start_run(session, actor_for(session, leader), cycle_id, wall_limit_s=SOLVE_S)
    say(f"Solving its cycle, at most {SOLVE_S} s ...")
    worker = Worker(database)
    try:
        worker.step()
    finally:
        worker.engine.close()
    with database.reading() as session:
        done = session.get_one(PlanRun, run.id)
        say(f"The plan is {done.plan_status}." if done.plan_status else f"The run ended as {done.state}.")


def sign_ins(database: Database) -> tuple[list[SignIn], str]:
    """Who can be tried out, and the password of all of them."""
    rows = []
    with database.reading() as session:
        for role, number, words in SHOWN:
            people = session.scalars(
                select(User).join(UserRole).where(UserRole.role == role).order_by(User.email)
            ).all()
            rows += [SignIn(words, person.display_name, person.email) for person in people[:number]]
        # The departments most asked for have the most to decide.
        asked = (
            select(Department.name, User.display_name, User.email)
            .join(User, User.id == Department.head_id)
            .outerjoin(Proposal, Proposal.department_id == Department.id)
            .group_by(Department.id, User.id)
            .order_by(func.count(Proposal.id).desc(), Department.code)
        )
        rows += [
            SignIn(f"head of {department}", name, email)
            for department, name, email in session.execute(asked.limit(HEADS_SHOWN))
        ]
    password = json.loads((COMPANY / "company.json").read_text(encoding="utf-8"))["demo_password"]
    return rows, str(password)
