"""Prices, trade-offs and contributions on the command line, and as tasks of the engine's process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from planner.solving.answers import answer
from planner.solving.commands import COMMANDS

E7 = Path(__file__).parents[1] / "solver" / "data" / "e7-override.json"


def planner(*arguments: object) -> Result:
    """Run a command in this process."""
    group = click.Group("planner", commands=COMMANDS)
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of E7: r1 and r3 of 40 h."""
    path = tmp_path_factory.mktemp("plans") / "e7.json"
    assert planner("solve", E7, "-o", path).exit_code == 0
    return path


@pytest.mark.parametrize(
    ("option", "text", "low"),
    [
        ("--grant", "r2", 1_000_000),
        ("--grant", "r2:0", 1_000_000),
        ("--refuse", "r1", 1_000_000),
        ("--capacity", "ann@0=+16", -800_000),
        ("--capacity", "ann@2027-W01=+16", -800_000),
    ],
)
def test_each_change_has_its_price(plan_file: Path, option: str, text: str, low: int) -> None:
    """The figures of E7, in the file and in words."""
    done = planner("price", E7, plan_file, option, text)
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["format"], found["low"], found["exact"]) == ("planner-price/1", low, True)
    assert f"{abs(low):,}" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--grant", "r1", "--refuse", "r2"),
        ("--grant", "r1:x"),
        ("--forbid", "r1.1"),
        ("--capacity", "ann@0=16"),
        ("--capacity", "ann@2031-W09=+4"),
        ("--grant", "nobody"),
        ("--pin", "r1.1@nobody"),
    ],
)
def test_what_cannot_be_asked_ends_with_two_and_says_why(plan_file: Path, options: tuple[str, ...]) -> None:
    """None or two changes, a wrong form, an unknown name: one line, no traceback."""
    done = planner("price", E7, plan_file, *options)
    assert done.exit_code == 2
    assert "error E_" in done.stderr
    assert done.stdout == ""


def test_an_impossible_change_ends_with_three_and_names_the_locks(tmp_path: Path) -> None:
    """r2 refused by decision cannot be ordered; the answer is still written."""
    data = json.loads(E7.read_text(encoding="utf-8"))
    data["locks"] = [{"kind": "max_level", "request": "r2", "level": -1}]
    locked, plan = tmp_path / "locked.json", tmp_path / "plan.json"
    locked.write_text(json.dumps(data), encoding="utf-8")
    assert planner("solve", locked, "-o", plan).exit_code == 0
    done = planner("price", locked, plan, "--grant", "r2")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["possible"] is False
    assert "max_level" in done.stderr


def test_a_frontier_and_a_contribution_are_written(tmp_path: Path) -> None:
    """Each KAM of E7 alone has its request; the one department adds all 78 k."""
    done = planner("frontier", E7, "--against", "floor", "--steps", "2", "-o", tmp_path / "f.json")
    assert done.exit_code == 0
    found = json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))
    # r1, r2 and r3 do not fit together, so somebody always has nothing: no floor above 0 can be reached.
    assert (found["best_floor"], len(found["points"]), found["points"][0]["value"]) == (0.0, 1, 7_800_000)
    assert "Highest reachable floor: 0.00" in done.stderr
    (tmp_path / "p.json").write_text(json.dumps(found["points"][0]["plan"]), encoding="utf-8")
    assert planner("verify", E7, tmp_path / "p.json").exit_code == 0
    done = planner("contribution", E7)
    assert done.exit_code == 0
    assert [d["value"] for d in json.loads(done.stdout)["departments"]] == [7_800_000]


def test_a_frontier_without_any_plan_ends_with_three(tmp_path: Path) -> None:
    """41 h of ann's 40 are decided."""
    problem = json.loads(E7.read_text(encoding="utf-8"))
    problem["locks"] = [{"kind": "frozen", "line": "r1.1", "specialist": "ann", "week": 0, "hours": 164}]
    (tmp_path / "p.json").write_text(json.dumps(problem), encoding="utf-8")
    done = planner("frontier", tmp_path / "p.json", "--against", "floor", "-o", tmp_path / "f.json")
    assert (done.exit_code, "No plan was found." in done.stderr) == (3, True)
    assert json.loads((tmp_path / "f.json").read_text(encoding="utf-8"))["points"] == []


@pytest.mark.parametrize(
    "options", [("--against", "luck"), ("--against", "moves"), ("--against", "floor", "--steps", "0")]
)
def test_a_trade_off_that_does_not_exist_ends_with_two(options: tuple[str, ...]) -> None:
    """An unknown word, nothing published, no steps."""
    done = planner("frontier", E7, *options)
    assert done.exit_code == 2
    assert "error E_OPTION" in done.stderr


@pytest.mark.parametrize(
    ("task", "format_", "key"),
    [
        ({"kind": "card", "request": "r2"}, "planner-card/1", ("break_even", 4_800_001)),
        (
            {"kind": "price", "change": {"kind": "grant", "request": "r2"}},
            "planner-price/1",
            ("low", 1_000_000),
        ),
        ({"kind": "frontier", "against": "floor", "steps": 2}, "planner-frontier/1", ("best_floor", 0.0)),
        ({"kind": "contribution"}, "planner-contribution/1", ("whole", 7_800_000)),
    ],
)
def test_the_tasks_of_the_engine_answer_in_these_formats(
    plan_file: Path, task: dict[str, Any], format_: str, key: tuple[str, Any]
) -> None:
    """Each kind from JSON to JSON, with progress for those that solve more than once."""
    whole = {
        **task,
        "problem": E7.read_text(encoding="utf-8"),
        "plan": plan_file.read_text(encoding="utf-8"),
        "settings": {"wall_limit_s": 6.0},
    }
    told: list[object] = []
    found = json.loads(json.dumps(answer(whole, told.append, lambda: False)))
    assert (found["format"], found[key[0]]) == (format_, key[1])
    assert bool(told) == (task["kind"] != "card")


def test_what_was_proven_within_a_limit_of_moves_proves_nothing_of_a_price(plan_file: Path) -> None:
    """Best with r2 + r3 (68) only within its limit: refusing r3 costs 78 - 48, not 68 - 48."""
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    for rows, key in (("granted", "request"), ("hours", "line")):
        for row in plan[rows]:
            row[key] = row[key].replace("r1", "r2")
    for row in plan["hours"]:
        row["hours"] = {"r2.1": 80, "r3.1": 64}[row["line"]]
    task = {
        "kind": "price",
        "change": {"kind": "refuse", "request": "r3"},
        "problem": E7.read_text(encoding="utf-8"),
        "plan": json.dumps({**plan, "value": 6_800_000, "bound": 6_800_000}),
        "settings": {"wall_limit_s": 60.0},
        "most_moves": 0,
    }
    found = answer(task, lambda _: None, lambda: False)
    assert (found["low"], found["high"], found["exact"]) == (3_000_000, 3_000_000, True)
