"""Pieces of a plan are improved while everything else stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from solver.exact import Model
from solver.exact_watch import Watch
from solver.files import read_problem
from solver.neighbourhoods import improve
from solver.plan import Plan
from solver.settings import Settings
from solver.terms import value

DATA = Path(__file__).parent / "data"


def _improved(name: str, *, workers: int = 1, work: float = 20.0, seconds: float = 20.0) -> Watch:
    problem = read_problem((DATA / name).read_text(encoding="utf-8"))
    watch = Watch(problem, 60.0, None, None)
    watch.offer(Plan())
    model = Model(problem)
    improve(model, value.state(model), Settings(seed=3, workers=workers), watch, seconds=seconds, work=work)
    return watch


@pytest.mark.parametrize(
    ("name", "best"),
    [("e4-s-curve.json", 4_000_000), ("e5-bundle.json", 1_500_000), ("e7-override.json", 7_800_000)],
)
def test_an_empty_plan_becomes_the_best_one(name: str, best: int) -> None:
    """These problems fit into one piece, so one piece solves them; the values are worked out by hand."""
    watch = _improved(name, seconds=1.0)
    assert watch.best is not None
    assert watch.best[1].value == best


def test_the_work_limit_is_kept() -> None:
    """No round begins when the work is used up: here none begins at all."""
    watch = _improved("e7-override.json", work=0.0)
    assert watch.best is not None
    assert watch.best[1].value == 0
