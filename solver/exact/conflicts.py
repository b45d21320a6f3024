"""Locks that cannot all hold: the smallest set found, and its proof.

A plan without locks always exists, so an infeasible problem has contradictory locks. Each candidate set is
re-solved from scratch; the set that is told is proven infeasible a second time in another way, because one
answer of a solver is no proof. Whether every lock of it is needed is asked apart (`smallest`), because a
search that ran out of time tells more locks than are needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.cards.confirm import ANY_PLAN, no_plan
from solver.exact.model import Model, StoppedError
from solver.exact.run import run
from solver.exact.watch import Watch
from solver.files import lock_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from solver.problem import Lock, Problem
    from solver.settings import Settings

GRACE_S = 1.0
"""Seconds a set of contradictory locks may still be sought and confirmed when the limit has come."""


class SolverDisagreementError(Exception):
    """Two runs of the solver contradict each other, or a plan that exists; no answer may be given."""


def find(problem: Problem, settings: Settings, watch: Watch) -> tuple[Lock, ...]:
    """The smallest set of locks found that no plan can hold together, in the order of the problem.

    Every lock of it is needed for the contradiction, unless the wall limit or the caller ended the search;
    then the set may hold more than is needed, or be empty when even the second proof found no time.

    Raises:
        SolverDisagreementError: A second solve with other settings finds a plan.
    """
    order = {lock: index for index, lock in enumerate(problem.locks)}
    locks = sorted(order, key=repr)
    if not locks:
        raise SolverDisagreementError("a problem without locks was called infeasible; the empty plan exists")
    ask = _Ask(problem, settings, watch)
    smallest = ask.needed([], [], locks)
    if not watch.stopped():
        # Another order of asking may end at another, smaller set.
        smallest = min(smallest, ask.needed([], [], locks[::-1]), key=len)
    only = replace(problem, locks=tuple(smallest))
    contradictory = no_plan(only, settings, max(GRACE_S, watch.left()))
    if contradictory is None:
        return ()
    if not contradictory:
        raise SolverDisagreementError(
            f"a second solve finds a plan for locks called contradictory: {smallest}"
        )
    return tuple(sorted(smallest, key=lambda lock: order[lock]))


def smallest(
    problem: Problem,
    rows: Sequence[Mapping[str, object]],
    settings: Settings,
    *,
    seconds: float = 5.0,
    cancel: Callable[[], bool] | None = None,
) -> bool:
    """Whether it is proven that every one of contradictory locks is needed for the contradiction.

    Args:
        problem: The problem the locks stand in.
        rows: The locks, as rows of the problem file.
        settings: Those of the solve that found them.
        seconds: Most seconds to be spent; what is open then is not proven.
        cancel: Asked now and then; True ends it.
    """
    locks = [lock for lock in problem.locks if lock_row(lock) in rows]
    for left_out in locks:
        rest = tuple(lock for lock in locks if lock != left_out)
        if no_plan(replace(problem, locks=rest), settings, seconds / len(locks), cancel) is not False:
            return False
    return bool(locks)


class _Ask:
    """Questions about sets of locks, each answered by a solve of its own."""

    def __init__(self, problem: Problem, settings: Settings, watch: Watch) -> None:
        self._problem = problem
        self._settings = settings
        self._watch = watch

    def needed(self, held: Sequence[Lock], news: Sequence[Lock], candidates: Sequence[Lock]) -> list[Lock]:
        """The locks among `candidates` that contradict each other together with `held`.

        Halving the candidates (QuickXplain, Junker 2004) asks about k * log(n / k) questions for a conflict
        of k among n locks, where dropping one at a time asks n.
        """
        if news and self._contradict(held):
            return []
        if len(candidates) == 1:
            return list(candidates)
        first, second = candidates[: len(candidates) // 2], candidates[len(candidates) // 2 :]
        late = self.needed([*held, *first], first, second)
        early = self.needed([*held, *late], late, first)
        return [*early, *late]

    def _contradict(self, locks: Sequence[Lock]) -> bool:
        """Whether `locks` are proven to contradict each other; what is not proven in time counts as no."""
        if self._watch.stopped():
            return False
        try:
            model = Model(replace(self._problem, locks=tuple(locks)), self._watch.stopped)
        except StoppedError:
            return False
        return run(model, ANY_PLAN, self._settings, self._watch).status == "infeasible"
