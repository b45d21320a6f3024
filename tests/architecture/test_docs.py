"""Documentation can fail the build: what the code offers must be written down."""

from __future__ import annotations

import ast
import re

from source import ROOT, sources


def _settings() -> set[str]:
    """Names of the environment variables that the code reads."""
    found = set()
    for source in sources("planner", "web"):
        if source.path == "planner/settings.py":
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                    name = node.args[0].value
                    if isinstance(name, str) and re.fullmatch(r"[A-Z][A-Z_]+", name):
                        found.add(f"PLANNER_{name.removeprefix('PLANNER_')}")
        found |= set(re.findall(r"environ[^\n]*\"(PLANNER_[A-Z_]+)\"", source.text))
    return found


def test_every_setting_is_documented() -> None:
    """A setting that only the code knows cannot be used; one that only the page knows is a lie."""
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(PLANNER_[A-Z_]+)`", page, re.MULTILINE)) == _settings()
