"""How soon heads see what refusing costs: `python -m planner.decisionbench`.

The demo is solved and served in a folder of its own. Then each head opens every line that waits, as a browser
does: the page with its interval, the question, and the answer asked for again until it says “proven”. The
first lines are opened while nothing is worked out yet, all of them once more after the background is done.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from sqlalchemy import func, select

from planner.appbench import ROOT, Visitor, free_port, prepare, start
from planner.database import Database
from planner.records import JobState, Question

FIRST = 5
"""Lines of each head that are opened right after the solve."""

PATIENCE_S = 20.0
"""How long an exact figure is waited for."""

BACKGROUND_S = 120.0
"""How long the quick figures of all lines may take together."""

EXACT_S, INTERVAL_S = 5.0, 1.0
"""What is promised."""

PROVEN = "mark-good"
"""How the line marks a figure that is proven."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One line opened: seconds until its interval, and until a proven figure; None when none came."""

    interval_s: float
    exact_s: float | None


def open_line(visitor: Visitor, proposal: str, token: str) -> Opened:
    """Open the line as a browser does."""
    begun = time.monotonic()
    shown = visitor.get(f"/inbox?item={proposal}")
    interval = time.monotonic() - begun
    if PROVEN in shown.partition('id="consequence"')[2].partition('class="cluster"')[0]:
        return Opened(interval, interval)
    asked = visitor.post(f"/proposals/{proposal}/consequence", {"csrf_token": token, "reason": ""})
    while PROVEN not in asked and time.monotonic() - begun < PATIENCE_S:
        time.sleep(0.2)
        asked = visitor.get(f"/proposals/{proposal}/consequence?reason=")
    return Opened(interval, time.monotonic() - begun if PROVEN in asked else None)


def open_lines(visitor: Visitor, most: int | None) -> list[Opened]:
    """Open the lines that wait for this person, the first ones or all."""
    inbox = visitor.get("/inbox")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', inbox)
    lines = dict.fromkeys(re.findall(r"/inbox\?item=([0-9a-f-]{36})", inbox))
    return [open_line(visitor, line, token.group(1) if token else "") for line in list(lines)[:most]]


def tell(when: str, opened: Sequence[Opened]) -> None:
    """Print one row: how many lines, how long, how many within what is promised."""
    intervals = [line.interval_s for line in opened]
    exact = [line.exact_s for line in opened if line.exact_s is not None]
    click.echo(
        f"{when:22} {len(opened):3} lines   interval median {statistics.median(intervals):5.2f} s, most "
        f"{max(intervals):5.2f} s, within {INTERVAL_S:.0f} s {sum(s <= INTERVAL_S for s in intervals)}   "
        f"exact median {statistics.median(exact or [0]):5.2f} s, most {max(exact or [0]):5.2f} s, "
        f"within {EXACT_S:.0f} s {sum(s <= EXACT_S for s in exact)}, none {len(opened) - len(exact)}"
    )


def wait_for_background(url: str) -> float:
    """Seconds until every quick figure is known."""
    begun = time.monotonic()
    database = Database(url)
    waits = select(func.count()).where(Question.quick, Question.state != JobState.DONE)
    while time.monotonic() - begun < BACKGROUND_S:
        with database.reading() as session:
            if not session.scalar(waits):
                break
        time.sleep(0.5)
    database.dispose()
    return time.monotonic() - begun


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PLANNER_ADDRESS": f"127.0.0.1:{port}",
            "PLANNER_DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "PLANNER_LOG_LEVEL": "ERROR",
        }
        people, password = prepare(environment)
        base = f"http://127.0.0.1:{port}"
        server, _seconds = start(environment, base)
        try:
            heads = []
            for words, email in people:
                if words.startswith("head of"):
                    heads.append(Visitor(base))
                    heads[-1].sign_in(email, password)
            tell("right after the solve", [line for head in heads for line in open_lines(head, FIRST)])
            seconds = wait_for_background(environment["PLANNER_DATABASE_URL"])
            click.echo(f"quick figures of all lines known after another {seconds:.0f} s")
            tell("later, every line", [line for head in heads for line in open_lines(head, None)])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


if __name__ == "__main__":
    main()
