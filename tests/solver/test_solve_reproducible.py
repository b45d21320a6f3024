"""The same problem gives the same plan: in fresh processes, with rows in any order, on one core or two."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from company import company

from solver import Settings, solve

HERE = Path(__file__).parent
CODE = """
import sys
from company import company, shuffled
from solver import Settings, solve
workers, seed = int(sys.argv[1]), int(sys.argv[2])
settings = Settings(workers=workers, wall_limit_s=120, work_limit=0.6)
result = solve(shuffled(company(), seed) if seed else company(), settings)
assert result.reproducible and result.stopped == "work_limit", result.stopped
print(result.plan)
"""


def planned_elsewhere(workers: int, seed: int) -> str:
    """The plan of a process of its own, whose hashes of text are its own too."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(workers), str(seed)],
        capture_output=True,
        text=True,
        cwd=HERE,
        env={**os.environ, "PYTHONHASHSEED": str(seed + 1), "PYTHONPATH": f"{HERE}:{HERE.parents[1]}"},
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("workers", [1, 2])
def test_fresh_processes_and_shuffled_rows_give_the_same_plan(workers: int) -> None:
    """Work-limited and far from proven; three processes, two of them with rows in another order."""
    plans = {planned_elsewhere(workers, seed) for seed in (0, 1, 2)}
    assert len(plans) == 1
    assert len(plans.pop()) > 1000


def test_labels_decide_nothing() -> None:
    """Other names of KAMs, accounts, departments and skills give the same grants and hours."""
    problem = company(people=8, requests=14)
    renamed = replace(
        problem,
        specialists=tuple(
            replace(p, department=f"z{p.department}", skills={f"x-{k}": v for k, v in p.skills.items()})
            for p in problem.specialists
        ),
        requests=tuple(
            replace(r, kam=f"z{9 - int(r.kam[1:])}", account=f"z{9 - int(r.account[1:])}")
            for r in problem.requests
        ),
        lines=tuple(replace(x, needs={f"x-{k}": v for k, v in x.needs.items()}) for x in problem.lines),
        walls=tuple(tuple(f"z{9 - int(a[1:])}" for a in group) for group in problem.walls),
    )
    settings = Settings(wall_limit_s=60, work_limit=0.3)
    assert solve(problem, settings).plan == solve(renamed, settings).plan


def test_the_result_says_which_limit_of_work_held() -> None:
    """Without a limit of work one follows from the wall limit; solving with it again gives the same plan."""
    problem = company(people=8, requests=14)
    first = solve(problem, Settings(wall_limit_s=2.0))
    assert first.settings.work_limit is not None
    again = solve(problem, replace(first.settings, wall_limit_s=60.0))
    if first.reproducible:
        assert again.plan == first.plan
    assert again.reproducible


def test_free_mode_never_claims_to_be_reproducible() -> None:
    """Not even for a proven plan of one request."""
    result = solve(company(people=2, requests=1), Settings(mode="free", wall_limit_s=10.0))
    assert (result.stopped, result.reproducible) == ("proven", False)
