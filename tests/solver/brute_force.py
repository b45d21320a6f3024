"""Every plan of a tiny problem, and so the best one; what holds and what counts is said by `oracle`."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations, islice, product
from math import prod
from typing import TYPE_CHECKING

import oracle
from oracle import Amounts, Piece, Score

from solver.plan import Grant, Plan
from solver.problem import Hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem import Line, Problem, Request

MOST_WAYS = 1_000
"""Most ways to staff one request that are tried."""


class TooManyWaysError(Exception):
    """A problem is too large for brute force."""


def pieces_of(problem: Problem, request: Request) -> list[Piece]:
    """Every way to treat `request` that keeps its own rules, without those another one beats outright.

    Raises:
        TooManyWaysError: When trying them all would take too long.
    """
    lines = {line.id: line for line in problem.lines}
    own = {name for option in request.options for name in option}
    found: list[Piece] = []
    for grant in [None, *_grants(request)]:
        chosen = sorted(request.options[grant.option]) if grant else []
        ways = [
            list(islice(_staffings(problem, lines[n], grant.level), MOST_WAYS)) if grant else []
            for n in chosen
        ]
        if prod(map(len, ways)) >= MOST_WAYS:
            raise TooManyWaysError(request.id)
        for combined in product(*ways):
            amounts = {cell: h for part in combined for cell, h in part.items()}
            alone = oracle.request_faults(problem, request, grant, amounts) | _locks_on(
                problem, request, grant, own, amounts
            )
            piece = None if alone else oracle.piece_of(problem, request, grant, amounts)
            if piece:
                found.append(piece)
    return _undominated(problem, found)


def _grants(request: Request) -> list[Grant]:
    return [
        Grant(request.id, level, option)
        for level in range(len(request.levels))
        for option in range(len(request.options))
    ]


def _locks_on(
    problem: Problem, request: Request, grant: Grant | None, own: set[str], amounts: Amounts
) -> set[str]:
    mine = tuple(lock for lock in problem.locks if lock.line in own or lock.request == request.id)
    alone = type(problem)(
        problem.name, problem.weeks, problem.specialists, problem.requests, problem.lines, locks=mine
    )
    return oracle.decided_faults(alone, {request.id: grant} if grant else {}, amounts)


def _staffings(problem: Problem, line: Line, level: int) -> Iterator[Amounts]:
    """Every way to give a line its hours at `level`, person by person and week by week."""
    if line.hours[level] == 0:
        yield {}
        return
    people = {s.id: s for s in problem.specialists}
    for size in range(1, line.max_specialists + 1):
        for team in combinations(sorted(oracle.eligible(problem, line)), size):
            due = oracle.own_hours(line, team[0], level) if size == 1 else line.hours[level]
            cells = [(line.id, p, w) for p in team for w in range(line.first_week, line.last_week + 1)]
            tops = []
            for _, p, w in cells:
                extra = people[p].expedite[w] if line.expedite and people[p].expedite else 0
                tops.append(people[p].capacity[w] + extra)
            for amounts in _splits(due, tops):
                used = {cell: h for cell, h in zip(cells, amounts, strict=True) if h}
                if {p for _, p, _ in used} == set(team):
                    yield used


def _splits(due: int, tops: list[int]) -> Iterator[tuple[int, ...]]:
    if not tops:
        if due == 0:
            yield ()
        return
    for first in range(min(due, tops[0]) + 1):
        for rest in _splits(due - first, tops[1:]):
            yield (first, *rest)


def _footprint(problem: Problem, piece: Piece) -> frozenset[tuple[str, int, bool, int]]:
    """What a piece takes from the people: hours by person, week, and whether they may be expedite hours."""
    expedite = {line.id: line.expedite for line in problem.lines}
    taken: dict[tuple[str, int, bool], int] = defaultdict(int)
    for (name, person, week), hours in piece.amounts:
        taken[person, week, expedite[name]] += hours
    return frozenset((*key, hours) for key, hours in taken.items())


def _undominated(problem: Problem, found: list[Piece]) -> list[Piece]:
    groups: dict[object, list[Piece]] = defaultdict(list)
    for piece in found:
        groups[_footprint(problem, piece), piece.grant].append(piece)
    kept: list[Piece] = []
    for group in groups.values():
        best: dict[tuple[int, ...], Piece] = {}
        for piece in group:
            worth = (piece.kept, *piece.floors, piece.value, piece.handovers, piece.tie)
            if not any(all(a >= b for a, b in zip(other, worth, strict=True)) for other in best):
                best = {
                    w: p for w, p in best.items() if not all(a >= b for a, b in zip(worth, w, strict=True))
                }
                best[worth] = piece
        kept += best.values()
    return kept


def best(problem: Problem) -> tuple[Score, Plan] | None:
    """The best score there is and a plan that has it; None when no plan keeps the locks."""
    ways = [pieces_of(problem, request) for request in problem.requests]
    top: tuple[Score, list[Piece]] | None = None
    for chosen in _combined(problem, ways, []):
        reached = oracle.total_of(problem, chosen)
        if top is None or reached > top[0]:
            top = reached, list(chosen)
    return None if top is None else (top[0], plan_of(top[1]))


def optimal_levels(problem: Problem, request_id: str) -> set[int]:
    """The levels (-1 = refused) that `request_id` has in plans of the best score."""
    ways = [pieces_of(problem, request) for request in problem.requests]
    place = [request.id for request in problem.requests].index(request_id)
    top, levels = None, set[int]()
    for chosen in _combined(problem, ways, []):
        reached = oracle.total_of(problem, chosen)
        if top is None or reached > top:
            top, levels = reached, set()
        if reached == top:
            grant = chosen[place].grant
            levels.add(grant.level if grant else -1)
    return levels


def _combined(problem: Problem, ways: list[list[Piece]], chosen: list[Piece]) -> Iterator[list[Piece]]:
    if len(chosen) == len(ways):
        yield chosen
        return
    for piece in ways[len(chosen)]:
        together = [*chosen, piece]
        amounts = {cell: h for part in together for cell, h in part.amounts}
        if not oracle.people_faults(problem, amounts):
            yield from _combined(problem, ways, together)


def plan_of(pieces: list[Piece]) -> Plan:
    """The plan that treats each request as its piece says."""
    return Plan(
        granted=tuple(sorted((p.grant for p in pieces if p.grant), key=lambda g: g.request)),
        hours=tuple(Hours(*cell, hours) for cell, hours in sorted(c for p in pieces for c in p.amounts)),
    )
