"""Brute force for tiny problems, written from the text of the model alone.

It shares nothing with the engine's rules and terms: it reads the plain fields of a problem, and says which
rules a plan breaks (`faults`) and what a plan is worth (`score`). `brute_force` tries every plan with it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.plan import Grant, Plan
    from solver.problem import Line, Problem, Request

Cell = tuple[str, str, int]
"""Line, specialist, week."""

Amounts = dict[Cell, int]


@dataclass(frozen=True, order=True)
class Score:
    """The five stages of the objective, so that the greater score is the better plan."""

    kept: int
    share: int
    shortfall: int
    value: int
    handovers: int
    tie: int


def faults(problem: Problem, plan: Plan) -> set[str]:
    """The rules `plan` breaks; every id, level and week in it must exist, amounts are positive."""
    amounts = {(r.line, r.specialist, r.week): r.hours for r in plan.hours}
    granted = {g.request: g for g in plan.granted}
    assert len(amounts) == len(plan.hours)
    assert len(granted) == len(plan.granted)
    broken = set()
    for request in problem.requests:
        broken |= request_faults(problem, request, granted.get(request.id), amounts)
    return broken | people_faults(problem, amounts) | decided_faults(problem, granted, amounts)


def request_faults(problem: Problem, request: Request, grant: Grant | None, amounts: Amounts) -> set[str]:
    """The rules one request breaks by itself."""
    broken = set()
    chosen = set(request.options[grant.option]) if grant else set()
    lines = {name: line for line in problem.lines for name in [line.id]}
    for name in {n for option in request.options for n in option}:
        worked = {cell: h for cell, h in amounts.items() if cell[0] == name}
        due = lines[name].hours[grant.level] if grant and name in chosen else 0
        broken |= _line_faults(problem, lines[name], due, grant.level if grant else 0, worked)
    for name in chosen:
        mine = [week for n, _, week in amounts if n == name]
        before = [week for n, _, week in amounts if n in lines[name].after]
        if mine and before and min(mine) < max(before):
            broken.add("after")
    if grant:
        ends = [week for name, _, week in amounts if name in chosen]
        if _level_value(request, grant.level, max(ends, default=-1)) is None:
            broken.add("level")
    return broken


def _line_faults(problem: Problem, line: Line, due: int, level: int, worked: Amounts) -> set[str]:
    broken = set()
    people = {person for _, person, _ in worked}
    able = eligible(problem, line)
    if people - able:
        broken.add("skill")
    if any(not line.first_week <= week <= line.last_week for _, _, week in worked):
        broken.add("window")
    own = {p: own_hours(line, p, level) for p in people & able} if due else {}
    needed = max(own.values(), default=due) if len(own) == 1 else due
    if sum(worked.values()) != needed:
        broken.add("level")
    if due and not 1 <= len(people) <= line.max_specialists:
        broken.add("team_size")
    for (_, person, _), hours in worked.items():
        chunk = next(s.min_chunk for s in problem.specialists if s.id == person)
        if due and hours < min(chunk, own.get(person, due)):
            broken.add("chunk")
    if due:
        for week in range(line.first_week, line.last_week + 1):
            total = sum(h for (_, _, w), h in worked.items() if w == week)
            low = line.weekly_min or 0
            high = total if line.weekly_max is None else line.weekly_max
            if not low <= total <= high:
                broken.add("weekly")
    return broken


def people_faults(problem: Problem, amounts: Amounts) -> set[str]:
    """Capacity, parallel requests, walls and department caps broken over all requests."""
    broken = set()
    lines = {line.id: line for line in problem.lines}
    owner = {n: r for r in problem.requests for option in r.options for n in option}
    for person in problem.specialists:
        mine = {cell: h for cell, h in amounts.items() if cell[1] == person.id}
        for week, capacity in enumerate(person.capacity):
            here = {cell: h for cell, h in mine.items() if cell[2] == week}
            extra = person.expedite[week] if person.expedite else 0
            plain = sum(h for cell, h in here.items() if not lines[cell[0]].expedite)
            if plain > capacity or sum(here.values()) > capacity + extra:
                broken.add("capacity")
            if person.max_parallel is not None and len({owner[c[0]].id for c in here}) > person.max_parallel:
                broken.add("max_parallel")
        accounts = {owner[cell[0]].account for cell in mine}
        if any(len(accounts & set(group)) > 1 for group in problem.walls):
            broken.add("wall")
    department = {s.id: s.department for s in problem.specialists}
    for cap in problem.department_caps:
        used = [
            h
            for (_, person, week), h in amounts.items()
            if department[person] == cap.department and cap.week in (None, week)
        ]
        if sum(used) > cap.hours:
            broken.add("department_cap")
    return broken


def decided_faults(problem: Problem, granted: dict[str, Grant], amounts: Amounts) -> set[str]:
    """Whether some lock is not kept, as the name of the rule."""
    for lock in problem.locks:
        pair = {c: h for c, h in amounts.items() if c[0] == lock.line and c[1] == lock.specialist}
        level = granted[lock.request].level if lock.request in granted else -1
        if lock.kind == "frozen":
            kept = sum(h for c, h in pair.items() if c[2] == lock.week) == lock.hours
        elif lock.kind == "forbid":
            kept = not any(lock.week in (None, c[2]) for c in pair)
        elif lock.kind == "pin":
            kept = bool(pair) or not any(c[0] == lock.line for c in amounts)
        elif lock.kind == "min_level":
            kept = lock.level is not None and level >= lock.level
        else:
            kept = lock.level is not None and level <= lock.level
        if not kept:
            return {"decided"}
    return set()


def eligible(problem: Problem, line: Line) -> set[str]:
    """Who may work on a line, by skill or candidates."""
    if line.candidates is None:
        able = {
            s.id for s in problem.specialists if all(s.skills.get(k, 0) >= v for k, v in line.needs.items())
        }
    else:
        able = {candidate.specialist for candidate in line.candidates}
    return {s for s in able if s not in line.excluded and line.required in (None, s)}


def own_hours(line: Line, person: str, level: int) -> int:
    """What one person alone would need for the line at a level."""
    return next((c.hours[level] for c in line.candidates or () if c.specialist == person), line.hours[level])


def _level_value(request: Request, level: int, end: int) -> int | None:
    steps = request.levels[level].value_by_end
    if not steps:
        return request.levels[level].value
    return next((value for week, value in steps if end <= week), None)


def _gain(problem: Problem, request: Request, grant: Grant, amounts: Amounts) -> int | None:
    """Level value and bonuses of one granted request; None when it ends too late."""
    lines = {line.id: line for line in problem.lines}
    chosen = request.options[grant.option]
    mine = [(name, person, week) for name, person, week in amounts if name in chosen]
    value = _level_value(request, grant.level, max((week for *_, week in mine), default=-1))
    if value is None:
        return None
    value += request.option_bonus[grant.option] if request.option_bonus else 0
    for name, person in {(name, person) for name, person, _ in mine}:
        line = lines[name]
        value += line.preferred[1] if line.preferred and line.preferred[0] == person else 0
        value += sum(c.bonus for c in line.candidates or () if c.specialist == person)
    return value


def churn(problem: Problem, amounts: Amounts, only: set[str] | None = None) -> int:
    """Money for published hours withdrawn or moved, of the lines in `only` or of all."""
    if problem.published is None:
        return 0
    old: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for row in problem.published.hours:
        if row.week < problem.published.free_from_week and (only is None or row.line in only):
            old[row.line, row.week][row.specialist] = row.hours
    charged = 0
    for (line, week), before in old.items():
        after = {p: h for (n, p, w), h in amounts.items() if (n, w) == (line, week)}
        lost = max(0, sum(before.values()) - sum(after.values()))
        moved = sum(max(0, h - after.get(p, 0)) for p, h in before.items()) - lost
        charged += 2 * lost + max(0, moved)
    return problem.published.price * charged // 2


def ranks(problem: Problem) -> dict[str, int]:
    """What granting each request adds to the last stage: n for the first in line, 1 for the last."""
    order = sorted(problem.requests, key=lambda r: (r.submitted, r.id))
    return {request.id: len(order) - place for place, request in enumerate(order)}


def score(problem: Problem, plan: Plan) -> Score:
    """What a feasible plan is worth."""
    amounts = {(r.line, r.specialist, r.week): r.hours for r in plan.hours}
    granted = {g.request: g for g in plan.granted}
    pieces = [
        piece_of(problem, request, granted.get(request.id), {c: h for c, h in amounts.items() if c[0] in own})
        for request in problem.requests
        for own in [{name for option in request.options for name in option}]
    ]
    assert all(piece is not None for piece in pieces)
    return total_of(problem, [piece for piece in pieces if piece is not None])


@dataclass(frozen=True)
class Piece:
    """One way to treat one request, and what it adds to each stage."""

    grant: Grant | None
    amounts: tuple[tuple[Cell, int], ...]
    kept: int
    floors: tuple[int, ...]
    value: int
    handovers: int
    tie: int


def piece_of(problem: Problem, request: Request, grant: Grant | None, amounts: Amounts) -> Piece | None:
    """What treating one request this way adds to each stage; None when it ends too late."""
    gain = _gain(problem, request, grant, amounts) if grant else 0
    if gain is None:
        return None
    own = {name for option in request.options for name in option}
    teams = {(name, person) for name, person, _ in amounts}
    promised = request.obligation is not None
    level = grant.level if grant else -1
    return Piece(
        grant=grant,
        amounts=tuple(sorted(amounts.items())),
        kept=0 if promised and level < (request.obligation or 0) else 1,
        floors=tuple(
            gain if (f.kam == request.kam if f.kam is not None else f.purpose == request.purpose) else 0
            for f in problem.floors
        ),
        value=gain - churn(problem, amounts, own),
        handovers=-(len(teams) - len({name for name, _ in teams})),
        tie=ranks(problem)[request.id] if grant else 0,
    )


def total_of(problem: Problem, pieces: list[Piece]) -> Score:
    """The score of pieces side by side."""
    attained = [sum(piece.floors[i] for piece in pieces) for i in range(len(problem.floors))]
    # A floor of 0 asks for nothing, even of those who bring less than nothing.
    both = [(f, got) for f, got in zip(problem.floors, attained, strict=True) if f.value > 0]
    return Score(
        kept=sum(piece.kept for piece in pieces),
        share=min([1000] + [1000 * got // f.value for f, got in both]),
        shortfall=-sum(max(0, f.value - got) for f, got in both),
        value=sum(piece.value for piece in pieces),
        handovers=sum(piece.handovers for piece in pieces),
        tie=sum(piece.tie for piece in pieces),
    )
