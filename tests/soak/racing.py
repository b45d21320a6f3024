"""Races over the application's own door: many heads at once on the same hours, and on the same line.

Run as a program it plays the whole protocol on both kinds of database and prints what it counted:

    python tests/soak/racing.py --rounds 20 --threads 50 --processes 4 --duels 1000
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Set before the application is imported; every process that is spawned comes by here too.
os.environ.setdefault("PLANNER_TODAY", "2027-01-04")
for _parameter, _least in (("TIME_COST", "1"), ("MEMORY_KIB", "8"), ("PARALLELISM", "1")):
    os.environ.setdefault(f"PLANNER_PASSWORD_{_parameter}", _least)
TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS.parent), str(TESTS / "planner"), str(TESTS / "web")]

from applications import make_app  # noqa: E402 - the folders are named just above
from clients import Program, new_token  # noqa: E402 - the folders are named just above
from factories import World, build_world, stable_id  # noqa: E402 - the folders are named just above
from sqlalchemy import func, select  # noqa: E402 - the folders are named just above

from planner.clock import horizon, now  # noqa: E402 - after the environment is set
from planner.database import Database  # noqa: E402 - after the environment is set
from planner.migrations import migrate  # noqa: E402 - after the environment is set
from planner.records import (  # noqa: E402 - after the environment is set
    Allocation,
    CycleStatus,
    Decision,
    JobState,
    Outcome,
    PersonWeek,
    PlanningCycle,
    PlanRun,
    PlanStatus,
    Proposal,
    ProposalState,
    Purpose,
    RequestLine,
    RequestOutcome,
    RequestStatus,
    RequestType,
    ResourceRequest,
    RunPurpose,
)

CAPACITY = 160
"""Quarter-hours that Ann has in a week: 40 h."""

FIRST_WEEK = "2027-W01"


@dataclass
class Count:
    """What a soak counted."""

    attempts: int = 0
    approved: int = 0
    refused: int = 0
    errors: int = 0
    over: int = 0
    winners: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


Shot = tuple[float, str, str, str]
"""When, by whom, "approve" or "reject", on which proposal."""


def stage(url: str, weeks: int, lines: int, quarter_hours: int) -> tuple[World, list[list[str]], PlanRun]:
    """A migrated database in which a plan asks for Ann: `lines` proposals in each of `weeks` weeks.

    Returns:
        The world, the proposals' ids by week, and the run.
    """
    migrate(url)
    database = Database(url)
    world = build_world(database)
    names = horizon(FIRST_WEEK, weeks)
    with database.writing() as session:
        cycle = session.get_one(PlanningCycle, world.ids["cycle"])
        cycle.status, cycle.horizon_weeks = CycleStatus.DECIDING, max(weeks, 13)
        run = PlanRun(
            cycle_id=cycle.id,
            number=1,
            purpose=RunPurpose.OFFICIAL,
            state=JobState.RUNNING,
            parameters=_parameters(weeks),
            created_by_id=world.ids["lukas"],
        )
        session.add(run)
        session.flush()
        found = [
            [_proposal(session, world, run, (week, i), quarter_hours) for i in range(lines)] for week in names
        ]
        session.flush()
        run.state, run.plan_status, run.finished_at = JobState.DONE, PlanStatus.OPTIMAL, now()
    return world, found, run


def _parameters(weeks: int) -> dict[str, Any]:
    return {
        "first_week": FIRST_WEEK,
        "weeks": weeks,
        "as_of_week": FIRST_WEEK,
        "frozen_weeks": 0,
        "slushy_weeks": 4,
        "wall_limit_s": 10.0,
        "seed": 1,
    }


def _proposal(session: Any, world: World, run: PlanRun, place: tuple[str, int], quarter_hours: int) -> str:
    week, i = place
    key = stable_id(f"{week}:{i}")
    request = ResourceRequest(
        id=key,
        account_id=world.ids["alfa"],
        kam_id=world.ids["nora"],
        filed_by_id=world.ids["nora"],
        title=f"{week} {i}",
        purpose=Purpose.WIN,
        type=RequestType.TENDER,
        earliest_week=week,
        latest_week=week,
        status=RequestStatus.PLANNED,
        status_since=now(),
        outcome=Outcome.GRANTED,
        lines=[
            RequestLine(
                id=stable_id(f"line {week}:{i}"),
                position=0,
                skill_id=world.ids["architecture"],
                quarter_hours=quarter_hours,
            )
        ],
    )
    session.add(request)
    session.flush()
    session.add(
        RequestOutcome(
            run_id=run.id, request_id=key, level=0, levels=1, fraction=1000, value_minor=1000 + i, params={}
        )
    )
    proposal = Proposal(
        id=stable_id(f"proposal {week}:{i}"),
        run_id=run.id,
        request_id=key,
        line_id=stable_id(f"line {week}:{i}"),
        department_id=world.ids["engineering"],
        state=ProposalState.PROPOSED,
        allocations=[
            Allocation(
                run_id=run.id, specialist_id=world.ids["s:ann"], week=week, quarter_hours=quarter_hours
            )
        ],
    )
    session.add(proposal)
    return proposal.id


def volley(
    url: str, shots: Sequence[Sequence[tuple[str, str, str]]], tokens: dict[str, str], start: Any
) -> Counter[int]:
    """In this process, one thread per list of shots, all begun at once; statuses by how often.

    Args:
        url: The database.
        shots: For each thread (who, "approve" or "reject", proposal id), fired one after the other.
        tokens: Token by name.
        start: A barrier that all threads of all processes wait at.
    """
    # A thousand refusals are meant here; only what breaks is worth a line. Set in the racing process alone.
    os.environ.setdefault("PLANNER_LOG_LEVEL", "ERROR")
    app = make_app(url)
    statuses: Counter[int] = Counter()
    lock = threading.Lock()

    def fire(mine: Sequence[tuple[str, str, str]]) -> None:
        start.wait()
        for who, what, proposal in mine:
            client = Program(app, tokens[who])
            body = {"reason": "overload", "text": ""} if what == "reject" else None
            answer = client.post(f"/proposals/{proposal}/{what}", body, version=1)
            with lock:
                statuses[answer.status_code] += 1

    threads = [threading.Thread(target=fire, args=(mine,)) for mine in shots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in (app.extensions["planner.database"].engine,):
        engine.dispose()
    return statuses


def _in_process(arguments: tuple[Any, ...], answers: Any) -> None:
    answers.put(volley(*arguments))


def battle(
    url: str, world: World, shots: Sequence[Sequence[tuple[str, str, str]]], processes: int
) -> Counter[int]:
    """Fire every thread's shots, the threads shared out over so many processes; statuses by how often.

    With 0 processes all threads run in this one, which saves loading the application again.
    """
    tokens = {name: new_token(world, name) for name in {who for mine in shots for who, _, _ in mine}}
    if processes == 0:
        return volley(url, shots, tokens, threading.Barrier(len(shots)))
    context = multiprocessing.get_context("spawn")
    start, answers = context.Barrier(len(shots)), context.Queue()
    parts = [list(shots[i::processes]) for i in range(processes)]
    running = [
        context.Process(target=_in_process, args=((url, part, tokens, start), answers))
        for part in parts
        if part
    ]
    for process in running:
        process.start()
    total: Counter[int] = Counter()
    for _ in running:
        total += answers.get(timeout=3600)
    for process in running:
        process.join()
    return total


def overbooking(url: str, *, rounds: int, threads: int, processes: int, quarter_hours: int = 16) -> Count:
    """In each round every thread approves a line of its own in the same 40 h week.

    Ten lines of 4 h fit. All rounds are one battle of `rounds` weeks, so that rounds overlap too.
    """
    world, weeks, _run = stage(url, rounds, threads, quarter_hours)
    shots = [[("hana", "approve", week[i]) for week in weeks] for i in range(threads)]
    began = time.monotonic()
    statuses = battle(url, world, shots, processes)
    count = _counted(world.database, statuses)
    count.seconds = time.monotonic() - began
    world.database.dispose()
    return count


def duels(url: str, *, number: int, threads: int, processes: int, per_week: int = 20) -> Count:
    """Two heads answer the same line at once, one by approving, one by rejecting; exactly one may win."""
    weeks = -(-number // per_week)
    world, lines, _run = stage(url, weeks, per_week, 4)
    proposals = [p for week in lines for p in week][:number]
    order = random.Random(1)
    pairs: list[list[tuple[str, str, str]]] = [[] for _ in range(threads)]
    for i, proposal in enumerate(proposals):
        two = [("hana", "approve", proposal), ("dan", "reject", proposal)]
        order.shuffle(two)
        pairs[(2 * i) % threads].append(two[0])
        pairs[(2 * i + 1) % threads].append(two[1])
    began = time.monotonic()
    statuses = battle(url, world, pairs, processes)
    count = _counted(world.database, statuses)
    with world.database.reading() as session:
        answers = dict(
            session.execute(select(Decision.proposal_id, func.count()).group_by(Decision.proposal_id)).all()
        )
    count.winners = Counter(answers.get(proposal, 0) for proposal in proposals)
    count.seconds = time.monotonic() - began
    world.database.dispose()
    return count


def _counted(database: Database, statuses: Counter[int]) -> Count:
    with database.reading() as session:
        booked = session.execute(
            select(Allocation.week, func.sum(Allocation.quarter_hours))
            .join(Proposal, Proposal.id == Allocation.proposal_id)
            .where(Proposal.state == ProposalState.APPROVED)
            .group_by(Allocation.specialist_id, Allocation.week)
        ).all()
        books = dict(session.execute(select(PersonWeek.week, PersonWeek.total)).all())
    assert all(books[week] == hours for week, hours in booked), "the books differ from the allocations"
    return Count(
        attempts=statuses.total(),
        approved=statuses[200],
        refused=sum(n for status, n in statuses.items() if 400 <= status < 500),
        errors=sum(n for status, n in statuses.items() if status >= 500),
        over=sum(max(0, int(hours) - CAPACITY) for _week, hours in booked),
    )


@contextmanager
def databases(kinds: Sequence[str]) -> Iterator[Iterator[tuple[str, Any]]]:
    """Fresh addresses of each kind: pairs of the kind's name and a function that makes a clean database."""
    folder = Path(tempfile.mkdtemp(prefix="planner-soak-"))
    numbers = iter(range(1000))
    server: Any = None
    if "postgresql" in kinds:
        from tests.conftest import Server, server_binaries

        binaries = server_binaries()
        if binaries is None:
            raise SystemExit("PostgreSQL's server programs were not found.")
        server = Server(binaries, Path(tempfile.mkdtemp(prefix="planner-pg-")))
        server.start()

    def fresh(kind: str) -> str:
        name = f"soak{next(numbers)}"
        if kind == "sqlite":
            return f"sqlite:///{folder}/{name}.db"
        server.execute(f"CREATE DATABASE {name}")
        return str(server.url(name))

    try:
        yield iter([(kind, lambda kind=kind: fresh(kind)) for kind in kinds])
    finally:
        if server is not None:
            server.stop()
            shutil.rmtree(server.folder)
        shutil.rmtree(folder)


