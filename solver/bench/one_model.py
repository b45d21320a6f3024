"""The whole problem as one integer program, as a modeller would write it down: no tricks, no pieces.

It is written from the description of the model alone and shares nothing with the engine's rules, so that a
solver fed with it is a peer of the engine and not a part of it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from solver.bench.program import Program, Terms
from solver.plan import Grant, Plan
from solver.problem import Hours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem import Line, Problem, Request, Specialist

Pair = tuple[str, str]
Cell = tuple[str, str, int]


class OneModel:
    """The program of a problem, and which of its variables means what.

    Attributes:
        program: What a solver is given.
        grants: Request, level and option by variable.
        hours: Variable by line, specialist and week.
        on: Variable that says whether the specialist works on the line.
        works: Variable that says so for one week.
        want: Variables of which at most one is 1: the grants that need the line at the level.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.program = Program()
        self.grants: dict[int, Grant] = {}
        self.hours: dict[Cell, int] = {}
        self.on: dict[Pair, int] = {}
        self.works: dict[Cell, int] = {}
        self.want: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.team: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[tuple[int, int]]] = defaultdict(list)
        closed = {(k.line, k.specialist) for k in problem.locks if k.kind == "forbid" and k.week is None}
        for request in problem.requests:
            self._request(request)
            for name in sorted({name for option in request.options for name in option}):
                line = problem.line[name]
                for person in problem.eligible[name]:
                    if (name, person) not in closed:
                        self._pair(line, problem.specialist[person])
                self._staff(line)
                self._pace(line)
        for request in problem.requests:
            self._late(request)

    def staffed(self, line: Line) -> Terms:
        """Terms that add up to 1 when the line has hours in the plan, else to 0."""
        return [(g, 1) for k, h in enumerate(line.hours) if h > 0 for g in self.want[line.id, k]]

    def weeks_of(self, line: Line) -> range:
        """The weeks of the line's window."""
        return range(line.first_week, line.last_week + 1)

    def plan(self, values: Sequence[int]) -> Plan:
        """The plan that a solution holds, rows sorted by id."""
        granted = [grant for variable, grant in self.grants.items() if values[variable] == 1]
        work = [Hours(*cell, values[v]) for cell, v in self.hours.items() if values[v] > 0]
        return Plan(
            tuple(sorted(granted, key=lambda g: g.request)),
            tuple(sorted(work, key=lambda h: (h.line, h.specialist, h.week))),
        )

    def _request(self, request: Request) -> None:
        made = []
        for level, size in enumerate(request.levels):
            own = []
            for option, names in enumerate(request.options):
                gain = request.bonus(option) + (0 if size.value_by_end else size.value)
                variable = self.program.variable(gain=gain)
                self.grants[variable] = Grant(request.id, level, option)
                own.append(variable)
                for name in set(names):
                    self.want[name, level].append(variable)
            if size.value_by_end:
                ends = [(week, self.program.variable(gain=value)) for week, value in size.value_by_end]
                self._ends[request.id] += ends
                self.program.equal([(g, 1) for g in own] + [(v, -1) for _, v in ends], 0)
            made += own
        self.program.at_most([(g, 1) for g in made], 1)

    def _pair(self, line: Line, person: Specialist) -> None:
        """The hours of one person on one line, when the person can do enough of it."""
        room = {
            w: person.capacity[w] + (person.expedite[w] if line.expedite and person.expedite else 0)
            for w in self.weeks_of(line)
        }
        if line.weekly_max is not None:
            room = {w: min(most, line.weekly_max) for w, most in room.items()}
        levels = [k for k, h in enumerate(line.hours) if h > 0 and line.hours_of(person.id, k) > 0]
        if line.max_specialists == 1:
            levels = [k for k in levels if line.hours_of(person.id, k) <= sum(room.values())]
        if not levels or not any(room.values()):
            return
        pair = (line.id, person.id)
        self.team[line.id].append(person.id)
        self.on[pair] = on = self.program.variable(gain=line.bonus_of(person.id))
        needs = {k: line.hours_of(person.id, k) for k in levels}
        most = max(needs.values())
        for week, free in room.items():
            if free > 0:
                self.hours[*pair, week] = self.program.variable(min(free, most))
        mine = [(v, 1) for w in room if (v := self.hours.get((*pair, w))) is not None]
        if line.max_specialists == 1:
            at = {k: on if len(levels) == 1 else self.program.variable() for k in levels}
            if len(levels) > 1:
                self.program.equal([(v, 1) for v in at.values()] + [(on, -1)], 0)
            self.program.equal(mine + [(v, -needs[k]) for k, v in at.items()], 0)
            for k, v in at.items():
                self.program.at_most([(v, 1)] + [(g, -1) for g in self.want[line.id, k]], 0)
        else:
            self.program.at_most([*mine, (on, -most)], 0)
            self.program.at_most([(on, 1)] + [(v, -1) for v, _ in mine], 0)
        self._weeks(line, person, needs)

    def _weeks(self, line: Line, person: Specialist, needs: dict[int, int]) -> None:
        """Whether the person works in a week, and then at least the useful amount of the granted level."""
        chunks = {k: max(1, min(person.min_chunk, need)) for k, need in needs.items()}
        top = max(chunks.values())
        relief = [(g, c - top) for k, c in chunks.items() if c < top for g in self.want[line.id, k]]
        for week in self.weeks_of(line):
            cell = (line.id, person.id, week)
            if cell not in self.hours:
                continue
            hours = self.hours[cell]
            self.works[cell] = works = self.program.variable()
            self.program.at_most([(hours, 1), (works, -self.program.high[hours])], 0)
            self.program.at_most([(works, top), (hours, -1), *relief], 0)
            self.program.at_most([(works, 1), (self.on[line.id, person.id], -1)], 0)

    def _staff(self, line: Line) -> None:
        """Exactly the hours of the granted level, by at most so many people."""
        team = [(self.on[line.id, p], 1) for p in self.team[line.id]]
        if line.max_specialists == 1:
            self.program.equal(team + [(g, -c) for g, c in self.staffed(line)], 0)
            return
        mine = [(self.hours[c], 1) for c in self._cells(line)]
        due = [(g, -h) for k, h in enumerate(line.hours) if h > 0 for g in self.want[line.id, k]]
        self.program.equal(mine + due, 0)
        self.program.at_most(team + [(g, -line.max_specialists) for g, _ in self.staffed(line)], 0)

    def _pace(self, line: Line) -> None:
        for week in self.weeks_of(line):
            mine = [(self.hours[c], 1) for c in self._cells(line) if c[2] == week]
            if line.weekly_min:
                slack = [(g, line.weekly_min) for g, _ in self.staffed(line)]
                self.program.at_most(slack + [(v, -1) for v, _ in mine], 0)
            if line.weekly_max is not None:
                self.program.at_most(mine, line.weekly_max)

    def _cells(self, line: Line) -> list[Cell]:
        cells = [(line.id, p, w) for p in self.team[line.id] for w in self.weeks_of(line)]
        return [cell for cell in cells if cell in self.hours]

    def _late(self, request: Request) -> None:
        """No work after the week whose value is counted."""
        for name in {name for option in request.options for name in option if self._ends[request.id]}:
            for cell in self._cells(self.problem.line[name]):
                early = [(v, 1) for week, v in self._ends[request.id] if week < cell[2]]
                if early:
                    self.program.at_most([(self.works[cell], 1), *early], 1)
