"""The page of promises names tests that exist."""

from __future__ import annotations

import re

from source import ROOT

PAGE = ROOT / "docs" / "promises.md"


def test_every_test_named_on_the_page_exists() -> None:
    """A row without a test, or with one that was renamed, is no promise."""
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py"))
    )
    defined = set(re.findall(r"^\s*def (test_\w+)\(", tests, re.MULTILINE))
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    promises = [row for row in rows if not row.endswith("| test |")]
    assert len(promises) > 60
    for row in promises:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, row
        assert set(named) <= defined, set(named) - defined
