"""Which requests a move takes out: those that share people, all of one person, or whoever is in the way."""

from __future__ import annotations

from solver.compiling import kernel
from solver.search.scratch import below, uniform
from solver.search.state import FOLLOWING, HEADS, S_PAIR, SLOT_HOURS, SLOTS, TOTALS, UNMET, spare, weeks_of
from solver.search.tour import FREED, N_FREED, N_TOUCHED, PROFIT, Tour, count, enlist, granted, take_out
from solver.tables.books import Ints, get
from solver.tables.tables import (
    CHOICE_A,
    CHOICE_Z,
    CHOICES,
    FACTS,
    FIRST,
    HOURS,
    KIND,
    L_REQUEST,
    LAST,
    LINES,
    MODE_A,
    MODE_Z,
    MODES,
    MUST,
    N_LINE,
    NEED_A,
    NEED_Z,
    NEEDS,
    P_LINE,
    PAIRS,
    PERSON,
    POSSIBLE,
    REQUESTS,
    REQUESTS_ALL,
    TEAM,
)


@kernel
def any_mode(tour: Tour, request: int) -> int:
    """A possible mode of a request by chance, -1 when it has none."""
    world = tour.desk.world
    first, end = get(world, REQUESTS, request, MODE_A), get(world, REQUESTS, request, MODE_Z)
    if first == end:
        return -1
    start = below(tour.desk.scratch, end - first)
    for i in range(end - first):
        mode = first + (start + i) % (end - first)
        if get(world, MODES, mode, POSSIBLE) > 0:
            return mode
    return -1


@kernel
def _any_need(tour: Tour, mode: int) -> int:
    """A need of a mode by chance, -1 when it has none."""
    first, end = get(tour.desk.world, MODES, mode, NEED_A), get(tour.desk.world, MODES, mode, NEED_Z)
    return first + below(tour.desk.scratch, end - first) if end > first else -1


@kernel
def _any_choice(tour: Tour, need: int) -> int:
    """A useful pair of a need by chance."""
    first, end = get(tour.desk.world, NEEDS, need, CHOICE_A), get(tour.desk.world, NEEDS, need, CHOICE_Z)
    return get(tour.desk.world, CHOICES, first + below(tour.desk.scratch, end - first), 0)


@kernel
def _overlaps(state: Ints, slot: int, first: int, last: int) -> bool:
    """Whether a slot has hours between two weeks."""
    for week in range(first, last + 1):  # noqa: SIM110 - compiled code has no generators
        if get(state, SLOT_HOURS, slot, week) > 0:
            return True
    return False


@kernel
def _any_work(tour: Tour, person: int, first: int, last: int, but: int) -> int:
    """A request other than `but` that `person` works on between two weeks, by chance; -1 if none."""
    world, state = tour.desk.world, tour.desk.state
    found, seen = -1, 0
    slot = get(state, HEADS, person, 0)
    while slot >= 0:
        line = get(world, PAIRS, get(state, SLOTS, slot, S_PAIR), P_LINE)
        request = get(world, LINES, line, L_REQUEST)
        if request != but and _overlaps(state, slot, first, last):
            seen += 1
            # Each of those seen so far is kept with the same chance.
            if below(tour.desk.scratch, seen) == 0:
                found = request
        slot = get(state, SLOTS, slot, FOLLOWING)
    return found


@kernel
def _someone(tour: Tour) -> tuple[int, int, int]:
    """A person, and the weeks of a need that they could do, by chance; person -1 when none is found."""
    world = tour.desk.world
    for _ in range(8):
        mode = any_mode(tour, below(tour.desk.scratch, get(world, FACTS, REQUESTS_ALL, 0)))
        need = _any_need(tour, mode) if mode >= 0 else -1
        if need >= 0:
            person = get(world, PAIRS, _any_choice(tour, need), PERSON)
            return person, get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST)
    return -1, 0, 0


@kernel
def take_related(tour: Tour, most: int) -> None:
    """Take out requests that share people and weeks, walking from person to person."""
    scratch = tour.desk.scratch
    person, first, last = _someone(tour)
    for _ in range(2 * most):
        if person < 0 or count(tour, N_TOUCHED) >= most:
            return
        request = _any_work(tour, person, first, last, -1)
        if request >= 0:
            take_out(tour, request)
        if request < 0 or uniform(scratch) < 0.5:
            if count(tour, N_FREED) > 0 and uniform(scratch) < 0.7:
                person = get(tour.memo, FREED, below(scratch, count(tour, N_FREED)), 0)
            else:
                person = _someone(tour)[0]


