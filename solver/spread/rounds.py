"""Rounds of parts: cut the company, better every part at the same time, join, and cut it another way."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.search.construct import rank_of
from solver.search.granting import adopt, refuse
from solver.search.improve import COLD, HOT, SHOWING, Improved
from solver.search.plans import plan_of
from solver.search.state import ATTAINED, GRANTS, LEFT, MODE, TOTALS, UNMET
from solver.spread.crew import Crew
from solver.spread.groups import cut
from solver.spread.piece import Piece, piece_of
from solver.spread.walks import packed, unpacked
from solver.tables.books import pages
from solver.tables.tables import BIG, FLOORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.exact.watch import Watch
    from solver.plan import Plan
    from solver.search.bounds import Bound
    from solver.search.improve import Terms
    from solver.spread.groups import Group
    from solver.tables.books import Ints
    from solver.tables.tables import Case

Bools = npt.NDArray[np.bool_]

PEOPLE = 250
"""People of a part, about."""

ROUNDS = 24
"""Rounds of a search."""

LEAST = 4_000_000
"""Steps of a part in a round below which there are fewer rounds; less is not worth taking the parts out."""

FASTEST = 10_000_000
"""Steps a worker makes in a second, to begin with, where only the clock says when to stop."""

PROBE = 0.25
"""Part of that in the first round, which tells how fast they really are."""

SURE = 0.9
"""Part of the steps that seem possible in the time left; a round that is not over in time counts nothing."""

HURRY = 0.6
"""Part of the time after which rounds that are behind go by the clock."""

SEEDS = 1_000
"""Parts of one round with seeds of their own."""


def pays(case: Case, state: Ints) -> bool:
    """Whether the problem is large enough for parts, and its plan lacks nothing that locks ask for."""
    return parts_of(case) > 1 and int(pages(state, TOTALS)[UNMET, 0]) == 0


def parts_of(case: Case) -> int:
    """How many parts; the problem alone decides, so that any crew ends at the same plan."""
    return round(len(case.specialists) / PEOPLE)


def improve_in_parts(
    case: Case,
    start: Ints,
    bound: Bound,
    terms: Terms,
    watch: Watch,
    *,
    show: Callable[[Plan | None], None],
) -> Improved:
    """Better the plan in the state `start`, which keeps every rule and lacks nothing that locks ask for.

    Args:
        case: The problem.
        start: Its state.
        bound: Prices that guide the search.
        terms: Limits, seed and workers of our own processes; `steps` is for each worker, as elsewhere.
        watch: Asked whether to stop, which keeps the best plan; names the executor that searches the parts.
        show: Called about ten times a second from the caller's thread, with a better plan or with None.
    """
    with Crew(watch.executor, terms.workers) as crew:
        return _Rounds(case, start.copy(), bound, terms, crew).go(show, watch.stopped)


@dataclass
class _Rounds:
    """One search.

    Attributes:
        state: The best plan; only parts that make the whole no worse are taken.
        hurried: The clock or the caller had a say.
    """

    case: Case
    state: Ints
    bound: Bound
    terms: Terms
    crew: Crew
    steps: int = 0
    moves: int = 0
    hurried: bool = False

    def go(self, show: Callable[[Plan | None], None], stopped: Callable[[], bool]) -> Improved:
        """All rounds."""
        best, count = rank_of(self.case, self.state), parts_of(self.case)
        began, verifying = monotonic(), 0.0
        self.hurried = self.terms.steps is None

        def over() -> bool:
            show(None)
            return stopped() or monotonic() > self.terms.deadline

        rounds = ROUNDS
        if self.terms.steps is not None:
            rounds = max(1, min(ROUNDS, self.terms.steps * self.terms.workers // (LEAST * count)))
        for number in range(rounds):
            steps = self._steps(number, rounds, count, began)
            if steps < 1 or over() or not self._round(number, rounds, count, steps, over):
                self.hurried = True
                break
            rank, now = rank_of(self.case, self.state), monotonic()
            # The last plan of all is shown by the caller.
            if rank > best and verifying <= SHOWING * (now - began) and number < rounds - 1:
                best = rank
                show(plan_of(self.case, self.state))
                verifying += monotonic() - now
        return Improved(plan_of(self.case, self.state), self.steps, self.moves, self.hurried)

    def _steps(self, number: int, rounds: int, count: int, began: float) -> int:
        """Steps of each part in this round: as set, unless the rounds so far say that time is too short."""
        terms, now = self.terms, monotonic()
        left = max(0.0, terms.deadline - now)
        steps = None if terms.steps is None else terms.steps * terms.workers // (rounds * count)
        if number == 0:
            return steps or int(PROBE * FASTEST * left * terms.workers / (rounds * count))
        possible = int(SURE * self.steps / count * left / max(1e-6, now - began) / (rounds - number))
        # A moment's load must not bend a search that has time enough.
        if steps is not None and (possible >= steps or now - began < HURRY * (terms.deadline - began)):
            return steps
        self.hurried = True
        return max(possible, min(steps or LEAST, LEAST)) if left > 0 else 0

    def _round(self, number: int, rounds: int, count: int, steps: int, over: Callable[[], bool]) -> bool:
        """One round; False when it was given up."""
        chance = np.random.default_rng([self.terms.seed, number])
        groups = [group for group in cut(self.case, self.state, count, chance) if len(group.requests)]
        rest, pieces = pieces_of(self.case, self.state, groups)
        seconds = max(0.1, self.terms.deadline - monotonic())
        # Where the search begins less hot it has a part of the way behind it.
        gone = min(1.0, log(self.terms.heat) / log(COLD / HOT))
        first, last = (gone + (1 - gone) * n / rounds for n in (number, number + 1))
        way = np.array([first, last, seconds])
        messages = []
        for k, piece in enumerate(pieces):
            modes, staff, hours = piece.out(self.state, self.case)
            seed = (self.terms.seed * ROUNDS + number) * SEEDS + k
            messages.append(
                packed(
                    {
                        "world": piece.world,
                        "modes": modes,
                        "staff": staff,
                        "hours": hours,
                        "price": self.bound.price[:, piece.people],
                        "profit": self.bound.profit[piece.modes],
                        "numbers": np.array([seed, steps], np.int64),
                        "dials": way,
                    }
                )
            )
        answers = self.crew.run(messages, seconds, over)
        if answers is None:
            return False
        said = self.state.copy()
        for piece, message in zip(pieces, answers, strict=True):
            answer = unpacked(message)
            piece.back(said, (answer["modes"], answer["staff"], answer["hours"]))
            self.steps += int(answer["numbers"][0])
            self.moves += int(answer["numbers"][1])
            self.hurried |= int(answer["numbers"][0]) < steps
        self._join(rest, pieces, said)
        return True

    def _join(self, rest: Ints, pieces: Sequence[Piece], said: Ints) -> None:
        """Take the parts' plans, all of them or, where floors tie them together, those that do no harm."""
        joined = with_pieces(self.case, rest, pieces, said)
        if rank_of(self.case, joined) >= rank_of(self.case, self.state):
            self.state = joined
            return
        for k in range(len(pieces)):
            mixed = self.state.copy()
            pieces[k].back(mixed, pieces[k].out(said, self.case))
            one = with_pieces(self.case, rest, pieces, mixed)
            if rank_of(self.case, one) >= rank_of(self.case, self.state):
                self.state = one


