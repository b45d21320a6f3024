"""Cap the tail: no file over 400 lines, no function over 60, every public promise written down."""

from __future__ import annotations

import ast

from source import PACKAGES, Source, functions, sources

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
EVERYWHERE = (*PACKAGES, "tests")


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, docstring not counted."""
    total = (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function):
        first = function.body[0]
        total -= (first.end_lineno or 0) - first.lineno + 1
    return total


def test_no_file_is_too_long() -> None:
    """A file that grows past the limit holds two ideas."""
    assert [
        f"{s.path}: {len(s.text.splitlines())} lines"
        for s in sources(*EVERYWHERE)
        if len(s.text.splitlines()) > MAX_FILE_LINES
    ] == []


def test_no_function_is_too_long() -> None:
    """A function that grows past the limit does two things."""
    assert [
        f"{s.path}:{f.lineno} {f.name}: {_lines(f)} lines"
        for s in sources(*EVERYWHERE)
        for f in functions(s)
        if _lines(f) > MAX_FUNCTION_LINES
    ] == []


def _public(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions, classes and their public methods, at the top of a file."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(node)
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            found += [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [n for n in found if not n.name.startswith("_")]


def test_public_names_say_their_contract() -> None:
    """Every public function and class of the three packages has a docstring."""
    assert [
        f"{s.path}:{n.lineno} {n.name}"
        for s in sources(*PACKAGES)
        if "/migrations/versions/" not in s.path
        for n in _public(s)
        if not ast.get_docstring(n)
    ] == []


def test_return_types_are_written() -> None:
    """Every function says what it gives back."""
    assert [
        f"{s.path}:{f.lineno} {f.name}"
        for s in sources(*EVERYWHERE)
        for f in functions(s)
        if f.returns is None
    ] == []


def test_every_ignore_has_a_reason() -> None:
    """A silenced check says why on its own line."""
    marks = ("# noqa", "# type: ignore", "# pragma: no cover")
    here = "tests/architecture/test_sizes.py"
    assert [
        f"{s.path}:{number} {line.strip()}"
        for s in sources(*EVERYWHERE)
        for number, line in enumerate(s.text.splitlines(), 1)
        for mark in marks
        if s.path != here and mark in line and " - " not in line.split(mark, 1)[1]
    ] == []