@kernel
def take_people(tour: Tour, most: int) -> None:
    """Take out all that one person works on in some weeks, then another's, while few are out."""
    scratch, weeks = tour.desk.scratch, weeks_of(tour.desk.world)
    person, first, last = _someone(tour)
    if uniform(scratch) < 0.3:
        first, last = 0, weeks - 1
    for _ in range(3):
        while person >= 0 and count(tour, N_TOUCHED) < most:
            request = _any_work(tour, person, first, last, -1)
            if request < 0:
                break
            take_out(tour, request)
        if count(tour, N_FREED) == 0 or uniform(scratch) < 0.4:
            return
        person = get(tour.memo, FREED, below(scratch, count(tour, N_FREED)), 0)


@kernel
def _wanted(tour: Tour) -> int:
    """A refused request by chance, of two the one that would leave more money; -1 when none is met.

    While one lacks a grant that locks ask for, it is that one.
    """
    world, found, best = tour.desk.world, -1, 0.0
    if get(tour.desk.state, TOTALS, UNMET, 0) > 0:
        everybody = get(world, FACTS, REQUESTS_ALL, 0)
        first = below(tour.desk.scratch, everybody)
        for i in range(everybody):
            request = (first + i) % everybody
            if get(world, REQUESTS, request, MUST) > 0 and not granted(tour, request):
                return request
    for _ in range(12):
        request = below(tour.desk.scratch, get(world, FACTS, REQUESTS_ALL, 0))
        mode = -1 if granted(tour, request) else any_mode(tour, request)
        if mode < 0:
            continue
        if found >= 0:
            return request if tour.keys[PROFIT, mode] > best else found
        found, best = request, tour.keys[PROFIT, mode]
    return found


@kernel
def _hours_free(tour: Tour, need: int, pair: int) -> int:
    """Hours the pair could give the need as things stand."""
    world = tour.desk.world
    line, person, total = get(world, NEEDS, need, N_LINE), get(world, PAIRS, pair, PERSON), 0
    request, kind = get(world, LINES, line, L_REQUEST), get(world, LINES, line, KIND)
    for week in range(get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST) + 1):
        total += spare(world, tour.desk.state, request, kind, person, week)
    return total


@kernel
def _priced(tour: Tour, need: int, pair: int) -> float:
    """Mean price of the pair's weeks in the need's window, with chance."""
    world, total = tour.desk.world, 0.0
    first, last = get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST)
    kind = get(world, LINES, get(world, NEEDS, need, N_LINE), KIND)
    for week in range(first, last + 1):
        total += tour.desk.price[kind, get(world, PAIRS, pair, PERSON), week]
    return total / (last - first + 1) * (0.5 + uniform(tour.desk.scratch))


@kernel
def _clear(tour: Tour, need: int, most: int) -> None:
    """Take out what stands in the way of some people who could do the need."""
    world = tour.desk.world
    request = get(world, LINES, get(world, NEEDS, need, N_LINE), L_REQUEST)
    rest = get(world, NEEDS, need, HOURS)
    for _ in range(get(world, LINES, get(world, NEEDS, need, N_LINE), TEAM)):
        best = _any_choice(tour, need)
        cost = _priced(tour, need, best)
        for _ in range(4):
            pair = _any_choice(tour, need)
            other = _priced(tour, need, pair)
            if other < cost:
                best, cost = pair, other
        free = _hours_free(tour, need, best)
        while free < rest and count(tour, N_TOUCHED) < most:
            person = get(world, PAIRS, best, PERSON)
            victim = _any_work(
                tour, person, get(world, NEEDS, need, FIRST), get(world, NEEDS, need, LAST), request
            )
            if victim < 0:
                break
            take_out(tour, victim)
            free = _hours_free(tour, need, best)
        rest -= free
        if rest <= 0:
            return


@kernel
def make_room(tour: Tour, most: int) -> int:
    """Take out what stands in the way of a refused request; returns that request, -1 when there is none."""
    request = _wanted(tour)
    mode = any_mode(tour, request) if request >= 0 else -1
    if mode < 0:
        return -1
    enlist(tour, request)
    for need in range(get(tour.desk.world, MODES, mode, NEED_A), get(tour.desk.world, MODES, mode, NEED_Z)):
        _clear(tour, need, most)
    return request


@kernel
def take_any(tour: Tour, most: int) -> None:
    """Take out some granted requests whatever they share."""
    for _ in range(4 * most):
        request = below(tour.desk.scratch, get(tour.desk.world, FACTS, REQUESTS_ALL, 0))
        if granted(tour, request) and count(tour, N_TOUCHED) < most:
            take_out(tour, request)
