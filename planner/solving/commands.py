"""The engine on the command line: solve, verify, explain; prices and trade-offs come from `price_commands`.

Exit codes: 0 a verified plan or an answer was written, 1 `verify` found violations, 2 bad input with every
error listed, 3 no plan. Results go to standard output or to a file, words for people to standard error.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from planner.solving.cluster import cluster_at
from planner.solving.command_parts import (
    BAD_INPUT,
    FOUND_VIOLATIONS,
    NO_PLAN,
    deliver,
    engine_faults,
    layout,
    limit_options,
    output_option,
    plan_argument,
    problem_argument,
    refuse,
)
from planner.solving.console import Interrupts, LiveLine, summary
from planner.solving.inputs import Inputs
from planner.solving.price_commands import PRICE_COMMANDS
from planner.solving.verify import judged, words


@click.command("solve")
@problem_argument
@limit_options
@click.option("--start", metavar="PLAN", help="A plan to begin from.")
@click.option("--most-moves", metavar="N", help="Published line-person-weeks that may lose hours, at most.")
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler whose workers help with large problems.")
@output_option
def solve_command(
    problem: str,
    start: str | None,
    most_moves: str | None,
    cluster: str | None,
    output: str | None,
    **limits: str | None,
) -> None:
    """Find the best plan for PROBLEM (planner-problem/1) and write it (planner-plan/1).

    Ctrl-C stops the search and keeps the best plan. Reasons for what is not granted are found afterwards,
    within a quarter of the wall limit; a second Ctrl-C ends that too.
    """
    inputs = Inputs()
    read, settings = inputs.problem(problem), inputs.settings(limits, wall_limit_s=60.0)
    begin = inputs.plan(start) if start is not None else None
    most = inputs.amount(most_moves, "--most-moves")
    address = inputs.cluster(cluster)
    inputs.target(output)
    refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    from solver.cards.short import explained, searching
    from solver.plan import Plan
    from solver.solve import solve
    from solver.tradeoffs.moves import Limit, at_most, kept

    line, search = LiveLine(), searching(settings)
    with Interrupts() as interrupts, engine_faults(), cluster_at(address) as executor:
        plan = begin.plan if begin else None
        where, stop = read, (lambda: interrupts.count > 0)
        if most is None:
            result = solve(read, search, progress=line.show, cancel=stop, start=plan, executor=executor)
        else:
            limit = Limit("moves", most)
            result = at_most(
                read, limit, search, progress=line.show, cancel=stop, start=plan, executor=executor
            )
            where = kept(read, result.plan or Plan())
        if result.stopped == "conflict":
            # It loads CP-SAT, for which a first plan need not wait.
            from solver.exact.conflicts import smallest

            needed = smallest(read, result.conflicts, settings, cancel=stop)
            result = replace(result, conflicts_smallest=needed)
        if result.plan is not None:
            line.say("finding reasons")
        result = explained(where, result, settings, cancel=lambda: interrupts.count > 1)
    line.end()
    from solver.files import write_result

    deliver(write_result(result), output)
    click.echo(summary(read, result), err=True)
    if result.plan is None:
        sys.exit(NO_PLAN)


@click.command("verify")
@problem_argument
@plan_argument
@output_option
def verify_command(problem: str, plan: str, output: str | None) -> None:
    """Recompute PLAN from PROBLEM alone: every rule, and every measure the plan claims."""
    inputs = Inputs()
    read, file = inputs.problem(problem), inputs.plan(plan)
    inputs.target(output)
    refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    assert file is not None  # noqa: S101 - refused otherwise
    if file.plan is None:
        click.echo("The file says that no plan was found; there is nothing to verify.", err=True)
        sys.exit(NO_PLAN)
    verdict = judged(read, file)
    deliver(layout(verdict), output)
    found: Sequence[Mapping[str, Any]] = verdict["violations"]
    for violation in found:
        click.echo(words(violation), err=True)
    click.echo(f"{len(found)} violations." if len(found) != 1 else "1 violation.", err=True)
    if found:
        sys.exit(FOUND_VIOLATIONS)


@click.command("explain")
@problem_argument
@plan_argument
@click.argument("request")
@click.option("--level", metavar="N", help="The level asked for; the next one up when not given.")
@limit_options
@output_option
def explain_command(
    problem: str, plan: str, request: str, level: str | None, output: str | None, **limits: str | None
) -> None:
    """Say why REQUEST lacks a level in PLAN, who holds the hours, and what would get it through."""
    inputs = Inputs()
    read, file = inputs.problem(problem), inputs.plan(plan)
    settings = inputs.settings(limits, wall_limit_s=30.0)
    asked = inputs.level(level)
    inputs.target(output)
    if read is not None and file is not None:
        inputs.sound(judged(read, file), plan)
    refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    assert file is not None  # noqa: S101 - refused otherwise
    from solver.explain import NothingToExplainError, card
    from solver.plan import Plan

    line = LiveLine()
    line.say("solving again")
    with Interrupts() as interrupts, engine_faults():
        stop, now = (lambda: interrupts.count > 0), file.plan or Plan()
        try:
            told = card(read, now, request, settings, level=asked, known=file.short, cancel=stop).row()
        except NothingToExplainError as error:
            line.end()
            click.echo(f"error E_REFERENCE {error}", err=True)
            sys.exit(BAD_INPUT)
    line.end()
    deliver(layout(told), output)


COMMANDS: list[click.Command] = [solve_command, verify_command, explain_command, *PRICE_COMMANDS]
