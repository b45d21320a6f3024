"""Cutting a company into groups of people who mostly work with each other, another way each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from solver.search.state import S_PAIR, SLOTS
from solver.tables.books import pages
from solver.tables.tables import (
    FIX,
    L_REQUEST,
    LINES,
    OLD_P,
    P_LINE,
    PAIR_A,
    PAIR_Z,
    PAIRS,
    PERSON,
    PIN,
    SPECIAL,
    SPECIALS,
)

if TYPE_CHECKING:
    from solver.tables.books import Ints
    from solver.tables.tables import Case

Floats = npt.NDArray[np.float64]

ROUGH = 8
"""Times that a random number of everybody is averaged over those whom requests tie together."""

MAY = 0.5
"""How much being able to work on a line ties, all people of the line together, beside working on it."""


MOST = 250_000
"""People who might work on lines, over all lines, beyond which some of them are enough to cut by."""


@dataclass(frozen=True)
class Ties:
    """What ties people together: rows of person, request and weight."""

    person: Ints
    request: Ints
    weight: Floats
    people: int
    requests: int


@dataclass(frozen=True)
class Group:
    """People, and the requests that may be decided anew among them alone; indices, rising."""

    people: Ints
    requests: Ints


def ties_of(case: Case, state: Ints, chance: np.random.Generator) -> Ties:
    """Who works on what in the plan, and with less weight who might; of these about `MOST` by chance."""
    pairs, lines = case.table(PAIRS), case.table(LINES)
    at = pages(state, SLOTS)[:, S_PAIR]
    works = pairs[at[at >= 0]]
    able = np.maximum(1, lines[:, PAIR_Z] - lines[:, PAIR_A])[pairs[:, P_LINE]]
    some = chance.random(len(pairs)) * len(pairs) < MOST
    every = np.concatenate([works, pairs[some]])
    weight = np.concatenate([np.ones(len(works)), MAY / able[some]])
    request = lines[every[:, P_LINE], L_REQUEST]
    return Ties(every[:, PERSON], request, weight, len(case.specialists), len(case.requests))


def cut(case: Case, state: Ints, count: int, chance: np.random.Generator) -> list[Group]:
    """`count` groups about equal in people, each with its requests.

    A granted request belongs to a group when all who work on it do; a refused one to the group with the
    greatest share of its eligible people, on its scarcest line. Requests with decided or published hours of
    anybody outside the group belong to none.
    """
    ties = ties_of(case, state, chance)
    group = np.zeros(ties.people, np.int64)
    _halve(ties, np.arange(ties.people), count, chance, group, 0)
    home = _homes(case, state, group, count)
    return [Group(np.flatnonzero(group == g), np.flatnonzero(home == g)) for g in range(count)]


def _halve(  # noqa: PLR0917 - one recursion
    ties: Ties, members: Ints, count: int, chance: np.random.Generator, group: Ints, first: int
) -> None:
    """Number the groups of `members` from `first` on."""
    if count == 1:
        group[members] = first
        return
    order = members[np.argsort(_place(ties, members, chance)[members], kind="stable")]
    fewer = count // 2
    middle = len(order) * fewer // count
    _halve(ties, np.sort(order[:middle]), fewer, chance, group, first)
    _halve(ties, np.sort(order[middle:]), count - fewer, chance, group, first + fewer)


def _place(ties: Ties, members: Ints, chance: np.random.Generator) -> Floats:
    """A number for each person, alike for those who are tied together: a rough second eigenvector."""
    among = np.zeros(ties.people, bool)
    among[members] = True
    here = among[ties.person]
    person, request, weight = ties.person[here], ties.request[here], ties.weight[here]
    by_request = np.maximum(1e-12, np.bincount(request, weight, ties.requests))
    by_person = np.bincount(person, weight, ties.people)
    place: Floats = chance.standard_normal(ties.people)
    for _ in range(ROUGH):
        place -= (place * by_person).sum() / max(1e-12, by_person.sum())
        mean = np.bincount(request, weight * place[person], ties.requests) / by_request
        place = np.bincount(person, weight * mean[request], ties.people) / np.maximum(1e-12, by_person)
    return place


def _homes(case: Case, state: Ints, group: Ints, count: int) -> Ints:
    """The group of each request, -1 when it has none."""
    pairs, lines = case.table(PAIRS), case.table(LINES)
    of = group[pairs[:, PERSON]]
    able = np.bincount(pairs[:, P_LINE] * count + of, minlength=len(lines) * count).reshape(-1, count)
    able = able / np.maximum(1, lines[:, PAIR_Z] - lines[:, PAIR_A])[:, None]
    least = np.full((len(case.requests), count), np.inf)
    np.minimum.at(least, lines[:, L_REQUEST], able)
    home: Ints = least.argmax(axis=1)
    home[least.max(axis=1) <= 0] = -1
    at = pages(state, SLOTS)[:, S_PAIR]
    works = at[at >= 0]
    home[lines[pairs[works, P_LINE], L_REQUEST]] = of[works]
    special = np.flatnonzero(pairs[:, SPECIAL] >= 0)
    rows = case.table(SPECIALS)[pairs[special, SPECIAL]]
    bound = special[(rows[:, PIN] > 0) | (rows[:, FIX] >= 0) | (rows[:, OLD_P] >= 0)]
    for some in (works, bound):
        # Whoever has to do with it and stands elsewhere keeps the request out of every group.
        mine = lines[pairs[some, P_LINE], L_REQUEST]
        home[mine[of[some] != home[mine]]] = -1
    return home
