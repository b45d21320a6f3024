"""The exact engine's model: variables here, rules and terms in their own files.

One `Model` holds the CP-SAT model of one problem. Variables are opened only where something can happen:
a pair of line and person that may and can work together, a week in which they can. Every variable is made
with its meaning, a function that reads its value from a finished plan; so any plan is a complete hint.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from solver.exact.view import View, canonical
from solver.plan import Grant, Plan
from solver.problem import Hours
from solver.rules import RULES
from solver.terms import floors, worth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from solver.exact.types import Expr, Var
    from solver.problem import Problem

    Meaning = Callable[[View], int]


class StoppedError(Exception):
    """The caller asked to stop while the model was being built."""


class Model:
    """The CP-SAT model of one problem.

    Attributes:
        problem: In canonical order, so that the order of rows in a file decides nothing.
        cp: The model itself.
        pairs: Open (line, specialist), in order.
        team: Open specialists by line.
        on: Whether the pair works together, by (line, specialist).
        at: Whether it does so at a level, by (line, specialist, level).
        hours: Quarter-hours by (line, specialist, week).
        by_week: What a specialist may work in a week: (line, hours) by (specialist, week).
    """

    def __init__(self, problem: Problem, stop: Callable[[], bool] = lambda: False) -> None:
        """Make the variables and state every rule.

        Raises:
            StoppedError: `stop` became true on the way.
        """
        self.problem = canonical(problem)
        self.cp = cp_model.CpModel()
        self.pairs: list[tuple[str, str]] = []
        self.team: dict[str, list[str]] = {line.id: [] for line in self.problem.lines}
        self.on: dict[tuple[str, str], Var] = {}
        self.at: dict[tuple[str, str, int], Var] = {}
        self.hours: dict[tuple[str, str, int], Var] = {}
        self.by_week: dict[tuple[str, int], list[tuple[str, Var]]] = defaultdict(list)
        self._meaning: list[tuple[Var, Meaning]] = []
        self._weeks: dict[tuple[str, str], dict[int, Var]] = {}
        self._most: dict[tuple[str, str, int], int] = {}
        self._memo: dict[tuple[object, ...], Var] = {}
        self._worth: dict[str, Expr] = {}
        self._floors: tuple[Expr, Expr] | None = None
        self._stop = stop
        self.true = self.number(1, 1, lambda _: 1)
        self._grants = {r.id: self._open_request(r.id) for r in self.problem.requests}
        self._granted = self._sum_grants()
        for rule in RULES:
            rule.state(self)

    # Making variables.

    def number(self, low: int, high: int, meaning: Meaning) -> Var:
        """A new integer variable from `low` to `high`, with what it means in a finished plan."""
        if self._stop():
            raise StoppedError
        made = self.cp.new_int_var(low, high, "")
        self._meaning.append((made, meaning))
        return made

    def literal(self, meaning: Meaning) -> Var:
        """A new variable that is 0 or 1, with what it means in a finished plan."""
        return self.number(0, 1, meaning)

    def must(self, relation: cp_model.BoundedLinearExpression | bool) -> None:
        """Add a relation; one without variables is true, or makes the model infeasible."""
        if not isinstance(relation, bool):
            self.cp.add(relation)
        elif not relation:
            self.cp.add_bool_or([])

    def _open_request(self, request_id: str) -> list[tuple[int, int, Var]]:
        request = self.problem.request[request_id]
        return [
            (k, o, self.literal(lambda view, k=k, o=o: view.granted(request_id, k, o)))  # type: ignore[misc]  # - the closure is typed by its use
            for k in range(len(request.levels))
            for o in range(len(request.options))
        ]

    def _sum_grants(self) -> dict[tuple[str, int], Expr]:
        granted: dict[tuple[str, int], list[Var]] = defaultdict(list)
        for request in self.problem.requests:
            for level, option, literal in self._grants[request.id]:
                for line in set(request.options[option]):
                    granted[line, level].append(literal)
        return {
            key: literals[0] if len(literals) == 1 else sum(literals) for key, literals in granted.items()
        }

    def open_pair(self, line_id: str, specialist_id: str) -> None:
        """Let the person work on the line, at the levels they can reach within their capacity."""
        line = self.problem.line[line_id]
        room = sum(
            self._room(line_id, specialist_id, week) for week in range(line.first_week, line.last_week + 1)
        )
        levels = []
        for level, wanted in enumerate(line.hours):
            if wanted > 0:
                need = line.hours_of(specialist_id, level)
                fits = need if line.max_specialists == 1 else 1
                if 0 < fits <= room:
                    self._most[line_id, specialist_id, level] = min(need, room)
                    levels.append(level)
        if not levels:
            return
        pair = (line_id, specialist_id)
        request = self.problem.request_of[line_id].id
        self.pairs.append(pair)
        self.team[line_id].append(specialist_id)
        self._weeks[pair] = {}
        self.on[pair] = self.literal(lambda view: pair in view.pairs)
        for level in levels:
            self.at[line_id, specialist_id, level] = (
                self.on[pair]
                if len(levels) == 1
                else self.literal(lambda view, k=level: pair in view.pairs and view.granted(request, k))  # type: ignore[misc]  # - the closure is typed by its use
            )

    def open_week(self, line_id: str, specialist_id: str, week: int) -> None:
        """Let an open pair work in `week`, when there is room for a useful amount."""
        levels = self.levels_of(line_id, specialist_id)
        most = min(
            self._room(line_id, specialist_id, week),
            max(self.most(line_id, specialist_id, level) for level in levels),
        )
        if most < min(self.least(line_id, specialist_id, level) for level in levels):
            return
        hours = self.number(0, most, lambda view: view.amount(line_id, week, specialist_id))
        self.hours[line_id, specialist_id, week] = hours
        self._weeks[line_id, specialist_id][week] = hours
        self.by_week[specialist_id, week].append((line_id, hours))

    def _room(self, line_id: str, specialist_id: str, week: int) -> int:
        """Most quarter-hours the person could ever spend on the line in `week`."""
        line, specialist = self.problem.line[line_id], self.problem.specialist[specialist_id]
        if not 0 <= week < len(self.problem.weeks):
            return 0
        room = specialist.capacity[week] + (specialist.extra(week) if line.expedite else 0)  # noqa: S610 - no query, hours of a week
        return room if line.weekly_max is None else min(room, line.weekly_max)

    # Reading the model.

    def grants_of(self, request_id: str) -> Sequence[tuple[int, int, Var]]:
        """The request's (level, option, literal)."""
        return self._grants.get(request_id, [])

    def granted(self, line_id: str, level: int) -> Expr:
        """Whether the line is asked for at `level`."""
        return self._granted.get((line_id, level), 0)

    def staffed(self, line_id: str) -> Expr:
        """Whether the line has hours in the plan."""
        levels = self.problem.line[line_id].hours
        return sum(self.granted(line_id, level) for level, hours in enumerate(levels) if hours > 0)

    def levels_of(self, line_id: str, specialist_id: str) -> dict[int, Var]:
        """The literals of an open pair by the levels at which it can work."""
        levels = range(len(self.problem.line[line_id].hours))
        keys = {level: (line_id, specialist_id, level) for level in levels}
        return {level: self.at[key] for level, key in keys.items() if key in self.at}

    def most(self, line_id: str, specialist_id: str, level: int) -> int:
        """Most quarter-hours of an open pair at `level`: the whole need when one person does it alone."""
        return self._most[line_id, specialist_id, level]

    def least(self, line_id: str, specialist_id: str, level: int) -> int:
        """Least quarter-hours an open pair works in a week it works at all, at `level`."""
        need = self.problem.line[line_id].hours_of(specialist_id, level)
        return max(1, min(self.problem.specialist[specialist_id].min_chunk, need))

    def weeks_of(self, line_id: str, specialist_id: str) -> dict[int, Var]:
        """Hours of an open pair by week."""
        return self._weeks[line_id, specialist_id]

    def line_week(self, line_id: str, week: int) -> dict[str, Var]:
        """Hours of everybody on the line in `week`, by specialist."""
        keys = {s: (line_id, s, week) for s in self.team.get(line_id, ())}
        return {s: self.hours[key] for s, key in keys.items() if key in self.hours}

    def weeks_worked(self, line_id: str) -> list[int]:
        """The weeks in which the line can be worked, rising."""
        return sorted({week for s in self.team[line_id] for week in self._weeks[line_id, s]})

    # Variables that only some rules and terms need, made when first asked for.

    def works(self, line_id: str, specialist_id: str, week: int) -> Var:
        """Whether the pair works in `week`."""
        hours, on = self.hours[line_id, specialist_id, week], self.on[line_id, specialist_id]
        if len(self._weeks[line_id, specialist_id]) == 1:
            return on
        key = ("works", line_id, specialist_id, week)
        if key not in self._memo:
            made = self.literal(lambda view: view.amount(line_id, week, specialist_id) > 0)
            levels = self.levels_of(line_id, specialist_id)
            most = max(self.most(line_id, specialist_id, level) for level in levels)
            self.must(hours <= min(most, self._room(line_id, specialist_id, week)) * made)
            self.must(hours >= made)
            self.cp.add_implication(made, on)
            self._memo[key] = made
        return self._memo[key]

    def worked(self, line_id: str, week: int) -> Var:
        """Whether anybody works on the line in `week`."""
        literals = [self.works(line_id, s, week) for s in self.line_week(line_id, week)]
        return self._any(
            ("worked", line_id, week), literals, lambda view: week in view.weeks.get(line_id, ())
        )

    def any_line(self, request_id: str, specialist_id: str, week: int, lines: Sequence[str]) -> Var:
        """Whether the person works on any of the `lines` of the request in `week`."""
        literals = [self.works(line, specialist_id, week) for line in lines]
        return self._any(
            ("busy", request_id, specialist_id, week),
            literals,
            lambda view: any(view.amount(line, week, specialist_id) > 0 for line in lines),
        )

    def serves(self, specialist_id: str, lines: Sequence[str]) -> Var:
        """Whether the person works on any of the `lines`."""
        literals = [self.on[line, specialist_id] for line in lines]
        return self._any(
            ("serves", specialist_id, *lines),
            literals,
            lambda view: any((line, specialist_id) in view.pairs for line in lines),
        )

    def _any(self, key: tuple[object, ...], literals: Sequence[Var], meaning: Meaning) -> Var:
        """A literal that is 1 exactly when one of the `literals` is."""
        if len(literals) == 1:
            return literals[0]
        if key not in self._memo:
            made = self.literal(meaning)
            for literal in literals:
                self.cp.add_implication(literal, made)
            self.cp.add_bool_or([*literals, ~made])
            self._memo[key] = made
        return self._memo[key]

    def started(self, line_id: str, week: int) -> Var:
        """Whether the line is worked in `week` or before."""
        weeks = [w for w in self.weeks_worked(line_id) if w <= week]
        key = ("started", line_id, weeks[-1])
        if key not in self._memo:
            worked = self.worked(line_id, weeks[-1])
            literals = [worked] if len(weeks) == 1 else [worked, self.started(line_id, weeks[-2])]
            self._memo[key] = self._any(
                (*key, "any"), literals, lambda view: any(w <= week for w in view.weeks.get(line_id, ()))
            )
        return self._memo[key]

    def done(self, request_id: str, week: int) -> Var:
        """A literal that, when 1, leaves no work of the request after `week`."""
        request = self.problem.request[request_id]
        lines = sorted({line for option in request.options for line in option})
        later = [(line, w) for line in lines for w in self.weeks_worked(line) if w > week]
        if not later:
            return self.true
        key = ("done", request_id, week)
        if key not in self._memo:
            made = self.literal(lambda view: view.end(request) <= week)
            for line, late in later:
                self.cp.add_implication(made, ~self.worked(line, late))
            self._memo[key] = made
        return self._memo[key]

    def in_time(self, request_id: str, level: int, week: int) -> Var:
        """A literal that, when 1, says the request is granted at `level` and ends by `week`."""
        done = self.done(request_id, week)
        key = ("in_time", request_id, level, week)
        if key not in self._memo:
            request = self.problem.request[request_id]
            made = self.literal(lambda view: view.granted(request_id, level) and view.end(request) <= week)
            self.must(made <= sum(literal for k, _, literal in self._grants[request_id] if k == level))
            self.cp.add_implication(made, done)
            self._memo[key] = made
        return self._memo[key]

    def worth(self, request_id: str) -> Expr:
        """Money of the request's grant, before churn."""
        if request_id not in self._worth:
            self._worth[request_id] = worth.state(self, self.problem.request[request_id])
        return self._worth[request_id]

    def floors(self) -> tuple[Expr, Expr]:
        """Smallest share of a floor and total shortfall."""
        if self._floors is None:
            self._floors = floors.state(self)
        return self._floors

    # Plans in and out.

    def hint(self, plan: Plan) -> None:
        """Start the next search from `plan`: a value for every variable."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]  # - untyped in the library
        for (variable, _), value in zip(self._meaning, self.values(plan), strict=True):
            self.cp.add_hint(variable, value)

    def values(self, plan: Plan) -> list[int]:
        """The value of every variable in `plan`, in order."""
        view = View(self.problem, plan)
        return [int(meaning(view)) for _, meaning in self._meaning]

    def plan(self, values: Sequence[int]) -> Plan:
        """The plan of a solution, given as the value of every variable in order; rows sorted by id."""
        granted = [
            Grant(request.id, level, option)
            for request in self.problem.requests
            for level, option, literal in self._grants[request.id]
            if values[literal.index]
        ]
        hours = [
            Hours(*key, hours=values[var.index])
            for key, var in sorted(self.hours.items())
            if values[var.index]
        ]
        return Plan(tuple(granted), tuple(hours))
