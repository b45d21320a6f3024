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

from solver.search.alone import fits_alone
from solver.search.greedy import early_price
from solver.search.scratch import desk_for
from solver.search.state import empty_state
from solver.search.windows import narrow_modes
from solver.tables.arrays import case_of
from solver.tables.tables import LEVEL, MODES, MUST, OBLIGED, POSSIBLE, REQUEST, REQUESTS, TEAM_MOST

if TYPE_CHECKING:
    from collections.abc import Callable

    from solver.problem import Problem
    from solver.tables.tables import Case

TRIES = 6
"""Attempts to staff a mode alone before the exact model is asked."""

MODES_A_LOOK = 64
"""Modes that are counted and tried between two questions whether to stop."""


@dataclass(frozen=True)
class Tightened:
    """A case whose tables are tightened, and how.

    Attributes:
        case: Struck modes have POSSIBLE 0; windows and choices are narrowed in place.
        counted: Modes struck by counting.
        proven: Modes struck by the exact model.
        open: Modes for which there was not work enough to decide; they stay.
        cut: Whether the clock or the caller ended it, so that another run may strike other modes.
    """

    case: Case
    counted: int
    proven: int
    open: int
    cut: bool


def tighten(
    problem: Problem,
    case: Case | None = None,
    *,
    work: float | None = None,
    deadline: float | None = None,
    cancel: Callable[[], bool] = lambda: False,
) -> Tightened:
    """The tables of `problem` with all that can be concluded from each request alone.

    Whenever it ends, what was concluded so far holds.

    Args:
        problem: A valid problem.
        case: Its tables, when they are made already; they are changed.
        work: Units of work after which the exact model is no longer asked, and modes it might strike stay.
        deadline: The same on the clock of `time.monotonic`.
        cancel: True ends it as soon as can be.
    """
    case = case or case_of(problem)
    modes = case.table(MODES)
    top = np.zeros(case.fact(TEAM_MOST) + 2, np.int64)
    desk = desk_for(case, empty_state(case), 0, early_price(case))
    doubtful = np.zeros(len(modes), np.int64)
    counted = 0
    for first in range(0, len(modes), MODES_A_LOOK):
        if cancel():
            return Tightened(case, counted, 0, 0, cut=True)
        end = min(first + MODES_A_LOOK, len(modes))
        counted += narrow_modes(case.world, top, first, end)
        fits_alone(desk, doubtful, TRIES, first, end)
    proven, spent = 0, 0.0
    asked = np.flatnonzero(doubtful).tolist()
    for k, mode in enumerate(asked):
        cut = cancel() or (deadline is not None and monotonic() > deadline)
        if cut or (work is not None and spent > work):
            return Tightened(case, counted, proven, len(asked) - k, cut)
        from solver.search.standalone import impossible

        denied, used = impossible(case, mode)
        spent += used
        if denied:
            modes[mode, POSSIBLE] = 0
            proven += 1
    return Tightened(case, counted, proven, 0, cut=False)


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
