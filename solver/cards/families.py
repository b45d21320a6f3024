"""What one change alone would do for a refused or cut request: six families, each found by solving again.

A family is a change with one size: so much more value, so many hours more, so many weeks more, so much less
asked for, this other person, these others yielding. Nothing is derived: a change is told only after a solve
of the changed problem granted the request, and its method says what else is known. `applied` is the place
where a change becomes a problem; the search and whoever applies a card go through it alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from solver.cards.asking import Asking
from solver.cards.forcing import granted_level
from solver.plan import Plan
from solver.search.nearby import around, solve_near
from solver.tradeoffs.compare import displaced
from solver.validate import ProblemErrors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from solver.problem import Problem, Request

ALL_STAGES = (1, 2, 3, 4, 5)

PROVEN_USES = 0.25
"""Part of its limits that a proven solve is taken to have used."""

MOST_CHECKED, CHECKING = 2, 0.01
"""Changes of one family that a brief solve of the whole checks, where only near ones are tried; its part of
the limits of the whole question."""

CONFIRMING = 0.1
"""Part of the limits of the whole question for the run that confirms a change of a family, if it passed."""

Method = Literal["exact", "interval", "tested grid"]
Name = Literal["value", "hours", "window", "level", "people", "yield"]
NAMES: tuple[Name, ...] = ("value", "hours", "window", "level", "people", "yield")


@dataclass(frozen=True, slots=True)
class Family:
    """What is enough of one kind.

    Attributes:
        change: What to change, as in docs/file-formats.md.
        below: The change one step smaller that is proven not to be enough; None when there is none.
        displaced: Requests that then have less than now, sorted.
        method: What is known of it.
        proven: Whether the solve that grants it was proven.
        tested: How many changes were tried.
        scope: "whole", or "nearby" when all but the request and its nearest rivals stood as they are.
        confirmed: Whether runs of the whole grant it too, begun with the plan in hand as a new run is: a
            brief one with another seed, and one with a tenth of the limits of the question.
        more: Further keys of this family.
    """

    change: Any
    below: Any
    displaced: tuple[str, ...]
    method: Method
    proven: bool
    tested: int
    scope: Literal["whole", "nearby"] = "whole"
    confirmed: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """The family as it stands in a card."""
        return {
            "change": self.change,
            "below": self.below,
            "displaced": list(self.displaced),
            "method": self.method,
            "proven": self.proven,
            "tested": self.tested,
            "scope": self.scope,
            "confirmed": self.confirmed,
            **self.more,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that lacks a level in a plan.

    Attributes:
        name: The request.
        level: The level it lacks.
        near: Whether only the request and its nearest rivals may change when a problem is solved again, as
            is asked of large problems whose plan is not proven.
        sure: Whether the plan is proven best; then nothing is told that is not proven as well.
    """

    problem: Problem
    plan: Plan
    name: str
    level: int
    near: bool = False
    sure: bool = False

    @property
    def request(self) -> Request:
        """The request itself."""
        return self.problem.request[self.name]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solve of a changed problem says of the request.

    Attributes:
        granted: Whether the best plan found has the level; None when no plan was found.
        proven: Whether that plan is proven best in all stages.
        plan: That plan.
    """

    granted: bool | None
    proven: bool
    plan: Plan


class Trials:
    """The solves of one family: each change once, within its part of the limits.

    A solve may use a third of what is left. What it used is not known: one that ended without proof counts as
    having used it all, one that was proven as a quarter of it. Where only the nearest rivals may change, a
    change that is enough beside all the rest is checked and confirmed by runs of the whole from the plan in
    hand. The run that confirms has the same share of the question in every card, so whoever then plans with
    these limits has the very plan.
    """

    def __init__(self, asked: Asked, asking: Asking, most: int) -> None:
        self.asked = asked
        self.asking = asking
        self.tested = 0
        self._least = 0.25 / most
        self._left = 1.0
        self._known: dict[str, Answer] = {}
        self._confirmed: dict[str, bool] = {}
        self._ran = False

    def grants(self, change: Callable[[], Problem], key: object) -> Answer:
        """Whether the problem that `change` makes grants the request; asked again, the answer is the same."""
        if str(key) not in self._known:
            self._known[str(key)] = self._solved(change)
        return self._known[str(key)]

    def _solved(self, change: Callable[[], Problem]) -> Answer:
        nothing = Answer(None, proven=False, plan=Plan())
        if self.asking.stopped():
            return nothing
        self.tested += 1
        answer = nothing
        for part in (3.0, 1.5):
            share = max(self._least, self._left / part)
            try:
                answer, ended = self._ask(change(), share)
            except ProblemErrors:
                # A change may leave what the format allows; then it is no change anybody could make.
                return nothing
            self._left = max(0.0, self._left - share * (PROVEN_USES if ended else 1.0))
            if ended or not self.asked.sure:
                return answer
        # Two plans of an unfinished search say nothing beside a plan that is proven best.
        return nothing

    def _ask(self, changed: Problem, share: float) -> tuple[Answer, bool]:
        """The answer of the changed problem, and whether its search came to its end."""
        asked = self.asked
        if asked.near:
            held = {k.request for k in {*changed.locks} - {*asked.problem.locks} if k.request is not None}
            free = around(changed, asked.plan, asked.name, asked.level) | held
            near = solve_near(changed, asked.plan, free, self.asking, share)
            if near is None:
                return Answer(None, proven=False, plan=Plan()), False
            return Answer(self._has(near.plan), proven=False, plan=near.plan), near.proven
        result = self.asking.solve(changed, share, asked.plan)
        proven = result.proven_stages == ALL_STAGES
        if result.plan is None:
            return Answer(None, proven=False, plan=Plan()), proven
        return Answer(self._has(result.plan), proven, result.plan), proven

    def _has(self, plan: Plan) -> bool:
        return granted_level(plan, self.asked.name) >= self.asked.level

    def first(self, changes: Iterable[Any], apply: Callable[[Any], Problem]) -> tuple[Any, Answer] | None:
        """The first of `changes` that is enough and confirmed; where none is confirmed, the first enough."""
        enough = None
        for change in changes:
            answer = self.grants(partial(apply, change), change)
            if not answer.granted:
                continue
            enough = enough or (change, answer)
            if self.confirms(partial(apply, change), change):
                return change, answer
            if self._tired():
                break
        return enough

    def confirms(self, change: Callable[[], Problem], key: object) -> bool:
        """Whether the whole of the changed problem, solved from the plan in hand, grants the request."""
        if not self.asked.near:
            return True
        if str(key) not in self._confirmed:
            if self._tired() or self.asking.stopped():
                return False
            self._confirmed[str(key)] = False
            if self._run(change(), CHECKING, other=True):
                self._ran = True
                self._confirmed[str(key)] = self._run(change(), CONFIRMING)
        return self._confirmed[str(key)]

    def _tired(self) -> bool:
        """Whether no further change is confirmed."""
        return self._ran or len(self._confirmed) == MOST_CHECKED

    def _run(self, changed: Problem, share: float, *, other: bool = False) -> bool:
        """Whether a run with that share of the whole question grants the request."""
        try:
            found = self.asking.whole.solve(changed, share, self.asked.plan, other=other)
        except ProblemErrors:
            return False
        return found.plan is not None and self._has(found.plan)

    def family(
        self,
        change: Any,
        answer: Answer,
        below: Any = None,
        *,
        key: object = None,
        exact: bool = False,
        **more: Any,
    ) -> Family:
        """What was found, as a family; `key` is what it was tried by, when that is not the change."""
        return Family(
            change=change,
            below=below,
            displaced=displaced(self.asked.plan, answer.plan, self.asked.name),
            method="exact" if exact and answer.proven else "tested grid",
            proven=answer.proven,
            tested=self.tested,
            scope="nearby" if self.asked.near else "whole",
            confirmed=not self.asked.near or self._confirmed.get(str(change if key is None else key), False),
            more=more,
        )


def applied(problem: Problem, request: str, level: int, name: Name, change: Any) -> Problem:
    """`problem` with the change of a card made.

    Args:
        problem: The problem the card is about.
        request: The request of the card.
        level: The level of the card.
        name: The family.
        change: Its `change` or `below`.
    """
    from solver.cards.families_hours import with_hours
    from solver.cards.families_people import with_person, yielding
    from solver.cards.families_request import with_fewer_hours, with_value, with_window

    makers: dict[Name, Callable[[Problem, str, int, Any], Problem]] = {
        "value": with_value,
        "hours": with_hours,
        "window": with_window,
        "level": with_fewer_hours,
        "people": with_person,
        "yield": yielding,
    }
    return makers[name](problem, request, level, change)


SHARES: dict[Name, float] = {"hours": 0.3, "window": 0.2, "level": 0.2, "people": 0.15, "yield": 0.15}
"""Parts of the limits of all families, but value, which comes with the break-even."""


def families(asked: Asked, forced: Plan | None, asking: Asking, *, able: bool) -> dict[Name, Family | None]:
    """Five families of a request; that of value comes with its break-even.

    Args:
        asked: What lacks which level where.
        forced: The best plan found with the level, from which those who might yield are known.
        asking: The limits of all of them.
        able: Whether the level could be staffed in an empty plan, so that others yielding might help.
    """
    from solver.cards.families_hours import hours_family
    from solver.cards.families_people import people_family, yield_family
    from solver.cards.families_request import level_family, window_family

    if asked.near and Trials(asked, asking, 1).grants(lambda: asked.problem, "as it is").granted:
        # A better plan than the one in hand grants it; nothing need change but the plan.
        return {}
    found: dict[Name, Family | None] = {}
    found["hours"] = hours_family(asked, asking.within(SHARES["hours"]))
    found["window"] = window_family(asked, asking.within(SHARES["window"]))
    found["level"] = level_family(asked, asking.within(SHARES["level"]))
    found["people"] = people_family(asked, asking.within(SHARES["people"]))
    if able:
        found["yield"] = yield_family(asked, forced or Plan(), asking.within(SHARES["yield"]))
    return found
