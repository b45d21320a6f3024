"""Whatever stands in a file, reading it gives a sound problem or a list of errors, never anything else."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from samples import document

from solver.files import ProblemErrors, problem_hash, read_plan, read_problem, write_problem, write_result
from solver.referee import measure, violations
from solver.solve import solve
from solver.validate import validate

JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 2, 10**6, 10**15, 2**63, 10**40, 0.5, 1e308, "", " ", "ann", "r1", "r1.arch",
    "\ud800", "\x00", "x" * 300, "2027-W01", [], {}, [[]], [None], {"id": "ann"}, [1, 2], ["r1.arch"],
    {"a": {"b": []}}, "1_0", "\uff11",
]  # fmt: skip


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key at which something stands."""
    found: list[tuple[Any, Any]] = []
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    for key in keys:
        found += [(value, key), *places(value[key])]
    return found


def damage(data: Any, dice: Random) -> None:
    """Write junk at a random place, remove it, write another part of the file there, or add a key."""
    container, key = dice.choice(places(data))
    action = dice.choice(("junk", "junk", "remove", "copy", "extra"))
    if action == "junk":
        container[key] = dice.choice(JUNK)
    elif action == "remove":
        del container[key]
    elif action == "copy":
        other, place = dice.choice(places(data))
        container[key] = json.loads(json.dumps(other[place]))
    elif isinstance(container, dict):
        container[dice.choice(("x", "id", "hours", "week", "\x1b[2J"))] = dice.choice(JUNK)


def test_damaged_problems_are_read_or_refused() -> None:
    """800 damaged files: those accepted are sound, survive writing and can be solved."""
    accepted, refused = 0, list[ProblemErrors]()
    for seed in range(800):
        dice, data = Random(seed), document()
        for _ in range(dice.choice((1, 1, 2, 4))):
            damage(data, dice)
        try:
            problem = read_problem(json.dumps(data))
        except ProblemErrors as errors:
            refused.append(errors)
            continue
        accepted += 1
        assert validate(problem) == [], seed
        again = read_problem(write_problem(problem))
        assert problem_hash(again) == problem_hash(problem), seed
        if accepted % 5 == 0:
            assert solve(problem).status in ("optimal", "none"), seed
    assert accepted > 50
    assert len(refused) > 300
    assert all(error.message and error.remedy for errors in refused for error in errors.errors)


def test_damaged_plans_are_judged_or_refused() -> None:
    """1,000 damaged plan files: those read are judged by the referee without an error of its own."""
    problem = read_problem(json.dumps(document()))
    sound = json.loads(write_result(solve(problem, reasons=True)))
    read = 0
    for seed in range(1_000):
        dice, data = Random(seed), json.loads(json.dumps(sound))
        for _ in range(dice.choice((1, 2, 3))):
            damage(data, dice)
        try:
            file = read_plan(json.dumps(data))
        except ProblemErrors:
            continue
        read += 1
        if file.plan is not None:
            assert isinstance(violations(problem, file.plan), list), seed
            assert measure(problem, file.plan).churn >= 0, seed
    assert read > 100


def test_cut_and_mangled_bytes_are_refused() -> None:
    """The file cut at any of 200 places, and with a random byte changed: a problem or errors."""
    text = json.dumps(document()).encode()
    refused = 0
    for step in range(200):
        for mangled in (text[: len(text) * step // 200], _mangled(text, Random(step))):
            try:
                assert validate(read_problem(mangled)) == [], step
            except ProblemErrors:
                refused += 1
    assert refused > 300


def _mangled(text: bytes, dice: Random) -> bytes:
    place = dice.randrange(len(text))
    return text[:place] + bytes([dice.randrange(256)]) + text[place + 1 :]
