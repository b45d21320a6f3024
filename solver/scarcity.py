"""What an hour of each skill is worth in each week: an estimate from the prices behind the bound.

The bound gives every person's week a price (`solver.search.bounds`). Whoever needs an hour of a skill buys
it from the cheapest person who can do the work, so that is what one more hour would save the line that pays
most for it. Prices see neither teams nor precedence nor floors: this is a fast preview, and what one more
hour of somebody really changes is asked with `solver.tradeoffs.price` (C9).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from solver.files import problem_hash
from solver.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.problem import Line, Problem
    from solver.search.bounds import Bound
    from solver.tables.tables import Case

__all__ = ["Scarcity", "SkillWeek", "scarcity"]

DEFAULT = Settings()

ROUNDS = (24, 200)
"""Fewest and most rounds of pricing."""

WORK = 3.0
"""Units of work for pricing where that many rounds do not take less."""

TIGHTENING = 1.0
"""Units of work for ways to grant a request that may be impossible."""

PRICED_BY = 0.8
"""Part of the wall limit after which pricing ends in any case."""

HOUR = 4
"""Quarter-hours."""


@dataclass(frozen=True, slots=True)
class SkillWeek:
    """One skill in one week that some line asks for.

    Attributes:
        hour: Money that one more hour is worth; None when nobody who could do the work has time left, so that
            the hours that are sold say no price.
        specialist: Whose hour that is: the cheapest one's, or the first one able when nobody has time left;
            None when nobody is able at all.
    """

    skill: str
    week: int
    hour: int | None
    specialist: str | None

    def row(self) -> dict[str, Any]:
        """Plain data."""
        return {"skill": self.skill, "week": self.week, "hour": self.hour, "specialist": self.specialist}


@dataclass(frozen=True, slots=True)
class Scarcity:
    """Skills and weeks by worth of an hour.

    Attributes:
        cells: By skill and week; a skill that no line asks for in a week has none. None when no prices were
            found: decisions contradict each other, or time was too short for one round.
        rounds: Rounds of pricing.
        cut: Whether the clock or the caller ended them, so that another time prices may differ.
    """

    problem: str
    problem_hash: str
    cells: tuple[SkillWeek, ...] | None
    rounds: int
    cut: bool

    def row(self) -> dict[str, Any]:
        """Plain data; what is unknown is null."""
        return {
            "problem": self.problem,
            "problem_hash": self.problem_hash,
            "cells": None if self.cells is None else [cell.row() for cell in self.cells],
            "rounds": self.rounds,
            "cut": self.cut,
        }


def scarcity(
    problem: Problem, settings: Settings = DEFAULT, *, cancel: Callable[[], bool] = lambda: False
) -> Scarcity:
    """What one more hour of each skill would be worth in each week in which it is asked for, as an estimate.

    Args:
        problem: A valid problem; what is decided keeps its hours.
        settings: Workers and the wall limit are used.
        cancel: Asked now and then; True ends the pricing with the prices so far.
    """
    from solver.compiling import aside, awaited, warm
    from solver.search.bounds import round_steps
    from solver.search.driving import STEPS
    from solver.search.presolve import tighten
    from solver.tables.arrays import case_of

    name, digest = problem.name, problem_hash(problem)
    if not (warm() or awaited(aside(), cancel)):
        return Scarcity(name, digest, None, 0, cut=True)
    began = monotonic()
    deadline = began + PRICED_BY * settings.wall_limit_s

    def gone() -> float:
        return (monotonic() - began) / max(1e-9, deadline - began)

    case = case_of(problem)
    if case.conflict:
        return Scarcity(name, digest, None, 0, cut=False)
    tight = tighten(problem, case, work=TIGHTENING, deadline=deadline, cancel=cancel)
    fewest, most = ROUNDS
    rounds = max(fewest, min(most, int(WORK * STEPS / max(1, round_steps(case)))))
    found = _priced(case, rounds, settings.workers, gone, cancel)
    cut = tight.cut or found.cut
    if found.value is None:
        return Scarcity(name, digest, None, found.rounds, cut=cut)
    return Scarcity(name, digest, _cells(problem, case, found.price), found.rounds, cut=cut)


def _priced(
    case: Case, rounds: int, threads: int, gone: Callable[[], float], cancel: Callable[[], bool]
) -> Bound:
    """The bound and its prices, as `solver.search.bounds.bound` finds them, but for the length of the steps.

    There it is the price at which all supply together runs out. A company with hours to spare as a whole has
    scarce weeks all the same, and that price is then 0; so a step is at least what requests pay on average.
    """
    from solver.search.bounds import _Descent, _Market, mode_hours
    from solver.tables.tables import MODES, VALUE

    worth = np.maximum(0, case.table(MODES)[:, VALUE]) / np.maximum(1, mode_hours(case))
    usual = float(worth[worth > 0].mean()) if (worth > 0).any() else 0.0
    with ThreadPoolExecutor(threads) as pool:
        search, cut = _Descent(_Market(case, pool, threads), rounds), False
        search.unit = max(search.unit, usual)
        while search.done < rounds and not (search.finished or cut):
            cut = not search.step(gone(), lambda: cancel() or gone() > 1)
        found = search.result(cancel)
        return replace(found, cut=found.cut or cut)


def _cells(problem: Problem, case: Case, price: npt.NDArray[np.float64]) -> tuple[SkillWeek, ...]:
    """The dearest of what lines pay at least, by skill and week."""
    market = _Market(problem, case, price)
    best: dict[tuple[str, int], tuple[float, str | None]] = {}
    for line in problem.lines:
        if line.id not in problem.request_of or not any(line.hours):
            continue
        paid, whose = market.least(line)
        for week in range(line.first_week, line.last_week + 1):
            offer = (paid[week], whose[week])
            for skill in line.needs:
                # Nobody having time is said only where no line knows a price.
                known = best.get((skill, week))
                if known is None or offer[0] > known[0] or (known[1] is None and offer[1] is not None):
                    best[skill, week] = offer
    return tuple(
        SkillWeek(skill, week, None if paid < 0 else round(HOUR * paid), whose)
        for (skill, week), (paid, whose) in sorted(best.items())
    )


class _Market:
    """Prices of people's weeks, as lines see them."""

    def __init__(self, problem: Problem, case: Case, price: npt.NDArray[np.float64]) -> None:
        from solver.tables.tables import ROOM_ALL, ROOM_USUAL

        self.problem = problem
        self.names = sorted(problem.specialist)
        self.place = {name: i for i, name in enumerate(self.names)}
        rooms = case.table(ROOM_USUAL), case.table(ROOM_ALL)
        self.price = [np.where(room > 0, price[kind], np.inf) for kind, room in enumerate(rooms)]
        self.seen: dict[tuple[int, bool], tuple[list[float], list[str | None]]] = {}

    def least(self, line: Line) -> tuple[list[float], list[str | None]]:
        """For each week money per quarter-hour of the cheapest with time, -1 without one; who it is."""
        able = self.problem.eligible[line.id]
        # Lines that ask for the same share the very same tuple of people.
        key = id(able), line.expedite
        if key not in self.seen:
            self.seen[key] = self._least(able, expedite=line.expedite)
        return self.seen[key]

    def _least(self, able: tuple[str, ...], *, expedite: bool) -> tuple[list[float], list[str | None]]:
        weeks = len(self.problem.weeks)
        if not able:
            return [-1.0] * weeks, [None] * weeks
        rows = self.price[int(expedite)][[self.place[name] for name in able]]
        who, paid = rows.argmin(axis=0), rows.min(axis=0)
        return [float(p) if np.isfinite(p) else -1.0 for p in paid], [able[i] for i in who.tolist()]
