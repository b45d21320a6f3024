"""The engine on the command line: solve, verify, explain.

Exit codes: 0 a verified plan or an answer was written, 1 `verify` found violations, 2 bad input with every
error listed, 3 no plan. Results go to standard output or to a file, words for people to standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from planner.solving.console import Interrupts, LiveLine, summary
from planner.solving.inputs import Inputs, plain, write

if TYPE_CHECKING:
    from solver.files import PlanFile
    from solver.problem import Problem

FOUND_VIOLATIONS = 1
BAD_INPUT = 2
NO_PLAN = 3

LIMITS = (
    ("mode", "deterministic | free", "deterministic gives the same plan again; free is faster"),
    ("wall-limit", "SECONDS", "stop after so many seconds"),
    ("work-limit", "UNITS", "stop after so many units of the engine's own work"),
    ("workers", "N", "cores to use"),
    ("seed", "N", "random seed"),
)

Command = Callable[..., Any]


def _limits(command: Command) -> Command:
    """The options of every command that solves; they are checked together with the files."""
    for name, metavar, text in reversed(LIMITS):
        command = click.option(f"--{name}", metavar=metavar, help=f"{text.capitalize()}.")(command)
    return command


_problem = click.argument("problem", metavar="PROBLEM")
_plan = click.argument("plan", metavar="PLAN")
_output = click.option("-o", "--output", metavar="FILE", help="Write here, not to standard output.")


@click.command("solve")
@_problem
@_limits
@click.option("--start", metavar="PLAN", help="A plan to begin from.")
@_output
def solve_command(problem: str, start: str | None, output: str | None, **limits: str | None) -> None:
    """Find the best plan for PROBLEM (planner-problem/1) and write it (planner-plan/1).

    Ctrl-C stops the search and keeps the best plan. Reasons for what is not granted are found afterwards,
    within a quarter of the wall limit; a second Ctrl-C ends that too.
    """
    inputs = Inputs()
    read, settings = inputs.problem(problem), inputs.settings(limits, wall_limit_s=60.0)
    begin = inputs.plan(start) if start is not None else None
    inputs.target(output)
    _refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    from solver.short import reasons
    from solver.solve import solve

    line = LiveLine()
    with Interrupts() as interrupts, _engine_faults():
        plan = begin.plan if begin else None
        result = solve(read, settings, progress=line.show, cancel=lambda: interrupts.count > 0, start=plan)
        if result.plan is not None:
            line.say("finding reasons")
            result = replace(
                result, short=reasons(read, result, settings, cancel=lambda: interrupts.count > 1)
            )
    line.end()
    from solver.files import write_result

    _deliver(write_result(result), output)
    click.echo(summary(read, result), err=True)
    if result.plan is None:
        sys.exit(NO_PLAN)


@click.command("verify")
@_problem
@_plan
@_output
def verify_command(problem: str, plan: str, output: str | None) -> None:
    """Recompute PLAN from PROBLEM alone: every rule, and every measure the plan claims."""
    inputs = Inputs()
    read, file = inputs.problem(problem), inputs.plan(plan)
    inputs.target(output)
    _refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    assert file is not None  # noqa: S101 - refused otherwise
    if file.plan is None:
        click.echo("The file says that no plan was found; there is nothing to verify.", err=True)
        sys.exit(NO_PLAN)
    verdict = _verdict(read, file)
    _deliver(_layout(verdict), output)
    found: Sequence[Mapping[str, Any]] = verdict["violations"]
    for violation in found:
        click.echo(f"{violation['rule']}: {violation['message']}", err=True)
    click.echo(f"{len(found)} violations." if len(found) != 1 else "1 violation.", err=True)
    if found:
        sys.exit(FOUND_VIOLATIONS)


@click.command("explain")
@_problem
@_plan
@click.argument("request")
@click.option("--level", metavar="N", help="The level asked for; the next one up when not given.")
@_limits
@_output
def explain_command(
    problem: str, plan: str, request: str, level: str | None, output: str | None, **limits: str | None
) -> None:
    """Say why REQUEST lacks a level in PLAN, who holds the hours, and what it would have to be worth."""
    inputs = Inputs()
    read, file = inputs.problem(problem), inputs.plan(plan)
    settings = inputs.settings(limits, wall_limit_s=10.0)
    asked = inputs.level(level)
    inputs.target(output)
    if read is not None and file is not None:
        inputs.sound(_verdict(read, file), plan)
    _refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    assert file is not None  # noqa: S101 - refused otherwise
    from solver.explain import NothingToExplainError, card
    from solver.plan import Plan

    line = LiveLine()
    line.say("solving again")
    with Interrupts() as interrupts, _engine_faults():
        stop, now = (lambda: interrupts.count > 0), file.plan or Plan()
        try:
            told = card(read, now, request, settings, level=asked, known=file.short, cancel=stop).row()
        except NothingToExplainError as error:
            line.end()
            click.echo(f"error E_REFERENCE {error}", err=True)
            sys.exit(BAD_INPUT)
    line.end()
    _deliver(_layout(told), output)


COMMANDS: list[click.Command] = [solve_command, verify_command, explain_command]


@contextmanager
def _engine_faults() -> Iterator[None]:
    """Turn what goes wrong inside the engine into words and an exit code."""
    from solver.files import ProblemErrors

    try:
        yield
    except ProblemErrors as errors:
        for error in errors.errors:
            click.echo(plain(f"error {error}"), err=True)
        sys.exit(BAD_INPUT)
    except Exception as error:  # noqa: BLE001 - a person gets words, not a traceback, whatever broke
        text = plain(f"error E_ENGINE {type(error).__name__}: {error}")
        click.echo(f"{text}\nNo plan is shown. Please report this with the problem file.", err=True)
        sys.exit(NO_PLAN)


def _verdict(problem: Problem, file: PlanFile) -> dict[str, Any]:
    """What the referee says of a plan, and where its own claims differ from that."""
    from solver.files import problem_hash
    from solver.plan import Plan
    from solver.referee import measure, violations

    plan, own_hash = file.plan or Plan(), problem_hash(problem)
    found = [asdict(violation) for violation in violations(problem, plan)]
    if file.problem_hash not in (None, own_hash):
        message = f"The plan was made for {file.problem_hash}, this problem is {own_hash}."
        found.append({"rule": "problem_hash", "where": {}, "message": message})
    measured = asdict(measure(problem, plan))
    for key, claim in file.claims.items():
        if measured[key] != claim:
            message = f"The plan claims {key} {_plain(claim)}, it is {_plain(measured[key])}."
            found.append({"rule": "claim", "where": {"key": key}, "message": message})
    head = {"format": "planner-verdict/1", "problem": problem.name, "problem_hash": own_hash}
    return head | {"violations": found} | {key: _plain(value) for key, value in measured.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _layout(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _refuse(inputs: Inputs) -> None:
    """Tell every error of the input and end; return only when there is none."""
    for error in inputs.errors:
        click.echo(f"error {error}", err=True)
    if inputs.errors:
        sys.exit(BAD_INPUT)


def _deliver(text: str, output: str | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    error = write(output, text)
    if error is not None:
        click.echo(f"error {error}", err=True)
        sys.exit(BAD_INPUT)
