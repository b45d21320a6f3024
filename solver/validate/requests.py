"""Checks of requests, their levels and their options."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from solver.problem import VALUE_LIMIT
from solver.validate.errors import show
from solver.validate.limits import MONEY_LIMIT
from solver.validate.texts import check_id, check_text

if TYPE_CHECKING:
    from solver.problem import Level, Problem, Request
    from solver.validate.errors import Faults
    from solver.validate.known import Known

FRACTION = re.compile(r"\d{1,9}(\.\d{1,9})?")


def check_requests(problem: Problem, known: Known, faults: Faults) -> None:
    """Note what is wrong with the requests of `problem`."""
    for index, request in enumerate(problem.requests):
        if check_id(request.id, f"requests/{index}", "A request", faults):
            _check_labels(request, faults)
            _check_levels(request, known, faults)
            _check_options(request, known, faults)
    _check_shared(problem, faults)


def _check_labels(request: Request, faults: Faults) -> None:
    where, name = f"requests/{request.id}", f"request {request.id}"
    check_text(request.account, f"{where}/account", f"The account of {name}", faults)
    check_text(request.kam, f"{where}/kam", f"The KAM of {name}", faults)
    check_text(request.purpose, f"{where}/purpose", f"The purpose of {name}", faults, empty=True)
    faults.whole(request.submitted, f"{where}/submitted", f"submitted of {name}", -VALUE_LIMIT, VALUE_LIMIT)


def _check_levels(request: Request, known: Known, faults: Faults) -> None:
    where, name = f"requests/{request.id}", f"request {request.id}"
    if not request.levels:
        faults.add(
            "E_EMPTY", f"{where}/levels", f"Request {request.id} has no level.", "Give at least one level."
        )
    for index, level in enumerate(request.levels):
        _check_level(level, f"{where}/levels/{index}", f"level {index} of {name}", known, faults)
    if request.obligation is not None:
        what = f"The obligation of {name}, which has {len(request.levels)} levels,"
        faults.whole(request.obligation, f"{where}/obligation", what, 0, max(len(request.levels) - 1, 0))


def _check_level(level: Level, where: str, what: str, known: Known, faults: Faults) -> None:
    if not isinstance(level.fraction, str) or not FRACTION.fullmatch(level.fraction):
        faults.add(
            "E_FRACTION",
            f"{where}/fraction",
            f"The fraction of {what} is {show(level.fraction)}.",
            'Use "0.5" or "1".',
        )
    faults.whole(level.value, f"{where}/value", f"The value of {what}", -MONEY_LIMIT, MONEY_LIMIT)
    faults.whole(level.second, f"{where}/second", f"The second value of {what}", -MONEY_LIMIT, MONEY_LIMIT)
    fine = True
    for index, (week, value) in enumerate(level.value_by_end):
        place = f"{where}/value_by_end/{index}"
        fine &= faults.whole(week, place, f"value_by_end of {what}: the week", 0, known.weeks - 1)
        fine &= faults.whole(value, place, f"value_by_end of {what}: the value", -MONEY_LIMIT, MONEY_LIMIT)
    if fine and any(a[0] >= b[0] or a[1] < b[1] for a, b in pairwise(level.value_by_end)):
        faults.add(
            "E_VALUES_RISING",
            f"{where}/value_by_end",
            f"value_by_end of {what} is {show([list(pair) for pair in level.value_by_end])}.",
            "Let the weeks rise and the values never rise.",
        )


def _check_options(request: Request, known: Known, faults: Faults) -> None:
    where = f"requests/{request.id}/options"
    if not request.options:
        faults.add(
            "E_EMPTY", where, f"Request {request.id} has no option.", "Give one option with all its lines."
        )
    for index, option in enumerate(request.options):
        what = f"Option {index} of request {request.id}"
        if not option:
            faults.add(
                "E_EMPTY", f"{where}/{index}", f"{what} has no line.", "List its lines, or remove the option."
            )
        for line in sorted({line for line in option if option.count(line) > 1}):
            faults.add(
                "E_DUPLICATE", f"{where}/{index}", f"{what} lists line {line} twice.", "List each line once."
            )
        for line in dict.fromkeys(option):
            faults.known(line, known.lines, f"{where}/{index}", what, "line")
    if request.option_bonus:
        place, what = f"requests/{request.id}/option_bonus", f"option_bonus of request {request.id}"
        faults.length(request.option_bonus, len(request.options), place, what, "options")
        for index, bonus in enumerate(request.option_bonus):
            faults.whole(bonus, f"{place}/{index}", f"{what} at option {index}", -MONEY_LIMIT, MONEY_LIMIT)


def _check_shared(problem: Problem, faults: Faults) -> None:
    owner: dict[str, str] = {}
    for request in problem.requests:
        for line in sorted({line for option in request.options for line in option}):
            first = owner.setdefault(line, request.id)
            if first != request.id:
                faults.add(
                    "E_LINE_SHARED",
                    f"lines/{line}",
                    f"Line {line} is in the options of request {first} and of request {request.id}.",
                    "Give each request its own line.",
                )
