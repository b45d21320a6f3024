"""Scenario E7 of the domain on real services: one scarce specialist, three customers, real plans.

Ann has 40 h in one week. R1 asks 24 h worth 48 k, R2 20 h worth 38 k, R3 16 h worth 30 k, all or nothing, so
the best plan is R1 + R3 = 78 k. Money is in minor units: 1 k = 100,000.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import factories
from factories import stable_id
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor, actor_for
from planner.database import Database
from planner.records import (
    AuditEvent,
    PlanRun,
    Proposal,
    ProposalState,
    Question,
    ResourceRequest,
    Role,
    SkillFamily,
    User,
)
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, RequestValues
from planner.services.planning import runs
from planner.solving.engine import Engine
from planner.solving.worker import Worker

K = 100_000
WEEK = "2027-W01"
ASKS: Mapping[str, tuple[str, int, int]] = {
    "r1": ("kim", 96, 48 * K),
    "r2": ("lee", 80, 38 * K),
    "r3": ("max", 64, 30 * K),
}
"""Request to (its key account manager, quarter-hours, worth)."""

NAMES = {"kim": "Kim", "lee": "Lee", "max": "Max"}


class Quarrel:
    """The company of E7 in a clean database; every person and request has a short name.

    Names shown to people, the order in which rows are stored and texts can be varied: none may matter.
    """

    first: PlanRun
    """The first run, when the company was opened with one."""

    def __init__(
        self,
        database: Database,
        engine: Engine,
        *,
        shown: Mapping[str, str] = NAMES,
        order: Sequence[str] = ("r1", "r2", "r3"),
        text: str = "",
        weeks: int = 1,
        **cycle: Any,
    ) -> None:
        self._open(database, engine)
        self.text = text
        with database.writing() as session:
            self._people(session, shown, order)
            row = factories.cycle(session, horizon_weeks=weeks, frozen_weeks=0, **cycle)
            row.id = stable_id("cycle")
        drafts = {name: self._file(name) for name in order}
        for name in ASKS:
            with database.writing() as session:
                draft = drafts[name]
                requests.submit_request(session, self.actor(ASKS[name][0]), draft.id, draft.version)

    @classmethod
    def reopened(cls, database: Database, engine: Engine, run_id: str | None = None) -> Quarrel:
        """The company as a copied file holds it, `first` being its run."""
        world = cls.__new__(cls)
        world._open(database, engine)
        if run_id is not None:
            world.first = world.row(PlanRun, run_id)
        return world

    def _open(self, database: Database, engine: Engine) -> None:
        self.database = database
        self.worker = Worker(database, engine=engine)
        self.text = ""

    def _people(self, session: Session, shown: Mapping[str, str], order: Sequence[str]) -> None:
        roles = {"eva": Role.HEAD, "dan": Role.HEAD, "lena": Role.LEADERSHIP, "fin": Role.FINANCE}
        roles |= {ASKS[name][0]: Role.KAM for name in order}
        people = {}
        for name, role in roles.items():
            people[name] = factories.user(session, name, role, password_hash="-")  # noqa: S106 - nobody signs in
            people[name].id = stable_id(name)
            people[name].display_name = shown.get(name, name.title())
        skill = factories.skill(session, "design")
        department = factories.department(session, "Engineering", people["eva"], people["dan"])
        department.id = stable_id("engineering")
        ann = factories.specialist(session, "ann", department, {skill: 3}, max_parallel=None)
        ann.min_chunk_quarter_hours = 0
        ann.id = stable_id("s:ann")
        for name in order:
            kam = ASKS[name][0]
            account = factories.account(session, f"a-{shown.get(kam, kam)}", people[kam])
            account.id = stable_id(f"a:{name}")
        session.flush()
        factories.definition(session, people["lena"])

    def add_legal(self) -> None:
        """A second department: Lou heads Legal, Leo has law at 3 and 40 h."""
        with self.database.writing() as session:
            lou = factories.user(session, "lou", Role.HEAD, password_hash="-")  # noqa: S106 - nobody signs in
            lou.id = stable_id("lou")
            law = factories.skill(session, "law", SkillFamily.LEGAL)
            legal = factories.department(session, "Legal", lou)
            legal.id = stable_id("legal")
            leo = factories.specialist(session, "leo", legal, {law: 3}, max_parallel=None)
            leo.min_chunk_quarter_hours = 0
            leo.id = stable_id("s:leo")

    def bundle(self, value: int = 60 * K) -> ResourceRequest:
        """A fourth request, R4: 10 h of design and 8 h of law together, by Kim for her customer."""
        lines = [LineValues("design", 40), LineValues("law", 32)]
        account = stable_id("a:r1")
        return self.submit("kim", self.file("kim", "r4", lines, value, account_id=account, title="R4"))

    def _file(self, name: str) -> ResourceRequest:
        kam, hours, value = ASKS[name]
        return self.file(kam, name, [LineValues("design", hours)], value)

    def file(
        self, kam: str, name: str, lines: Sequence[LineValues], value: int, **changes: Any
    ) -> ResourceRequest:
        """File a draft named `name` for the account of the same name."""
        values = {
            "account_id": stable_id(f"a:{name}") if "account_id" not in changes else changes["account_id"],
            "title": f"{name.upper()} {self.text}".strip(),
            "purpose": "win",
            "type": "tender",
            "earliest_week": WEEK,
            "latest_week": WEEK,
            "need_statement": f"Design work. {self.text}",
            "benefits": ((0, value),),
            "lines": tuple(lines),
            "curve": ((0, 0), (1000, 1000)),
            "evidence": (("own_estimate", f"As every year. {self.text}", ""),),
            **changes,
        }
        with self.database.writing() as session:
            return requests.file_request(session, self.actor(kam), RequestValues(**values), stable_id(name))

    def submit(self, kam: str, draft: ResourceRequest) -> ResourceRequest:
        """Submit a draft."""
        with self.database.writing() as session:
            return requests.submit_request(session, self.actor(kam), draft.id, draft.version)

    def actor(self, name: str) -> Actor:
        """The person of that short name at work."""
        with self.database.reading() as session:
            return actor_for(session, session.get_one(User, stable_id(name)))

    def start(self, **limits: Any) -> PlanRun:
        """Queue a run as leadership."""
        with self.database.writing() as session:
            return runs.start_run(session, self.actor("lena"), stable_id("cycle"), **limits)

    def plan(self, **limits: Any) -> PlanRun:
        """Start a run and let the worker finish it."""
        run = self.start(**limits)
        assert self.worker.step()
        finished: PlanRun = self.row(PlanRun, run.id)
        return finished

    def row(self, kind: type[Any], key: str) -> Any:
        """A row as it is stored now."""
        with self.database.reading() as session:
            return session.get_one(kind, key)

    def proposal(self, run: PlanRun, name: str) -> Proposal:
        """What the run proposes for the request's only line."""
        with self.database.reading() as session:
            return session.scalars(
                select(Proposal)
                .where(Proposal.run_id == run.id, Proposal.request_id == stable_id(name))
                .options(selectinload(Proposal.run), selectinload(Proposal.allocations))
            ).one()

    def states(self, run: PlanRun) -> dict[str, ProposalState]:
        """State of the run's proposals by request name."""
        with self.database.reading() as session:
            rows = session.scalars(select(Proposal).where(Proposal.run_id == run.id)).all()
            return {
                name: p.state for name in ("r1", "r2", "r3") for p in rows if p.request_id == stable_id(name)
            }

    def events(self, *prefixes: str) -> list[str]:
        """Names of the events so far, in order, of those subjects."""
        with self.database.reading() as session:
            actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.seq))
            return [a for a in actions if not prefixes or a.split(".")[0] in prefixes]

    def answer_all(self, most: int = 20) -> list[Question]:
        """Let the worker answer what waits; the questions."""
        for _ in range(most):
            if not self.worker.step():
                break
        with self.database.reading() as session:
            return list(session.scalars(select(Question).order_by(Question.kind, Question.subject)))
