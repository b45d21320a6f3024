"""What a key account manager should know about a request and may still do: nothing here stops it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from planner import checks
from planner.capacity import skills_on
from planner.clock import monday, today
from planner.credit import free_credits
from planner.records import (
    Purpose,
    RequestLine,
    RequestStatus,
    RequestType,
    ResourceRequest,
    Specialist,
    SpecialistSkill,
    ValueSource,
)
from planner.services.filing.request_store import employed
from planner.services.planning.cycles import current_cycle
from planner.solving.cutoffs import too_late
from planner.verdict import Problem

UNPLANNED: Final = (RequestStatus.DRAFT, RequestStatus.RETURNED, RequestStatus.SUBMITTED)
TENDER_WEEKS: Final = 39
"""Nine months."""

KEEPING: Final = (Purpose.RETAIN, Purpose.DEFEND)
THREATENED: Final = {2: 800, 3: 600}
"""The highest chance of keeping a customer without any hours, per mille, that a threat leaves credible."""


def warnings(session: Session, request: ResourceRequest) -> tuple[Problem, ...]:
    """What a careful person would look at again before a plan answers; usually empty.

    Lines that nobody here could do today, with what comes nearest (W_NO_SUPPLY); a tender that begins late
    (W_TENDER_LATE); amounts above what the customer may still owe (W_CREDIT_LIMIT); a filing after the
    cut-off of the cycle (W_CUTOFF); an outside price above the request's budget (W_OUTSIDE_BUDGET); a
    customer that is said to stay anyway although a competitor is near (W_THREAT).
    """
    if request.status not in UNPLANNED:
        return ()
    return (
        *_after_cutoff(session, request),
        *_without_supply(session, request),
        *_late_tender(request),
        *_above_credit(session, request),
        *_above_budget(request),
        *_under_threat(request),
    )


def _after_cutoff(session: Session, request: ResourceRequest) -> list[Problem]:
    """What came after the cut-off waits, and whoever filed it should not learn that from a plan."""
    cycle = current_cycle(session)
    if cycle is None or not too_late(session, cycle, [request]):
        return []
    reason = "It came after %(cutoff)s, when the cycle “%(cycle)s” closed for requests."
    remedy = (
        "It takes part in the next cycle. What cannot wait, an issue or a dated deadline within two weeks, "
        "is planned at once."
    )
    where, params = "submitted_at", {"cutoff": cycle.request_cutoff, "cycle": cycle.name}
    return [checks.problem(where, "W_CUTOFF", reason, remedy, **params)]


def _above_budget(request: ResourceRequest) -> list[Problem]:
    """Prices that the budget can never pay; such a line is always for own people."""
    budget = request.money_budget_minor
    if budget is None:
        return []
    reason = "The outside price is above the budget, so this line is never bought."
    remedy = "Raise the budget, or find a cheaper offer."
    return [
        checks.problem(f"lines/{i}/outside_cost_minor", "W_OUTSIDE_BUDGET", reason, remedy)
        for i, line in enumerate(request.lines)
        if line.outside_cost_minor is not None and line.outside_cost_minor > budget
    ]


def _late_tender(request: ResourceRequest) -> list[Problem]:
    """A tender is won before it is called: large buyers prepare theirs for about nine months."""
    first, last = request.earliest_week, request.deadline
    if request.type is not RequestType.TENDER or first is None or last is None:
        return []
    weeks = (last - monday(first)).days // 7
    if weeks >= TENDER_WEEKS:
        return []
    reason = "The work begins %(weeks)d weeks before the tender ends; buyers prepare one for about %(usual)d."
    remedy = "Say in the evidence why it can still be won, or begin earlier next time."
    return [
        checks.problem(
            "earliest_week", "W_TENDER_LATE", reason, remedy, weeks=max(0, weeks), usual=TENDER_WEEKS
        )
    ]


def _above_credit(session: Session, request: ResourceRequest) -> list[Problem]:
    """What is stated above the free credit does not count, and whoever states it should know."""
    free = free_credits(session, today(), [request]).get(request.id)
    stated = sum(benefit.amount_minor for benefit in request.benefits)
    if request.value_source is ValueSource.LIFETIME or free is None or stated <= (free.minor or 0):
        return []
    reason = (
        "The amounts stated are above what the customer's credit leaves; a plan counts no more than that."
    )
    remedy = "State what it can buy within its limit, or ask finance to raise the limit first."
    return [checks.problem("benefits", "W_CREDIT_LIMIT", reason, remedy)]


def _under_threat(request: ResourceRequest) -> list[Problem]:
    """Who says that a customer stays anyway, while a competitor is near, is asked to look again."""
    threat = request.account.threat or 0
    highest = THREATENED.get(threat)
    anyway = next((point.probability for point in request.curve if point.fraction == 0), None)
    if request.purpose not in KEEPING or highest is None or anyway is None or anyway <= highest:
        return []
    reason = (
        "A competitor is near (%(threat)d of 3), yet the chance without any hours is above %(highest)d %%."
    )
    remedy = "Lower that chance, or correct the threat in the dossier of the customer."
    return [checks.problem("curve", "W_THREAT", reason, remedy, threat=threat, highest=highest // 10)]


def _without_supply(session: Session, request: ResourceRequest) -> tuple[Problem, ...]:
    if not request.lines:
        return ()
    day = today()
    people = session.scalars(
        select(Specialist)
        .where(employed())
        .options(selectinload(Specialist.skills).joinedload(SpecialistSkill.skill))
    ).all()
    held = [
        (person, skills_on(day, ((s.skill.key, s.level, s.expires_on) for s in person.skills)))
        for person in people
    ]
    lines = session.scalars(
        select(RequestLine)
        .where(RequestLine.id.in_([line.id for line in request.lines]))
        .order_by(RequestLine.position)
        .options(joinedload(RequestLine.skill), joinedload(RequestLine.language))
    )
    found = (_lacking(i, line, held) for i, line in enumerate(lines))
    return tuple(problem for problem in found if problem is not None)


def _lacking(i: int, line: RequestLine, held: list[tuple[Specialist, dict[str, int]]]) -> Problem | None:
    key, where = line.skill.key, f"lines/{i}/skill_key"
    facing = [levels for person, levels in held if person.customer_facing or not line.customer_facing]
    spoken = [
        levels
        for levels in facing
        if line.language is None or levels.get(line.language.key, 0) >= (line.language_level or 1)
    ]
    best = max((levels.get(key, 0) for levels in spoken), default=0)
    if best >= line.min_level:
        return None
    if best:
        reason = "Nobody here has this skill at level %(level)d."
        remedy = "The highest level there is is %(best)d: lower the level or expect a refusal."
        return checks.problem(where, "W_NO_SUPPLY", reason, remedy, level=line.min_level, best=best)
    if any(levels.get(key, 0) >= line.min_level for _, levels in held):
        reason = "Who has this skill does not speak the language or does not meet customers."
        remedy = "Split the line, or ask for less."
        return checks.problem(where, "W_NO_SUPPLY", reason, remedy)
    reason = "Nobody here has this skill."
    remedy = "Choose a skill that somebody has, or expect a refusal."
    return checks.problem(where, "W_NO_SUPPLY", reason, remedy)