def main() -> int:
    """Play everything and print what was counted; 1 when anything went wrong."""
    reader = argparse.ArgumentParser(description=__doc__)
    for name, number in (("rounds", 20), ("threads", 50), ("processes", 4), ("duels", 1000)):
        reader.add_argument(f"--{name}", type=int, default=number)
    reader.add_argument("--database", action="append", choices=["sqlite", "postgresql"])
    asked = reader.parse_args()
    wrong = 0
    with databases(asked.database or ["sqlite", "postgresql"]) as kinds:
        for kind, fresh in kinds:
            count = overbooking(
                fresh(), rounds=asked.rounds, threads=asked.threads, processes=asked.processes
            )
            wrong += count.over + count.errors
            sys.stdout.write(
                f"{kind}: {asked.rounds} rounds of {asked.threads} threads in {asked.processes} processes: "
                f"{count.attempts} approvals tried, {count.approved} stored, {count.refused} refused, "
                f"{count.over / 4:g} h over, {count.errors} server errors, {count.seconds:.1f} s\n"
            )
            duel = duels(fresh(), number=asked.duels, threads=asked.threads, processes=asked.processes)
            others = {wins: n for wins, n in duel.winners.items() if wins != 1}
            wrong += len(others) + duel.errors
            sys.stdout.write(
                f"{kind}: {asked.duels} duels of approve against reject: {duel.winners[1]} with exactly one "
                f"winner, {sum(others.values())} others, {duel.errors} server errors, {duel.seconds:.1f} s\n"
            )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
