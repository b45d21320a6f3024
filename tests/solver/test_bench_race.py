"""A race: everybody in a process of its own, one judge, and nobody overstays."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace

import pytest
from click.testing import CliRunner

from planner.solving.bench_commands import BENCH_COMMAND
from solver.bench import watched
from solver.bench.generate import Shape, generate_shape
from solver.bench.race import COMPETITORS, judge, race
from solver.bench.table import race_table
from solver.bench.watched import Watched, watch
from solver.files import read_problem, write_problem

SMALL = generate_shape(Shape(5, 8, 6, 2), "small", 2)


def python(code: str, seconds: float, most_bytes: int | None = None) -> Watched:
    """A little program under watch on the first core."""
    return watch((sys.executable, "-c", code), b"task", seconds=seconds, cores=[0], most_bytes=most_bytes)


def test_everybody_runs_and_the_referee_judges() -> None:
    """On a small company the exact ones prove the same value; no list is above it, no bound below it."""
    told: list[str] = []
    document = race(SMALL, 30, told=lambda finish: told.append(finish.name))
    finishes = {finish["name"]: finish for finish in document["finishes"]}
    assert told == list(finishes) == list(COMPETITORS)
    best = finishes["engine"]["value"]
    for name in ("engine", "cp-sat", "highs", "gscip"):
        assert (name, finishes[name]["value"], finishes[name]["ended"]) == (name, best, "optimal")
        assert finishes[name]["bound"] == best
        assert finishes[name]["gap"] == 0
    for name in ("greedy-filing", "greedy-value"):
        assert finishes[name]["value"] <= best
        assert (finishes[name]["bound"], finishes[name]["gap"]) == (None, None)
    assert all(finish["peak_mib"] > 5 and finish["seconds"] > 0 for finish in finishes.values())
    assert document["best_bound"] == best
    table = race_table(document, COMPETITORS)
    assert len(table.splitlines()) == 2 + len(COMPETITORS)
    assert f"{best:,}" in table
    json.dumps(document)


def test_who_overstays_is_killed() -> None:
    """A process that does not end in time, and its children, are gone; there is no exit code."""
    seen = python("import subprocess; subprocess.run(['sleep', '99'])", 0.5)
    assert (seen.code, seen.killed) == (None, "time")
    assert judge(SMALL, "cp-sat", seen).ended == "killed: over the limit of time"


def test_who_takes_too_much_memory_is_killed() -> None:
    """300 MiB are more than the 100 allowed, and the peak is told."""
    seen = python("x = bytearray(300 * 2**20); import time; time.sleep(60)", 60, most_bytes=100 * 2**20)
    assert (seen.code, seen.killed) == (None, "memory")
    assert seen.peak_bytes > 100 * 2**20


def test_memory_of_children_counts() -> None:
    """Two processes of 150 MiB each are seen as more than either alone."""
    child = "x = bytearray(150 * 2**20); import time; time.sleep({})"
    code = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {child.format(0.7)!r}]); "
    seen = python(code + "x = bytearray(150 * 2**20); p.wait()", 60)
    assert (seen.code, seen.killed) == (0, None)
    assert seen.peak_bytes > 300 * 2**20


def test_an_interrupted_watch_leaves_nobody_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the competitor too; it would go on using the cores of the next one."""
    seen: list[int] = []

    def interrupt(leader: int) -> int:
        seen.append(leader)
        raise KeyboardInterrupt

    monkeypatch.setattr(watched, "_resident", interrupt)
    with pytest.raises(KeyboardInterrupt):
        python("import time; time.sleep(99)", 60)
    with pytest.raises(ProcessLookupError):
        os.kill(seen[0], 0)


def test_what_fails_is_told_in_words() -> None:
    """A competitor that breaks down has no value, and the last words of its error are kept."""
    finish = judge(SMALL, "highs", python("raise SystemExit('out of luck')", 60))
    assert finish.value is None
    assert finish.ended == "failed with code 1: out of luck"


def test_a_plan_that_breaks_a_rule_counts_nothing() -> None:
    """The judge recomputes; a plan with an hour too many has no value whatever its maker says."""
    plan = {"granted": [], "hours": [{"line": "r00000.0", "specialist": "p0000", "week": 0, "hours": 1}]}
    answer = json.dumps({"plan": plan, "bound": 10**9, "ended": "optimal"})
    finish = judge(SMALL, "cp-sat", python(f"print({answer!r})", 60))
    assert (finish.value, finish.gap) == (None, None)
    assert finish.violations > 0
    assert "breaks" in finish.ended


def test_bench_on_the_command_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`generate` writes a valid problem, `peers` the figures of a race on it, with a table beside."""
    folder = tmp_path_factory.mktemp("bench")
    problem, figures = folder / "p.json", folder / "f.json"
    run = CliRunner()
    made = run.invoke(BENCH_COMMAND, ["generate", "--size", "S", "--seed", "3", "-o", str(problem)])
    assert made.exit_code == 0, made.output
    assert len(read_problem(problem.read_bytes()).requests) == 60
    problem.write_text(write_problem(replace(SMALL, name="tiny")))
    raced = run.invoke(
        BENCH_COMMAND,
        [
            "peers",
            str(problem),
            "--wall-limit",
            "30",
            "--only",
            "greedy-value,greedy-filing",
            "-o",
            str(figures),
        ],
    )
    assert raced.exit_code == 0, raced.output
    document = json.loads(figures.read_text())
    assert (document["format"], document["problem"]) == ("planner-bench/1", "tiny")
    assert [finish["name"] for finish in document["finishes"]] == ["greedy-value", "greedy-filing"]
    assert "greedy, in filing order" in raced.stderr


def test_the_command_line_refuses_in_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An unknown competitor and a broken file are both told, with exit code 2."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "p.json").write_text("{}")
    refused = CliRunner().invoke(BENCH_COMMAND, ["peers", str(folder / "p.json"), "--only", "abacus"])
    assert refused.exit_code == 2
    assert "abacus" in refused.stderr
    assert "E_FIELD_MISSING" in refused.stderr
