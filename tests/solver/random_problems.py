"""Tiny random problems that use every feature of the format, and random plans for them.

Every problem comes from its seed alone. Hours are single quarter-hours, so that brute force can try all
plans; problems that would take it too long are passed over for the next one of the same seed.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import cache
from math import prod
from random import Random
from typing import TYPE_CHECKING

import brute_force
from oracle import Piece

from solver.plan import Grant, Plan
from solver.problem import (
    Candidate,
    DepartmentCap,
    Floor,
    Hours,
    Level,
    Line,
    Lock,
    Problem,
    Published,
    Request,
    Specialist,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FEWEST_PLANS = 6
MOST_PLANS = 4_000


@cache
def random_problem(seed: int) -> Problem:
    """A small problem whose plans brute force can try within a fraction of a second."""
    for attempt in range(1_000):
        problem = _Maker(Random(f"{seed}/{attempt}")).problem(f"random-{seed}")
        with suppress(brute_force.TooManyWaysError):
            ways = [len(brute_force.pieces_of(problem, request)) for request in problem.requests]
            if FEWEST_PLANS <= prod(ways) <= MOST_PLANS or (attempt == 0 and 0 in ways):
                return problem
    raise AssertionError(f"no small problem for seed {seed}")


class _Maker:
    """Rolls the dice for one problem."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.weeks = dice.choice((1, 2, 3, 3))
        self.people = [f"s{i}" for i in range(dice.choice((1, 2, 3, 3)))]

    def often(self, share: float) -> bool:
        return self.dice.random() < share

    def problem(self, name: str) -> Problem:
        dice = self.dice
        people = tuple(self.specialist(person) for person in self.people)
        requests, lines = [], []
        for index in range(dice.choice((1, 2, 3, 3, 4))):
            request, own = self.request(f"r{index}")
            requests.append(request)
            lines += own
        problem = Problem(
            name=name,
            weeks=tuple(f"2027-W{week + 1:02d}" for week in range(self.weeks)),
            specialists=people,
            requests=tuple(requests),
            lines=tuple(lines),
            walls=(("acme", "rival"),) if self.often(0.4) else (),
            department_caps=tuple(self.cap() for _ in range(dice.choice((0, 0, 0, 1, 2)))),
            floors=self.floors() if self.often(0.3) else (),
        )
        problem = replace(problem, published=self.published(problem) if self.often(0.35) else None)
        locks = tuple(self.lock(problem) for _ in range(dice.choice((0, 0, 0, 1, 1, 2))))
        return replace(problem, locks=locks)

    def specialist(self, name: str) -> Specialist:
        dice = self.dice
        return Specialist(
            id=name,
            department=dice.choice(("north", "south")),
            capacity=tuple(dice.choice((0, 2, 3, 3, 4, 5, 6)) for _ in range(self.weeks)),
            skills={skill: dice.randint(1, 5) for skill in ("legal", "lang:de") if self.often(0.9)},
            expedite=tuple(dice.choice((0, 1, 2)) for _ in range(self.weeks)) if self.often(0.4) else (),
            max_parallel=dice.choice((0, 1, 1, 1, 2)) if self.often(0.3) else None,
            min_chunk=dice.choice((0, 0, 0, 2, 3)),
        )

    def request(self, name: str) -> tuple[Request, list[Line]]:
        dice = self.dice
        count = dice.choice((1, 1, 2))
        levels = tuple(self.level(f"{(i + 1) / count}") for i in range(count))
        names = [f"{name}.{i}" for i in range(dice.choice((1, 1, 1, 2, 2, 3)))]
        options: tuple[tuple[str, ...], ...] = (tuple(names),)
        if len(names) > 1 and self.often(0.5):
            options = (tuple(names[:1]), tuple(names[1:]))
        elif len(names) > 1 and self.often(0.3):
            options = (tuple(names), tuple(names[1:]))
        request = Request(
            id=name,
            account=dice.choice(("acme", "rival", "solo")),
            kam=dice.choice(("kim", "lee")),
            levels=levels,
            options=options,
            submitted=dice.choice((1, 2, 3)),
            option_bonus=tuple(dice.randint(-3, 6) for _ in options) if self.often(0.4) else (),
            purpose=dice.choice(("", "win", "retain")),
            obligation=dice.randrange(count) if self.often(0.25) else None,
        )
        return request, [self.line(line, names, count) for line in names]

    def level(self, fraction: str) -> Level:
        dice = self.dice
        value = dice.choice((0, -4, *range(5, 30)))
        ends = sorted(dice.sample(range(self.weeks), dice.randint(1, self.weeks)))
        values = sorted((dice.randint(-2, 30) for _ in ends), reverse=True)
        steps = tuple(zip(ends, values, strict=True)) if self.often(0.25) else ()
        return Level(fraction=fraction, value=value, second=dice.randint(0, 9), value_by_end=steps)

    def line(self, name: str, names: list[str], levels: int) -> Line:
        dice = self.dice
        first = dice.choice((0, 0, dice.randrange(self.weeks)))
        earlier = names[: names.index(name)]
        hours = tuple(sorted(dice.choice((0, 1, 2, 3, 3, 4, 5, 6, 7)) for _ in range(levels)))
        candidates = self.candidates(hours) if self.often(0.25) else None
        low = dice.choice((None, None, None, None, None, 1, 2))
        return Line(
            id=name,
            needs={dice.choice(("legal", "lang:de")): dice.randint(1, 3)} if self.often(0.5) else {},
            hours=hours,
            first_week=first,
            last_week=dice.choice((self.weeks - 1, dice.randrange(first, self.weeks))),
            max_specialists=1 if candidates is not None else dice.choice((1, 1, 2, 3)),
            weekly_min=low,
            weekly_max=(low or 0) + dice.randint(1, 3) if self.often(0.25) else None,
            preferred=(dice.choice(self.people), dice.randint(-3, 6)) if self.often(0.3) else None,
            required=dice.choice(self.people) if self.often(0.08) else None,
            excluded=(dice.choice(self.people),) if self.often(0.12) else (),
            after=tuple(dice.sample(earlier, 1)) if earlier and self.often(0.6) else (),
            expedite=self.often(0.3),
            candidates=candidates,
        )

    def candidates(self, hours: tuple[int, ...]) -> tuple[Candidate, ...]:
        dice = self.dice
        people = dice.sample(self.people, dice.randint(1, len(self.people)))
        own = [tuple(sorted(max(1, h + dice.randint(-2, 2)) if h else 0 for h in hours)) for _ in people]
        return tuple(Candidate(p, h, dice.randint(-3, 6)) for p, h in zip(people, own, strict=True))

    def cap(self) -> DepartmentCap:
        dice = self.dice
        week = dice.choice((None, *range(self.weeks)))
        return DepartmentCap(dice.choice(("north", "south")), week, dice.randint(1, 9))

    def floors(self) -> tuple[Floor, ...]:
        dice = self.dice
        scopes = dice.sample(("kim", "lee", "win"), dice.choice((1, 2)))
        values = [dice.choice((0, 7, 20, 50, 200)) for _ in scopes]
        return tuple(
            Floor(v, purpose=s) if s == "win" else Floor(v, kam=s)
            for s, v in zip(scopes, values, strict=True)
        )

    def published(self, problem: Problem) -> Published:
        dice = self.dice
        cells = [(line.id, p, w) for line in problem.lines for p in self.people for w in range(self.weeks)]
        rows = tuple(Hours(*cell, dice.randint(1, 3)) for cell in dice.sample(cells, min(len(cells), 3)))
        return Published(
            price=dice.choice((0, 2, 4, 10)), free_from_week=dice.randint(0, self.weeks), hours=rows
        )

    def lock(self, problem: Problem) -> Lock:
        dice = self.dice
        line, request = dice.choice(problem.lines), dice.choice(problem.requests)
        person, week = dice.choice(self.people), dice.randrange(self.weeks)
        top = len(request.levels) - 1
        return dice.choice(
            (
                Lock("frozen", line=line.id, specialist=person, week=week, hours=dice.choice((0, 1, 1, 2))),
                Lock("forbid", line=line.id, specialist=person, week=dice.choice((None, week))),
                Lock("pin", line=line.id, specialist=person),
                Lock("min_level", request=request.id, level=dice.randint(-1, top)),
                Lock("max_level", request=request.id, level=dice.randint(-1, top)),
            )
        )


