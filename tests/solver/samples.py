"""The fixtures as parsed JSON, to be damaged by tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"


def document(name: str = "full") -> Any:
    """A fresh copy of a fixture's problem file."""
    return json.loads((FIXTURES / name / "problem.json").read_text(encoding="utf-8"))


def row(data: Any, kind: str, name: str) -> Any:
    """The row with this id."""
    return next(entry for entry in data[kind] if entry["id"] == name)
