"""Between plans with ids and states with indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from solver.plan import Grant, Plan
from solver.problem import Hours
from solver.search.granting import adopt
from solver.search.state import GRANTS, MODE, S_PAIR, SLOT_HOURS, SLOTS, empty_state
from solver.tables.books import pages
from solver.tables.tables import (
    DEADLINE,
    LEVEL,
    LINES,
    MODE_A,
    MODE_Z,
    MODES,
    OPTION,
    PAIR_A,
    PAIR_Z,
    PAIRS,
    PERSON,
    REQUESTS,
    SLOT,
    TEAM,
)

if TYPE_CHECKING:
    from solver.tables.books import Ints
    from solver.tables.tables import Case


def plan_of(case: Case, state: Ints) -> Plan:
    """The plan that a state holds."""
    modes, pairs = case.table(MODES), case.table(PAIRS)
    granted = [
        Grant(case.requests[r], int(modes[m, LEVEL]), int(modes[m, OPTION]))
        for r, m in enumerate(pages(state, GRANTS)[:, MODE].tolist())
        if m >= 0
    ]
    line_of_slot = np.repeat(np.arange(len(case.lines)), case.table(LINES)[:, TEAM])
    slot_pair, hours = pages(state, SLOTS)[:, S_PAIR], pages(state, SLOT_HOURS)
    rows = [
        Hours(
            case.lines[line_of_slot[slot]],
            case.specialists[pairs[slot_pair[slot], PERSON]],
            int(week),
            int(hours[slot, week]),
        )
        for slot in np.flatnonzero(slot_pair >= 0)
        for week in np.flatnonzero(hours[slot])
    ]
    rows.sort(key=lambda row: (row.line, row.specialist, row.week))
    return Plan(tuple(granted), tuple(rows))


def state_of(case: Case, plan: Plan) -> Ints:
    """The state that holds `plan`, which must keep every rule of the case's problem.

    But for locks on levels: a grant that one of them rules out is left out.
    """
    request_of = {name: i for i, name in enumerate(case.requests)}
    line_of = {name: i for i, name in enumerate(case.lines)}
    person_of = {name: i for i, name in enumerate(case.specialists)}
    work: dict[int, dict[int, list[tuple[int, int]]]] = {}
    for row in plan.hours:
        people = work.setdefault(line_of[row.line], {})
        people.setdefault(person_of[row.specialist], []).append((row.week, row.hours))
    state = empty_state(case)
    # What `plan` says stands in a second state, from which the first adopts it request by request.
    said = state.copy()
    slots, hours, grants = pages(said, SLOTS), pages(said, SLOT_HOURS), pages(said, GRANTS)
    for line, people in work.items():
        for k, (person, amounts) in enumerate(sorted(people.items())):
            slot = int(case.table(LINES)[line, SLOT]) + k
            slots[slot, S_PAIR] = _pair(case, line, person)
            for week, amount in amounts:
                hours[slot, week] = amount
    for grant in plan.granted:
        request = request_of[grant.request]
        grants[request, MODE] = _mode(case, request, grant)
        adopt(case.world, state, request, said)
    return state


def _pair(case: Case, line: int, person: int) -> int:
    first, last = (int(x) for x in case.table(LINES)[line, [PAIR_A, PAIR_Z]])
    return first + int(np.searchsorted(case.table(PAIRS)[first:last, PERSON], person))


def _mode(case: Case, request: int, grant: Grant) -> int:
    """The mode of the grant with the latest last week, -1 when none is left; `adopt` finds the truest one."""
    modes = case.table(MODES)
    first, last = (int(x) for x in case.table(REQUESTS)[request, [MODE_A, MODE_Z]])
    same = [
        m for m in range(first, last) if (modes[m, OPTION], modes[m, LEVEL]) == (grant.option, grant.level)
    ]
    return max(same, key=lambda m: int(modes[m, DEADLINE]), default=-1)
