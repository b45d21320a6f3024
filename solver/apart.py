"""Problems that fall into groups with nothing in common: each is solved by itself, and the answers add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.cards.without import breadth
from solver.exact.core import ASKING
from solver.exact.ending import Ending
from solver.exact.stages import search as search_whole
from solver.exact.start import greedy
from solver.exact.watch import Watch
from solver.parts import connected, part_of, plan_of_requests
from solver.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.plan import Progress, Stopped
    from solver.problem import Problem
    from solver.settings import Settings

APART_FROM = 3_000
"""Weeks x eligible people over all lines up to which a problem is proven best as a whole, ties included."""

LEAST_S = 1.0
"""Seconds that the smallest group may take; the wall limit of the whole ends it all the same."""

ADDING = 4
"""Stages up to which the best plans of the groups are the best plan together; ranks for ties do not add."""


def search(problem: Problem, settings: Settings, watch: Watch, near: Plan | None = None) -> Ending:
    """As `solver.exact.stages.search`, group by group where the problem falls apart.

    Each group has time and work by its size; in free mode the others have what one leaves of its time too.

    Raises:
        RefereeError: A plan breaks a rule or is worth something else than the engine says.
        SolverDisagreementError: The engine denies a plan that exists.
        ModelInvalidError: CP-SAT refuses the model.
    """
    groups = connected(problem) if breadth(problem) > APART_FROM else []
    if len(groups) < 2:
        return search_whole(problem, settings, watch, near)
    # Small groups end soon and leave their time to the others, and a promise that nobody can keep is known
    # before the large ones begin.
    pairs = sorted(
        ((part_of(problem, group), group) for group in groups),
        key=lambda pair: (not _asks(pair[0]), breadth(pair[0])),
    )
    sizes = [max(1, breadth(part)) for part, _ in pairs]
    endings: list[Ending] = []
    for k, (part, group) in enumerate(pairs):
        share = sizes[k] / sum(sizes)
        seconds = settings.wall_limit_s * share
        if settings.mode == "free":
            seconds = watch.left() * sizes[k] / sum(sizes[k:])
        elif settings.work_limit is not None:
            seconds = watch.left()
        work = None if settings.work_limit is None else settings.work_limit * share
        own = replace(settings, wall_limit_s=max(LEAST_S, seconds), work_limit=work)
        inner = _watch(part, own, watch, f"group {k + 1} of {len(pairs)}")
        # One group without any plan yet leaves the whole without one, and the others with theirs to be made.
        known = plan_of_requests(problem, watch.best[0], group) if watch.best else greedy(part)
        if known is not None:
            inner.offer(known)
        begin = None if near is None else plan_of_requests(problem, near, group)
        endings.append(search_whole(part, own, inner, begin))
        watch.uncompiled = watch.uncompiled or inner.uncompiled
        if endings[-1].plan is None:
            return replace(endings[-1], proven_stages=(), bound=None, settings=settings)
    return _together(watch, settings, endings)


def _asks(part: Problem) -> bool:
    return any(lock.kind in ASKING for lock in part.locks)


def _watch(part: Problem, settings: Settings, watch: Watch, doing: str) -> Watch:
    """A watch on one group that tells and asks the watch on the whole."""

    def tell(progress: Progress) -> None:
        watch.show(progress.stage, None, f"{doing}: {progress.doing}")

    return Watch(part, settings.wall_limit_s, tell, watch.stopped, watch.executor)


def _together(watch: Watch, settings: Settings, endings: Sequence[Ending]) -> Ending:
    """The plans of all groups as one, and what is proven of it."""
    plans = [ending.plan for ending in endings if ending.plan is not None]
    plan = Plan(
        tuple(sorted((g for plan in plans for g in plan.granted), key=lambda g: g.request)),
        tuple(
            sorted(
                (row for plan in plans for row in plan.hours), key=lambda r: (r.line, r.specialist, r.week)
            )
        ),
    )
    measures = watch.offer(plan)
    bounds = [ending.bound for ending in endings if ending.bound is not None]
    limits = [ending.settings.work_limit for ending in endings if ending.settings.work_limit is not None]
    # A group is told to stop by the wall limit of the whole as by the caller.
    reasons = {"wall_limit" if ending.stopped == "cancelled" else ending.stopped for ending in endings}
    order: tuple[Stopped, ...] = ("wall_limit", "work_limit", "proven")
    fewest = min((ending.proven_stages for ending in endings), key=len)
    return Ending(
        plan=plan,
        measures=measures,
        stopped="cancelled" if watch.cancelled else next(r for r in order if r in reasons),
        proven_stages=fewest[:ADDING],
        bound=sum(bounds) if len(bounds) == len(endings) else None,
        reproducible=all(ending.reproducible for ending in endings),
        settings=replace(settings, work_limit=sum(limits) if limits else None),
    )
