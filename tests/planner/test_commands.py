"""The engine's commands: what they write, how they end, and what they say of bad input."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from planner.solving.commands import COMMANDS

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROGRAM = "import click, planner.solving.commands as c; click.Group('planner', commands=c.COMMANDS)()"
FULL = FIXTURES / "full" / "problem.json"


def planner(*arguments: object) -> Result:
    """Run a command in this process."""
    group = click.Group("planner", commands=COMMANDS)
    return CliRunner().invoke(group, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of fixtures/full as `planner solve` writes it."""
    path = tmp_path_factory.mktemp("plans") / "full.json"
    assert planner("solve", FULL, "-o", path).exit_code == 0
    return path


@pytest.mark.parametrize(
    ("name", "value"), [("tiny", 7_800_000), ("quarrel", 11_900_000), ("full", 6_299_512)]
)
def test_solve_gives_the_worked_answers(name: str, value: int) -> None:
    """Each fixture is solved to the value of its ANSWER.md, proven, on standard output."""
    done = planner("solve", FIXTURES / name / "problem.json")
    assert done.exit_code == 0
    plan = json.loads(done.stdout)
    assert (plan["format"], plan["status"], plan["stopped"]) == ("planner-plan/1", "optimal", "proven")
    assert (plan["value"], plan["bound"], plan["gap"]) == (value, value, 0.0)
    assert plan["short"]
    assert "No better plan is possible." in done.stderr


def test_a_solved_plan_verifies_and_explains(plan_file: Path) -> None:
    """What solve writes, verify accepts and explain reads: r6 of full lacks 400,001."""
    verified = planner("verify", FULL, plan_file)
    assert verified.exit_code == 0
    assert json.loads(verified.stdout)["violations"] == []
    explained = planner("explain", FULL, plan_file, "r6")
    assert explained.exit_code == 0
    card = json.loads(explained.stdout)
    assert (card["break_even"], card["missing"], card["holders"]) == (900_001, 400_001, ["r5"])


def test_the_same_problem_gives_the_same_file_again(plan_file: Path, tmp_path: Path) -> None:
    """Rows in another order and a fresh run change nothing but the seconds."""
    data = json.loads(FULL.read_text(encoding="utf-8"))
    for kind in ("specialists", "requests", "lines", "locks"):
        data[kind].reverse()
    (tmp_path / "turned.json").write_text(json.dumps(data), encoding="utf-8")
    again = json.loads(planner("solve", tmp_path / "turned.json").stdout)
    before = json.loads(plan_file.read_text(encoding="utf-8"))
    assert again | {"seconds": 0} == before | {"seconds": 0}


