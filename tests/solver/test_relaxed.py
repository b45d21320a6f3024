"""The relaxation of assignment and knapsack: what it says holds for every plan, and searches go by it."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

import pytest

from solver import Settings, referee, solve
from solver.bench.mapping import assignment_problem, knapsack_problem
from solver.bench.one_model_rules import one_model
from solver.bench.peer_solvers import math_opt
from solver.bench.raw import Assignment, Knapsack
from solver.exact.folds import Folds
from solver.exact.goals import stages
from solver.exact.linear import Row
from solver.exact.model import Model
from solver.exact.relaxed import GRID, Choice, Relaxed, relax
from solver.exact.run import Goal
from solver.plan import Grant, Plan
from solver.problem import Hours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from solver.problem import Problem


def assignment(agents: int, jobs: int, seed: int) -> Assignment:
    """What costs little takes long, and four fifths of the time would do: type D of the literature."""
    dice = Random(seed)
    use = tuple(tuple(dice.randint(1, 100) for _ in range(jobs)) for _ in range(agents))
    cost = tuple(tuple(111 - a + dice.randint(-10, 10) for a in row) for row in use)
    return Assignment(cost, use, tuple(sum(row) * 4 // 5 // agents for row in use))


def knapsack(items: int, seed: int) -> Knapsack:
    """Two rows of which a half fits."""
    dice = Random(seed)
    weight = tuple(tuple(dice.randint(1, 100) for _ in range(items)) for _ in range(2))
    profit = tuple(sum(row[j] for row in weight) + dice.randint(0, 50) for j in range(items))
    return Knapsack(profit, weight, tuple(sum(row) // 2 for row in weight))


def relaxed(problem: Problem) -> tuple[Model, Relaxed]:
    """The model and what its relaxation says of the value."""
    model, stage = Model(problem), stages(problem)[3]
    found = relax(model, Goal(stage.state(model), True, 3, "value"), 60.0, lambda: False)
    assert found is not None
    return model, found


def plans(problem: Problem) -> Iterator[Plan]:
    """Every plan of a small problem: a request is refused, or each of its lines has one person."""
    ways = []
    for request in problem.requests:
        teams = product(*(problem.eligible[line] for line in request.options[0]))
        ways.append([None, *(tuple(zip(request.options[0], team, strict=True)) for team in teams)])
    for chosen in product(*ways):
        pairs = sorted(pair for way in chosen if way for pair in way)
        plan = Plan(
            tuple(
                Grant(request.id, 0, 0)
                for request, way in zip(problem.requests, chosen, strict=True)
                if way is not None
            ),
            tuple(Hours(line, who, 0, problem.line[line].hours_of(who, 0)) for line, who in pairs),
        )
        if not referee.violations(problem, plan):
            yield plan


SMALL = [assignment_problem(f"few-{k}", assignment(3, 5, k), maximise=False) for k in range(3)] + [
    knapsack_problem(f"sack-{k}", knapsack(8, k)) for k in range(3)
]


@pytest.mark.parametrize("problem", SMALL, ids=lambda problem: problem.name)
def test_every_plan_loses_what_its_choices_lose(problem: Problem) -> None:
    """No plan is worth more than the bound, less what it loses by a choice it makes otherwise.

    All plans are made here one by one. The loss counts in 1,048,576 steps of a unit of money.
    """
    model, found = relaxed(problem)
    canonical = model.problem
    seen = [(model.values(plan), referee.measure(canonical, plan).value) for plan in plans(canonical)]
    assert len(seen) > 5
    for values, worth in seen:
        assert worth <= found.bound
        for choice in found.choices:
            if any(values[variable] != value for variable, value in choice.held.items()):
                assert worth * GRID <= found.steps - choice.loss
    best = max(worth for _, worth in seen)
    decided = found.decided(best)
    assert all(
        values[variable] == value
        for values, worth in seen
        if worth == best
        for variable, value in decided.items()
    )


def test_the_hours_of_a_pair_and_an_item_in_all_its_rows_are_one_choice() -> None:
    """Each pair that fits works or not, each job is granted or not; of eight items each is taken or not.

    A job that only one agent has time for is granted when that one works on it. Both models hold a constant.
    """
    model, found = relaxed(SMALL[0])
    several = sum(len(team) > 1 for team in model.team.values())
    assert len(found.choices) == len(model.pairs) + several + 1
    assert len(relaxed(SMALL[3])[1].choices) == 8 + 1


def test_a_multiple_of_a_multiple_is_folded_with_its_limits() -> None:
    """C = 3 b and b = 2 a: one column, at most 1 as c is at most 7; a + c <= 9 is 7 a <= 9, twice is once."""
    rows = [Row(0, 0, (2, 1), (1, -3)), Row(0, 0, (1, 0), (-1, 2)), *[Row(-9, 9, (0, 2), (1, 1))] * 2]
    folds = Folds(3, rows)
    assert folds.members == [((0, 1), (1, 2), (2, 6))]
    assert folds.rows == [Row(-9, 9, (0,), (7,))]
    assert folds.limits([(0, 5), (-1, 9), (0, 7)]) == [(0, 1)]


def test_rows_that_fix_or_do_not_divide_are_kept() -> None:
    """2 a = 3 b makes neither a multiple of the other, a = -b runs against it, a - b >= 0 leaves a choice."""
    rows = [Row(0, 0, (0, 1), (2, -3)), Row(0, 0, (0, 1), (1, 1)), Row(0, 5, (0, 1), (1, -1))]
    folds = Folds(2, rows)
    assert len(folds.members) == 2
    assert folds.rows == rows


def test_what_is_held_leaves_the_choices_that_lose_least() -> None:
    """Beside five open choices, what a plan chooses otherwise stays open; what is held agrees with it."""
    model, found = relaxed(SMALL[0])
    assert len(found.likely(5, None)) == sum(len(choice.held) for choice in found.choices[5:])
    nobody = model.values(Plan((), ()))
    held = found.likely(5, nobody)
    assert 0 < len(held) < len(found.likely(5, None))
    assert all(nobody[variable] == value for variable, value in held.items())


def test_ever_more_choices_are_open() -> None:
    """Two for each of ten in the basis and fifty are 70, then half as many more, up to 140 of 200."""
    assert list(Relaxed((Choice({}, 0),) * 200, 10, 0).counts()) == [70, 105]


def test_a_search_among_likely_choices_is_the_same_twice() -> None:
    """Eighty jobs and five agents, with a limit of work: nobody races, and little work ends at one plan."""
    problem = assignment_problem("many", assignment(5, 80, 1), maximise=False)
    doing = set[str]()
    settings = Settings(wall_limit_s=300.0, work_limit=0.6)
    first = solve(problem, settings, progress=lambda seen: doing.add(seen.doing))
    assert "likely choices" in doing
    assert (first.stopped, first.reproducible) == ("work_limit", True)
    assert solve(problem, settings).plan == first.plan


def test_a_race_ends_at_the_answer_of_another_solver() -> None:
    """Cost has nothing to do with time here, and HiGHS alone, on a model of its own, says the same."""
    dice = Random(4)
    use, cost = (
        tuple(tuple(dice.randint(*span) for _ in range(80)) for _ in range(5)) for span in ((5, 25), (10, 50))
    )
    raw = Assignment(cost, use, tuple(sum(row) * 4 // 5 // 5 for row in use))
    problem = assignment_problem("many", raw, maximise=False)
    result = solve(problem, Settings(wall_limit_s=300.0, workers=2))
    other = math_opt("HIGHS", one_model(problem).program, 300.0, 0)
    assert result.measures is not None
    assert (result.status, result.measures.value, result.bound) == ("optimal", other.bound, other.bound)
