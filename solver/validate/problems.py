"""The one place that says whether the rows of a problem fit together."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from solver.problem import VALUE_LIMIT
from solver.validate.decided import check_decided
from solver.validate.errors import Faults, ProblemError, ProblemErrors, show
from solver.validate.known import Known
from solver.validate.lines import check_lines
from solver.validate.people import check_specialists
from solver.validate.requests import check_requests
from solver.validate.texts import check_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from solver.problem import Problem

WEEK = re.compile(r"(\d{4})-W(\d{2})")
NOTHING_BROKEN: Mapping[str, frozenset[str]] = MappingProxyType({})


def validate(problem: Problem, broken: Mapping[str, frozenset[str]] = NOTHING_BROKEN) -> list[ProblemError]:
    """Everything that is wrong with `problem`; an empty list means that it can be solved.

    Rows (specialists, requests, lines, weeks) must exist where they are named. Accounts, KAMs, purposes,
    departments and skills are labels: a wall may name an account that asks for nothing this time.

    Args:
        problem: Made in Python or by `solver.files`.
        broken: Ids of rows that a file holds but that could not be read, by "specialists", "requests" or
            "lines"; naming them is no error, because their own error is already told.
    """
    faults = Faults()
    known = Known.of(problem, broken)
    _check_head(problem, faults)
    for kind, ids in known.all_ids().items():
        _check_unique(kind, ids, faults)
    check_specialists(problem, faults)
    check_requests(problem, known, faults)
    check_lines(problem, known, faults)
    check_decided(problem, known, faults)
    if not faults.errors:
        _check_scale(problem, faults)
    return faults.errors


def require_valid(problem: Problem) -> None:
    """Return only when `problem` can be solved.

    Raises:
        ProblemErrors: With everything that is wrong.
    """
    errors = validate(problem)
    if errors:
        raise ProblemErrors(errors)


def _check_head(problem: Problem, faults: Faults) -> None:
    check_text(problem.name, "name", "The problem's name", faults)
    if not re.fullmatch("[A-Z]{3}", str(problem.currency)):
        faults.add(
            "E_CURRENCY",
            "currency",
            f"The currency is {show(problem.currency)}.",
            "Use an ISO code such as EUR.",
        )
    for index, label in enumerate(problem.weeks):
        if not _is_week(label):
            faults.add(
                "E_WEEK",
                f"weeks/{index}",
                f"Week {index} is labelled {show(label)}, which is no ISO week.",
                'Use labels like "2027-W01".',
            )
        elif index and _is_week(problem.weeks[index - 1]) and label <= problem.weeks[index - 1]:
            faults.add(
                "E_WEEK",
                f"weeks/{index}",
                f"Week {label} stands after {problem.weeks[index - 1]}.",
                "List each week once, earlier weeks first.",
            )


def _is_week(label: object) -> bool:
    found = WEEK.fullmatch(label) if isinstance(label, str) else None
    if not found:
        return False
    try:
        date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return False
    return True


def _check_unique(kind: str, ids: Iterable[str], faults: Faults) -> None:
    for name, count in Counter(ids).items():
        if count > 1:
            faults.add(
                "E_DUPLICATE",
                f"{kind}/{name}",
                f"{count} {kind} have the id {name}.",
                "Give each its own id.",
            )


def _check_scale(problem: Problem, faults: Faults) -> None:
    total = sum(abs(value) for value in money(problem))
    second = sum(abs(level.second) for request in problem.requests for level in request.levels)
    for what, amount in (("values, bonuses, floors and churn", total), ("second values", second)):
        if amount > VALUE_LIMIT:
            faults.add(
                "E_SCALE",
                "",
                f"The absolute {what} of the problem sum to {amount:,}.",
                f"Use a larger money unit: they may sum to at most {VALUE_LIMIT:,}.",
            )


def money(problem: Problem) -> Iterator[int]:
    """Every amount of money in `problem`, and the churn of withdrawing all that is published."""
    for request in problem.requests:
        for level in request.levels:
            yield level.value
            yield from (value for _, value in level.value_by_end)
        yield from request.option_bonus
    for line in problem.lines:
        if line.preferred:
            yield line.preferred[1]
        yield from (candidate.bonus for candidate in line.candidates or ())
    yield from (floor.value for floor in problem.floors)
    if problem.published:
        yield from (problem.published.price * row.hours for row in problem.published.hours)
