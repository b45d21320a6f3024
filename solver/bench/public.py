"""Public sets with known best values: solved by the engine or a peer, judged by the raw files."""

from __future__ import annotations

import csv
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from solver.bench.mapping import (
    agent_of,
    assignment_bound,
    assignment_problem,
    knapsack_problem,
    taken,
)
from solver.bench.race import Task, compete, judge, plan_in
from solver.bench.raw import (
    Assignment,
    Knapsack,
    WrongAnswerError,
    read_assignment,
    read_knapsack,
    read_knapsacks,
)
from solver.files import write_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One instance and the best value known for it.

    Attributes:
        name: Set and instance, such as "gap/chu1997/d05100".
        maximise: Whether the greater objective is the better one.
        best_known: Of the raw objective.
        proven: Whether nothing better exists.
        raw: The instance as it stands in its file.
    """

    name: str
    maximise: bool
    best_known: int
    proven: bool
    raw: Assignment | Knapsack


@dataclass(frozen=True, slots=True)
class Row:
    """What one competitor reached on one instance, in the raw objective.

    Attributes:
        off: How much worse than the best value known, as a share of it; negative when better.
        bound: What no answer can beat, in the raw objective; None when unknown.
        proved: The competitor says that nothing better exists, and its bound says the same.
    """

    name: str
    competitor: str
    maximise: bool
    objective: int | None
    best_known: int
    best_known_proven: bool
    off: float | None
    bound: int | None
    proved: bool
    seconds: float
    cpu_s: float
    peak_mib: int
    ended: str


def entries(data: Path) -> list[Entry]:
    """Every instance of the known sets below `data` that has a best value; sets that are absent are skipped.

    Raises:
        RawError: A listed instance is missing or malformed.
    """
    found: list[Entry] = []
    for file, maximise in (("bks.csv", False), ("bks_max.csv", True)):
        for row in _table(data / "gap" / file):
            suffix = " max" if maximise else ""
            raw = read_assignment(data / "gap" / row["instance"])
            found.append(_entry(f"gap/{row['instance']}{suffix}", row, raw, maximise=maximise))
    packs: dict[str, list[Knapsack]] = {}
    for row in _table(data / "mkp" / "bks_chubeas.csv"):
        file = row["instance"]
        if file not in packs:
            packs[file] = list(read_knapsacks(data / "mkp" / file))
        index = int(row["problem_index_in_file"])
        found.append(_entry(f"mkp/{file}#{index}", row, packs[file][index], maximise=True))
    for row in _table(data / "mkp" / "bks_sac94.csv"):
        pack = read_knapsack(data / "mkp" / "sac94" / row["instance"])
        found.append(_entry(f"mkp/sac94/{row['instance']}", row, pack, maximise=True))
    return found


def _table(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _entry(name: str, row: dict[str, str], raw: Assignment | Knapsack, *, maximise: bool) -> Entry:
    return Entry(name, maximise, int(row["best_known"]), row["proven_optimal"] == "yes", raw)


def problem_of(entry: Entry) -> Problem:
    """The instance in the planner's format; its name keeps to the characters of ids."""
    name = "".join(c if c.isalnum() or c in "._-" else "-" for c in entry.name)
    if isinstance(entry.raw, Assignment):
        return assignment_problem(name, entry.raw, maximise=entry.maximise)
    return knapsack_problem(name, entry.raw)


def compare(
    chosen: Iterable[Entry],
    limit_s: float,
    *,
    workers: int = 2,
    seed: int = 0,
    names: Iterable[str] = ("engine",),
    told: Callable[[Row], None] | None = None,
) -> dict[str, Any]:
    """Each instance solved by each competitor in a process of its own.

    Args:
        chosen: Of `entries`.
        limit_s: Seconds for each competitor and instance.
        workers: Cores for each.
        seed: Random seed.
        names: Who competes; names of `race.COMPETITORS`.
        told: Called with each row.

    Returns:
        A planner-bench-public/1 document.
    """
    load, competitors = os.getloadavg()[0], list(names)
    rows = []
    for entry in chosen:
        for name in competitors:
            rows.append(solve_entry(entry, name, limit_s, workers=workers, seed=seed))
            if told is not None:
                told(rows[-1])
    return {
        "format": "planner-bench-public/1",
        "limit_s": limit_s,
        "workers": workers,
        "seed": seed,
        "load_before": round(load, 2),
        "rows": [asdict(row) for row in rows],
    }


def solve_entry(entry: Entry, name: str, limit_s: float, *, workers: int, seed: int) -> Row:
    """One competitor on one instance."""
    problem = problem_of(entry)
    seen = compete(Task(name, limit_s, workers, seed), write_problem(problem).encode())
    finish = judge(problem, name, seen)
    plan, ended, objective, bound = plan_in(seen), finish.ended, None, finish.bound
    try:
        if plan is not None and finish.value is not None and isinstance(entry.raw, Assignment):
            objective = entry.raw.objective(agent_of(plan))
        elif plan is not None and finish.value is not None and isinstance(entry.raw, Knapsack):
            objective = entry.raw.objective(taken(plan))
    except WrongAnswerError as error:
        ended = str(error)
    if bound is not None and isinstance(entry.raw, Assignment):
        bound = assignment_bound(entry.raw, bound, maximise=entry.maximise)
    sign = 1 if entry.maximise else -1
    return Row(
        name=entry.name,
        competitor=name,
        maximise=entry.maximise,
        objective=objective,
        best_known=entry.best_known,
        best_known_proven=entry.proven,
        off=None if objective is None else sign * (entry.best_known - objective) / entry.best_known,
        bound=bound,
        proved=ended == "optimal" and objective is not None and objective == bound,
        seconds=finish.seconds,
        cpu_s=finish.cpu_s,
        peak_mib=finish.peak_mib,
        ended=ended,
    )
