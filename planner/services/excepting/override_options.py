"""What an override can be about: the requests, people and weeks of the newest plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from planner.actor import Actor
from planner.clock import horizon
from planner.permissions import Action, may
from planner.records import PlanRun, RequestLine, ResourceRequest, Specialist
from planner.services.excepting.override_prices import the_plan
from planner.services.planning.plan_facts import plan_of, problem_of
from planner.solving.alterations import REFUSED
from planner.solving.prices import levels_of
from planner.verdict import require


@dataclass(frozen=True, slots=True)
class RequestOption:
    """A request of the plan: the share it has now and those it could have, per mille; its lines by id."""

    request_id: str
    title: str
    account: str
    granted: int
    shares: tuple[int, ...]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Options:
    """Everything an override of the newest plan may name."""

    run: PlanRun
    requests: Sequence[RequestOption]
    people: Sequence[tuple[str, str]]
    weeks: Sequence[str]


def override_options(session: Session, actor: Actor) -> Options:
    """The choices, requests by title.

    Raises:
        Refused: E_FORBIDDEN; E_NO_PLAN.
    """
    require(may(actor, Action.PRICE_OVERRIDE))
    run = the_plan(session)
    inputs, levels = problem_of(run)[1]["requests"], levels_of(plan_of(run))
    lines = selectinload(ResourceRequest.lines).selectinload(RequestLine.skill)
    rows = session.scalars(
        select(ResourceRequest)
        .where(ResourceRequest.id.in_(inputs))
        .order_by(ResourceRequest.title, ResourceRequest.id)
        .options(lines, selectinload(ResourceRequest.account))
    )
    requests = []
    for row in rows:
        shares = tuple(level["fraction"] for level in inputs[row.id]["levels"])
        level = levels.get(row.id, REFUSED)
        planned = set(inputs[row.id]["lines"].values())
        requests.append(
            RequestOption(
                request_id=row.id,
                title=row.title,
                account=row.account.name,
                granted=0 if level == REFUSED else shares[level],
                shares=shares,
                lines=tuple(
                    (line.id, line.skill.label(actor.language)) for line in row.lines if line.id in planned
                ),
            )
        )
    codes = problem_of(run)[1]["people"]
    people = session.scalars(
        select(Specialist).where(Specialist.code.in_(codes)).order_by(Specialist.display_name, Specialist.id)
    )
    weeks = horizon(run.parameters["first_week"], run.parameters["weeks"])
    return Options(run, requests, [(p.id, p.display_name) for p in people], weeks)
