"""What the architecture tests read: the project's own Python files, parsed once."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("planner", "solver", "web")


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        """The top-level folder."""
        return self.path.split("/", 1)[0]


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """All Python files of the folders, sorted by path."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            found.append(Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return tuple(found)


def functions(source: Source) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    return [n for n in ast.walk(source.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def imports(source: Source) -> list[tuple[str, int, bool]]:
    """Every import as (module, line, whether it runs when the file is imported)."""
    lazy = {id(n) for f in functions(source) for n in ast.walk(f)}
    typing = {
        id(n)
        for branch in ast.walk(source.tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for n in ast.walk(branch)
    }
    found = []
    for node in ast.walk(source.tree):
        eager = id(node) not in lazy and id(node) not in typing
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, eager) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.append((node.module, node.lineno, eager))
    return found
