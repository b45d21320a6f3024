"""Company-shaped instances: the same size and seed give the same problem everywhere."""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import ceil, exp
from typing import Literal

from solver.problem import Level, Line, Problem, Request, Specialist

Size = Literal["S", "M", "L", "XL"]

PRESSURE = 1.6
"""Hours asked for, all levels at the top, over hours that exist."""

STEADY = 100
"""Quarter-hours a week that a person can be counted on to give one line."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large an instance is: people, requests, weeks, skills."""

    people: int
    requests: int
    weeks: int
    skills: int


SHAPES: dict[Size, Shape] = {
    "S": Shape(30, 60, 13, 8),
    "M": Shape(200, 500, 13, 25),
    "L": Shape(1_000, 3_000, 26, 60),
    "XL": Shape(5_000, 20_000, 26, 150),
}


@dataclass(frozen=True, slots=True)
class _Draft:
    """One line before the hours of the whole instance are scaled to the pressure."""

    skill: int
    level: int
    size: float
    first: int
    weeks: int
    after: bool
    team: int


def generate(size: Size, seed: int, *, plain: bool = False) -> Problem:
    """A company of the given size; demand is about 1.6 times supply.

    Args:
        size: S, M, L or XL as in `SHAPES`.
        seed: Any integer; the same seed gives the same problem.
        plain: Leave out chunks, limits of parallel work, precedence, walls, and teams beyond what a line
            needs.

    Returns:
        A valid problem; money in cents.
    """
    return generate_shape(SHAPES[size], f"{size}-{seed}" + ("-plain" if plain else ""), seed, plain=plain)


def generate_shape(shape: Shape, name: str, seed: int, *, plain: bool = False) -> Problem:
    """A company of any `shape`; see `generate`."""
    rng = random.Random(f"{name}:{seed}")  # noqa: S311 - instances need no cryptography.
    people = _people(shape, rng, plain=plain)
    supply = sum(sum(s.capacity) for s in people)
    drafts = [_bundle(shape, rng, plain=plain) for _ in range(shape.requests)]
    scale = PRESSURE * supply / sum(d.size for bundle in drafts for d in bundle)
    accounts = max(2, shape.requests // 4)
    worth = [exp(rng.gauss(0, 1)) for _ in range(accounts)]
    requests: list[Request] = []
    lines: list[Line] = []
    for i, bundle in enumerate(drafts):
        account = rng.randrange(accounts)
        request, own = _request(i, account, bundle, scale=scale, worth=worth[account], shape=shape, rng=rng)
        requests.append(request)
        lines.extend(own)
    walls = () if plain else _walls(accounts, rng)
    return Problem(name, _weeks(shape.weeks), tuple(people), tuple(requests), tuple(lines), walls=walls)


def _weeks(count: int) -> tuple[str, ...]:
    return tuple(f"2027-W{w + 1:02d}" for w in range(count))


def _skill(shape: Shape, rng: random.Random) -> int:
    weights = [1 / (k + 1) ** 0.7 for k in range(shape.skills)]
    return rng.choices(range(shape.skills), weights)[0]


def _people(shape: Shape, rng: random.Random, *, plain: bool) -> list[Specialist]:
    people = []
    for i in range(shape.people):
        skills = {_skill(shape, rng): rng.randint(2, 5) for _ in range(rng.randint(1, 3))}
        contract = rng.choices((160, 120, 80), (60, 20, 20))[0]
        net = round(contract * (1 - rng.uniform(0, 0.3)))
        capacity = tuple(0 if rng.random() < 0.06 else net for _ in range(shape.weeks))
        people.append(
            Specialist(
                id=f"p{i:04d}",
                department=f"d{min(skills) % max(2, shape.skills // 4):02d}",
                capacity=capacity,
                skills={f"k{k:03d}": level for k, level in sorted(skills.items())},
                max_parallel=None if plain else rng.randint(3, 4),
                min_chunk=0 if plain else rng.randint(4, 8),
            )
        )
    return people


def _bundle(shape: Shape, rng: random.Random, *, plain: bool) -> list[_Draft]:
    """The lines of one request: they start in the same weeks, some wait for the one before."""
    count = rng.choices((1, 2, 3, 4), (50, 25, 15, 10))[0]
    start = rng.randint(0, shape.weeks - 2)
    drafts = []
    for i in range(count):
        weeks = rng.randint(2, 9)
        first = start + rng.randint(0, 2)
        after = i > 0 and not plain and rng.random() < 0.2
        team = 1 if plain else rng.choices((1, 2, 3), (50, 30, 20))[0]
        drafts.append(
            _Draft(_skill(shape, rng), rng.randint(2, 4), exp(rng.gauss(0, 0.7)), first, weeks, after, team)
        )
    return drafts


def _request(
    i: int,
    account: int,
    bundle: list[_Draft],
    *,
    scale: float,
    worth: float,
    shape: Shape,
    rng: random.Random,
) -> tuple[Request, list[Line]]:
    full = [max(8, round(d.size * scale)) for d in bundle]
    price = 2_500 * worth * exp(rng.gauss(0, 0.5))
    value = max(100, round(sum(full) * price / 100) * 100)
    levels = [Level("1", value)]
    half = rng.random() < 0.4
    if half:
        levels.insert(0, Level("0.5", round(value * rng.choice((0.25, 0.6, 0.75)) / 100) * 100))
    lines = []
    for j, (draft, hours) in enumerate(zip(bundle, full, strict=True)):
        weeks = min(9, shape.weeks, max(draft.weeks, ceil(hours / (3 * STEADY))))
        first = min(draft.first, shape.weeks - weeks)
        lines.append(
            Line(
                id=f"r{i:05d}.{j}",
                needs={f"k{draft.skill:03d}": draft.level},
                hours=(hours // 2, hours) if half else (hours,),
                first_week=first,
                last_week=first + weeks - 1,
                max_specialists=min(3, max(draft.team, ceil(hours / (STEADY * weeks)))),
                after=(f"r{i:05d}.{j - 1}",) if draft.after else (),
            )
        )
    request = Request(
        id=f"r{i:05d}",
        account=f"a{account:04d}",
        kam=f"kam{account % max(2, shape.requests // 25):03d}",
        levels=tuple(levels),
        options=(tuple(line.id for line in lines),),
        submitted=i,
        purpose=rng.choice(("win", "keep", "issue")),
    )
    return request, lines


def _walls(accounts: int, rng: random.Random) -> tuple[tuple[str, ...], ...]:
    """Pairs of rival accounts: a tenth of the accounts is in one."""
    rivals = rng.sample(range(accounts), 2 * max(1, accounts // 20))
    return tuple(
        (f"a{min(pair):04d}", f"a{max(pair):04d}") for pair in zip(rivals[::2], rivals[1::2], strict=True)
    )
