"""What a person at a terminal sees of a solve: a live line, words for the ending, and Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Self

import click

from planner.gap import gap_of, gap_words

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    from solver.plan import Progress, Result
    from solver.problem import Problem

EVERY_S = 5.0
"""Seconds between two lines of progress where lines cannot be written over."""

UNCOMPILED = (
    " Planned without the search: its loops are being compiled once, in the background, for about 2 minutes; "
    "solve again then for a better plan."
)
"""What is said of a plan that had to do without the compiled code."""


class LiveLine:
    """Progress on standard error: one line that changes, or now and then a new one where that cannot be."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._last = 0.0
        self._open = False

    def show(self, progress: Progress) -> None:
        """Tell how far a solve is: seconds, best value, bound and gap."""
        value = "no plan yet" if progress.value is None else f"value {progress.value:,}"
        bound = "" if progress.bound is None else f", at most {progress.bound:,} possible"
        words = gap_words(gap_of(progress.value, progress.bound), proven=progress.value == progress.bound)
        known = "" if progress.value is None or progress.bound is None else f". {words}"
        self.say(f"{progress.seconds:6.1f} s  {value}{bound}{known} [{progress.doing}]")

    def say(self, text: str) -> None:
        """Show `text` as what happens now."""
        if self._live:
            click.echo(f"\r\x1b[K{text}", nl=False, err=True)
            self._open = True
        elif time.monotonic() - self._last >= EVERY_S:
            self._last = time.monotonic()
            click.echo(text, err=True)

    def end(self) -> None:
        """Leave the line."""
        if self._open:
            click.echo("\r\x1b[K", nl=False, err=True)
            self._open = False


class Interrupts:
    """Counts Ctrl-C instead of dying of it.

    Attributes:
        count: How often it was pressed.
    """

    def __init__(self) -> None:
        self.count = 0
        self._before: Any = None

    def __enter__(self) -> Self:
        """Take over Ctrl-C, where this is the thread that gets it."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._counted)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give Ctrl-C back."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _counted(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1


def summary(problem: Problem, result: Result) -> str:
    """The ending in words for people."""
    if result.plan is None or result.measures is None:
        if result.stopped == "conflict":
            locks = "; ".join(str(dict(row)) for row in result.conflicts)
            sure = "" if result.conflicts_smallest else " Perhaps not all of them are to blame (not proven)."
            return (
                f"No plan: these locks contradict each other or the rules: {locks}. Drop one of them.{sure}"
            )
        return f"No plan was found in {result.seconds:.1f} s. Give more time or work."
    words = gap_words(gap_of(result.measures.value, result.bound), proven=result.status == "optimal")
    weak = UNCOMPILED if result.uncompiled else ""
    broken = result.measures.broken_obligations
    promises = f" Promises that cannot be kept: {', '.join(broken)}." if broken else ""
    return (
        f"Value {result.measures.value:,}, {len(result.plan.granted)} of {len(problem.requests)} granted, "
        f"{result.seconds:.1f} s, stopped: {result.stopped.replace('_', ' ')}. {words}{promises}{weak}"
    )
