"""One engine process for all planning tests: starting it takes longer than the small problems do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from planner.solving.engine import Engine


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The real engine in its own process."""
    shared = Engine()
    yield shared
    shared.close()
