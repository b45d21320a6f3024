"""Prices on the command line: what an override costs, what value costs in fairness, what departments add."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from planner.solving.command_parts import (
    BAD_INPUT,
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
from planner.solving.console import Interrupts, LiveLine
from planner.solving.inputs import Inputs
from planner.solving.verify import judged

if TYPE_CHECKING:
    from solver.problem import Problem
    from solver.tradeoffs.frontier import Frontier
    from solver.tradeoffs.price import Price

CHANGES = (
    ("grant", "R[:LEVEL]", "the request has at least the level, its top one when not given"),
    ("refuse", "R", "the request has nothing"),
    ("forbid", "LINE@PERSON[@WEEK]", "the person does not work on the line"),
    ("pin", "LINE@PERSON", "the person is in the team of the line"),
    ("capacity", "PERSON@WEEK=+N", "quarter-hours more in the week, -N for less"),
)

WEEK = re.compile(r"[0-9]{1,3}|[0-9]{4}-W[0-9]{2}")
FORMS = {
    "grant": re.compile(r"(?P<request>[^:@=]+)(:(?P<level>[0-9]{1,4}))?"),
    "refuse": re.compile(r"(?P<request>[^:@=]+)"),
    "forbid": re.compile(rf"(?P<line>[^:@=]+)@(?P<specialist>[^:@=]+)(@(?P<week>{WEEK.pattern}))?"),
    "pin": re.compile(r"(?P<line>[^:@=]+)@(?P<specialist>[^:@=]+)"),
    "capacity": re.compile(rf"(?P<specialist>[^:@=]+)@(?P<week>{WEEK.pattern})=(?P<hours>[+-][0-9]{{1,9}})"),
}


@click.command("price")
@problem_argument
@plan_argument
@click.option("--grant", metavar=CHANGES[0][1], help=f"{CHANGES[0][2].capitalize()}.")
@click.option("--refuse", metavar=CHANGES[1][1], help=f"{CHANGES[1][2].capitalize()}.")
@click.option("--forbid", metavar=CHANGES[2][1], help=f"{CHANGES[2][2].capitalize()}.")
@click.option("--pin", metavar=CHANGES[3][1], help=f"{CHANGES[3][2].capitalize()}.")
@click.option("--capacity", metavar=CHANGES[4][1], help=f"{CHANGES[4][2].capitalize()}.")
@limit_options
@output_option
def price_command(problem: str, plan: str, output: str | None, **options: str | None) -> None:
    """Say what ordering one change against PLAN costs, and who then has less or more.

    Exit code 3 when the change contradicts the locks or the rules, or no plan with it was found.
    """
    inputs = Inputs()
    read, file = inputs.problem(problem), inputs.plan(plan)
    asked = {name: options.pop(name) for name, _, _ in CHANGES}
    settings = inputs.settings(options, wall_limit_s=30.0)
    change = _change(inputs, asked, read)
    inputs.target(output)
    if read is not None and file is not None:
        inputs.sound(judged(read, file), plan)
    refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    assert file is not None  # noqa: S101 - refused otherwise
    from solver.plan import Plan
    from solver.tradeoffs.price import Change, ChangeError, price

    line = LiveLine()
    with Interrupts() as interrupts, engine_faults():
        stop, now = (lambda: interrupts.count > 0), file.plan or Plan()
        try:
            found = price(read, now, Change(**change), settings, cancel=stop, progress=line.show)
        except ChangeError as error:
            line.end()
            click.echo(f"error E_REFERENCE {error}", err=True)
            sys.exit(BAD_INPUT)
    line.end()
    deliver(layout(found.row()), output)
    click.echo(_price_words(found), err=True)
    if not found.possible:
        sys.exit(NO_PLAN)


def _change(inputs: Inputs, asked: dict[str, str | None], problem: Problem | None) -> dict[str, Any]:
    """The one change that is asked about; what is wrong with it goes to `inputs`."""
    given = {kind: text for kind, text in asked.items() if text is not None}
    if len(given) != 1:
        inputs.errors.append("E_OPTION: Give exactly one of --grant, --refuse, --forbid, --pin, --capacity.")
        return {}
    kind, text = next(iter(given.items()))
    match = FORMS[kind].fullmatch(text)
    if match is None:
        form = next(metavar for name, metavar, _ in CHANGES if name == kind)
        inputs.errors.append(f"E_OPTION --{kind}: {text!r} is no {form}. Give {form}.")
        return {}
    change: dict[str, Any] = {key: value for key, value in match.groupdict().items() if value is not None}
    for key in ("level", "hours"):
        if key in change:
            change[key] = int(change[key])
    if "week" in change:
        change["week"] = _week(inputs, kind, change["week"], problem)
    return {"kind": kind, **change}


def _week(inputs: Inputs, kind: str, text: str, problem: Problem | None) -> int:
    """A week by its index or its label."""
    if text.isdecimal():
        return int(text)
    if problem is not None and text not in problem.weeks:
        inputs.errors.append(f"E_OPTION --{kind}: The problem has no week {text}. Give one of its weeks.")
    return problem.weeks.index(text) if problem is not None and text in problem.weeks else 0


def _price_words(price: Price) -> str:
    if price.possible is False:
        locks = "; ".join(str(dict(row)) for row in price.conflicts)
        return f"Not possible: these contradict each other or the rules: {locks}."
    if price.possible is None:
        return "No plan with the change was found. Give more time or work."
    low = "an unknown amount" if price.low is None else f"{price.low:,}"
    high = "an unknown amount" if price.high is None else f"{price.high:,}"
    cost = (
        f"Price {low}." if price.exact else f"Price between {low} and {high}; best found {price.estimate:,}."
    )
    names = ", ".join(change.request for change in price.losers)
    return f"{cost} Less for: {names}." if names else f"{cost} Nobody has less."


@click.command("frontier")
@problem_argument
@click.option(
    "--against",
    metavar="floor | stability | moves | second",
    required=True,
    help="What value is traded against.",
)
@click.option("--steps", metavar="N", help="Settings to try, 10 when not given.")
@click.option(
    "--at",
    metavar="N,N,...",
    help="Against moves and stability: at most so many moves, or quarter-hours withdrawn, in place of steps.",
)
@click.option("--start", metavar="PLAN", help="A plan to begin from.")
@limit_options
@output_option
def frontier_command(problem: str, against: str, output: str | None, **options: str | None) -> None:
    """Show what value costs in fairness, stability or a second value: complete plans along the trade-off.

    Ctrl-C stops and keeps the points found so far. Exit code 3 when no plan was found.
    """
    steps, at, start = options.pop("steps"), options.pop("at"), options.pop("start")
    inputs = Inputs()
    read, settings = inputs.problem(problem), inputs.settings(options, wall_limit_s=120.0)
    limits = inputs.amounts(at, "--at")
    begin = inputs.plan(start) if start is not None else None
    count = inputs.count(steps, "--steps", 10)
    inputs.target(output)
    refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    from solver.tradeoffs.frontier import UnknownTradeError, frontier

    line = LiveLine()
    with Interrupts() as interrupts, engine_faults():
        stop, plan = (lambda: interrupts.count > 0), begin.plan if begin else None
        try:
            found = frontier(
                read,
                against,  # type: ignore[arg-type]  # - checked by the function itself
                count,
                settings,
                at=limits,
                start=plan,
                cancel=stop,
                progress=line.show,
            )
        except UnknownTradeError as error:
            line.end()
            click.echo(f"error E_OPTION {error}", err=True)
            sys.exit(BAD_INPUT)
    line.end()
    deliver(layout(found.row()), output)
    click.echo(_frontier_words(found), err=True)
    if not found.points:
        sys.exit(NO_PLAN)


def _frontier_words(found: Frontier) -> str:
    words = f"{len(found.points)} points." if found.points else "No plan was found."
    if found.best_floor is not None:
        sure = "" if found.best_floor_proven else " found (not proven)"
        words = f"{words} Highest reachable floor{sure}: {found.best_floor:.2f}."
    return words if found.complete else f"{words} Stopped before all settings were tried."


@click.command("contribution")
@problem_argument
@click.option("--start", metavar="PLAN", help="A plan to begin from.")
@click.option("--rounds", metavar="N", help="Random orders when there are more than 8 departments.")
@limit_options
@output_option
def contribution_command(
    problem: str, start: str | None, rounds: str | None, output: str | None, **limits: str | None
) -> None:
    """Show what each department adds to the value (Shapley values, and what the whole loses without it)."""
    inputs = Inputs()
    read, settings = inputs.problem(problem), inputs.settings(limits, wall_limit_s=120.0)
    begin = inputs.plan(start) if start is not None else None
    count = inputs.count(rounds, "--rounds", 4)
    inputs.target(output)
    refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    from solver.tradeoffs.contribution import contribution

    line = LiveLine()
    with Interrupts() as interrupts, engine_faults():
        stop, plan = (lambda: interrupts.count > 0), begin.plan if begin else None
        found = contribution(read, settings, plan=plan, rounds=count, cancel=stop, progress=line.show)
    line.end()
    deliver(layout(found.row()), output)
    shares = ", ".join(f"{share.department} {share.value:,}" for share in found.shares)
    click.echo(f"{found.whole:,} in all: {shares} ({found.method}).", err=True)


PRICE_COMMANDS: list[click.Command] = [price_command, frontier_command, contribution_command]
