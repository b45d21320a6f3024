"""A problem as integer tables for compiled code, in canonical order: the order of input rows is lost.

People, requests and lines are sorted by id; lines stand together by request. A *mode* is one way to grant a
request: an option, a level and a last week (from `value_by_end`); a *need* is a line of a mode with its hours
and its window; a *pair* is a person who may work on a line; a *choice* is a pair that is useful for a need.
All tables stand in one book (`solver.tables.books`); compiled code reads and never writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.tables.books import Ints, names, pages

if TYPE_CHECKING:
    from solver.problem import Problem

BIG = 2**40
"""Stands for "no limit" in hours and counts; sums of it stay far below 2^63."""

TABLES = 24
# fmt: off
(
    PEOPLE, REQUESTS, MODES, NEEDS, LINES, PAIRS, SPECIALS,
    # By week: hours that stand exactly (-1 free); published hours of a pair, of a line.
    FIXED, OLD_PAIRS, OLD_LINES,
    # Own hours of a candidate by level.
    OWN_HOURS,
    # Lists into which spans point: needs that must have ended, pairs, wall groups, floors.
    AFTER, CHOICES, WALLS, FLOORS_OF,
    # Money of each floor; where a person's pairs start in the list of pairs by person; that list.
    FLOORS, PERSON_AT, PERSON_PAIRS,
    # Hours by person and week on usual lines, on all lines; both without what locks freeze.
    ROOM_USUAL, ROOM_ALL,
    # What locks freeze: requests by person and week; hours left by department and week, last column over the
    # plan; account served by wall group and person, -1 when none.
    BUSY_AT_FIRST, CAPS, OWNER_AT_FIRST,
    # Single numbers, see below.
    FACTS,
) = names(TABLES)

# Columns of PEOPLE.
PARALLEL, CHUNK, DEPARTMENT = range(3)
# Columns of REQUESTS. Spans of modes, lines, walls and floors; MUST says that it cannot be refused; OBLIGED
# the level promised or -1; REFUSED the money of refusing it (churn, never positive); FROZEN_R that locks
# freeze hours of it; TIE what granting it adds in stage 5.
MODE_A, MODE_Z, LINE_A, LINE_Z, WALL_A, WALL_Z, FLOOR_A, FLOOR_Z = range(8)
MUST, OBLIGED, REFUSED, ACCOUNT, FROZEN_R, TIE = range(8, 14)
# Columns of MODES, best value first within a request. POSSIBLE turns 0 when presolve strikes a mode.
REQUEST, OPTION, LEVEL, DEADLINE, VALUE, NEED_A, NEED_Z, POSSIBLE = range(8)
# Columns of NEEDS, predecessors first. BEFORE says that another need waits for this one.
N_LINE, HOURS, FIRST, LAST, AFTER_A, AFTER_Z, BEFORE, CHOICE_A, CHOICE_Z = range(9)
# Columns of LINES. SLOT is the first place of its team; OLD a row of OLD_LINES or -1; FORCED the number of
# people who must be in the team; FROZEN the hours that locks freeze.
L_REQUEST, TEAM, WEEK_MIN, WEEK_MAX, KIND, PAIR_A, PAIR_Z, SLOT = range(8)
L_FIRST, L_LAST, OLD, FORCED, FROZEN = range(8, 13)
# Columns of PAIRS. SPECIAL is a row of SPECIALS or -1.
PERSON, P_LINE, SPECIAL = range(3)
# Columns of SPECIALS. FIX, OLD_P and OWN are rows of FIXED, OLD_PAIRS and OWN_HOURS, or -1.
BONUS, PIN, FIX, OLD_P, OWN = range(5)
# Rows of FACTS. HALF_PRICE is half the price of churn per quarter-hour.
WEEKS, PERSONS, REQUESTS_ALL, SLOTS_ALL, HALF_PRICE, TEAM_MOST, CHOICES_MOST, FLOORS_ALL = range(8)
# fmt: on

PERSON_COLUMNS, REQUEST_COLUMNS, MODE_COLUMNS, NEED_COLUMNS = 3, 14, 8, 9
LINE_COLUMNS, PAIR_COLUMNS, SPECIAL_COLUMNS = 13, 3, 5


@dataclass(frozen=True)
class Case:
    """A problem beside its tables.

    Attributes:
        world: The book of tables.
        specialists: Ids by index.
        requests: Ids by index.
        lines: Ids by index.
        conflict: Locks contradict each other, a capacity or a skill, so that no plan obeys them all.
    """

    problem: Problem
    world: Ints
    specialists: tuple[str, ...]
    requests: tuple[str, ...]
    lines: tuple[str, ...]
    conflict: bool = False

    def table(self, name: int) -> Ints:
        """One of the tables as a view."""
        return pages(self.world, name)

    def fact(self, name: int) -> int:
        """One of the single numbers."""
        return int(self.table(FACTS)[name, 0])


def table(rows: list[list[int]], width: int) -> Ints:
    """`rows` as an integer table of `width` columns, also when there are none."""
    return np.array(rows, np.int64).reshape(len(rows), width)
