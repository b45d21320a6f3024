"""Parts of a problem and of a plan: what is left when requests, people or levels are taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from solver.files import read_problem
from solver.parts import allowed, of_departments, of_requests, plan_within
from solver.plan import Grant, Plan
from solver.problem import Hours, Lock

E5 = read_problem((Path(__file__).parent / "data" / "e5-bundle.json").read_bytes())
HALF = Plan((Grant("r1", 0, 0),), (Hours("r1.arch", "ann", 1, 32), Hours("r1.legal", "leo", 1, 16)))


def test_a_plan_to_begin_from_loses_only_what_a_level_lock_rules_out() -> None:
    """Half of r1 goes when the whole is ordered or nothing allowed, and stays when half is what is asked."""
    for kind, level, kept in (
        ("min_level", 1, 0),
        ("max_level", -1, 0),
        ("min_level", 0, 1),
        ("max_level", 0, 1),
    ):
        lock = Lock(kind, request="r1", level=level)  # type: ignore[arg-type]  # - both are kinds of locks
        left = allowed(replace(E5, locks=(lock,)), HALF)
        assert (len(left.granted), len(left.hours)) == (kept, 2 * kept)


def test_requests_and_departments_taken_away_take_their_locks_and_hours() -> None:
    """Without requests no lines and no locks; without Legal no hours of Leo, and the bundle is not kept."""
    locks = (
        Lock("min_level", request="r1", level=0),
        Lock("forbid", line="r1.arch", specialist="bob"),
        Lock("frozen", line="r1.legal", specialist="leo", week=1, hours=16),
    )
    problem = replace(E5, locks=locks)
    none = of_requests(problem, set())
    assert (none.requests, none.lines, none.locks) == ((), (), ())
    assert of_requests(problem, {"r1"}).locks == locks
    engineering = of_departments(problem, {"eng"})
    assert engineering.specialist["leo"].capacity == (0, 0, 0)
    assert engineering.specialist["ann"].capacity == (0, 36, 8)
    assert [lock.kind for lock in engineering.locks] == ["forbid"]
    assert plan_within(problem, HALF, {"eng"}) == Plan()
    assert plan_within(problem, HALF, {"eng", "legal"}) == HALF