def test_contradicting_locks_end_with_three_and_name_themselves(tmp_path: Path) -> None:
    """r1 must and must not be granted: no plan, exit 3, and the two locks in the file and in words."""
    data = json.loads(FULL.read_text(encoding="utf-8"))
    data["locks"].append({"kind": "max_level", "request": "r1", "level": -1})
    clash, plan = tmp_path / "clash.json", tmp_path / "plan.json"
    clash.write_text(json.dumps(data), encoding="utf-8")
    done = planner("solve", clash, "-o", plan)
    assert done.exit_code == 3
    written = json.loads(plan.read_text(encoding="utf-8"))
    assert (written["status"], written["stopped"], written["value"]) == ("none", "conflict", None)
    assert {row["kind"] for row in written["conflicts"]} == {"min_level", "max_level"}
    assert "contradict" in done.stderr
    assert planner("verify", clash, plan).exit_code == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PNG\x00\xff", b"{", b"[" * 100_000, b"[]", b'{"format": "planner-plan/1"}', b"\xff\xfe{\x00"],
)
@pytest.mark.parametrize("command", ["solve", "verify", "explain"])
def test_files_that_are_no_problem_end_with_two(tmp_path: Path, command: str, content: bytes) -> None:
    """Empty, binary, broken, deep or foreign files: one clear line each, never a traceback."""
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    more: dict[str, list[object]] = {"solve": [], "verify": [bad], "explain": [bad, "r1"]}
    done = planner(command, bad, *more[command])
    assert done.exit_code == 2
    assert "error" in done.stderr
    assert "E_" in done.stderr
    assert "Traceback" not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_missing_files_and_folders_end_with_two(tmp_path: Path) -> None:
    """A name that is nothing or a folder is told as such, for every file of the command."""
    done = planner("verify", tmp_path / "nothing.json", tmp_path)
    assert done.exit_code == 2
    assert done.stderr.count("E_FILE_READ") == 2
    assert "No such file" in done.stderr
    assert "directory" in done.stderr


def test_all_errors_of_files_and_options_are_told_at_once(tmp_path: Path) -> None:
    """Four bad options, two errors in the problem, a bad start plan and a bad target give eight lines."""
    data = json.loads(FULL.read_text(encoding="utf-8"))
    data["published"]["price"] = 3
    data["color"] = "red"
    bad, start = tmp_path / "bad.json", tmp_path / "start.json"
    bad.write_text(json.dumps(data), encoding="utf-8")
    start.write_text("{}", encoding="utf-8")
    options = ["--mode", "fast", "--workers", "0", "--seed", "1_0", "--wall-limit", "-5"]
    done = planner("solve", bad, *options, "--start", start, "-o", tmp_path / "no" / "where.json")
    assert done.exit_code == 2
    lines = [
        line.split()[1] if line.split()[1].startswith("E_") else line.split()[2]
        for line in done.stderr.splitlines()
    ]
    assert sorted(lines) == [
        "E_FIELD_MISSING", "E_FIELD_MISSING", "E_FIELD_MISSING", "E_FIELD_UNKNOWN", "E_FILE_WRITE",
        "E_OPTION", "E_OPTION", "E_OPTION", "E_OPTION", "E_PRICE_ODD",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--workers", "two"), ("--workers", "999"), ("--workers", "1.0"),
        ("--seed", "-1"), ("--seed", "9" * 40),
        ("--wall-limit", "0"), ("--wall-limit", "nan"), ("--wall-limit", "1e300"), ("--wall-limit", ""),
        ("--work-limit", "-2"), ("--work-limit", "inf"), ("--mode", ""),
        ("--cluster", "here"), ("--cluster", "tcp://:8786"), ("--most-moves", "-1"),
    ],
)  # fmt: skip
def test_options_out_of_range_end_with_two(option: str, value: str) -> None:
    """Each names itself and what it takes."""
    done = planner("solve", FIXTURES / "tiny" / "problem.json", option, value)
    assert done.exit_code == 2
    assert f"E_OPTION {option}" in done.stderr


def test_text_of_a_file_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    """An escape sequence in a key is shown, not sent."""
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "planner-problem/1", "\\u001b[2Jname": 1}', encoding="utf-8")
    done = planner("solve", bad)
    assert done.exit_code == 2
    assert "\x1b" not in done.stderr


def test_explain_refuses_what_has_no_answer(plan_file: Path, tmp_path: Path) -> None:
    """Unknown requests and levels, what is granted in full, and plans that break rules: exit 2 with words."""
    for request, words in (("r99", "no request"), ("r1", "granted in full")):
        done = planner("explain", FULL, plan_file, request)
        assert (done.exit_code, words in done.stderr) == (2, True)
    assert "no level 9" in planner("explain", FULL, plan_file, "r6", "--level", "9").stderr
    broken = json.loads(plan_file.read_text(encoding="utf-8"))
    broken["hours"].pop()
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    done = planner("explain", FULL, path, "r6")
    assert done.exit_code == 2
    assert "E_PLAN" in done.stderr


def test_a_start_plan_is_kept_when_nothing_is_better(plan_file: Path) -> None:
    """Without work to search, the start plan is the answer; the engine's own first plan is not better."""
    with_start = planner("solve", FULL, "--start", plan_file, "--work-limit", "1e-9")
    assert json.loads(with_start.stdout)["value"] == 6_299_512
    assert json.loads(with_start.stdout)["stopped"] == "work_limit"
    without = planner("solve", FULL, "--work-limit", "1e-9")
    assert json.loads(without.stdout)["value"] <= 6_299_512


