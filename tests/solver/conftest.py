"""The engine's compiled loops are made once, before the first test that needs them."""

from __future__ import annotations

import pytest

from solver.compiling import ready


@pytest.fixture(autouse=True, scope="session")
def _compiled() -> None:
    """Compiling takes about a minute on a fresh machine, and no test may be charged with it."""
    assert ready()
