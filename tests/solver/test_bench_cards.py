"""What a card says is enough is applied and solved again by the bench, and what does not hold is counted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner

from planner.solving.bench_commands import BENCH_COMMAND
from solver.bench import cards
from solver.bench.cards import Tally, hold_to_word
from solver.bench.generate import Shape
from solver.settings import Settings

LITTLE = Settings(wall_limit_s=60, work_limit=0.2)
"""Work for a card that says something, in little time."""


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Companies of four people, whose every solve is proven at once."""
    monkeypatch.setattr(cards, "TINY", Shape(people=4, requests=8, weeks=4, skills=2))


def counted(tally: Tally, what: str) -> Counter[str]:
    """How often each family counted `what`, all groups together."""
    found: Counter[str] = Counter()
    for (_, name, which), number in tally.counts.items():
        found[name] += number if which == what else 0
    return found


def test_cards_of_a_tiny_company_keep_their_word() -> None:
    """Every change of a card, applied and solved again, grants the request."""
    tally = hold_to_word(Tally("tiny", 2), 1, LITTLE)
    assert tally.cards.total() == 1 == sum(tally.reasons.values()) == len(tally.seconds)
    told = counted(tally, "told")
    assert told.total() > 0
    assert tally.failed == []
    assert told == counted(tally, "enough") + counted(tally, "unknown")


def test_a_broken_word_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """When applying a change changes nothing, the request stays refused, and the card is named."""
    monkeypatch.setattr(cards, "applied", lambda problem, *_: replace(problem))
    tally = hold_to_word(Tally("tiny", 2), 1, LITTLE)
    told, unknown = counted(tally, "told").total(), counted(tally, "unknown").total()
    broken = [entry for entry in tally.failed if entry["step"] == "told"]
    assert told > 0
    assert len(broken) == told - unknown
    assert all(entry["request"] and entry["family"] for entry in broken)


def test_a_tally_goes_on_where_it_ended() -> None:
    """After one card the second one is of the next request, through the file between them."""
    first = hold_to_word(Tally("tiny", 2), 1, LITTLE)
    kept = Tally.of(json.loads(json.dumps(first.document())))
    assert kept == first
    again = hold_to_word(kept, 2, LITTLE)
    assert (again.cards.total(), again.done, len(again.seconds)) == (2, 2, 2)
    assert counted(again, "told").total() > counted(first, "told").total()


def test_a_wish_to_stop_leaves_whole_cards() -> None:
    """Stopped in the middle of the first card nothing is counted."""
    asked = count()
    tally = hold_to_word(Tally("tiny", 2), 5, LITTLE, stop=lambda: next(asked) > 12)
    assert (tally.cards.total(), tally.counts.total(), tally.done) == (0, 0, 0)


def test_cards_on_the_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The counts go to standard output or the file, the table to standard error; the file is gone on with."""

    def one_more(tally: Tally, *_arguments: object, **_named: object) -> Tally:
        tally.cards["proven"] += 1
        tally.counts["proven", "value", "told"] += 3
        tally.counts["proven", "value", "enough"] += 3
        return tally

    monkeypatch.setattr(cards, "hold_to_word", one_more)
    path = tmp_path / "cards.json"
    for turn in (1, 2):
        done = CliRunner().invoke(BENCH_COMMAND, ["cards", "--resume", "-o", str(path)])
        assert done.exit_code == 0, done.output
        families = json.loads(path.read_text(encoding="utf-8"))["families"]
        assert families["proven"]["value"]["enough"] == 3 * turn
        assert "100.00 %" in done.stderr
    wrong = CliRunner().invoke(BENCH_COMMAND, ["cards", "--resume", "--size", "M", "-o", str(path)])
    assert (wrong.exit_code, "of size tiny" in wrong.stderr) == (2, True)
    path.write_text("{}", encoding="utf-8")
    assert CliRunner().invoke(BENCH_COMMAND, ["cards", "--resume", "-o", str(path)]).exit_code == 2
