"""Parts of a problem and of a plan: what is left when requests, people or levels are taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from company import company

from solver import apart
from solver.cards.without import breadth
from solver.exact.ending import Ending
from solver.exact.watch import Watch
from solver.files import read_problem
from solver.parts import connected, of_departments, of_requests, part_of, plan_within
from solver.plan import Grant, Plan
from solver.problem import DepartmentCap, Floor, Hours, Lock, Problem, Published
from solver.referee import measure
from solver.settings import Settings
from solver.solve import solve

E5 = read_problem((Path(__file__).parent / "data" / "e5-bundle.json").read_bytes())
HALF = Plan((Grant("r1", 0, 0),), (Hours("r1.arch", "ann", 1, 32), Hours("r1.legal", "leo", 1, 16)))


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


def twins() -> Problem:
    """Two companies that share names of departments and a wall, but nobody."""
    one, other = company(1, people=5, requests=8), company(2, people=5, requests=8)

    def renamed(problem: Problem, mark: str) -> Problem:
        return replace(
            problem,
            specialists=tuple(replace(s, id=mark + s.id) for s in problem.specialists),
            requests=tuple(
                replace(r, id=mark + r.id, options=tuple(tuple(mark + x for x in o) for o in r.options))
                for r in problem.requests
            ),
            lines=tuple(
                replace(
                    x,
                    id=mark + x.id,
                    after=tuple(mark + a for a in x.after),
                    needs={mark + k: v for k, v in x.needs.items()},
                )
                for x in problem.lines
            ),
        )

    first, second = renamed(one, "a"), renamed(other, "b")
    people = [
        replace(s, skills={s.id[0] + k: v for k, v in s.skills.items()})
        for s in (*first.specialists, *second.specialists)
    ]
    return replace(
        first,
        specialists=tuple(people),
        requests=first.requests + second.requests,
        lines=first.lines + second.lines,
    )


def test_what_ties_requests_together() -> None:
    """Nobody in common: two groups; a cap on a department of both, or a floor, makes them one."""
    problem = twins()
    groups = connected(problem)
    assert [{name[0] for name in group} for group in groups] == [{"a"}, {"b"}]
    assert set.union(*(set(group) for group in groups)) == set(problem.request)
    cap = DepartmentCap("d0", None, 10**6)
    assert len(connected(replace(problem, department_caps=(cap,)))) == 1
    assert len(connected(replace(problem, department_caps=(replace(cap, department="none"),)))) == 2
    assert len(connected(replace(problem, floors=(Floor(1, kam="k1"),)))) == 1
    past = Published(2, 5, (Hours("ar00.0", "ap00", 1, 8), Hours("br00.0", "bp00", 1, 8)))
    kept = part_of(replace(problem, published=past), groups[1]).published
    assert kept == replace(past, hours=past.hours[1:])


def test_groups_are_solved_apart_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Value, bound and grants of the whole are those of the two companies solved alone with their share."""
    monkeypatch.setattr(apart, "APART_FROM", 0)
    problem = twins()
    settings = Settings(work_limit=0.5, wall_limit_s=200.0)
    whole = solve(problem, settings)
    assert whole.measures is not None
    assert whole.plan is not None
    parts = [part_of(problem, group) for group in connected(problem)]
    sizes = [breadth(part) for part in parts]
    alone = [
        solve(part, replace(settings, work_limit=0.5 * size / sum(sizes)))
        for part, size in zip(parts, sizes, strict=True)
    ]
    found = [(r.measures.value, r.bound) for r in alone if r.measures and r.bound is not None]
    assert len(found) == 2
    assert whole.measures.value == sum(value for value, _ in found)
    assert whole.bound == sum(limit for _, limit in found)
    assert whole.proven_stages == min((r.proven_stages for r in alone), key=len)[:4]
    assert whole.reproducible == all(r.reproducible for r in alone)
    assert sorted(g.request for r in alone if r.plan for g in r.plan.granted) == [
        g.request for g in whole.plan.granted
    ]


def test_a_group_that_the_wall_limit_of_the_whole_ended_is_not_called_proven() -> None:
    """Such a group says it was cancelled, as it is told by the same word; the other one is proven."""
    proven = Ending(
        Plan(),
        measure(E5, Plan()),
        stopped="proven",
        proven_stages=(1, 2, 3, 4, 5),
        bound=0,
        reproducible=True,
        settings=Settings(),
    )
    ended = replace(proven, stopped="cancelled", proven_stages=(1, 2), bound=7, reproducible=False)
    whole = apart._together(Watch(E5, 60, None, None), Settings(), [proven, ended])
    assert (whole.stopped, whole.proven_stages, whole.bound) == ("wall_limit", (1, 2), 7)
    told = Watch(E5, 60, None, lambda: True)
    assert told.stopped()
    assert apart._together(told, Settings(), [proven, ended]).stopped == "cancelled"


def test_a_contradiction_in_one_group_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who lacks the skill is ordered onto a line of the second company: no plan, and why."""
    monkeypatch.setattr(apart, "APART_FROM", 0)
    lock = Lock("frozen", line="br00.0", specialist="ap00", week=4, hours=8)
    result = solve(replace(twins(), locks=(lock,)), Settings(work_limit=0.5, wall_limit_s=200.0))
    assert (result.status, result.stopped) == ("none", "conflict")
    assert [row["line"] for row in result.conflicts] == ["br00.0"]
