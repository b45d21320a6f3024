"""What a card of a large unproven plan confirms is what a run of a tenth of its limits grants."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from company import company

from solver.cards.families import CONFIRMING, applied
from solver.cards.forcing import granted_level
from solver.cards.without import SMALL, breadth
from solver.explain import card
from solver.settings import Settings
from solver.solve import solve

if TYPE_CHECKING:
    from solver.plan import Result
    from solver.problem import Problem

RUN = Settings(wall_limit_s=120.0, work_limit=0.02)


def test_who_runs_with_the_change_is_granted_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The run that confirms is the very run of whoever makes the change and plans again with those limits."""
    ran: list[tuple[float | None, int]] = []

    def noted(problem: Problem, settings: Settings, **more: Any) -> Result:
        ran.append((settings.work_limit, settings.seed))
        return solve(problem, settings, **more)

    monkeypatch.setattr(import_module("solver.solve"), "solve", noted)
    problem = company(people=16, requests=40)
    assert breadth(problem) > SMALL
    result = solve(problem, RUN)
    assert result.plan is not None
    limits = replace(RUN, wall_limit_s=600.0, work_limit=RUN.work_limit and RUN.work_limit / CONFIRMING)
    said = {True: 0, False: 0}
    short = [r.id for r in problem.requests if granted_level(result.plan, r.id) < 0]
    for name in short[:1]:
        found = card(problem, result, name, limits)
        for family, told in found.families.items():
            if told is None:
                continue
            said[told.confirmed] += 1
            if told.confirmed:
                changed = applied(problem, name, found.level, family, told.change)
                after = solve(changed, RUN, start=result.plan).plan
                assert after is not None
                assert granted_level(after, name) >= found.level, (name, family)
    assert said[True] > 0
    assert ran.count((RUN.work_limit, RUN.seed)) >= said[True]
