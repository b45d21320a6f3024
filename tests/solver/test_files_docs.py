"""docs/file-formats.md names every key, code and reason, and no other code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

from samples import document

from solver.files import read_problem
from solver.plan import Reason
from solver.solve import solve
from solver.validate import CODES

DOCS = (Path(__file__).parents[2] / "docs" / "file-formats.md").read_text(encoding="utf-8")


def test_every_error_code_stands_in_the_table_with_its_meaning() -> None:
    """The table of errors is the one in the program, line by line."""
    rows = re.findall(r"^\| `(E_[A-Z_]+)` \| (.*) \|$", DOCS, re.MULTILINE)
    assert rows == list(CODES.items())


def test_every_key_of_a_problem_is_described() -> None:
    """Keys of the fixture that has them all, however deep, are in the document."""
    missing = sorted(key for key in _keys(document("full")) if f"`{key}`" not in DOCS and key not in DOCS)
    assert missing == []


def test_every_key_of_a_plan_and_every_reason_is_described() -> None:
    """Keys that a solve writes, and all nine reasons."""
    from solver.files import write_result

    plan = json.loads(write_result(solve(read_problem(json.dumps(document("tiny"))))))
    assert [key for key in plan if f"`{key}`" not in DOCS and key != "format"] == []
    assert [reason for reason in get_args(Reason) if f"| `{reason}` |" not in DOCS] == []


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        skills = {"architecture", "lang:de", "legal"}
        return set(value) - skills | {key for inner in value.values() for key in _keys(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in _keys(inner)}
    return set()
