"""The tests are tested: each one asserts, each one runs."""

from __future__ import annotations

import ast

from source import functions, sources

PROVES = ("check", "expect", "assert")


def _asserts(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Attribute) and node.attr in {"raises", "warns"}:
            return True
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
            if name.startswith(PROVES):
                return True
    return False


def test_every_test_can_fail() -> None:
    """A test without an assertion proves nothing."""
    assert [
        f"{s.path}:{f.lineno} {f.name}"
        for s in sources("tests")
        for f in functions(s)
        if f.name.startswith("test_") and not _asserts(f)
    ] == []


def test_every_test_file_is_collected() -> None:
    """A function that claims something in its name but lacks `test_` would never run."""
    stray = []
    for s in sources("tests"):
        if not s.path.rsplit("/", 1)[1].startswith("test_"):
            stray += [f"{s.path}:{f.lineno} {f.name}" for f in functions(s) if f.name.startswith("test_")]
            continue
        text = s.text
        for node in s.tree.body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("test_")
                and not node.decorator_list
                and text.count(node.name) == 1
            ):
                stray.append(f"{s.path}:{node.lineno} {node.name} is never used")
    assert stray == []
