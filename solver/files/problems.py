"""Reading planner-problem/1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from solver.files.shape import BAD, Field, boolean, keys, levels, many, maybe, pair, record, text, whole
from solver.files.strict_json import parse
from solver.problem import (
    Candidate,
    DepartmentCap,
    Floor,
    Hours,
    Level,
    Line,
    Lock,
    Problem,
    Published,
    Request,
    Specialist,
)
from solver.validate import validate
from solver.validate.errors import Faults, ProblemErrors, show
from solver.validate.texts import ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.files.shape import Reader

FORMAT = "planner-problem/1"

SPECIALIST = record(
    {
        "id": Field(text),
        "department": Field(text),
        "capacity": Field(many(whole)),
        "skills": Field(levels),
        "expedite": Field(lambda v, w, f: () if v is None else many(whole)(v, w, f), ()),
        "max_parallel": Field(maybe(whole), None),
        "min_chunk": Field(whole, 0),
    },
    Specialist,
)
LEVEL = record(
    {
        "fraction": Field(text),
        "value": Field(whole),
        "second": Field(whole, 0),
        "value_by_end": Field(many(pair(whole, whole)), ()),
    },
    Level,
)
REQUEST = record(
    {
        "id": Field(text),
        "account": Field(text),
        "kam": Field(text),
        "levels": Field(many(LEVEL)),
        "options": Field(many(many(text))),
        "submitted": Field(whole, 0),
        "option_bonus": Field(many(whole), ()),
        "purpose": Field(lambda v, w, f: "" if v is None else text(v, w, f), ""),
        "obligation": Field(maybe(whole), None),
    },
    Request,
)
CANDIDATE = record(
    {"specialist": Field(text), "hours": Field(many(whole)), "bonus": Field(whole, 0)},
    Candidate,
)
PREFERRED = record(
    {"specialist": Field(text), "bonus": Field(whole)},
    lambda specialist, bonus: (specialist, bonus),
)
LINE_FIELDS = {
    "id": Field(text),
    "needs": Field(levels, {}),
    "hours": Field(many(whole)),
    "first_week": Field(whole),
    "last_week": Field(whole),
    "max_specialists": Field(whole, 1),
    "weekly_min": Field(maybe(whole), None),
    "weekly_max": Field(maybe(whole), None),
    "preferred": Field(maybe(PREFERRED), None),
    "required": Field(maybe(text), None),
    "excluded": Field(many(text), ()),
    "after": Field(many(text), ()),
    "expedite": Field(boolean, default=False),
    "candidates": Field(maybe(many(CANDIDATE)), None),
}
_LINE = record(LINE_FIELDS, Line)
LOCK = record(
    {
        "kind": Field(text),
        "line": Field(maybe(text), None),
        "specialist": Field(maybe(text), None),
        "week": Field(maybe(whole), None),
        "hours": Field(maybe(whole), None),
        "request": Field(maybe(text), None),
        "level": Field(maybe(whole), None),
    },
    Lock,
)
CAP = record(
    {"department": Field(text), "week": Field(maybe(whole), None), "hours": Field(whole)},
    DepartmentCap,
)
FLOOR = record(
    {"value": Field(whole), "kam": Field(maybe(text), None), "purpose": Field(maybe(text), None)},
    Floor,
)
HOURS = record(
    {"line": Field(text), "specialist": Field(text), "week": Field(whole), "hours": Field(whole)},
    Hours,
)
PUBLISHED = record(
    {"price": Field(whole), "free_from_week": Field(whole), "hours": Field(many(HOURS))},
    Published,
)


def _line(value: object, where: str, faults: Faults) -> Any:
    """A line; it must say who may work on it, by needs or by candidates."""
    read = _LINE(value, where, faults)
    if isinstance(value, dict) and "needs" not in value and value.get("candidates") is None:
        faults.add(
            "E_FIELD_MISSING", f"{where}/needs", "Neither needs nor candidates are given.", "Add one of them."
        )
        return BAD
    return read


def _rows(read: Reader) -> Reader:
    """Rows with ids: the good ones as a tuple, places named by id; the bad ones are left out."""

    def reader(value: object, where: str, faults: Faults) -> Any:
        if not isinstance(value, list):
            return many(read)(value, where, faults)
        places = [f"{where}/{_id(row) or index}" for index, row in enumerate(value)]
        read_rows = [read(row, place, faults) for row, place in zip(value, places, strict=True)]
        return tuple(row for row in read_rows if row is not BAD)

    return reader


def _requests(value: object, where: str, faults: Faults) -> Any:
    """Requests; one without `submitted` is filed as late as it stands in the file, counted from 0."""
    if isinstance(value, list):
        value = [{"submitted": i, **row} if isinstance(row, dict) else row for i, row in enumerate(value)]
    return _rows(REQUEST)(value, where, faults)


HEAD = {
    "format": Field(text),
    "name": Field(text),
    "weeks": Field(many(text)),
    "specialists": Field(_rows(SPECIALIST)),
    "requests": Field(_requests),
    "lines": Field(_rows(_line)),
    "currency": Field(text, "EUR"),
    "walls": Field(many(many(text)), ()),
    "department_caps": Field(_rows(CAP), ()),
    "locks": Field(_rows(LOCK), ()),
    "floors": Field(_rows(FLOOR), ()),
    "published": Field(maybe(PUBLISHED), None),
}


def read_problem(source: str | bytes) -> Problem:
    """The problem in a planner-problem/1 file, checked as a whole.

    Raises:
        ProblemErrors: With every error of the file: its shape, and what does not fit together in the rows
            that could be read.
    """
    faults = Faults()
    data = parse(source, faults)
    if isinstance(data, dict) and data.get("format", FORMAT) != FORMAT:
        message = f"The format is {show(data['format'])}, not {FORMAT}."
        faults.add("E_FORMAT", "format", message, f'Give a file with "format": "{FORMAT}".')
        raise ProblemErrors(faults.errors)
    problem = _assemble(data, faults)
    if problem is None or faults.errors:
        raise ProblemErrors(faults.errors)
    return problem


def _assemble(data: Any, faults: Faults) -> Problem | None:
    """The problem of the rows that could be read, checked; None when even its lists are missing."""
    fields = keys(HEAD, data, "", faults)
    if fields is BAD or any(fields[key] is BAD for key in ("weeks", "specialists", "requests", "lines")):
        return None
    # What is left out here has its own error already; the rest of the file is still worth checking.
    usable = {key: value for key, value in fields.items() if value is not BAD and key != "format"}
    problem = Problem(**({"name": "unnamed"} | usable))
    faults.errors += validate(problem, _broken(data, problem))
    return problem


def _broken(data: Any, problem: Problem) -> Mapping[str, frozenset[str]]:
    """Ids of rows that stand in the file but could not be read."""
    read: dict[str, tuple[Any, ...]] = {
        "specialists": problem.specialists,
        "requests": problem.requests,
        "lines": problem.lines,
    }
    lost = {kind: len(data[kind]) - len(rows) for kind, rows in read.items()}
    return {
        kind: frozenset(filter(None, map(_id, data[kind]))) - {row.id for row in rows}
        for kind, rows in read.items()
        if lost[kind]
    }


def _id(row: object) -> str | None:
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) and ID.fullmatch(found) else None
