"""Checks of what stands around the requests: walls, caps, locks, floors, the published plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from solver.problem import REFUSED
from solver.validate.errors import show
from solver.validate.limits import EFFORT_LIMIT, MONEY_LIMIT
from solver.validate.texts import check_text

if TYPE_CHECKING:
    from solver.problem import Floor, Lock, Problem, Published
    from solver.validate.errors import Faults
    from solver.validate.known import Known

LOCK_FIELDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "frozen": (frozenset({"line", "specialist", "week", "hours"}), frozenset()),
    "forbid": (frozenset({"line", "specialist"}), frozenset({"week"})),
    "pin": (frozenset({"line", "specialist"}), frozenset()),
    "min_level": (frozenset({"request", "level"}), frozenset()),
    "max_level": (frozenset({"request", "level"}), frozenset()),
}
"""Per kind of lock: the keys it must have, and those it may have."""


def check_decided(problem: Problem, known: Known, faults: Faults) -> None:
    """Note what is wrong with walls, caps, locks, floors and the published plan of `problem`."""
    for index, group in enumerate(problem.walls):
        for account in group:
            check_text(account, f"walls/{index}", f"An account of wall {index}", faults)
    for index, cap in enumerate(problem.department_caps):
        where, what = f"department_caps/{index}", f"The cap of department {show(cap.department)}"
        check_text(cap.department, f"{where}/department", f"The department of cap {index}", faults)
        if cap.week is not None:
            faults.whole(cap.week, f"{where}/week", f"{what}: the week", 0, known.weeks - 1)
        faults.whole(cap.hours, f"{where}/hours", f"{what}: hours", 0, EFFORT_LIMIT)
    for index, lock in enumerate(problem.locks):
        check_lock(lock, f"locks/{index}", known, faults)
    _check_floors(problem, faults)
    if problem.published:
        _check_published(problem.published, known, faults)


def check_lock(lock: Lock, where: str, known: Known, faults: Faults) -> None:
    """Note what is wrong with one lock; locks that contradict each other are no error but a conflict."""
    if lock.kind not in LOCK_FIELDS:
        faults.add(
            "E_LOCK_FIELDS",
            where,
            f"A lock has the kind {show(lock.kind)}.",
            f"Use {', '.join(LOCK_FIELDS)}.",
        )
        return
    must, may = LOCK_FIELDS[lock.kind]
    given = {
        key
        for key in ("line", "specialist", "week", "hours", "request", "level")
        if getattr(lock, key) is not None
    }
    for key in sorted((must - given) | (given - must - may)):
        verb = "lacks" if key in must else "must not have"
        faults.add(
            "E_LOCK_FIELDS",
            where,
            f"A {lock.kind} lock {verb} {key}.",
            f"It carries {', '.join(sorted(must | may))}.",
        )
    if must <= given <= must | may:
        _check_lock_fields(lock, where, known, faults)


def _check_lock_fields(lock: Lock, where: str, known: Known, faults: Faults) -> None:
    what = f"A {lock.kind} lock"
    if lock.line is not None:
        faults.known(lock.line, known.lines, f"{where}/line", what, "line")
    if lock.specialist is not None:
        faults.known(lock.specialist, known.specialists, f"{where}/specialist", what, "specialist")
    if lock.week is not None:
        faults.whole(lock.week, f"{where}/week", f"The week of a {lock.kind} lock", 0, known.weeks - 1)
    if lock.hours is not None:
        faults.whole(lock.hours, f"{where}/hours", f"hours of a {lock.kind} lock", 0, EFFORT_LIMIT)
    if lock.request is not None and faults.known(
        lock.request, known.requests, f"{where}/request", what, "request"
    ):
        request = known.requests[lock.request]
        top = len(request.levels) - 1 if request else EFFORT_LIMIT
        name = f"The level of a {lock.kind} lock on request {lock.request}"
        faults.whole(lock.level, f"{where}/level", name, REFUSED, top)


def _check_floors(problem: Problem, faults: Faults) -> None:
    seen: set[tuple[str | None, str | None]] = set()
    for index, floor in enumerate(problem.floors):
        _check_floor(floor, f"floors/{index}", faults)
        scope = (floor.kam, floor.purpose)
        if scope in seen:
            label = f"KAM {floor.kam}" if floor.kam is not None else f"purpose {floor.purpose}"
            faults.add("E_DUPLICATE", f"floors/{index}", f"{label} has two floors.", "Keep the higher one.")
        seen.add(scope)


def _check_floor(floor: Floor, where: str, faults: Faults) -> None:
    if (floor.kam is None) == (floor.purpose is None):
        given = "both" if floor.kam is not None else "neither"
        faults.add("E_FLOOR_SCOPE", where, f"A floor names {given} of kam and purpose.", "Name exactly one.")
    for key, label in (("kam", floor.kam), ("purpose", floor.purpose)):
        if label is not None:
            check_text(label, f"{where}/{key}", f"The {key} of a floor", faults)
    faults.whole(floor.value, f"{where}/value", "The value of a floor", 0, MONEY_LIMIT)


def _check_published(published: Published, known: Known, faults: Faults) -> None:
    if (
        faults.whole(published.price, "published/price", "The published price", 0, MONEY_LIMIT)
        and published.price % 2
    ):
        faults.add(
            "E_PRICE_ODD",
            "published/price",
            f"A withdrawn quarter-hour costs {published.price}, and half of it is charged for a moved one.",
            f"Use an even price, such as {published.price + 1}.",
        )
    faults.whole(published.free_from_week, "published/free_from_week", "free_from_week", 0, EFFORT_LIMIT)
    seen: set[tuple[str, str, int]] = set()
    for index, row in enumerate(published.hours):
        where, what = f"published/hours/{index}", "A published row"
        faults.known(row.line, known.lines, f"{where}/line", what, "line")
        faults.known(row.specialist, known.specialists, f"{where}/specialist", what, "specialist")
        faults.whole(row.week, f"{where}/week", "The week of a published row", 0, known.weeks - 1)
        faults.whole(row.hours, f"{where}/hours", "hours of a published row", 0, EFFORT_LIMIT)
        key = (row.line, row.specialist, row.week)
        if key in seen:
            pair = f"line {row.line}, specialist {row.specialist}, week {row.week}"
            faults.add("E_DUPLICATE", where, f"Published twice: {pair}.", "Publish one amount.")
        seen.add(key)
