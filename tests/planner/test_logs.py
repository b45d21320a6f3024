"""The operator's log: plain, and JSON in production."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog

from planner import logs, settings


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def _fail_with_a_secret() -> None:
    hidden = "-".join(str(figure) for figure in range(1000, 1005))
    raise ValueError(f"{len(hidden)} letters")


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_traceback_shows_no_local_variables(environment: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The error and its place are told, what the variables held is not."""
    logs.configure(replace(settings.read(), environment=environment))
    try:
        _fail_with_a_secret()
    except ValueError:
        structlog.get_logger().exception("page.failed", path="/plan")
    told = capsys.readouterr().out
    assert "ValueError: 24 letters" in told
    assert "page.failed" in told
    assert "1000-1001" not in told


def test_a_file_gets_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    """They are for terminals; elsewhere they are signs between the words."""
    logs.configure(settings.read())
    structlog.get_logger().warning("worker.ended", code=3)
    told = capsys.readouterr().out
    assert "worker.ended" in told
    assert "\x1b" not in told


def test_production_writes_json(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object a line, with a UTC time and a level, for programs to read."""
    logs.configure(replace(settings.read(), environment="production"))
    structlog.get_logger().warning("worker.ended", code=3)
    row = json.loads(capsys.readouterr().out)
    assert (row["event"], row["level"], row["code"]) == ("worker.ended", "warning", 3)
    assert row["timestamp"].endswith("Z")
