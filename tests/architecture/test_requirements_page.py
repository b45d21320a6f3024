"""The page of what was asked names files, pages and tests that exist, each statement once and in order."""

from __future__ import annotations

import re

from source import ROOT, sources

PAGE = ROOT / "docs" / "requirements.md"
HEADING = "| key | asked | where | test |"
ROUTE = re.compile(r"\.(?:get|post|put|delete)\(\s*\"(/[^\"]*)\"")


def _tables() -> list[list[list[str]]]:
    """The rows of each table, as cells."""
    tables: list[list[list[str]]] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line == HEADING:
            tables.append([])
        elif line.startswith("| "):
            tables[-1].append([cell.strip() for cell in line.strip("|").split(" | ")])
    return tables


def _keys(row: list[str]) -> list[tuple[int, int]]:
    return [(int(source), int(number)) for source, number in re.findall(r"(\d{3})-(\d+)", row[0])]


def test_every_statement_stands_once_and_in_order() -> None:
    """A table is sorted by the first key of each row, and no statement is answered twice."""
    tables = _tables()
    for table in tables:
        first = [_keys(row)[0] for row in table]
        assert first == sorted(first)
    keys = [key for table in tables for row in table for key in _keys(row)]
    assert len(keys) == len(set(keys)) == 149


def test_every_file_page_and_test_of_the_page_exists() -> None:
    """A row without a place or a test, or with one that was renamed, answers nothing."""
    routes = {
        re.sub(r"<[^>]*>", "<>", route) for source in sources("web") for route in ROUTE.findall(source.text)
    }
    tests = {
        name
        for source in sources("tests")
        for name in re.findall(r"^\s*def (test_\w+)\(", source.text, re.MULTILINE)
    }
    for row in (row for table in _tables() for row in table):
        assert len(row) == 4, row
        places, shown = re.findall(r"`([^`]+)`", row[2]), re.findall(r"`(test_\w+)`", row[3])
        assert places, row
        assert shown, row
        assert set(shown) <= tests, set(shown) - tests
        for place in places:
            assert place in routes if place.startswith("/") else (ROOT / place).is_file(), place
