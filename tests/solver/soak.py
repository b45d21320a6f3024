"""The long checks of the engine, with counts of one's own: `python tests/solver/soak.py --help`.

The suite runs the same checks with small counts; here they run for minutes or hours, and counts are printed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import brute_force
import click
import oracle
from edge_problems import edges
from planted_faults import FAULTS
from random_problems import random_problem
from test_edge_problems import check_edge
from test_planted_faults import check_found

from solver.settings import Settings
from solver.solve import solve

MOST_SHOWN = 20


def against_brute_force(seed: int, settings: Settings) -> None:
    """All five stages of a small random problem equal brute force and are proven."""
    problem = random_problem(seed)
    best, result = brute_force.best(problem), solve(problem, settings)
    if best is None:
        assert (result.status, result.stopped, result.plan) == ("none", "conflict", None)
        assert result.conflicts
        return
    assert result.plan is not None
    assert oracle.faults(problem, result.plan) == set()
    assert oracle.score(problem, result.plan) == best[0]
    assert (result.status, result.proven_stages) == ("optimal", (1, 2, 3, 4, 5))
    assert result.bound == best[0].value


def run(title: str, tasks: Iterable[tuple[str, Callable[[], None]]]) -> int:
    """Run every task, print the count and what failed; the number of failures."""
    began, failed, count = time.monotonic(), [], 0
    for name, task in tasks:
        count += 1
        try:
            task()
        except Exception as error:  # noqa: BLE001 - one failure must not hide those after it.
            failed.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
        except AssertionError as error:
            failed.append(f"{name}: {str(error)[:300]}")
    click.echo(
        f"{title}: {count - len(failed)} of {count} as they should be, {time.monotonic() - began:.0f} s"
    )
    for line in failed[:MOST_SHOWN]:
        click.echo(f"  {line}")
    return len(failed)


@click.command()
@click.option(
    "--random", "count", default=1_000, show_default=True, help="Small problems against brute force."
)
@click.option("--first", default=0, show_default=True, help="The first random problem's number.")
@click.option("--faults", default=1_000, show_default=True, help="Plans with a planted fault.")
@click.option(
    "--edges/--no-edges", "with_edges", default=True, show_default=True, help="Problems at the edges."
)
@click.option("--workers", default=1, show_default=True, help="Cores for each solve.")
def main(count: int, first: int, faults: int, workers: int, *, with_edges: bool) -> None:
    """Run the long checks; exit code 1 when one fails."""
    settings, failed = Settings(workers=workers), 0
    seeds = range(first, first + count)
    failed += run("Random problems", ((str(s), partial(against_brute_force, s, settings)) for s in seeds))
    if with_edges:
        failed += run("Edge problems", ((e.name, partial(check_edge, e, settings)) for e in edges()))
    with tempfile.TemporaryDirectory() as folder:
        names = [sorted(FAULTS)[i % len(FAULTS)] for i in range(faults)]
        tasks = (
            (f"{name} from plan {i}", partial(check_found, name, i + 1, Path(folder)))
            for i, name in enumerate(names)
        )
        failed += run("Planted faults", tasks)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
