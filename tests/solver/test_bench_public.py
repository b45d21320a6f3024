"""Public sets: read as they are, solved in the planner's format, judged by the raw numbers."""

from __future__ import annotations

import json
from itertools import product
from random import Random
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from planner.solving.bench_commands import BENCH_COMMAND
from solver.bench.mapping import agent_of, assignment_bound, assignment_problem, knapsack_problem, taken
from solver.bench.public import entries
from solver.bench.raw import Assignment, Knapsack, RawError, WrongAnswerError
from solver.solve import solve
from solver.validate import validate

if TYPE_CHECKING:
    from pathlib import Path


def assignment(seed: int) -> Assignment:
    """Three agents, six jobs, with room to spare for no more than one job."""
    dice = Random(seed)
    cost, use = (tuple(tuple(dice.randint(5, 20) for _ in range(6)) for _ in range(3)) for _ in range(2))
    return Assignment(cost, use, (27, 30, 33))


def knapsack(seed: int) -> Knapsack:
    """Nine items, three rows, half of everything fits."""
    dice = Random(seed)
    weight = tuple(tuple(dice.choice((0, 3, 5, 8, 13)) for _ in range(9)) for _ in range(3))
    return Knapsack(
        tuple(dice.randint(5, 30) for _ in range(9)), weight, tuple(sum(row) // 2 for row in weight)
    )


def every_assignment(raw: Assignment) -> list[int]:
    """The objective of every answer that is allowed."""
    found = []
    for agents in product(range(3), repeat=6):
        try:
            found.append(raw.objective(dict(enumerate(agents))))
        except WrongAnswerError:
            continue
    return found


@pytest.mark.parametrize("maximise", [False, True])
def test_assignments_are_solved_to_the_best_there_is(maximise: bool) -> None:
    """Every job is assigned, at the least (or greatest) cost of all 729 answers, and the bound says so."""
    for seed in range(4):
        raw = assignment(seed)
        best = (max if maximise else min)(every_assignment(raw))
        problem = assignment_problem("gap", raw, maximise=maximise)
        assert validate(problem) == []
        result = solve(problem)
        assert result.plan is not None
        assert result.bound is not None
        assert (seed, raw.objective(agent_of(result.plan))) == (seed, best)
        assert assignment_bound(raw, result.bound, maximise=maximise) == best


def test_knapsacks_are_solved_to_the_best_there_is() -> None:
    """The items granted have the greatest profit of all 512 choices."""
    for seed in range(4):
        raw, found = knapsack(seed), []
        for chosen in product((False, True), repeat=9):
            try:
                found.append(raw.objective([item for item in range(9) if chosen[item]]))
            except WrongAnswerError:
                continue
        problem = knapsack_problem("mkp", raw)
        assert validate(problem) == []
        result = solve(problem)
        assert result.plan is not None
        assert raw.objective(taken(result.plan)) == max(found) == result.bound


def test_raw_numbers_refuse_wrong_answers() -> None:
    """A missing job, an agent with too much, and a row with too much are each named."""
    raw = assignment(0)
    with pytest.raises(WrongAnswerError, match="1 jobs are not assigned"):
        raw.objective(dict.fromkeys(range(5), 0))
    with pytest.raises(WrongAnswerError, match="agent 0"):
        raw.objective(dict.fromkeys(range(6), 0))
    with pytest.raises(WrongAnswerError, match="row 0"):
        knapsack(0).objective(range(9))


def words(*tables: tuple[int, ...]) -> str:
    """Numbers as a raw file has them, broken over lines."""
    return "\n".join(" ".join(map(str, table)) for table in tables)


def small_sets(folder: Path) -> None:
    """One assignment, one collection of two knapsacks, one single knapsack, with their best values."""
    raw, packs = assignment(1), [knapsack(1), knapsack(2)]
    best = min(every_assignment(raw))
    (folder / "gap" / "own").mkdir(parents=True)
    (folder / "mkp" / "sac94" / "own").mkdir(parents=True)
    (folder / "gap" / "own" / "one").write_text(words((3, 6), *raw.cost, *raw.use, raw.capacity))
    (folder / "gap" / "bks.csv").write_text(f"instance,best_known,proven_optimal\nown/one,{best},yes\n")
    texts = [words((9, 3, 0), pack.profit, *pack.weight, pack.capacity) for pack in packs]
    (folder / "mkp" / "many.txt").write_text("\n".join(["2", *texts]))
    (folder / "mkp" / "sac94" / "own" / "a.dat").write_text(texts[0])
    head = "instance,problem_index_in_file,best_known,proven_optimal\n"
    (folder / "mkp" / "bks_chubeas.csv").write_text(head + "many.txt,0,1,no\nmany.txt,1,1,no\n")
    (folder / "mkp" / "bks_sac94.csv").write_text("instance,best_known,proven_optimal\nown/a.dat,1,no\n")


def test_public_on_the_command_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All sets found are listed; an answer above a weak best value known shows as better than it."""
    folder = tmp_path_factory.mktemp("public")
    small_sets(folder)
    figures = folder / "f.json"
    done = CliRunner().invoke(
        BENCH_COMMAND, ["public", "--data", str(folder), "--every", "2", "-o", str(figures)]
    )
    assert done.exit_code == 0, done.output
    rows = {row["name"]: row for row in json.loads(figures.read_text())["rows"]}
    # Every second of the four.
    assert set(rows) == {"gap/own/one", "mkp/many.txt#1"}
    assert (rows["gap/own/one"]["off"], rows["gap/own/one"]["proved"]) == (0.0, True)
    assert rows["mkp/many.txt#1"]["objective"] > 1
    assert rows["mkp/many.txt#1"]["off"] < 0
    assert "gap/own/one" in done.stderr
    names = ["gap/own/one", "mkp/many.txt#0", "mkp/many.txt#1", "mkp/sac94/own/a.dat"]
    assert [entry.name for entry in entries(folder)] == names


def test_sets_that_are_absent_are_told_of(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An empty folder is bad input; a listed instance without its file is named."""
    folder = tmp_path_factory.mktemp("public")
    empty = CliRunner().invoke(BENCH_COMMAND, ["public", "--data", str(folder)])
    assert (empty.exit_code, "No instance" in empty.stderr) == (2, True)
    (folder / "gap").mkdir()
    (folder / "gap" / "bks.csv").write_text("instance,best_known,proven_optimal\ngone,1,yes\n")
    with pytest.raises(RawError, match="gone"):
        entries(folder)
