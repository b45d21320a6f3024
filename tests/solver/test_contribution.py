"""What departments add: Shapley values from all coalitions, from a sample, and with intervals."""

from __future__ import annotations

import json
from itertools import combinations, permutations

import pytest
from random_problems import random_problem

from solver.parts import of_departments
from solver.plan import Plan
from solver.problem import Level, Line, Problem, Request, Specialist
from solver.settings import Settings
from solver.solve import solve
from solver.tradeoffs.contribution import Coalition, Worth, contribution, exact_shares

LONG = Settings(wall_limit_s=1200)
"""Small problems are proven at once; a busy machine must not make that unproven."""


def company(departments: str, requests: list[tuple[str, int]]) -> Problem:
    """One person per department (a letter), enough hours for everything; requests of (departments, value)."""
    people = tuple(Specialist(d.lower(), d, (400,), {d.lower(): 3}) for d in departments)
    asked = [
        Request(f"r{i}", "a", "k", (Level("1", value),), (tuple(f"r{i}.{d}" for d in needed),), submitted=i)
        for i, (needed, value) in enumerate(requests)
    ]
    lines = [
        Line(f"r{i}.{d}", {d.lower(): 1}, (8,), 0, 0)
        for i, (needed, _) in enumerate(requests)
        for d in needed
    ]
    return Problem("company", ("2027-W01",), people, tuple(asked), tuple(lines))


def e11() -> Problem:
    """v: E 30, D 10, EL 60, ED 40, LD 10, ELD 80, others 0."""
    return company("ELD", [("E", 3_000_000), ("D", 1_000_000), ("EL", 3_000_000), ("ELD", 1_000_000)])


@pytest.mark.acceptance
def test_e11_shapley_values_and_last_in() -> None:
    """48.333, 18.333, 13.333 of 80 k; last-in 70, 40, 20 sum to 130. Cents sum to the whole exactly."""
    found = contribution(e11(), LONG)
    values = {share.department: share.value for share in found.shares}
    assert values == pytest.approx({"D": 1_333_333, "E": 4_833_333, "L": 1_833_333}, abs=1)
    assert sum(values.values()) == found.whole == 8_000_000
    assert {s.department: s.last_in for s in found.shares} == {"D": 2_000_000, "E": 7_000_000, "L": 4_000_000}
    assert found.method == "exact"
    assert all(share.low == share.high == share.value for share in found.shares)
    worth = {"".join(sorted(names)): worth.low for names, worth in found.coalitions.items()}
    assert worth == {
        "": 0, "E": 3_000_000, "L": 0, "D": 1_000_000, "EL": 6_000_000, "DE": 4_000_000, "DL": 1_000_000,
        "DEL": 8_000_000,
    }  # fmt: skip
    json.dumps(found.row())


def test_unproven_coalitions_give_intervals_that_hold_the_value() -> None:
    """Two departments, v(A) 4, v(B) 2, v(AB) 10 proven or up to 12: A adds 6 to 7, B adds 4 to 5."""
    worth: dict[Coalition, Worth] = {
        frozenset(): Worth(0, 0), frozenset("A"): Worth(4, 4), frozenset("B"): Worth(2, 2),
        frozenset("AB"): Worth(10, 12),
    }  # fmt: skip
    shares = exact_shares("AB", worth)
    assert [(s.department, s.value, s.low, s.high) for s in shares] == [("A", 6, 6, 7), ("B", 4, 4, 5)]
    unknown = exact_shares("AB", worth | {frozenset("AB"): Worth(10, None)})
    assert [(s.value, s.low, s.high) for s in unknown] == [(6, None, None), (4, None, None)]


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_shares_of_random_problems_are_the_mean_over_all_orders(seed: int) -> None:
    """The definition itself, order by order, over independent solves of the coalitions."""
    problem = random_problem(seed)
    found = contribution(problem, LONG)
    names = [share.department for share in found.shares]
    value = {}
    for size in range(len(names) + 1):
        for group in combinations(names, size):
            result = solve(of_departments(problem, frozenset(group)))
            assert result.measures is not None
            value[frozenset(group)] = result.measures.value
    orders = list(permutations(names))
    for share in found.shares:
        mean = 0.0
        for order in orders:
            before = frozenset(order[: order.index(share.department)])
            mean += (value[before | {share.department}] - value[before]) / len(orders)
        assert share.value == pytest.approx(mean, abs=1), seed
    assert sum(share.value for share in found.shares) == value[frozenset(names)] - value[frozenset()]


def test_more_than_eight_departments_are_sampled_with_an_error() -> None:
    """Nine departments; B to I bring 10 each only beside A, which therefore adds 40 and they 5 each.

    The sum holds exactly; each figure lies within four standard errors.
    """
    problem = company("ABCDEFGHI", [(f"A{d}", 1_000_000) for d in "BCDEFGHI"])
    found = contribution(problem, LONG, rounds=3)
    assert (found.method, found.orders, found.whole) == ("sampled", 27, 8_000_000)
    assert sum(share.value for share in found.shares) == 8_000_000
    for share in found.shares:
        due = 4_000_000 if share.department == "A" else 500_000
        assert share.error is not None
        assert share.low is None
        assert abs(share.value - due) <= max(1, 4 * share.error)
    again = contribution(problem, LONG, rounds=3)
    assert again.shares == found.shares


def test_a_stopped_search_says_that_it_is_incomplete() -> None:
    """Nothing is solved, and the plan in hand still counts for the whole."""
    problem = e11()
    plan = solve(problem).plan or Plan()
    found = contribution(problem, Settings(), plan=plan, cancel=lambda: True)
    assert (found.complete, found.method, found.whole, found.bound) == (False, "interval", 8_000_000, None)
    assert sum(share.value for share in found.shares) == 8_000_000
    assert all(share.low is None for share in found.shares)
