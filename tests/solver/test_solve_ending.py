"""How a solve ends: limits, cancelling, progress, and the plan it began with."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from company import company
from rule_world import line, person, plan, request, world

from solver import Progress, Settings, referee, solve
from solver.exact.watch import Watch
from solver.plan import Plan, Violation
from solver.problem import Lock, Problem
from solver.referee import check, measure, rank, violations
from solver.validate import ProblemErrors

COMPANY = company()
ONE_FITS = world((person(),), (request("q"), request()), (line("q.1", weeks=(0, 0)), line(weeks=(0, 0))))
Q_SERVED = plan({"q": 0}, ("q.1", "ann", 0, 8))
R_SERVED = plan({"r": 0}, ("r.1", "ann", 0, 8))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(mode="free", wall_limit_s=3.0),
        Settings(mode="free", workers=2, wall_limit_s=3.0),
        # So much work that the fuse must end it.
        Settings(wall_limit_s=3.0, work_limit=10**6),
    ],
    ids=["free", "free on two cores", "deterministic"],
)
def test_the_wall_limit_holds_for_all_stages_together(settings: Settings) -> None:
    """Three seconds, and not ten times that; the ending says what stopped it and claims nothing unproven."""
    result = solve(COMPANY, settings)
    assert result.seconds < 30.0
    assert (result.status, result.stopped, result.reproducible) == ("feasible", "wall_limit", False)
    assert result.proven_stages == (1, 2)
    assert result.plan is not None
    assert result.measures == check(COMPANY, result.plan)
    assert result.bound is not None
    assert result.bound > result.measures.value
    assert result.gap == (result.bound - result.measures.value) / result.measures.value


def test_cancelling_keeps_the_best_plan_shown() -> None:
    """Stopped after two seconds of a minute; the plan is no worse than the last one shown."""
    shown: list[Progress] = []
    began = time.monotonic()
    asked = [began]

    def cancel() -> bool:
        asked.append(time.monotonic())
        return time.monotonic() - began > 2.0

    result = solve(COMPANY, Settings(mode="free", wall_limit_s=60.0), progress=shown.append, cancel=cancel)
    # Far from its minute; how soon exactly is a matter of the machine.
    assert time.monotonic() - began < 30.0
    assert (result.status, result.stopped, result.reproducible) == ("feasible", "cancelled", False)
    assert result.measures is not None
    assert result.measures.value >= max(p.value for p in shown if p.value is not None) > 0
    # Asked at least every half second, and now and then more than that on a busy machine.
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(asked))
    assert gaps[len(gaps) // 2] <= 1.0


def test_cancelled_before_it_begins_it_still_gives_a_first_plan() -> None:
    """The greedy plan costs nothing."""
    result = solve(COMPANY, cancel=lambda: True)
    assert result.stopped == "cancelled"
    assert result.plan is not None
    assert result.proven_stages == ()
    assert result.bound is None


def test_progress_never_falls_and_tells_what_is_known() -> None:
    """Values rise, bounds of the value are above them, gaps follow, and something is shown every second."""
    shown: list[Progress] = []
    result = solve(COMPANY, Settings(mode="free", wall_limit_s=4.0), progress=shown.append)
    values = [p.value for p in shown if p.value is not None]
    assert values == sorted(values)
    assert result.measures is not None
    assert result.measures.value >= values[-1]
    assert result.first_plan_s is not None
    assert result.first_plan_s <= shown[0].seconds < 10.0
    for progress in shown:
        if progress.bound is not None and progress.value:
            assert progress.bound >= progress.value
            assert progress.gap == (progress.bound - progress.value) / progress.value
    # Once a second is wanted; a busy machine may be late now and then.
    times = [p.seconds for p in shown]
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(times))
    assert gaps[len(gaps) // 2] < 2.5


def test_an_error_of_the_listener_ends_the_search() -> None:
    """What the caller's own function raises reaches the caller at once."""

    def fail(progress: Progress) -> None:
        if progress.seconds > 0.5:
            raise LookupError("the line to the browser is gone")

    began = time.monotonic()
    with pytest.raises(LookupError):
        solve(COMPANY, Settings(mode="free", wall_limit_s=60.0), progress=fail)
    assert time.monotonic() - began < 30.0


def test_a_start_plan_is_never_made_worse() -> None:
    """With no time for anything else the plan found before comes back, though the greedy one is worse."""
    found = solve(COMPANY, Settings(mode="free", wall_limit_s=3.0))
    again = solve(COMPANY, Settings(wall_limit_s=60.0), start=found.plan, cancel=lambda: True)
    assert found.measures is not None
    assert again.measures is not None
    assert rank(again.measures) >= rank(found.measures)


def test_a_start_plan_that_breaks_rules_is_used_as_far_as_it_goes() -> None:
    """Both requests do not fit into the week: one of them is kept, and unknown rows are dropped."""
    both = plan({"q": 0, "r": 0, "x": 3}, ("q.1", "ann", 0, 8), ("r.1", "ann", 0, 8), ("x.1", "bob", 7, 1))
    result = solve(ONE_FITS, start=both, cancel=lambda: True)
    assert result.plan in (Q_SERVED, R_SERVED)


@pytest.mark.parametrize("start", [Q_SERVED, R_SERVED, plan({})])
def test_the_start_plan_does_not_decide_what_is_best(start: object) -> None:
    """Ties go to q whatever the search begins with."""
    assert solve(ONE_FITS, start=start).plan == Q_SERVED  # type: ignore[arg-type]  # - any order of rows will do


