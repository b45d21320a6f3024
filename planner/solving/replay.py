"""A published plan computed again from its file alone: no database, no records, no search.

The referee checks the plan and measures it; every figure of the board page is then counted from the problem
and the plan and held against what was published. The tolerance is 0.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.audit import digest
from planner.gap import gap_of, percent_up
from planner.solving.outside import costs
from planner.solving.verify import faults

if TYPE_CHECKING:
    from solver.plan import Measures

FORMAT = "planner-publication/1"
FULL = 1000
REFUSED = -1

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or text of the board page: what was published, and what comes out again."""

    name: str
    published: object
    recomputed: object

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.published == self.recomputed


@dataclass(frozen=True, slots=True)
class Replay:
    """A published plan computed again. That no better plan exists is the search's word, not the file's.

    Attributes:
        number: Of the publication.
        figures: Every figure with both values.
        faults: What the referee finds wrong with the plan.
    """

    number: int
    figures: tuple[Figure, ...]
    faults: tuple[str, ...]

    @property
    def differences(self) -> tuple[Figure, ...]:
        """The figures that come out otherwise."""
        return tuple(figure for figure in self.figures if not figure.same)


class ReplayError(ValueError):
    """The file is no publication; the text says why."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a plan gives each request, from the problem and the plan alone."""

    levels: Mapping[str, int]
    values: Mapping[str, int]
    bonuses: Mapping[str, int]
    cells: Mapping[str, Sequence[tuple[str, str, int]]]
    fractions: Mapping[str, int]
    outside: Mapping[str, int]


def replay(text: str) -> Replay:
    """Compute the publication of a file again.

    Args:
        text: A file of the format planner-publication/1.

    Returns:
        Every figure, money in minor units and effort in quarter-hours.

    Raises:
        ReplayError: the file is none of that format.
    """
    try:
        return _replay(json.loads(text))
    except ReplayError:
        raise
    except Exception as error:  # whatever is missing or malformed, the file is to blame
        raise ReplayError(f"The file cannot be read: {type(error).__name__} {error}.") from error


def _replay(file: Content) -> Replay:
    if file["format"] != FORMAT:
        raise ReplayError(f"The format is {file['format']!r}, not {FORMAT!r}.")
    problem, plan = json.dumps(file["problem"]), json.dumps(file["plan"])
    measures, problem_hash = _measured(problem, plan)
    figures = tuple(_figures(file, measures, problem_hash))
    return Replay(int(file["number"]), figures, faults(problem, plan))


def _measured(problem_text: str, plan_text: str) -> tuple[Measures, str]:
    from solver.files import problem_hash, read_plan, read_problem
    from solver.plan import Plan
    from solver.referee import measure

    problem = read_problem(problem_text)
    return measure(problem, read_plan(plan_text).plan or Plan()), problem_hash(problem)


def _figures(file: Content, measures: Measures, problem_hash: str) -> Iterator[Figure]:
    content, plan = file["content"], _plan_of(file["problem"], file["plan"])
    text = _canonical(content)
    yield Figure("number", file["number"], content["number"])
    yield Figure("hash of the content", file["content_hash"], _sha(text))
    yield Figure("hash of the inputs", content["inputs_hash"], problem_hash)
    yield from _event(file)
    yield from _worth(file, content, measures, plan)
    rows = [row for state in STATES for row in content[state]]
    for row in rows:
        yield from _request(row, plan)
    yield Figure("requests of the plan", sorted(row["request_id"] for row in rows), sorted(plan.levels))
    yield from _short(file["plan"], plan)
    yield from _accounts(content, rows, plan)
    yield from _departments(content, file["problem"], plan)
    yield from _difference(file)


STATES = ("granted", "refused", "undecided", "rejected")


def _event(file: Content) -> Iterator[Figure]:
    """The log's event, hash and all, and what it says of the content."""
    event = file["event"]
    if event is None:
        return
    yield Figure("hash of the log's event", event["hash"], digest(event))
    yield Figure("content hash in the log", (event["after"] or {}).get("content_hash"), file["content_hash"])


def _worth(file: Content, content: Content, measures: Measures, plan: _Plan) -> Iterator[Figure]:
    worth, ending = content["worth"], file["plan"]
    granted = [row["request_id"] for row in content["granted"]]
    published = sum(plan.values[key] + plan.bonuses.get(key, 0) for key in granted)
    gap = gap_of(measures.value, ending["bound"])
    yield Figure("value of the plan", worth["value_minor"], measures.value)
    yield Figure("churn of the plan", worth["churn_minor"], measures.churn)
    yield Figure("bound of the plan", worth["bound_minor"], ending["bound"])
    yield Figure("published value", worth["published_value_minor"], published)
    outside = sum(plan.outside.get(key, 0) for key in granted)
    yield Figure("bought outside", worth.get("outside_minor", 0), outside)
    yield Figure("proven", worth["proven"], ending["status"] == "optimal")
    yield Figure("gap in per cent", worth["gap_percent"], None if gap is None else percent_up(gap))
    yield Figure("broken obligations", len(content["broken_obligations"]), len(measures.broken_obligations))


def _request(row: Content, plan: _Plan) -> Iterator[Figure]:
    key, name = row["request_id"], row["title"]
    published = row["state"] == "granted"
    cells = plan.cells.get(key, ()) if published else ()
    stated = sorted((h["specialist_code"], h["week"], h["quarter_hours"]) for h in row["hours"])
    yield Figure(f"{name}: value", row["value_minor"], plan.values[key])
    yield Figure(f"{name}: bonus", row["bonus_minor"], plan.bonuses.get(key, 0))
    yield Figure(f"{name}: bought outside", row.get("outside_minor", 0), plan.outside.get(key, 0))
    yield Figure(f"{name}: share of its hours", row["fraction"], plan.fractions[key])
    yield Figure(f"{name}: hours", row["quarter_hours"], sum(hours for *_, hours in cells))
    yield Figure(f"{name}: people and weeks", stated, sorted(cells))
    refused = plan.levels[key] == REFUSED
    yield Figure(f"{name}: refused", row["state"] == "refused", refused)


