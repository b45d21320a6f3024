"""A contested company: too large to be proven within the limits of a test, quickly planned."""

from __future__ import annotations

from random import Random
from typing import Any

from solver.problem import Level, Line, Problem, Request, Specialist

WEEKS = 10
SKILLS = ("architecture", "data", "security", "legal", "training")


def company(seed: int = 1, people: int = 20, requests: int = 40) -> Problem:
    """Demand is about 1.6 times supply; half of the requests have a smaller size worth more per hour."""
    dice = Random(seed)
    staff = tuple(
        Specialist(
            f"p{i:02d}",
            f"d{i % 3}",
            tuple(0 if dice.random() < 0.06 else dice.choice((80, 120, 160)) for _ in range(WEEKS)),
            {skill: dice.randint(2, 5) for skill in dice.sample(SKILLS, dice.randint(1, 3))},
            max_parallel=dice.choice((2, 3)),
            min_chunk=dice.choice((0, 8)),
        )
        for i in range(people)
    )
    supply = sum(sum(person.capacity) for person in staff)
    asked, lines = [], []
    for i in range(requests):
        own = [f"r{i:02d}.{j}" for j in range(dice.choice((1, 1, 2, 3)))]
        full = [round(1.6 * supply / requests / 1.75 * dice.uniform(0.4, 1.6)) for _ in own]
        value = round(sum(full) * dice.lognormvariate(0, 0.8)) * 1000
        levels = (Level("0.5", round(value * 0.6)), Level("1", value))[dice.randint(0, 1) :]
        asked.append(Request(f"r{i:02d}", f"a{i % 9}", f"k{i % 4}", levels, (tuple(own),), submitted=i))
        for j, (name, hours) in enumerate(zip(own, full, strict=True)):
            first = dice.randint(0, WEEKS - 4)
            lines.append(
                Line(
                    name,
                    {dice.choice(SKILLS): dice.randint(1, 3)},
                    (hours // 2, hours)[-len(levels) :],
                    first,
                    min(WEEKS - 1, first + dice.randint(3, 6)),
                    max_specialists=dice.choice((1, 1, 2, 3)),
                    after=(own[j - 1],) if j and dice.random() < 0.2 else (),
                )
            )
    weeks = tuple(f"2027-W{week + 1:02d}" for week in range(WEEKS))
    return Problem("company", weeks, staff, tuple(asked), tuple(lines), walls=(("a1", "a2"),))


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same problem with its rows, and the entries of its mappings, in another order."""
    dice = Random(seed)

    def mixed(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(dice.sample(rows, len(rows)))

    people = [
        Specialist(
            p.id,
            p.department,
            p.capacity,
            dict(mixed(tuple(p.skills.items()))),
            p.expedite,
            p.max_parallel,
            p.min_chunk,
        )
        for p in mixed(problem.specialists)
    ]
    return Problem(
        problem.name,
        problem.weeks,
        tuple(people),
        mixed(problem.requests),
        mixed(problem.lines),
        walls=tuple(mixed(group) for group in mixed(problem.walls)),
    )
