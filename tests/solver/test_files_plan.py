"""Reading and writing planner-plan/1."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from solver.files import ProblemErrors, read_plan, write_result
from solver.plan import Grant, Measures, Plan, Result, Short
from solver.problem import Hours
from solver.settings import Settings

PLAN = Plan(granted=(Grant("r1", 1, 0),), hours=(Hours("r1.arch", "ann", 0, 64),))
RESULT = Result(
    problem="sample",
    problem_hash="sha256:00",
    status="optimal",
    stopped="proven",
    proven_stages=(1, 2, 3, 4, 5),
    plan=PLAN,
    measures=Measures(("r9",), 990, 10, 200, 12, 1, 3, 7),
    bound=210,
    seconds=0.41234,
    reproducible=True,
    settings=Settings(seed=4, work_limit=2.5),
    short=(Short("r2", -1, "wall", {"wall": ["acme", "rival"]}),),
)


def test_a_result_is_written_with_exactly_the_documented_keys() -> None:
    """The keys are those of the format, no more; the gap is (210 - 200) / 200 = 0.05."""
    data = json.loads(write_result(RESULT))
    assert list(data) == [
        "format", "problem", "problem_hash", "status", "stopped", "proven_stages", "value", "bound", "gap",
        "broken_obligations", "floor_share", "floor_shortfall", "churn", "handovers", "seconds",
        "reproducible", "settings", "granted", "hours", "short", "conflicts", "conflicts_smallest",
    ]  # fmt: skip
    assert data["gap"] == pytest.approx(0.05)
    assert data["seconds"] == 0.412
    assert data["granted"] == [{"request": "r1", "level": 1, "option": 0}]
    assert data["hours"] == [{"line": "r1.arch", "specialist": "ann", "week": 0, "hours": 64}]
    assert data["short"] == [
        {"request": "r2", "level": -1, "reason": "wall", "params": {"wall": ["acme", "rival"]}}
    ]
    assert data["settings"] | {"ortools": ""} == {
        "mode": "deterministic", "seed": 4, "workers": 1, "wall_limit_s": 60.0, "work_limit": 2.5,
        "ortools": "",
        "compiled": True,
    }  # fmt: skip
    assert data["settings"]["ortools"].startswith("9.15")


def test_a_written_plan_reads_back() -> None:
    """Plan, hash and claimed measures are what was written."""
    read = read_plan(write_result(RESULT))
    assert read.plan == PLAN
    assert read.problem_hash == "sha256:00"
    assert read.claims == {
        "value": 200, "broken_obligations": ("r9",), "floor_share": 990, "floor_shortfall": 10, "churn": 12,
        "handovers": 1,
    }  # fmt: skip


def test_unknown_numbers_are_null() -> None:
    """Without a bound there is no gap; a value of 0 has none either; without a plan nothing is claimed."""
    assert json.loads(write_result(replace(RESULT, bound=None)))["gap"] is None
    assert RESULT.measures is not None
    worthless = replace(RESULT, measures=replace(RESULT.measures, value=0))
    assert json.loads(write_result(worthless))["gap"] is None
    none = replace(RESULT, status="none", stopped="conflict", plan=None, measures=None, bound=None)
    data = json.loads(write_result(none))
    assert (data["value"], data["bound"], data["gap"], data["granted"], data["hours"]) == (
        None,
        None,
        None,
        [],
        [],
    )
    assert read_plan(write_result(none)).plan is None
    assert read_plan(write_result(none)).claims == {}


def test_a_plan_written_by_hand_needs_three_keys() -> None:
    """Format, grants and hours are enough; the option of a grant is 0 when not given."""
    text = '{"format": "planner-plan/1", "granted": [{"request": "r1", "level": 0}], "hours": []}'
    read = read_plan(text)
    assert read.plan == Plan((Grant("r1", 0, 0),))
    assert read.problem_hash is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("E_FILE_EMPTY", ""),
        ("E_JSON", "nonsense"),
        ("E_SHAPE", "[]"),
        ("E_FORMAT", '{"format": "planner-problem/1"}'),
        ("E_FIELD_MISSING", '{"format": "planner-plan/1", "hours": []}'),
        ("E_FIELD_UNKNOWN", '{"format": "planner-plan/1", "granted": [], "hours": [], "extra": 1}'),
        (
            "E_INTEGER",
            '{"format": "planner-plan/1", "granted": [{"request": "r1", "level": 0.5}], "hours": []}',
        ),
        ("E_INTEGER", '{"format": "planner-plan/1", "granted": [], "hours": [], "value": 1.5}'),
        ("E_SHAPE", '{"format": "planner-plan/1", "granted": [], "hours": [], "status": "perfect"}'),
        ("E_SHAPE", '{"format": "planner-plan/1", "granted": {}, "hours": []}'),
        ("E_FIELD_MISSING", '{"format": "planner-plan/1", "granted": [], "hours": [{"line": "r1.arch"}]}'),
        ("E_JSON_NUMBER", '{"format": "planner-plan/1", "granted": [], "hours": [], "gap": NaN}'),
    ],
)
def test_a_malformed_plan_says_why(code: str, text: str) -> None:
    """Each has its own code; nothing else is raised."""
    with pytest.raises(ProblemErrors) as caught:
        read_plan(text)
    assert code in {error.code for error in caught.value.errors}
