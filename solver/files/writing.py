"""Writing planner-problem/1, and the hash that names a problem whatever the order of its rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem import DepartmentCap, Floor, Line, Lock, Problem, Request, Specialist

Row = dict[str, Any]


def write_problem(problem: Problem) -> str:
    """`problem` as planner-problem/1 text, rows in their own order; reading it gives an equal problem."""
    return layout(_rows(problem))


def problem_hash(problem: Problem) -> str:
    """SHA-256 of the canonical form: defaults filled, rows sorted by id, keys sorted, no spaces, UTF-8."""
    form = json.dumps(_canonical(_rows(problem)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(form.encode()).hexdigest()}"


def layout(document: Mapping[str, Any]) -> str:
    """JSON with one line per key and per row, so that two files can be compared line by line."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict | list):
            entries = ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in value)
            lines.append(f' "{key}": [\n{entries}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


def lock_row(lock: Lock) -> Row:
    """A lock with the keys of its kind only; `week` of a forbid is always told."""
    row = {key: value for key, value in asdict(lock).items() if value is not None}
    return row | {"week": lock.week} if lock.kind == "forbid" else row


def cap_row(cap: DepartmentCap) -> Row:
    """A department cap as it stands in a file."""
    return asdict(cap)


def floor_row(floor: Floor) -> Row:
    """A floor with its scope, KAM or purpose."""
    return {key: value for key, value in asdict(floor).items() if value is not None}


def _rows(problem: Problem) -> Row:
    published = problem.published
    return {
        "format": "planner-problem/1",
        "name": problem.name,
        "currency": problem.currency,
        "weeks": list(problem.weeks),
        "specialists": [_specialist(s) for s in problem.specialists],
        "requests": [_request(r) for r in problem.requests],
        "lines": [_line(line) for line in problem.lines],
        "walls": [list(group) for group in problem.walls],
        "department_caps": [cap_row(cap) for cap in problem.department_caps],
        "locks": [lock_row(lock) for lock in problem.locks],
        "floors": [floor_row(floor) for floor in problem.floors],
        "published": None
        if published is None
        else {
            "price": published.price,
            "free_from_week": published.free_from_week,
            "hours": [asdict(row) for row in published.hours],
        },
    }


def _specialist(person: Specialist) -> Row:
    return {
        "id": person.id,
        "department": person.department,
        "capacity": list(person.capacity),
        **({"expedite": list(person.expedite)} if person.expedite else {}),
        "skills": dict(person.skills),
        "max_parallel": person.max_parallel,
        "min_chunk": person.min_chunk,
    }


def _request(request: Request) -> Row:
    return {
        "id": request.id,
        "account": request.account,
        "kam": request.kam,
        "purpose": request.purpose,
        "submitted": request.submitted,
        "obligation": request.obligation,
        "levels": [
            {
                "fraction": level.fraction,
                "value": level.value,
                "second": level.second,
                "value_by_end": [list(entry) for entry in level.value_by_end],
            }
            for level in request.levels
        ],
        "options": [list(option) for option in request.options],
        **({"option_bonus": list(request.option_bonus)} if request.option_bonus else {}),
    }


def _line(line: Line) -> Row:
    preferred = line.preferred and {"specialist": line.preferred[0], "bonus": line.preferred[1]}
    candidates = None
    if line.candidates is not None:
        candidates = [
            {"specialist": c.specialist, "hours": list(c.hours), "bonus": c.bonus} for c in line.candidates
        ]
    return {
        "id": line.id,
        "needs": dict(line.needs),
        "hours": list(line.hours),
        "first_week": line.first_week,
        "last_week": line.last_week,
        "max_specialists": line.max_specialists,
        "weekly_min": line.weekly_min,
        "weekly_max": line.weekly_max,
        "preferred": preferred,
        "required": line.required,
        "excluded": list(line.excluded),
        "after": list(line.after),
        "expedite": line.expedite,
        "candidates": candidates,
    }


def _canonical(rows: Row) -> Row:
    """The same rows in an order that says nothing; what lists of an object mean is kept."""
    for kind in ("specialists", "requests", "lines"):
        rows[kind] = sorted(rows[kind], key=lambda row: str(row["id"]))
    for person in rows["specialists"]:
        person.setdefault("expedite", [0] * len(rows["weeks"]))
    for request in rows["requests"]:
        request.setdefault("option_bonus", [0] * len(request["options"]))
        request["options"] = [sorted(option) for option in request["options"]]
    for line in rows["lines"]:
        line["excluded"] = sorted(set(line["excluded"]))
        line["after"] = sorted(set(line["after"]))
        if line["candidates"] is not None:
            line["candidates"].sort(key=lambda candidate: str(candidate["specialist"]))
    rows["walls"] = sorted(sorted(set(group)) for group in rows["walls"])
    for kind in ("department_caps", "locks", "floors"):
        rows[kind].sort(key=lambda row: json.dumps(row, sort_keys=True))
    if rows["published"]:
        rows["published"]["hours"].sort(key=lambda row: (row["line"], row["specialist"], row["week"]))
    return rows
