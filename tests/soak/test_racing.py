"""A small version of the soak: the protocol of `racing.py` with few threads, on both kinds of database."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from racing import duels, overbooking


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has migrated yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/soak.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(autouse=True)
def _own_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Racing in this process, quiet as in its own, must not quieten the tests that follow."""
    monkeypatch.setenv("PLANNER_LOG_LEVEL", "ERROR")


def test_many_approvals_never_overbook_a_week(empty_url: str) -> None:
    """Twelve threads, two weeks: ten lines of 4 h fit each 40 h, nobody gets an error."""
    count = overbooking(empty_url, rounds=2, threads=12, processes=0)
    assert (count.attempts, count.approved, count.refused) == (24, 20, 4)
    assert (count.over, count.errors) == (0, 0)


def test_approve_against_reject_has_one_winner(empty_url: str) -> None:
    """Two heads answer each of 12 lines at once: one decision each, the other is told who was first."""
    count = duels(empty_url, number=12, threads=8, processes=0)
    assert dict(count.winners) == {1: 12}
    assert (count.approved, count.refused, count.errors) == (12, 12, 0)
