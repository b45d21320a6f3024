"""Checks of problems made in Python; the same checks run on every file (test_files_malformed.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from random_problems import random_problem
from samples import FIXTURES

from solver.files import read_problem
from solver.problem import Floor, Lock, Problem
from solver.validate import ProblemErrors, require_valid, validate

FULL = read_problem((FIXTURES / "full" / "problem.json").read_bytes())


@pytest.mark.parametrize("seed", range(40))
def test_random_problems_are_sound(seed: int) -> None:
    """The generator of the other tests makes nothing that a file could not hold."""
    assert validate(random_problem(seed)) == []


def test_a_float_made_in_python_never_reaches_the_engine() -> None:
    """Dataclasses do not check their types; validate does, for capacities, hours and money."""
    half: Any = 96.0
    ann: Any = replace(FULL.specialists[0], capacity=(half, 32))
    line: Any = replace(FULL.lines[0], hours=(32, True))
    floor = Floor(value=half, kam="kim")
    bad = replace(
        FULL, specialists=(ann, *FULL.specialists[1:]), lines=(line, *FULL.lines[1:]), floors=(floor,)
    )
    assert [(error.code, error.where) for error in validate(bad)] == [
        ("E_INTEGER", "specialists/ann/capacity/0"),
        ("E_INTEGER", "lines/r1.arch/hours/1"),
        ("E_INTEGER", "floors/0/value"),
    ]


def test_require_valid_tells_everything() -> None:
    """The exception carries all errors, and a sound problem raises none."""
    require_valid(FULL)
    bad = replace(FULL, locks=(Lock("pin", line="x", specialist="y"),))
    with pytest.raises(ProblemErrors) as caught:
        require_valid(bad)
    assert [error.where for error in caught.value.errors] == ["locks/0/line", "locks/0/specialist"]


def test_contradicting_locks_are_no_malformed_problem() -> None:
    """Locks that contradict each other or a skill are a conflict found by solving, no malformed file."""
    locks = (
        Lock("min_level", request="r1", level=1),
        Lock("max_level", request="r1", level=-1),
        Lock("frozen", line="r1.arch", specialist="mia", week=0, hours=4000),
    )
    assert validate(replace(FULL, locks=locks)) == []


def test_the_greatest_sum_is_accepted_and_one_more_is_not() -> None:
    """The absolute values may sum to 10^15: a level of 10^15 alone is fine, one more unit is not."""
    request = replace(FULL.request["r4"], levels=(replace(FULL.request["r4"].levels[0], value=-(10**15)),))
    alone = Problem("one", FULL.weeks, FULL.specialists, (request,), (FULL.line["r4.issue"],))
    assert validate(alone) == []
    more = replace(request, option_bonus=(1,))
    assert [error.code for error in validate(replace(alone, requests=(more,)))] == ["E_SCALE"]


def test_shared_predecessors_are_no_cycle() -> None:
    """Two lines waiting for the same third is a diamond, not a circle."""
    lines = [replace(FULL.line["r3.opinion"], id=name, after=after) for name, after in [
        ("a", ()), ("b", ("a",)), ("c", ("a",)), ("d", ("b", "c")),
    ]]  # fmt: skip
    request = replace(FULL.request["r3"], options=(("a", "b", "c", "d"),), option_bonus=())
    assert validate(Problem("diamond", FULL.weeks, FULL.specialists, (request,), tuple(lines))) == []
