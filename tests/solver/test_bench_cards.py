"""What a card says is enough is applied and solved again by the bench, and what does not hold is counted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner

from planner.solving.bench_commands import BENCH_COMMAND
from solver.bench import cards
from solver.bench.cards import Tally, hold_to_word
from solver.bench.generate import Shape
from solver.settings import Settings

LITTLE = Settings(wall_limit_s=60, work_limit=0.5)
"""Work for a card that says something, in little time."""


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Companies of four people, whose every solve is proven at once."""
    monkeypatch.setattr(cards, "TINY", Shape(people=4, requests=8, weeks=4, skills=2))


def test_cards_of_a_tiny_company_keep_their_word() -> None:
    """Every change of a card, applied and solved again, grants the request."""
    tally = hold_to_word(None, 1, LITTLE, seed=2)
    assert tally.cards == 1 == sum(tally.reasons.values())
    told = Counter({name: number for (name, count), number in tally.counts.items() if count == "told"})
    assert sum(told.values()) > 0
    assert tally.failed == []
    for name, number in told.items():
        assert tally.counts[name, "enough"] + tally.counts[name, "unknown"] == number


def test_a_broken_word_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """When applying a change changes nothing, the request stays refused, and the card is named."""
    monkeypatch.setattr(cards, "applied", lambda problem, *_: replace(problem))
    tally = hold_to_word(None, 1, LITTLE, seed=2)
    told = sum(number for (_, count), number in tally.counts.items() if count == "told")
    unknown = sum(number for (_, count), number in tally.counts.items() if count == "unknown")
    broken = [entry for entry in tally.failed if entry["step"] == "told"]
    assert told > 0
    assert len(broken) == told - unknown
    assert all(entry["request"] and entry["family"] for entry in broken)


def test_cards_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts go to standard output, the table to standard error."""
    tally = Tally(cards=1, reasons=Counter(outbid=1))
    tally.counts["value", "told"] = tally.counts["value", "enough"] = 3
    monkeypatch.setattr(cards, "hold_to_word", lambda *_args, **_named: tally)
    done = CliRunner().invoke(BENCH_COMMAND, ["cards", "--count", "1"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["families"]["value"]["enough"] == 3
    assert "100.00 %" in done.stderr