FAULTS: dict[str, Any] = {
    "one quarter-hour less": lambda p: p["hours"][0].__setitem__("hours", 63),
    "one quarter-hour more": lambda p: p["hours"][0].__setitem__("hours", 65),
    "a row missing": lambda p: p["hours"].pop(0),
    "a row twice": lambda p: p["hours"].append(p["hours"][0]),
    "no hours in a row": lambda p: p["hours"][0].__setitem__("hours", 0),
    "negative hours": lambda p: p["hours"][0].__setitem__("hours", -64),
    "another week": lambda p: p["hours"][0].__setitem__("week", 1),
    "a week that does not exist": lambda p: p["hours"][0].__setitem__("week", 2),
    "a negative week": lambda p: p["hours"][0].__setitem__("week", -1),
    "an unskilled person": lambda p: p["hours"][0].__setitem__("specialist", "mia"),
    "a forbidden person": lambda p: p["hours"][0].__setitem__("specialist", "bob"),
    "an unknown person": lambda p: p["hours"][0].__setitem__("specialist", "zoe"),
    "an unknown line": lambda p: p["hours"][0].__setitem__("line", "r1.lost"),
    "a line of the other option": lambda p: p["hours"].append(
        {"line": "r3.opinion", "specialist": "leo", "week": 0, "hours": 8}
    ),
    "a line of a refused request": lambda p: p["hours"].append(
        {"line": "r7.arch", "specialist": "bob", "week": 1, "hours": 16}
    ),
    "a lower level": lambda p: p["granted"][0].__setitem__("level", 0),
    "a level that does not exist": lambda p: p["granted"][0].__setitem__("level", 2),
    "another option": lambda p: p["granted"][2].__setitem__("option", 0),
    "an option that does not exist": lambda p: p["granted"][2].__setitem__("option", 2),
    "a grant missing": lambda p: p["granted"].pop(1),
    "a grant twice": lambda p: p["granted"].append(p["granted"][0]),
    "an unknown grant": lambda p: p["granted"].append({"request": "r99", "level": 0, "option": 0}),
    "a grant without hours": lambda p: p["granted"].append({"request": "r6", "level": 0, "option": 0}),
    "a refusal undone": lambda p: [
        p["granted"].append({"request": "r7", "level": 0, "option": 0}),
        p["hours"].append({"line": "r7.arch", "specialist": "bob", "week": 1, "hours": 16}),
    ],
    "a colleague overloaded": lambda p: next(r for r in p["hours"] if r["line"] == "r3.review").__setitem__(
        "hours", 25
    ),
    "the pinned person left out": lambda p: p["hours"].remove(
        next(r for r in p["hours"] if r["specialist"] == "mia")
    ),
    "a greater value": lambda p: p.__setitem__("value", p["value"] + 1),
    "less churn": lambda p: p.__setitem__("churn", 0),
    "fewer hand-overs": lambda p: p.__setitem__("handovers", 0),
    "a promise called broken": lambda p: p.__setitem__("broken_obligations", ["r3"]),
    "another share": lambda p: p.__setitem__("floor_share", 999),
    "a shortfall": lambda p: p.__setitem__("floor_shortfall", 1),
    "another problem": lambda p: p.__setitem__("problem_hash", "sha256:0"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_verify_finds_every_planted_fault(plan_file: Path, tmp_path: Path, name: str) -> None:
    """One change to a right plan: exit 1, and at least one violation with its rule and words."""
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    FAULTS[name](plan)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    done = planner("verify", FULL, path)
    assert done.exit_code == 1
    found = json.loads(done.stdout)["violations"]
    assert found
    assert all(violation["rule"] and violation["message"] for violation in found)


def test_verify_and_explain_name_what_breaks_a_rule(plan_file: Path, tmp_path: Path) -> None:
    """A row of a line that is not in the problem is told by its line, person, week and hours."""
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    plan["hours"].append({"line": "zz.1", "specialist": "ann", "week": 0, "hours": 4})
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    for command, code in ((("verify",), 1), (("explain", "r6"), 2), (("price", "--refuse", "r6"), 2)):
        done = planner(command[0], FULL, path, *command[1:])
        assert (done.exit_code, "line zz.1, specialist ann, week 0, hours 4" in done.stderr) == (code, True)


def test_verify_finds_every_single_change_of_hours(plan_file: Path, tmp_path: Path) -> None:
    """Each row one quarter-hour up or down, or with another person or week: no change goes unseen."""
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    path, seen = tmp_path / "plan.json", 0
    for place, row in enumerate(plan["hours"]):
        changes = [("hours", row["hours"] + 1), ("hours", row["hours"] - 1), ("week", 1 - row["week"])]
        changes += [("specialist", s) for s in ("ann", "bob", "leo", "mia") if s != row["specialist"]]
        for key, value in changes:
            hours = [entry | {key: value} if place == i else entry for i, entry in enumerate(plan["hours"])]
            path.write_text(json.dumps(plan | {"hours": hours}), encoding="utf-8")
            assert planner("verify", FULL, path).exit_code == 1, (row, key, value)
            seen += 1
    assert seen == 48


def contested(requests: int, weeks: int = 8, people: int = 12) -> dict[str, Any]:
    """A problem too large to be proven in seconds: many bundles for few people."""
    dice = Random(7)
    names = [f"r{index}" for index in range(requests)]
    return {
        "format": "planner-problem/1",
        "name": "contested",
        "weeks": [f"2027-W{week + 1:02d}" for week in range(weeks)],
        "specialists": [
            {"id": f"s{i}", "department": "d", "capacity": [160] * weeks, "max_parallel": 3, "min_chunk": 8,
             "skills": dict.fromkeys(dice.sample(["a", "b", "c", "d", "e"], 2), 3)}
            for i in range(people)
        ],
        "requests": [
            {"id": name, "account": name, "kam": f"k{dice.randrange(5)}",
             "options": [[f"{name}.0", f"{name}.1"]],
             "levels": [{"fraction": "0.5", "value": dice.randrange(10**6)},
                        {"fraction": "1", "value": 10**6 + dice.randrange(10**6)}]}
            for name in names
        ],
        "lines": [
            {"id": f"{name}.{part}", "needs": {dice.choice("abcde"): 2},
             "hours": [64, 128 + 4 * dice.randrange(40)],
             "first_week": 0, "last_week": weeks - 1, "max_specialists": 2}
            for name in names for part in (0, 1)
        ],
    }  # fmt: skip


def test_ctrl_c_keeps_the_best_plan(tmp_path: Path) -> None:
    """A real process, interrupted once while it searches, writes a verified plan and ends with 0."""
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(json.dumps(contested(80)), encoding="utf-8")
    command = [sys.executable, "-c", PROGRAM, "solve", str(problem), "-o", str(plan), "--wall-limit", "300"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as process:
        try:
            assert process.stderr is not None
            first = process.stderr.readline()
            assert "value" in first
            time.sleep(2)
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            said = process.stderr.read()
            assert process.wait(timeout=60) == 0, said
        finally:
            process.kill()
    assert time.monotonic() - began < 20
    written = json.loads(plan.read_text(encoding="utf-8"))
    assert (written["stopped"], written["status"], written["reproducible"]) == (
        "cancelled",
        "feasible",
        False,
    )
    assert planner("verify", problem, plan).exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["plan.json", "problem.json"]


def test_a_terminal_sees_one_living_line() -> None:
    """On a terminal progress is written over itself, and only the ending stays."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, "solve", str(FULL)]
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=theirs, check=True, cwd=Path(__file__).parents[2]
        )
        os.close(theirs)
        said = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
    assert json.loads(done.stdout)["value"] == 6_299_512
    assert "\r\x1b[K" in said
    assert said.rstrip().rpartition("\r\x1b[K")[2].startswith("Value 6,299,512, 5 of 7 granted")


def test_solve_with_reasons_ends_within_its_limit_and_a_quarter(tmp_path: Path) -> None:
    """With a wall limit of 4 s the command ends soon after, reasons included."""
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(contested(60)), encoding="utf-8")
    planner("solve", FIXTURES / "tiny" / "problem.json")
    began = time.monotonic()
    done = planner("solve", problem, "--wall-limit", "4")
    took = time.monotonic() - began
    assert done.exit_code == 0
    assert json.loads(done.stdout)["stopped"] in ("wall_limit", "work_limit")
    # A limit that nobody kept would take minutes here; seconds more are the machine's.
    assert took < 30


def test_a_small_problem_never_speaks_to_the_cluster(tmp_path: Path) -> None:
    """Nobody answers at that address, and nobody is asked: only large problems are solved in parts."""
    target = tmp_path / "plan.json"
    done = planner("solve", FIXTURES / "tiny" / "problem.json", "--cluster", "127.0.0.1:1", "-o", target)
    assert (done.exit_code, "broke" in done.stderr) == (0, False)
    assert json.loads(target.read_text(encoding="utf-8"))["status"] == "optimal"
