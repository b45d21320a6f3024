"""Signed overrides, agreed swaps and a scenario's suppositions, put into the problem of a run."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.clock import today
from planner.records import (
    Override,
    OverrideKind,
    OverrideState,
    PlanRun,
    Question,
    SwapOffer,
    SwapState,
)
from planner.solving.alterations import REFUSED, forced, request_of, supposed
from planner.solving.prices import levels_of

Data = dict[str, Any]


def active_overrides(session: Session) -> Sequence[Override]:
    """Overrides that hold today, oldest first."""
    return session.scalars(
        select(Override)
        .where(Override.state == OverrideState.ACTIVE, Override.expires_on >= today())
        .order_by(Override.signed_at, Override.id)
        .options(selectinload(Override.specialist))
    ).all()


def excepted(
    session: Session, cycle_id: str, text: str, inputs: Data, changes: Mapping[str, Any]
) -> str | None:
    """The problem with every override and swap that holds in the cycle, and under `changes`; None as it was.

    `inputs` is brought into line with it and lists under "exceptions" what was used; an override of what the
    problem does not have is named under "released".
    """
    overrides = active_overrides(session)
    swaps = list(_agreed(session, cycle_id, inputs["requests"]))
    inputs["exceptions"] = []
    if not (overrides or swaps or changes):
        return None
    problem, known = supposed(json.loads(text), inputs, changes)
    inputs.update(known)
    for override in overrides:
        target = target_of(problem, inputs, override)
        if target is None:
            inputs["released"].append({"request": override.request_id or "", "kind": "override"})
        else:
            problem = forced(problem, target, override.effects.get("lifted", ()))
            inputs["exceptions"].append(override.id)
    for swap, targets in swaps:
        for target in targets:
            problem = forced(problem, target)
        inputs["exceptions"].append(swap.id)
    for swap, _targets in swaps:
        problem["locks"] += _bystanders(problem, swap)
    return json.dumps(problem)


def target_of(problem: Mapping[str, Any], inputs: Mapping[str, Any], override: Override) -> Data | None:
    """What the override orders in the words of this problem; None when it has no such row."""
    if override.kind == OverrideKind.CAPACITY:
        return _capacity(problem, override)
    known = inputs["requests"].get(override.request_id)
    if known is None:
        return None
    if override.kind == OverrideKind.REFUSE:
        return {"kind": "refuse", "request": override.request_id}
    if override.kind == OverrideKind.GRANT:
        level = level_for(known, override.fraction)
        return {"kind": "grant", "request": override.request_id, "level": level}
    return _pair(problem, known, override)


def _capacity(problem: Mapping[str, Any], override: Override) -> Data | None:
    person, week = _person(problem, override), _week(problem, override)
    if person is None or week is None:
        return None
    return {
        "kind": "capacity",
        "specialist": person,
        "week": week,
        "quarter_hours": override.quarter_hours or 0,
    }


def _pair(problem: Mapping[str, Any], known: Mapping[str, Any], override: Override) -> Data | None:
    line = next((name for name, record in known["lines"].items() if record == override.line_id), None)
    person, week = _person(problem, override), _week(problem, override)
    if line is None or person is None or (override.week and week is None):
        return None
    pair = {"kind": override.kind.value, "line": line, "specialist": person}
    return pair if override.kind == OverrideKind.PIN else {**pair, "week": week}


def _person(problem: Mapping[str, Any], override: Override) -> str | None:
    code = override.specialist.code if override.specialist else None
    return code if code in {row["id"] for row in problem["specialists"]} else None


def _week(problem: Mapping[str, Any], override: Override) -> int | None:
    weeks: list[str] = problem["weeks"]
    return weeks.index(override.week) if override.week in weeks else None


def level_for(known: Mapping[str, Any], fraction: int | None) -> int:
    """The smallest level with at least this share of the hours, per mille; the top one when there is none."""
    levels = [level["fraction"] for level in known["levels"]]
    return next((i for i, share in enumerate(levels) if share >= (fraction or 0)), len(levels) - 1)


def _agreed(session: Session, cycle_id: str, known: Container[str]) -> Iterator[tuple[SwapOffer, list[Data]]]:
    """Swaps agreed in the cycle whose requests are all still planned, with what each orders."""
    offers = session.scalars(
        select(SwapOffer)
        .join(PlanRun, PlanRun.id == SwapOffer.run_id)
        .where(PlanRun.cycle_id == cycle_id, SwapOffer.state == SwapState.AGREED)
        .order_by(SwapOffer.created_at, SwapOffer.id)
        .options(selectinload(SwapOffer.question).selectinload(Question.run))
    )
    for offer in offers:
        named = {offer.request_id, offer.yields_id, offer.offered_id} - {None}
        if offer.question and all(name in known for name in named):
            targets: list[Data] = [
                {"kind": "hold", "request": offer.yields_id, "level": offer.question.params["most"]},
                {"kind": "grant", "request": offer.request_id, "level": offer.level},
            ]
            if offer.offered_id:
                targets.append({"kind": "hold", "request": offer.offered_id, "level": REFUSED})
            yield offer, targets


def _bystanders(problem: Mapping[str, Any], swap: SwapOffer) -> list[Data]:
    """Locks by which nobody else has less than when the swap was agreed.

    The re-solve found a plan with all of them. Of somebody about whom something changed since, or was decided
    since, the next plan decides anew; so it does of everybody when there are other people or hours.
    """
    assert swap.question is not None  # noqa: S101 - it was checked before it was agreed
    run = swap.question.run
    assert run.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    before = json.loads(run.snapshot.problem)
    if before["specialists"] != problem["specialists"]:
        return []
    was, now_ = _rows(before), _rows(problem)
    decided = {
        lock.get("request") or request_of(lock["line"])
        for lock in problem["locks"]
        if lock["kind"] in {"min_level", "max_level"} or lock not in before["locks"]
    }
    own = {swap.request_id, swap.yields_id, swap.offered_id}
    return [
        {"kind": "min_level", "request": name, "level": level}
        for name, level in sorted(levels_of(json.loads(run.result or "{}")).items())
        if name not in own | decided and was[name] == now_.get(name)
    ]


def _rows(problem: Mapping[str, Any]) -> dict[str, list[Data]]:
    """Each request with its lines."""
    found: dict[str, list[Data]] = {row["id"]: [row] for row in problem["requests"]}
    for line in problem["lines"]:
        found[request_of(line["id"])].append(line)
    return found


def not_held(problem_text: str, plan_text: str) -> set[str]:
    """Requests about which the problem's locks decide something else than the plan has.

    Args:
        problem_text: A problem with the same requests and lines as the one that was solved.
        plan_text: The plan of that one.
    """
    from solver.files import read_plan, read_problem
    from solver.plan import Plan
    from solver.rules.decided import violations

    problem, plan = read_problem(problem_text), read_plan(plan_text).plan or Plan()
    found = set()
    for violation in violations(problem, plan):
        request, line = violation.where.get("request"), violation.where.get("line")
        found.add(str(request) if request is not None else problem.request_of[str(line)].id)
    return found
