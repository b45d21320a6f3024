"""The bench on the command line: instances, a race against other solvers, public sets with known answers."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from planner.solving.console import Interrupts
from planner.solving.inputs import Inputs, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.bench.cards import Tally

BAD_INPUT = 2

_output = click.option("-o", "--output", metavar="FILE", help="Write here, not to standard output.")
_wall_limit = click.option(
    "--wall-limit",
    type=click.FloatRange(1, 86_400),
    default=60.0,
    show_default=True,
    help="Seconds for each solver, from the start of its process.",
)
_workers = click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Cores for each solver."
)
_seed = click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Random seed."
)

_only = click.option(
    "--only",
    help="Competitors, commas between: engine, greedy-filing, greedy-value, cp-sat, highs, gscip.",
)


@click.group("bench")
def bench() -> None:
    """Measure the engine: made-up companies, other solvers, public sets."""


@bench.command("generate")
@click.option("--size", type=click.Choice(["S", "M", "L", "XL"]), required=True, help="How large a company.")
@_seed
@click.option("--plain", is_flag=True, help="No chunks, parallel limits, precedence, walls or larger teams.")
@_output
def generate_command(
    size: Literal["S", "M", "L", "XL"], seed: int, *, plain: bool, output: str | None
) -> None:
    """Write a company-shaped instance (planner-problem/1); the same size and seed give the same one."""
    inputs = Inputs()
    inputs.target(output)
    _refuse(inputs)
    from solver.bench.generate import generate
    from solver.files import write_problem

    _deliver(write_problem(generate(size, seed, plain=plain)), output)


@bench.command("peers")
@click.argument("problem")
@_wall_limit
@_workers
@_seed
@_only
@click.option("--memory", type=click.FloatRange(0.1), help="GiB beyond which a competitor is killed.")
@_output
def peers_command(
    problem: str,
    *,
    wall_limit: float,
    workers: int,
    seed: int,
    only: str | None,
    memory: float | None,
    output: str | None,
) -> None:
    """Race this engine against greedy lists, CP-SAT, HiGHS and GSCIP on PROBLEM.

    They run one after the other, each in its own process on the same cores. The table goes to standard
    error, the figures (planner-bench/1) to standard output or FILE; every value is recomputed by the referee.
    """
    inputs = Inputs()
    read = inputs.problem(problem)
    inputs.target(output)
    from solver.bench.race import COMPETITORS, race
    from solver.bench.table import race_table

    names = _names(inputs, only, tuple(COMPETITORS))
    _refuse(inputs)
    assert read is not None  # noqa: S101 - refused otherwise
    document = race(
        read,
        wall_limit,
        workers=workers,
        seed=seed,
        names=names,
        most_gib=memory,
        told=lambda f: click.echo(f"{COMPETITORS[f.name]}: {f.ended} after {f.seconds} s", err=True),
    )
    click.echo(race_table(document, COMPETITORS), err=True)
    _deliver(_layout(document), output)


@bench.command("public")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder of the sets; its own README says what is in it.",
)
@_wall_limit
@_workers
@_seed
@_only
@click.option("--match", help="Only instances whose name holds this text.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Only every so manieth.")
@_output
def public_command(
    data: Path,
    *,
    wall_limit: float,
    workers: int,
    seed: int,
    only: str | None,
    match: str | None,
    every: int,
    output: str | None,
) -> None:
    """Solve public assignment and knapsack sets and compare with the best values known.

    Objectives are recomputed from the raw files. The table goes to standard error, the figures
    (planner-bench-public/1) to standard output or FILE.
    """
    inputs = Inputs()
    inputs.target(output)
    from solver.bench.public import compare, entries
    from solver.bench.raw import RawError
    from solver.bench.table import public_table

    try:
        chosen = [entry for entry in entries(data) if match is None or match in entry.name][::every]
    except RawError as error:
        inputs.errors.append(f"E_FILE_READ {error}")
        chosen = []
    names = _names(inputs, only, ("engine",))
    _refuse(inputs)
    if not chosen:
        click.echo(f"No instance of a known set is in {data}.", err=True)
        sys.exit(BAD_INPUT)
    document = compare(
        chosen,
        wall_limit,
        workers=workers,
        seed=seed,
        names=names,
        told=lambda row: click.echo(f"{row.name}: {row.objective} ({row.best_known}) {row.ended}", err=True),
    )
    click.echo(public_table(document), err=True)
    _deliver(_layout(document), output)


@bench.command("cards")
@click.option(
    "--size",
    type=click.Choice(["tiny", "piece", "S", "M"]),
    default="tiny",
    show_default=True,
    help="How large the companies are; plans of tiny ones are proven, and those of some pieces.",
)
@click.option("--count", type=click.IntRange(1), default=300, show_default=True, help="How many cards.")
@click.option("--minutes", type=click.FloatRange(0.1), help="Stop after so many minutes, with the counts.")
@click.option("--work-limit", type=click.FloatRange(0.001), help="Units of work for each plan and card.")
@click.option("--resume", is_flag=True, help="Go on where the run that wrote FILE ended.")
@_wall_limit
@_workers
@_seed
@_output
def cards_command(
    size: Literal["tiny", "piece", "S", "M"],
    *,
    count: int,
    minutes: float | None,
    resume: bool,
    seed: int,
    output: str | None,
    **limits: Any,
) -> None:
    """Hold refusal cards to their word: apply what each says, solve again, count.

    The table goes to standard error, the counts (planner-bench-cards/1) to standard output or FILE, which is
    written after each card. Ctrl-C or the end of the minutes stops with the counts so far.
    """
    inputs = Inputs()
    inputs.target(output)
    tally = _begun(inputs, size, seed, output if resume else None)
    _refuse(inputs)
    from solver.bench.cards import hold_to_word
    from solver.bench.table import cards_table
    from solver.settings import Settings

    until = None if minutes is None else time.monotonic() + 60 * minutes

    def told(so_far: Tally) -> None:
        if output is not None:
            _deliver(_layout(so_far.document()), output)
        words = f"{so_far.cards.total()} of {count} cards, {len(so_far.failed)} not held"
        click.echo(f"{words}, the last in {so_far.seconds[-1]} s", err=True)

    settings = Settings(
        workers=limits["workers"], wall_limit_s=limits["wall_limit"], work_limit=limits["work_limit"]
    )
    with Interrupts() as interrupts:

        def stop() -> bool:
            return interrupts.count > 0 or (until is not None and time.monotonic() > until)

        hold_to_word(tally, count, settings, stop=stop, told=told)
    click.echo(cards_table(tally.document()), err=True)
    _deliver(_layout(tally.document()), output)


def _begun(inputs: Inputs, size: Literal["tiny", "piece", "S", "M"], seed: int, path: str | None) -> Tally:
    """A new tally, or the one of the file to go on with."""
    from solver.bench.cards import Tally

    if path is None or not Path(path).exists():
        return Tally(size, seed)
    try:
        tally = Tally.of(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        inputs.errors.append(f"E_FILE_READ {path}: There are no counts of cards to go on with ({error}).")
        return Tally(size, seed)
    if tally.size != size:
        inputs.errors.append(f"E_OPTION --size: The counts of {path} are of size {tally.size}.")
    return tally


BENCH_COMMAND = bench


def _names(inputs: Inputs, only: str | None, default: Sequence[str]) -> Sequence[str]:
    """Who competes; an unknown name is an error of the input."""
    from solver.bench.race import COMPETITORS

    names = default if only is None else [name.strip() for name in only.split(",")]
    unknown = [name for name in names if name not in COMPETITORS]
    if unknown:
        inputs.errors.append(f"E_OPTION --only: {', '.join(unknown)} is none of {', '.join(COMPETITORS)}.")
    return names


def _refuse(inputs: Inputs) -> None:
    """Tell every error of the input and end; return only when there is none."""
    errors: Sequence[str] = inputs.errors
    for error in errors:
        click.echo(f"error {error}", err=True)
    if errors:
        sys.exit(BAD_INPUT)


def _layout(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1) + "\n"


def _deliver(text: str, output: str | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    error = write(output, text)
    if error is not None:
        click.echo(f"error {error}", err=True)
        sys.exit(BAD_INPUT)
