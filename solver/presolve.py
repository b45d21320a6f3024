"""What can be known before any search: narrower windows, useful people, modes that can never be staffed.

Counting comes first. A mode that is then still open is tried on an empty calendar; only when that fails a
small exact model decides, and only its proof strikes the mode. All of it makes the price bound much tighter,
since prices do not see precedence, chunks and teams.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.arrays import case_of
from solver.search.alone import fits_alone
from solver.search.greedy import early_price
from solver.search.scratch import desk_for
from solver.search.state import empty_state
from solver.search.windows import narrow_modes
from solver.tables import LEVEL, MODES, MUST, OBLIGED, POSSIBLE, REQUEST, REQUESTS, TEAM_MOST

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.problem import Problem
    from solver.tables import Case

TRIES = 6
"""Attempts to staff a mode alone before the exact model is asked."""


@dataclass(frozen=True)
class Tightened:
    """A case whose tables are tightened, and how.

    Attributes:
        case: Struck modes have POSSIBLE 0; windows and choices are narrowed in place.
        counted: Modes struck by counting.
        proven: Modes struck by the exact model.
        open: Modes for which time was too short to decide; they stay.
    """

    case: Case
    counted: int
    proven: int
    open: int


def tighten(
    problem: Problem, *, deadline: float | None = None, cancel: Callable[[], bool] | None = None
) -> Tightened:
    """The tables of `problem` with all that can be concluded from each request alone.

    Args:
        problem: A valid problem.
        deadline: On the clock of `time.monotonic`; after it the exact model is no longer asked, and modes
            that it might strike stay.
        cancel: Asked before each exact model; True has the same effect.
    """
    case = case_of(problem)
    counted = narrow_modes(case.world, np.zeros(case.fact(TEAM_MOST) + 2, np.int64))
    desk = desk_for(case, empty_state(case), 0, early_price(case))
    modes = case.table(MODES)
    doubtful = np.zeros(len(modes), np.int64)
    fits_alone(desk, doubtful, TRIES)
    proven, left = 0, 0
    for mode in np.flatnonzero(doubtful).tolist():
        if (deadline is not None and monotonic() > deadline) or (cancel is not None and cancel()):
            left += 1
            continue
        from solver.standalone import impossible

        if impossible(case, mode):
            modes[mode, POSSIBLE] = 0
            proven += 1
    return Tightened(case, counted, proven, left)


def obligations_lost(case: Case) -> int:
    """Obligations that no possible mode keeps: fewer cannot be broken."""
    requests = case.table(REQUESTS)
    return int(np.count_nonzero((requests[:, OBLIGED] >= 0) & ~_keepable(case)))


def keep_obligations(case: Case) -> Case:
    """The case in which every obligation that can be kept is kept.

    Right only when a plan is known that keeps them all: then a plan that breaks one is worse whatever it is
    worth, and need neither be searched nor bounded.
    """
    kept = replace(case, world=case.world.copy())
    keepable, modes, requests = _keepable(case), kept.table(MODES), kept.table(REQUESTS)
    requests[keepable, MUST] = 1
    below = modes[:, LEVEL] < requests[modes[:, REQUEST], OBLIGED]
    modes[below & keepable[modes[:, REQUEST]], POSSIBLE] = 0
    return kept


def _keepable(case: Case) -> npt.NDArray[np.bool_]:
    """For each request whether it has an obligation that some possible mode keeps."""
    modes, obliged = case.table(MODES), case.table(REQUESTS)[:, OBLIGED]
    promised = obliged[modes[:, REQUEST]]
    keepable = np.zeros(len(obliged), bool)
    keepable[modes[(modes[:, POSSIBLE] > 0) & (promised >= 0) & (modes[:, LEVEL] >= promised), REQUEST]] = (
        True
    )
    return keepable
