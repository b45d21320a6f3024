"""Locks that cannot all hold: the smallest set found, and its proof.

A plan without locks always exists, so an infeasible problem has contradictory locks. Each candidate set is
re-solved from scratch; the set that is told is proven infeasible a second time with other settings, because
one answer of a solver is no proof.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.exact import Model
from solver.exact_run import Goal, Status, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.exact_watch import Watch
    from solver.problem import Lock, Problem
    from solver.settings import Settings

_ANY_PLAN = Goal(None, maximise=True, stage=1, doing="contradictory locks", offers=False)


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
    status = ask.second_opinion(smallest)
    if status == "unknown":
        return ()
    if status != "infeasible":
        raise SolverDisagreementError(
            f"a second solve finds a plan for locks called contradictory: {smallest}"
        )
    return tuple(sorted(smallest, key=lambda lock: order[lock]))


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
        return run(self._model(locks), _ANY_PLAN, self._settings, self._watch).status == "infeasible"

    def second_opinion(self, locks: Sequence[Lock]) -> Status:
        """The answer of a solve without presolve and with another seed."""
        other = replace(self._settings, seed=(self._settings.seed + 1) % 2**31)
        return run(self._model(locks), _ANY_PLAN, other, self._watch, presolve=False).status

    def _model(self, locks: Sequence[Lock]) -> Model:
        return Model(replace(self._problem, locks=tuple(locks)))
