"""A piece of a problem: some requests among some people; all else stands. To tables of its own, and back.

What stands is taken off the room that is left: hours, parallel work, walls, caps and floors by week and
person, so a plan of the piece fits the plan of the whole exactly as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solver.search import state as s
from solver.tables import tables as t
from solver.tables.books import Ints, bind, pages

if TYPE_CHECKING:
    from solver.spread.groups import Group
    from solver.tables.tables import Case


@dataclass(frozen=True)
class Piece:
    """A piece with tables of its own.

    Attributes:
        world: Its book of tables, laid out as that of the whole.
        people: Indices in the whole of its people, as the other three; by index in the piece.
        requests: Indices of its requests.
        modes: Indices of its modes.
        pairs: Indices of its pairs.
        slots: Indices of its slots.
    """

    world: Ints
    people: Ints
    requests: Ints
    modes: Ints
    pairs: Ints
    slots: Ints

    def out(self, state: Ints, whole: Case) -> tuple[Ints, Ints, Ints]:
        """How the piece stands in a state of the whole: modes by request, pairs by slot, hours by slot."""
        modes = _renamed(pages(state, s.GRANTS)[self.requests, s.MODE], self.modes, len(whole.table(t.MODES)))
        pairs = _renamed(pages(state, s.SLOTS)[self.slots, s.S_PAIR], self.pairs, len(whole.table(t.PAIRS)))
        return modes, pairs, pages(state, s.SLOT_HOURS)[self.slots]

    def back(self, state: Ints, stands: tuple[Ints, Ints, Ints]) -> None:
        """Write how the piece stands into a state of the whole, whose totals are not kept there."""
        modes, pairs, hours = stands
        pages(state, s.GRANTS)[self.requests, s.MODE] = np.append(self.modes, -1)[modes]
        pages(state, s.SLOTS)[self.slots, s.S_PAIR] = np.append(self.pairs, -1)[pairs]
        pages(state, s.SLOT_HOURS)[self.slots] = hours


def piece_of(case: Case, rest: Ints, group: Group, caps: Ints, floors: Ints) -> Piece:
    """The tables of a group.

    Args:
        case: The whole.
        rest: A state of the whole that grants only what stands.
        group: Its people and requests.
        caps: Hours that departments may give to it, by department and week, last column over the plan.
        floors: Money due to each floor from its requests.
    """
    people, own = group.people, group.requests
    requests = case.table(t.REQUESTS)[own]
    lines_at, requests[:, [t.LINE_A, t.LINE_Z]] = _spans(requests[:, t.LINE_A], requests[:, t.LINE_Z])
    modes_at, requests[:, [t.MODE_A, t.MODE_Z]] = _spans(requests[:, t.MODE_A], requests[:, t.MODE_Z])
    walls_at, requests[:, [t.WALL_A, t.WALL_Z]] = _spans(requests[:, t.WALL_A], requests[:, t.WALL_Z])
    floors_at, requests[:, [t.FLOOR_A, t.FLOOR_Z]] = _spans(requests[:, t.FLOOR_A], requests[:, t.FLOOR_Z])
    lines, modes = case.table(t.LINES)[lines_at], case.table(t.MODES)[modes_at]
    slots_at, places = _spans(lines[:, t.SLOT], lines[:, t.SLOT] + lines[:, t.TEAM])
    lines[:, t.SLOT] = places[:, 0]
    lines[:, t.L_REQUEST] = _renamed(lines[:, t.L_REQUEST], own, len(case.requests))
    modes[:, t.REQUEST] = _renamed(modes[:, t.REQUEST], own, len(case.requests))
    pairs_at, _ = _spans(lines[:, t.PAIR_A], lines[:, t.PAIR_Z])
    inside = np.zeros(len(case.specialists), bool)
    inside[people] = True
    pairs_at = pairs_at[inside[case.table(t.PAIRS)[pairs_at, t.PERSON]]]
    pairs = case.table(t.PAIRS)[pairs_at]
    pairs[:, t.PERSON] = _renamed(pairs[:, t.PERSON], people, len(case.specialists))
    pairs[:, t.P_LINE] = _renamed(pairs[:, t.P_LINE], lines_at, len(case.lines))
    lines[:, t.PAIR_A] = np.searchsorted(pairs[:, t.P_LINE], np.arange(len(lines)))
    lines[:, t.PAIR_Z] = np.searchsorted(pairs[:, t.P_LINE], np.arange(len(lines)), side="right")
    needs_at, modes[:, [t.NEED_A, t.NEED_Z]] = _spans(modes[:, t.NEED_A], modes[:, t.NEED_Z])
    needs, after, choices = _needs(case, needs_at, lines_at, pairs_at)
    # A line that nobody here can do makes every way impossible that needs it.
    nobody = np.concatenate([[0], np.cumsum(needs[:, t.CHOICE_A] == needs[:, t.CHOICE_Z])])
    modes[nobody[modes[:, t.NEED_Z]] > nobody[modes[:, t.NEED_A]], t.POSSIBLE] = 0
    specials, pairs[:, t.SPECIAL] = _picked(case.table(t.SPECIALS), pairs[:, t.SPECIAL])
    fixed, specials[:, t.FIX] = _picked(case.table(t.FIXED), specials[:, t.FIX])
    old_pairs, specials[:, t.OLD_P] = _picked(case.table(t.OLD_PAIRS), specials[:, t.OLD_P])
    own_hours, specials[:, t.OWN] = _picked(case.table(t.OWN_HOURS), specials[:, t.OWN])
    old_lines, lines[:, t.OLD] = _picked(case.table(t.OLD_LINES), lines[:, t.OLD])
    facts = case.table(t.FACTS).copy()
    facts[[t.PERSONS, t.REQUESTS_ALL, t.SLOTS_ALL], 0] = len(people), len(own), len(slots_at)
    order = np.argsort(pairs[:, t.PERSON], kind="stable")
    world = bind(
        [
            *(case.table(t.PEOPLE)[people], requests, modes, needs, lines, pairs, specials),
            *(fixed, old_pairs, old_lines, own_hours, after, choices),
            *(case.table(t.WALLS)[walls_at], case.table(t.FLOORS_OF)[floors_at], floors),
            *(np.searchsorted(pairs[order, t.PERSON], np.arange(len(people) + 1)), order),
            *(pages(rest, table)[people] for table in (s.FREE_USUAL, s.FREE_ALL, s.BUSY)),
            *(caps, pages(rest, s.OWNER)[:, people], facts),
        ]
    )
    return Piece(world, people, own, modes_at, pairs_at, slots_at)


def _needs(case: Case, needs_at: Ints, lines_at: Ints, pairs_at: Ints) -> tuple[Ints, Ints, Ints]:
    """Tables of needs, of the needs they wait for and of their choices among the people here."""
    needs = case.table(t.NEEDS)[needs_at]
    needs[:, t.N_LINE] = _renamed(needs[:, t.N_LINE], lines_at, len(case.lines))
    after_at, needs[:, [t.AFTER_A, t.AFTER_Z]] = _spans(needs[:, t.AFTER_A], needs[:, t.AFTER_Z])
    after = _renamed(case.table(t.AFTER)[after_at, 0], needs_at, len(case.table(t.NEEDS)))
    choices_at, spans = _spans(needs[:, t.CHOICE_A], needs[:, t.CHOICE_Z])
    choices = _renamed(case.table(t.CHOICES)[choices_at, 0], pairs_at, len(case.table(t.PAIRS)))
    kept = np.concatenate([[0], np.cumsum(choices >= 0)])
    needs[:, [t.CHOICE_A, t.CHOICE_Z]] = kept[spans]
    return needs, after, choices[choices >= 0]


def _spans(first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """All indices in the spans, one span behind the other, and where each span is then."""
    ends = np.cumsum(end - first)
    starts = ends - (end - first)
    at = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(first - starts, end - first)
    return at, np.stack([starts, ends], axis=1)


def _renamed(names: Ints, kept: Ints, count: int) -> Ints:
    """The place of each name (0 to count - 1, or -1) among those kept; -1 when it is not."""
    place = np.full(count + 1, -1, np.int64)
    place[kept] = np.arange(len(kept))
    return place[names]


def _picked(table: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The rows of a table that are named (-1 names none), and the names they then have."""
    used = np.unique(rows[rows >= 0])
    return table[used], _renamed(rows, used, len(table))
