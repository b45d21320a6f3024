"""What the engine's commands share: arguments, limits, exit codes, refusing and delivering."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from planner.solving.inputs import Inputs, plain, write

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


def limit_options(command: Command) -> Command:
    """The options of every command that solves; they are checked together with the files."""
    for name, metavar, text in reversed(LIMITS):
        command = click.option(f"--{name}", metavar=metavar, help=f"{text.capitalize()}.")(command)
    return command


problem_argument = click.argument("problem", metavar="PROBLEM")
plan_argument = click.argument("plan", metavar="PLAN")
output_option = click.option("-o", "--output", metavar="FILE", help="Write here, not to standard output.")


@contextmanager
def engine_faults() -> Iterator[None]:
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


def layout(document: Mapping[str, Any]) -> str:
    """A document as text."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def refuse(inputs: Inputs) -> None:
    """Tell every error of the input and end; return only when there is none."""
    for error in inputs.errors:
        click.echo(f"error {error}", err=True)
    if inputs.errors:
        sys.exit(BAD_INPUT)


def deliver(text: str, output: str | None) -> None:
    """Write `text` to the file `output`, or to standard output; end when the file cannot be written."""
    if output is None:
        click.echo(text, nl=False)
        return
    error = write(output, text)
    if error is not None:
        click.echo(f"error {error}", err=True)
        sys.exit(BAD_INPUT)
