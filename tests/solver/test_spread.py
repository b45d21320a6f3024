"""Solving in parts: sound with every rule, the same on any executor, and nothing lost when one breaks."""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import cache
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from company import company, shuffled
from random_problems import random_problem

from solver.exact.watch import Watch
from solver.problem import DepartmentCap, Floor, Published
from solver.referee import check, rank
from solver.search.bounds import bound
from solver.search.construct import first_state, rank_of
from solver.search.improve import Terms
from solver.search.plans import plan_of, state_of
from solver.search.presolve import tighten
from solver.spread import crew, improve_in_parts, pays, rounds
from solver.spread.groups import cut

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.problem import Problem
    from solver.search.improve import Improved
    from solver.tables.books import Ints
    from solver.tables.tables import Case


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of about seven people, so that a company of twenty has three, and few rounds."""
    monkeypatch.setattr(rounds, "PEOPLE", 7)
    monkeypatch.setattr(rounds, "ROUNDS", 4)
    monkeypatch.setattr(rounds, "LEAST", 1)


@cache
def contested() -> Problem:
    """A company with walls, a cap on each department in a week and over the plan, a floor and a past."""
    problem = company()
    first = plan_of(*begun(problem))
    caps = (DepartmentCap("d0", 3, 500), DepartmentCap("d1", None, 4_000), DepartmentCap("d2", 5, 400))
    problem = replace(problem, department_caps=caps, floors=(Floor(20_000_000, kam="k1"),))
    return replace(problem, published=Published(2_000, 6, first.hours[::3]))


def begun(problem: Problem) -> tuple[Case, Ints]:
    """The problem's tables and a first plan."""
    case = tighten(problem).case
    return case, first_state(case)


def bettered(
    problem: Problem,
    executor: Executor | None,
    *,
    steps: int = 400_000,
    cancel: Callable[[], bool] | None = None,
) -> Improved:
    """The first plan of the problem, bettered in parts."""
    case, state = begun(problem)
    prices = bound(case, rounds=20)
    watch = Watch(problem, 300.0, None, cancel, executor)
    terms = Terms(seed=3, deadline=time.monotonic() + 300.0, steps=steps, workers=1)
    return improve_in_parts(case, state, prices, terms, watch, show=lambda _: None)


def test_parts_keep_every_rule_and_never_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random problems with every rule, cut into parts of two people: locks, walls, caps, floors, churn hold.

    The referee judges each plan; it is never worse than the first one, and at times better.
    """
    monkeypatch.setattr(rounds, "PEOPLE", 2)
    monkeypatch.setattr(rounds, "ROUNDS", 3)
    better = cut_up = 0
    with ThreadPoolExecutor(1) as threads:
        for seed in range(80):
            problem = random_problem(seed)
            case, state = begun(problem)
            if case.conflict or not pays(case, state):
                continue
            cut_up += 1
            done = bettered(problem, threads, steps=60_000)
            assert done.plan is not None
            check(problem, done.plan)
            before, after = rank_of(case, state), rank_of(case, state_of(case, done.plan))
            assert after >= before, seed
            better += after > before
    assert cut_up >= 30
    assert better >= 3


def test_a_piece_goes_out_and_comes_back() -> None:
    """Everybody is in one piece, no request in two, and pieces unchanged put all back as it was."""
    case, state = begun(contested())
    groups = cut(case, state, 3, np.random.default_rng(1))
    assert sorted(np.concatenate([group.people for group in groups]).tolist()) == list(range(20))
    requests = np.concatenate([group.requests for group in groups]).tolist()
    assert len(set(requests)) == len(requests) >= 20
    rest, pieces = rounds.pieces_of(case, state, groups)
    said = state.copy()
    for piece in pieces:
        piece.back(said, piece.out(state, case))
    joined = rounds.with_pieces(case, rest, pieces, said)
    assert plan_of(case, joined) == plan_of(case, state)
    assert rank_of(case, joined) == rank_of(case, state)


class Broken(Executor):
    """Answers some of what it gets and fails the rest as a pool does whose worker died; or is silent."""

    def __init__(self, threads: Executor, *, silent: bool = False) -> None:
        self.asked = 0
        self._threads, self._silent = threads, silent

    def submit(self, task: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Every second task is done."""
        self.asked += 1
        if self.asked % 2:
            return self._threads.submit(task, *given, **named)
        future: Future[Any] = Future()
        if not self._silent:
            future.set_exception(BrokenProcessPool("a worker died"))
        return future


class Closed(Executor):
    """Takes no work, as an executor whose cluster is gone."""

    def submit(self, task: Callable[..., Any], /, *_given: Any, **_named: Any) -> Future[Any]:
        """Nothing is taken."""
        raise OSError(f"connection refused for {task.__name__}")


def test_any_executor_ends_at_the_same_plan(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One thread, three, a process of our own, and executors that break, fall silent or take nothing.

    The plan is better than the first one, and what broke is said once each.
    """
    monkeypatch.setattr(crew, "SILENCE_S", 300.0)
    problem = contested()
    case, state = begun(problem)
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(3) as three:
        expected = bettered(problem, one)
        assert expected.plan is not None
        assert not expected.hurried
        assert rank(check(problem, expected.plan)) > rank(check(problem, plan_of(case, state)))
        assert bettered(problem, three) == expected
        broken = Broken(three)
        assert bettered(problem, broken) == expected
        # It is asked no more once it broke.
        assert broken.asked == 3
        with monkeypatch.context() as hasty:
            hasty.setattr(crew, "SILENCE_S", 0.5)
            hasty.setattr(crew, "SILENCE", 0.0)
            assert bettered(problem, Broken(three, silent=True)) == expected
        assert bettered(problem, Closed()) == expected
        assert bettered(problem, None) == expected
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        assert bettered(problem, process) == expected
        assert bettered(shuffled(company(), 5), process).plan == bettered(company(), process).plan


def test_stopping_keeps_the_best_plan_and_ends_everybody() -> None:
    """Told to stop with work for hours left, it ends with the plan it has, and its processes end too."""
    others = set(active_children())
    case, state = begun(contested())
    asked: list[float] = []

    def cancel() -> bool:
        asked.append(time.monotonic())
        return len(asked) > 3

    done = bettered(contested(), None, steps=10**13, cancel=cancel)
    assert done.hurried
    assert done.plan is not None
    assert rank_of(case, state_of(case, done.plan)) >= rank_of(case, state)
    for _ in range(600):
        if not set(active_children()) - others:
            break
        time.sleep(0.1)
    assert set(active_children()) - others == set()
