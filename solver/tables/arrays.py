"""Problem -> arrays (see `solver.tables.tables`)."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from solver.tables.books import Ints, bind
from solver.tables.decided import decided
from solver.tables.modes import Modes
from solver.tables.tables import (
    BIG,
    LINE_COLUMNS,
    PAIR_COLUMNS,
    PERSON_COLUMNS,
    REQUEST_COLUMNS,
    SPECIAL_COLUMNS,
    TEAM,
    Case,
    table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.problem import Line, Problem


def case_of(problem: Problem) -> Case:
    """The arrays of a valid `problem`.

    Everything a single line, person or week says is kept; nothing is concluded yet (that is
    `solver.search.presolve`).
    """
    return _Builder(problem).case()


class _Builder:
    """Collects the tables of one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.weeks = len(problem.weeks)
        self.people = sorted(problem.specialists, key=lambda s: s.id)
        self.requests = sorted(problem.requests, key=lambda r: r.id)
        self.person_of = {s.id: i for i, s in enumerate(self.people)}
        request_of = {r.id: i for i, r in enumerate(self.requests)}
        of = {line: request_of[r.id] for r in problem.requests for option in r.options for line in option}
        used = [row for row in problem.lines if row.id in of]
        self.rows = sorted(used, key=lambda row: (of[row.id], row.id))
        self.request_at = [of[row.id] for row in self.rows]
        self.line_of = {row.id: i for i, row in enumerate(self.rows)}
        self.departments = {d: i for i, d in enumerate(sorted({s.department for s in self.people}))}
        self.accounts = {a: i for i, a in enumerate(sorted({r.account for r in self.requests}))}
        self.decided = decided(problem, self.line_of, self.person_of)
        self.frozen = self.decided.frozen()
        self.able: dict[tuple[tuple[str, int], ...], list[int]] = {}
        self.special: list[list[int]] = []
        self.fixed: list[list[int]] = []
        self.old_pair: list[list[int]] = []
        self.old_line: list[list[int]] = []
        self.own: list[list[int]] = []
        self.conflict = self.decided.conflict

    def case(self) -> Case:
        """The arrays, once everything is collected."""
        eligible = [self._eligible(i, row) for i, row in enumerate(self.rows)]
        self._check_frozen(eligible)
        pair_at = list(accumulate(map(len, eligible), initial=0))
        lines = self._lines(eligible, pair_at)
        none: Ints = np.zeros((0, PAIR_COLUMNS), np.int64)
        pairs = np.concatenate([none, *(self._pairs(i, people) for i, people in enumerate(eligible))])
        requests, modes, needs, after, choices, walls, floors_of = self._requests(pair_at)
        usual, everything, busy, caps, owners = self._frozen_out()
        order = np.argsort(pairs[:, 0], kind="stable")
        published = self.problem.published
        facts = [
            self.weeks,
            len(self.people),
            len(self.requests),
            int(lines[:, TEAM].sum()),
            published.price // 2 if published else 0,
            int(lines[:, TEAM].max(initial=1)),
            max((len(people) for people in eligible), default=1),
            len(self.problem.floors),
        ]
        world = bind(
            [
                self._people(),
                requests,
                modes,
                needs,
                lines,
                pairs,
                table(self.special, SPECIAL_COLUMNS),
                table(self.fixed, self.weeks),
                table(self.old_pair, self.weeks),
                table(self.old_line, self.weeks),
                _ragged(self.own),
                after,
                choices,
                walls,
                floors_of,
                np.array([f.value for f in self.problem.floors], np.int64),
                np.searchsorted(pairs[order, 0], np.arange(len(self.people) + 1)),
                order,
                usual,
                everything,
                busy,
                caps,
                owners,
                np.array(facts, np.int64),
            ]
        )
        self.conflict |= bool((usual < 0).any() or (everything < 0).any() or (caps < 0).any())
        self.conflict |= bool((busy > self._people()[:, :1]).any())
        return Case(
            problem=self.problem,
            world=world,
            specialists=tuple(s.id for s in self.people),
            requests=tuple(r.id for r in self.requests),
            lines=tuple(row.id for row in self.rows),
            conflict=self.conflict,
        )

    def _eligible(self, i: int, row: Line) -> list[int]:
        """Indices of the people who may work on the line, rising; forbidden pairs are left out."""
        if row.candidates is not None:
            able = sorted({self.person_of[c.specialist] for c in row.candidates})
        else:
            key = tuple(sorted(row.needs.items()))
            if key not in self.able:
                self.able[key] = [
                    p for p, s in enumerate(self.people) if all(s.skills.get(k, 0) >= v for k, v in key)
                ]
            able = self.able[key]
        if row.required is not None:
            able = [p for p in able if self.people[p].id == row.required]
        if row.excluded or self.decided.forbidden:
            out = {self.person_of.get(x, -1) for x in row.excluded}
            able = [p for p in able if p not in out and (i, p) not in self.decided.forbidden]
        return able

    def _check_frozen(self, eligible: Sequence[Sequence[int]]) -> None:
        """Frozen hours of somebody who may not do them, or outside the window, are a conflict."""
        for (i, p), weeks in self.frozen.items():
            row = self.rows[i]
            inside = row.first_week <= min(weeks) and max(weeks) <= row.last_week
            if p not in eligible[i] or not inside:
                self.conflict = True

    def _people(self) -> Ints:
        rows = [
            [BIG if s.max_parallel is None else s.max_parallel, s.min_chunk, self.departments[s.department]]
            for s in self.people
        ]
        return table(rows, PERSON_COLUMNS)

    def _lines(self, eligible: Sequence[Sequence[int]], pair_at: Sequence[int]) -> Ints:
        rows, slot = [], 0
        frozen_on: dict[int, int] = {}
        for (i, _), weeks in self.frozen.items():
            frozen_on[i] = frozen_on.get(i, 0) + sum(weeks.values())
        frozen_people: dict[int, set[int]] = {}
        for i, p in self.frozen:
            frozen_people.setdefault(i, set()).add(p)
        for i, row in enumerate(self.rows):
            team = max(0, min(row.max_specialists, len(eligible[i])))
            forced = self.decided.pinned.get(i, set()) | frozen_people.get(i, set())
            rows.append(
                [
                    self.request_at[i],
                    team,
                    row.weekly_min or 0,
                    BIG if row.weekly_max is None else row.weekly_max,
                    int(row.expedite),
                    pair_at[i],
                    pair_at[i + 1],
                    slot,
                    row.first_week,
                    row.last_week,
                    self._old_row(i),
                    len(forced) if not forced or forced <= set(eligible[i]) else BIG,
                    frozen_on.get(i, 0),
                ]
            )
            slot += team
        return table(rows, LINE_COLUMNS)

    def _old_row(self, i: int) -> int:
        """The row of `old_line` that holds the published hours of line `i` over all people, or -1."""
        if i not in self.decided.old:
            return -1
        total = np.zeros(self.weeks, np.int64)
        for weeks in self.decided.old[i].values():
            for w, hours in weeks.items():
                total[w] += hours
        self.old_line.append(total.tolist())
        return len(self.old_line) - 1

    def _pairs(self, i: int, people: Sequence[int]) -> Ints:
        rows = np.full((len(people), PAIR_COLUMNS), -1, np.int64)
        rows[:, 0], rows[:, 1] = people, i
        row = self.rows[i]
        usual = row.candidates is None and row.preferred is None and i not in self.decided.old
        if usual and not self.decided.pinned and not self.decided.fixed:
            return rows
        for k, p in enumerate(people):
            special = self._special(i, p)
            if special != [0, 0, -1, -1, -1]:
                rows[k, 2] = len(self.special)
                self.special.append(special)
        return rows

    def _special(self, i: int, p: int) -> list[int]:
        row, name = self.rows[i], self.people[p].id
        own = row.candidate(name)
        fixed = self.decided.fixed.get((i, p))
        old = self.decided.old.get(i, {}).get(p)
        found = [row.bonus_of(name), int(p in self.decided.pinned.get(i, ())), -1, -1, -1]
        if fixed:
            found[2] = len(self.fixed)
            self.fixed.append([fixed.get(w, -1) for w in range(self.weeks)])
        if old:
            found[3] = len(self.old_pair)
            self.old_pair.append([old.get(w, 0) for w in range(self.weeks)])
        if own and own.hours != row.hours:
            found[4] = len(self.own)
            self.own.append(list(own.hours))
        return found

    def _requests(self, pair_at: Sequence[int]) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
        """The tables of requests, modes, needs, predecessors and choices; lists of walls and floors."""
        modes = Modes(self.rows, self.line_of, pair_at, self.weeks)
        price = self.problem.published.price if self.problem.published else 0
        lost = [0] * len(self.requests)
        for i, people in self.decided.old.items():
            lost[self.request_at[i]] += price * sum(sum(weeks.values()) for weeks in people.values())
        frozen: dict[int, set[str]] = {}
        for line, _ in self.frozen:
            frozen.setdefault(self.request_at[line], set()).add(self.rows[line].id)
        groups = self._wall_groups()
        line_at = np.searchsorted(self.request_at, np.arange(len(self.requests) + 1))
        filed = sorted(self.requests, key=lambda r: (r.submitted, r.id), reverse=True)
        tie = {r.id: place for place, r in enumerate(filed, 1)}
        rows: list[list[int]] = []
        walls: list[int] = []
        floor_list: list[int] = []
        for i, r in enumerate(self.requests):
            lowest, highest = self.decided.lowest.get(r.id, -1), self.decided.highest.get(r.id, len(r.levels))
            mine = [f for f, floor in enumerate(self.problem.floors) if floor.counts(r)]
            wall = groups.get(r.account, [])
            rows.append(
                [
                    *modes.add(i, r, (lowest, highest), frozen.get(i, ())),
                    *line_at[i : i + 2],
                    *(len(walls), len(walls) + len(wall)),
                    *(len(floor_list), len(floor_list) + len(mine)),
                    int(lowest >= 0 or i in frozen),
                    -1 if r.obligation is None else r.obligation,
                    -lost[i],
                    self.accounts[r.account],
                    int(i in frozen),
                    tie[r.id],
                ]
            )
            walls.extend(wall)
            floor_list.extend(mine)
        requests = table(rows, REQUEST_COLUMNS)
        return requests, *modes.tables(), np.array(walls, np.int64), np.array(floor_list, np.int64)

    def _wall_groups(self) -> dict[str, list[int]]:
        """Indices of wall groups by account."""
        groups: dict[str, list[int]] = {}
        for g, group in enumerate(self.problem.walls):
            for account in sorted(set(group)):
                groups.setdefault(account, []).append(g)
        return groups

    def _frozen_out(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Rooms on usual and on all lines, parallel work, caps and wall owners without frozen hours."""
        people, weeks = len(self.people), self.weeks
        room = np.zeros((2, people, weeks), np.int64)
        for p, s in enumerate(self.people):
            room[0, p] = 0 if s.max_parallel == 0 else s.capacity
            room[1, p] = 0 if s.max_parallel == 0 else np.add(s.capacity, s.expedite or 0)
        caps = np.full((len(self.departments), weeks + 1), BIG, np.int64)
        for cap in self.problem.department_caps:
            if cap.department in self.departments:
                at = self.departments[cap.department], weeks if cap.week is None else cap.week
                caps[at] = min(int(caps[at]), cap.hours)
        owners = np.full((len(self.problem.walls), people), -1, np.int64)
        busy = np.zeros((people, weeks), np.int64)
        for _, p, w in {(self.request_at[i], p, w) for (i, p), hours in self.frozen.items() for w in hours}:
            busy[p, w] += 1
        for (i, p), hours in self.frozen.items():
            department = self.departments[self.people[p].department]
            for w, h in hours.items():
                room[1, p, w] -= h
                room[0, p, w] -= 0 if self.rows[i].expedite else h
                caps[department, [w, weeks]] -= h
            self._own_walls(owners, self.requests[self.request_at[i]].account, p)
        return np.minimum(room[0], room[1]), room[1], busy, caps, owners

    def _own_walls(self, owners: Ints, account: str, p: int) -> None:
        for g, group in enumerate(self.problem.walls):
            if account in group:
                if owners[g, p] not in (-1, self.accounts[account]):
                    self.conflict = True
                owners[g, p] = self.accounts[account]


def _ragged(rows: list[list[int]]) -> Ints:
    """Rows of different lengths as one table, filled up with zeros."""
    width = max((len(row) for row in rows), default=1)
    return table([row + [0] * (width - len(row)) for row in rows], width)