def test_nothing_to_plan_is_an_empty_proven_plan() -> None:
    """No people, no requests: the empty plan is the best one, and a gap of nothing is unknown."""
    result = solve(Problem("empty", ("2027-W01",)))
    assert (result.status, result.stopped, result.proven_stages) == ("optimal", "proven", (1, 2, 3, 4, 5))
    assert (result.plan, result.bound, result.gap) == (plan({}), 0, None)


def test_no_capacity_refuses_everything_and_proves_it() -> None:
    """Christmas weeks."""
    result = solve(world((person(capacity=(0, 0)),), (request(),), (line(),)))
    assert (result.status, result.plan) == ("optimal", plan({}))


def test_a_malformed_problem_is_refused_with_all_its_errors() -> None:
    """An unknown line and an unknown specialist are told together."""
    wrong = world((person(),), (request(options=(("x.1",),)),), (line(required="bob"),))
    with pytest.raises(ProblemErrors) as refused:
        solve(wrong)
    assert "x.1" in str(refused.value)
    assert "bob" in str(refused.value)


def test_numbers_at_the_limit_are_exact() -> None:
    """Values near 10^15 differ by one unit; floats of the engine would lose it."""
    huge = 4 * 10**14
    requests = (request("q", worth=(huge,)), request(worth=(huge + 1,)))
    result = solve(world((person(),), requests, ONE_FITS.lines))
    assert result.measures is not None
    assert (result.measures.value, result.bound, result.plan) == (huge + 1, huge + 1, R_SERVED)


def test_a_plan_the_locks_demand_is_found_without_a_start() -> None:
    """The greedy plan knows nothing of frozen hours; the engine does."""
    frozen = Lock("frozen", line="r.1", specialist="ann", week=0, hours=8)
    problem = world(ONE_FITS.specialists, ONE_FITS.requests, ONE_FITS.lines, locks=(frozen,))
    result = solve(problem)
    assert result.plan == R_SERVED
    assert result.measures == measure(problem, R_SERVED)


def test_nothing_is_left_to_be_verified_or_hashed_after_the_search() -> None:
    """A large plan takes seconds to verify: the one handed over was verified once, when it was found."""
    seen: list[Plan] = []

    def counted(problem: Problem, found: Plan, *claims: object) -> list[Violation]:
        del claims
        seen.append(found)
        return violations(problem, found)

    with patch.object(referee, "violations", counted):
        result = solve(COMPANY, Settings(wall_limit_s=30.0, work_limit=2.0))
    assert result.plan is not None
    # The list that is begun with is checked while it is made, too.
    assert sum(found is result.plan for found in seen) == 1


def test_told_to_stop_after_the_first_plan_no_other_engine_is_loaded() -> None:
    """CP-SAT takes a second and more to load, which nobody who waits for the end should wait for."""
    script = (
        "import sys; from solver import solve; from solver.bench.generate import generate; "
        "found = solve(generate('S', 1), cancel=lambda: True); "
        "print(found.stopped, len(found.plan.granted) > 0, 'ortools' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["cancelled", "True", "False"]


def test_on_a_starved_machine_nothing_is_loaded_that_would_outlast_the_limit() -> None:
    """A second of a core takes three minutes here, so that loading CP-SAT would pass the limit."""
    script = (
        "import sys; from solver import Settings, solve; from solver.exact.watch import Watch; "
        "from solver.bench.generate import generate; Watch.slowness = lambda self: 180.0; "
        "found = solve(generate('S', 1), Settings(wall_limit_s=60.0)); "
        "print(found.stopped, found.reproducible, len(found.plan.granted) > 0, 'ortools' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["wall_limit", "False", "True", "False"]


def test_a_machine_is_as_slow_as_its_clock_is_ahead_of_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute passed, a third of it at work: a second takes three; never less than one, or above four."""
    watch = Watch(ONE_FITS, 60.0, None, None)
    for passed, worked, slow in ((60.0, 20.0, 3.0), (10.0, 20.0, 1.0), (600.0, 20.0, 4.0)):
        monkeypatch.setattr(watch, "_began", time.monotonic() - passed)
        monkeypatch.setattr(watch, "_used", time.process_time() - worked)
        assert watch.slowness() == pytest.approx(slow, rel=0.2)


@pytest.mark.parametrize(("verifying_s", "kept"), [(60.0, Q_SERVED), (0.01, R_SERVED)])
def test_who_cancels_does_not_wait_for_a_large_plan_to_be_verified(verifying_s: float, kept: Plan) -> None:
    """The better plan is dropped where verifying took a minute before, and kept where it took no time."""
    problem = replace(ONE_FITS, requests=(request("q"), request(worth=(200,))))
    watch = Watch(problem, 60.0, None, lambda: True)
    watch.offer(Q_SERVED)
    watch.verifying_s = verifying_s
    measures = watch.offer(R_SERVED, hasty=True)
    assert watch.best == (kept, measures)


CTRL_C_AFTERWARDS = """
import os, signal
from pathlib import Path
from solver import solve
from solver.files import read_problem

pressed = []
signal.signal(signal.SIGINT, lambda *_: pressed.append(1))
ending = solve(read_problem(Path("tests/solver/data/e7-override.json").read_bytes()))
os.kill(os.getpid(), signal.SIGINT)
print(ending.stopped, len(pressed))
"""


def test_ctrl_c_is_still_the_callers_after_a_search_has_ended() -> None:
    """CP-SAT would take it and give it back as deadly: then nothing keeps the next search's best plan."""
    command = [sys.executable, "-c", CTRL_C_AFTERWARDS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert (done.returncode, done.stdout.split()) == (0, ["proven", "1"]), done.stderr