def random_plans(problem: Problem, dice: Random, count: int) -> Iterator[Plan]:
    """Plans that may keep all rules or break some: feasible pieces side by side, often damaged a little."""
    ways = [brute_force.pieces_of(problem, r) or [_REFUSED] for r in problem.requests]
    for _ in range(count):
        plan = brute_force.plan_of([dice.choice(pieces) for pieces in ways])
        for _ in range(dice.choice((0, 0, 1, 1, 2))):
            plan = _damaged(problem, plan, dice)
        yield plan


_REFUSED = Piece(None, (), 1, (), 0, 0, 0)


def _damaged(problem: Problem, plan: Plan, dice: Random) -> Plan:
    """`plan` with one change: hours moved, added or taken, a grant changed, added or removed."""
    hours = Counter({(r.line, r.specialist, r.week): r.hours for r in plan.hours})
    grants = {g.request: g for g in plan.granted}
    cells = [
        (line.id, s.id, w)
        for line in problem.lines
        for s in problem.specialists
        for w in range(len(problem.weeks))
    ]
    near = list(hours) or cells
    one = dice.choice(near)
    # Moving one quarter-hour keeps the level and so meets the rules that look at people and weeks.
    other = dice.choice([c for c in cells if c[0] == one[0]])
    request = dice.choice(problem.requests)
    any_grant = Grant(request.id, dice.randrange(len(request.levels)), dice.randrange(len(request.options)))
    action = dice.choice(("move", "move", "swap", "add", "take", "grant", "refuse"))
    if action in ("move", "take") and hours[one]:
        hours[one] -= 1
    if action == "swap":
        hours[other], hours[one] = hours[one], hours[other]
    if action in ("move", "add"):
        hours[other] += 1
    if action == "grant":
        grants[request.id] = any_grant
    if action == "refuse":
        grants.pop(request.id, None)
    rows = tuple(Hours(*cell, h) for cell, h in sorted(hours.items()) if h > 0)
    return Plan(tuple(sorted(grants.values(), key=lambda g: g.request)), rows)
