"""A problem bent on purpose: what an override forces, and what a scenario supposes.

Everything here works on planner-problem/1 as plain data, so that the same words serve the price of an
override, the next official run and a what-if run.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from planner.solving.worths import early_cash, strategy_part
from planner.worth import round_minor

REFUSED = -1
SAME_PERCENT = 100
PER_MILLE = 1000
LEAST_STRATEGY, MOST_STRATEGY = Decimal("0.5"), Decimal(2)
"""Limits of a strategic weight, whatever a scenario supposes."""

Data = dict[str, Any]


def forced(problem: Mapping[str, Any], target: Mapping[str, Any], lifted: Collection[str] = ()) -> Data:
    """The problem in which `target` holds.

    Args:
        problem: As planner-problem/1.
        target: {"kind": "grant", "request", "level"}, {"kind": "refuse", "request"}, {"kind": "hold",
            "request", "level"} with the most it may have, {"kind": "forbid", "line", "specialist", "week"}
            with the week's index or None, {"kind": "pin", "line", "specialist"} or {"kind": "capacity",
            "specialist", "week", "quarter_hours"} with the quarter-hours added, or {"kind": "capacities",
            "rows": [[specialist, week's index, quarter-hours added]]}.
        lifted: Requests of which no hour or level stands any more, because they are in the way.
    """
    bent = copy.deepcopy(dict(problem))
    free = set(lifted)
    if target["kind"] in ("grant", "refuse", "hold"):
        free.add(target["request"])
    if target["kind"] == "capacity":
        row = next(s for s in bent["specialists"] if s["id"] == target["specialist"])
        capacity = row["capacity"]
        capacity[target["week"]] = max(0, capacity[target["week"]] + target["quarter_hours"])
    if target["kind"] == "capacities":
        people = {row["id"]: row["capacity"] for row in bent["specialists"]}
        for who, week, hours in target["rows"]:
            if who in people:
                people[who][week] = max(0, people[who][week] + hours)
    bent["locks"] = _without_doubles([*_kept(bent["locks"], free), *_locks(target)])
    return bent


def _kept(locks: Iterable[Data], free: Collection[str]) -> list[Data]:
    """Locks but those that hold hours or a level of a free request; a head's refusal of a person stays."""
    return [
        lock
        for lock in locks
        if not (
            (lock["kind"] in ("min_level", "max_level") and lock["request"] in free)
            or (lock["kind"] == "frozen" and request_of(lock["line"]) in free)
        )
    ]


def _locks(target: Mapping[str, Any]) -> list[Data]:
    kind = target["kind"]
    if kind == "grant":
        return [{"kind": "min_level", "request": target["request"], "level": target["level"]}]
    if kind == "refuse":
        return [{"kind": "max_level", "request": target["request"], "level": REFUSED}]
    if kind == "hold":
        return [{"kind": "max_level", "request": target["request"], "level": target["level"]}]
    if kind == "forbid":
        pair = {"line": target["line"], "specialist": target["specialist"]}
        return [{"kind": "forbid", **pair, "week": target["week"]}]
    if kind == "pin":
        return [{"kind": "pin", "line": target["line"], "specialist": target["specialist"]}]
    return []


def _without_doubles(locks: Iterable[Data]) -> list[Data]:
    found: list[Data] = []
    for lock in locks:
        if {**lock} not in found:
            found.append(lock)
    return found


def request_of(line: str) -> str:
    """The request that a line of a problem belongs to."""
    return line.rpartition(".")[0]


def in_the_way(problem: Mapping[str, Any], target: Mapping[str, Any]) -> tuple[str, ...]:
    """Requests whose locked hours stand where `target` needs room, sorted; not the target's own."""
    cells = _cells(problem, target)
    own = target.get("request") or request_of(target.get("line") or "")
    found = {
        request_of(lock["line"])
        for lock in problem["locks"]
        if lock["kind"] == "frozen" and (lock["specialist"], lock["week"]) in cells
    }
    return tuple(sorted(found - {own}))


def _cells(problem: Mapping[str, Any], target: Mapping[str, Any]) -> set[tuple[str, int]]:
    """Person-weeks in which the target could be worked."""
    if target["kind"] == "capacity":
        return {(target["specialist"], target["week"])}
    named = {target["specialist"]} if target["kind"] == "pin" else None
    lines = [
        line
        for line in problem["lines"]
        if line["id"] == target.get("line") or request_of(line["id"]) == target.get("request")
    ]
    return {
        (who["id"], week)
        for line in lines
        for who in problem["specialists"]
        if (named is None or who["id"] in named) and _able(line, who)
        for week in range(line["first_week"], line["last_week"] + 1)
    }


def _able(line: Mapping[str, Any], who: Mapping[str, Any]) -> bool:
    return all(who["skills"].get(skill, 0) >= level for skill, level in line["needs"].items())


def supposed(
    problem: Mapping[str, Any], inputs: Mapping[str, Any], changes: Mapping[str, Any]
) -> tuple[Data, Data]:
    """The problem and its inputs under what a scenario supposes; neither argument is changed.

    Args:
        problem: As planner-problem/1.
        inputs: How every value was found, as a snapshot holds it.
        changes: Any of
            "strategy_percent": how strongly strategic weights count, 100 as now, 0 money only;
            "account_factors": per mille by account id;
            "second_weights": how many times "strategy" and "cash" count beside the worth, thousandths;
            "churn_percent": the price of taking hours back, 100 as now;
            "churn_minor": that price itself, minor units a quarter-hour;
            "floors": [{"purpose" or "kam", "value"}], minor units;
            "without_accounts": ids of customers that leave;
            "extra_people": [{"department", "skills", "quarter_hours"}], quarter-hours a week.
    """
    bent, known = copy.deepcopy(dict(problem)), copy.deepcopy(dict(inputs))
    _drop(bent, known, set(changes.get("without_accounts", ())))
    _reweigh(bent, known, changes)
    for number, person in enumerate(changes.get("extra_people", ()), 1):
        _hire(bent, known, number, person)
    bent["floors"] = [*bent["floors"], *changes.get("floors", ())]
    if bent["published"]:
        price = bent["published"]["price"] * changes.get("churn_percent", SAME_PERCENT) // SAME_PERCENT
        # Half of it is charged for a moved hour, so it stays even.
        bent["published"]["price"] = changes.get("churn_minor", price) // 2 * 2
    return bent, known


def _drop(bent: Data, known: Data, accounts: Collection[str]) -> None:
    """Leave out customers with all they asked for."""
    if not accounts:
        return
    gone = {r["id"] for r in bent["requests"] if r["account"] in accounts}
    bent["requests"] = [r for r in bent["requests"] if r["id"] not in gone]
    bent["lines"] = [line for line in bent["lines"] if request_of(line["id"]) not in gone]
    bent["locks"] = [
        lock
        for lock in bent["locks"]
        if lock.get("request") not in gone and request_of(lock.get("line") or "") not in gone
    ]
    if bent["published"]:
        hours = bent["published"]["hours"]
        bent["published"]["hours"] = [h for h in hours if request_of(h["line"]) not in gone]
    known["requests"] = {key: row for key, row in known["requests"].items() if key not in gone}


def _reweigh(bent: Data, known: Data, changes: Mapping[str, Any]) -> None:
    """Give the levels the worth they have with other strategic weights."""
    percent = Decimal(changes.get("strategy_percent", SAME_PERCENT)) / SAME_PERCENT
    factors = changes.get("account_factors", {})
    for request in bent["requests"]:
        workings = known["requests"][request["id"]]["levels"]
        factor = Decimal(factors.get(request["account"], PER_MILLE)) / PER_MILLE
        for level, working in zip(request["levels"], workings, strict=True):
            _count_beside(level, known["requests"][request["id"]], working, changes.get("second_weights", {}))
            old = Decimal(working["strategy"])
            new = min(MOST_STRATEGY, max(LEAST_STRATEGY, (1 + (old - 1) * percent) * factor))
            if new != old:
                _revalue(level, working, new / old)
                working["strategy"] = str(new)


def _count_beside(level: Data, request: Data, working: Data, weights: Mapping[str, int]) -> None:
    """Let strategy or early cash count some more, as at a point of a trade-off."""
    if not weights:
        return
    parts = {"strategy": strategy_part(working), "cash": early_cash(request, working)}
    more = sum((Decimal(weights[name]) / PER_MILLE * parts[name] for name in weights), Decimal(0))
    extra = round_minor(more)
    level["value"] = working["value_minor"] = level["value"] + extra
    level["value_by_end"] = [[week, value + extra] for week, value in level.get("value_by_end") or ()]


def _revalue(level: Data, working: Data, ratio: Decimal) -> None:
    """C5 with another strategic weight: all but the avoidable cost is scaled."""
    cost = working["avoidable_cost_minor"]

    def scaled(value: int) -> int:
        return round_minor((value + cost) * ratio - cost)

    level["value"] = working["value_minor"] = scaled(level["value"])
    level["value_by_end"] = [[week, scaled(value)] for week, value in level.get("value_by_end") or ()]


def _hire(bent: Data, known: Data, number: int, person: Mapping[str, Any]) -> None:
    name = f"new-{number}"
    weeks: Sequence[str] = bent["weeks"]
    bent["specialists"].append(
        {
            "id": name,
            "department": person["department"],
            "capacity": [person["quarter_hours"]] * len(weeks),
            "expedite": [],
            "skills": dict(person["skills"]),
            "max_parallel": None,
            "min_chunk": 0,
        }
    )
    known["people"][name] = {"id": None, "new": True, **person}