def pieces_of(case: Case, state: Ints, groups: Sequence[Group]) -> tuple[Ints, list[Piece]]:
    """The state with only what stands, and the pieces."""
    rest, caps, due = state.copy(), [], []
    left, attained = pages(state, LEFT).copy(), pages(state, ATTAINED).copy()
    for group in groups:
        before, had = pages(rest, LEFT).copy(), pages(rest, ATTAINED).copy()
        for request in group.requests[_granted(state, group.requests)].tolist():
            refuse(case.world, rest, request)
        caps.append(pages(rest, LEFT) - before)
        due.append(had - pages(rest, ATTAINED))
    # Hours nobody uses and money above a floor are for all parts alike; what a floor lacks any may bring.
    over, count = attained - case.table(FLOORS), max(1, len(groups))
    owed = [np.where(over >= 0, own - over // count, own - over) for own in due]
    room = [np.where(left >= BIG // 2, left, own + left // count) for own in caps]
    return rest, [piece_of(case, rest, g, c, f) for g, c, f in zip(groups, room, owed, strict=True)]


def with_pieces(case: Case, rest: Ints, pieces: Sequence[Piece], said: Ints) -> Ints:
    """What stands and what `said` says of the pieces, as one state."""
    state = rest.copy()
    for piece in pieces:
        for request in piece.requests[_granted(said, piece.requests)].tolist():
            adopt(case.world, state, request, said)
    return state


def _granted(state: Ints, requests: Ints) -> Bools:
    """Which of the requests a state grants."""
    granted: Bools = pages(state, GRANTS)[requests, MODE] >= 0
    return granted