def _short(ending: Content, plan: _Plan) -> Iterator[Figure]:
    """Each reason stands beside the level that its request has, and is about the next one."""
    for row in ending["short"]:
        level = plan.levels[row["request"]]
        yield Figure(f"{row['request']}: level below its top", row["level"], level)
        if "level" in row["params"]:
            yield Figure(f"{row['request']}: level it lacks", row["params"]["level"], level + 1)


def _accounts(content: Content, rows: Sequence[Content], plan: _Plan) -> Iterator[Figure]:
    """Asked, granted, refused, hours and value per customer, counted from the plan."""
    for account in content["accounts"]:
        own = [row for row in rows if row["account_code"] == account["code"]]
        granted = [row["request_id"] for row in own if row["state"] == "granted"]
        counted = {
            "asked": len(own),
            "granted": len(granted),
            "refused": sum(plan.levels[row["request_id"]] == REFUSED for row in own),
            "quarter_hours": sum(hours for key in granted for *_, hours in plan.cells.get(key, ())),
            "value_minor": sum(plan.values[key] for key in granted),
        }
        for name, value in counted.items():
            yield Figure(f"{account['name']}: {name}", account[name], value)


def _departments(content: Content, problem: Content, plan: _Plan) -> Iterator[Figure]:
    """Hours lent and hours there were per department."""
    home = {person["id"]: person["department"] for person in problem["specialists"]}
    lent: defaultdict[str, int] = defaultdict(int)
    for row in content["granted"]:
        for who, _, hours in plan.cells.get(row["request_id"], ()):
            lent[home[who]] += hours
    for department in content["departments"]:
        rooms = [
            sum(person["capacity"]) + sum(person.get("expedite") or ())
            for person in problem["specialists"]
            if person["department"] == department["code"]
        ]
        name = department["name"]
        yield Figure(f"{name}: hours lent", department["quarter_hours"], lent[department["code"]])
        yield Figure(f"{name}: hours there were", department["capacity_quarter_hours"], sum(rooms))
        yield Figure(f"{name}: people", department["people"], sum(room > 0 for room in rooms))


def _difference(file: Content) -> Iterator[Figure]:
    """What changed against the publication before, counted from both contents."""
    before, stated = file["previous"], file["content"]["difference"]
    yield Figure("compared with", stated and stated["number"], before and before["number"])
    if before is None or stated is None:
        return
    yield Figure("hash of the plan before", file["previous_hash"], _sha(_canonical(before)))
    old = {row["request_id"]: row["hours"] for row in before["granted"]}
    new = {row["request_id"]: row["hours"] for row in file["content"]["granted"]}
    counted = {
        "new": sorted(new.keys() - old.keys()),
        "withdrawn": sorted(old.keys() - new.keys()),
        "changed": sorted(key for key in new.keys() & old.keys() if new[key] != old[key]),
    }
    for name, keys in counted.items():
        yield Figure(f"against the plan before: {name}", sorted(r["request_id"] for r in stated[name]), keys)


def _plan_of(problem: Content, ending: Content) -> _Plan:
    levels = {request["id"]: REFUSED for request in problem["requests"]}
    levels |= {grant["request"]: grant["level"] for grant in ending["granted"]}
    request_of = {line: r["id"] for r in problem["requests"] for option in r["options"] for line in option}
    end: dict[str, int] = {}
    cells: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in ending["hours"]:
        if row["hours"]:
            key = request_of[row["line"]]
            cells[key].append((row["specialist"], problem["weeks"][row["week"]], row["hours"]))
            end[key] = max(end.get(key, 0), row["week"])
    values, fractions = {}, {}
    for request in problem["requests"]:
        level = levels[request["id"]]
        chosen = request["levels"][level] if level >= 0 else None
        values[request["id"]] = _value(chosen, end.get(request["id"], 0)) if chosen else 0
        fractions[request["id"]] = _permille(chosen["fraction"]) if chosen else 0
    return _Plan(
        levels, values, _bonuses(problem, ending, request_of), dict(cells), fractions, costs(problem, ending)
    )


def _value(level: Content, last_week: int) -> int:
    """The level's value; where it fades with time, what it is when the work ends in `last_week`."""
    fading = level.get("value_by_end") or ()
    found = [value for week, value in fading if last_week <= week]
    return int(found[0] if found else level["value"])


def _permille(fraction: str) -> int:
    from decimal import Decimal

    return int(Decimal(fraction) * FULL)


def _bonuses(problem: Content, ending: Content, request_of: Mapping[str, str]) -> Mapping[str, int]:
    """Minor units that preferred people add, once per line and person, less what is bought outside."""
    preferred = {line["id"]: line["preferred"] for line in problem["lines"] if line.get("preferred")}
    total: defaultdict[str, int] = defaultdict(int)
    for key, price in costs(problem, ending).items():
        total[key] -= price
    for line, who in {(row["line"], row["specialist"]) for row in ending["hours"] if row["hours"]}:
        if line in preferred and preferred[line]["specialist"] == who:
            total[request_of[line]] += preferred[line]["bonus"]
    return total


def _canonical(content: Content) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sha(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
