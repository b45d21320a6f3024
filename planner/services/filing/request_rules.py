"""What the company's state says about a request: its customer, the planned weeks, the people there are.

Each rule gives its problems; `incomplete` gives everything that stands between a request and the plan.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.clock import add_weeks, today, week_of, weeks_between
from planner.lifetimes import lifetimes
from planner.records import (
    Account,
    AccountStatus,
    CreditStatus,
    PlanningCycle,
    Purpose,
    RequestLine,
    ResourceRequest,
    Specialist,
    ValueSource,
)
from planner.services.filing.request_store import employed
from planner.services.filing.request_values import FULL
from planner.services.filing.stages import stage_problems
from planner.services.planning.cycles import current_cycle
from planner.solving.lasting import FADES, fading_kind
from planner.solving.parameters import YEARLY_RATE
from planner.usual import usual_since
from planner.verdict import Problem

DEFAULT_HORIZON = 26
"""Weeks that a request may span while no cycle is open."""

CLOSED = frozenset({AccountStatus.LOST, AccountStatus.ARCHIVED})
NEW_BUSINESS = frozenset({Purpose.WIN, Purpose.GROW})


def account_problems(account: Account, purpose: str | None) -> list[Problem]:
    """Lost and archived customers get nothing new, blocked ones nothing to win or grow."""
    if account.status in CLOSED:
        reason = "This customer is %(status)s."
        remedy = "Ask leadership to reopen the customer first."
        status = account.status.value
        return [checks.problem("account_id", "E_ACCOUNT_CLOSED", reason, remedy, status=status)]
    if account.credit_status == CreditStatus.BLOCKED and purpose in NEW_BUSINESS:
        reason = "This customer's credit is blocked, so nothing can be won or grown there."
        remedy = "Ask finance to lift the block, or file it to retain or defend."
        return [checks.problem("account_id", "E_CREDIT_BLOCKED", reason, remedy)]
    return []


def span_problems(session: Session, earliest: str | None, latest: str | None) -> list[Problem]:
    """A window is over, or longer than what is planned at once."""
    found: list[Problem] = []
    if latest and weeks_between(week_of(today()), latest) < 0:
        reason, remedy = "This week is over.", "Choose a week from %(week)s on."
        found.append(checks.problem("latest_week", "E_WINDOW_PAST", reason, remedy, week=week_of(today())))
    if not earliest or not latest:
        return found
    cycle = current_cycle(session)
    longest = cycle.horizon_weeks if cycle else DEFAULT_HORIZON
    length = weeks_between(earliest, latest) + 1
    if length > longest:
        reason = "The window spans %(length)d weeks; %(longest)d are planned at once."
        remedy = "Split it into %(phases)d phases, each a request of its own."
        phases = -(-length // longest)
        found.append(
            checks.problem(
                "latest_week",
                "E_WINDOW_HORIZON",
                reason,
                remedy,
                length=length,
                longest=longest,
                phases=phases,
            )
        )
    return found


def hours_problems(session: Session, request: ResourceRequest) -> list[Problem]:
    """Lines that no team of the allowed size could finish in the window, even without other work."""
    if not request.earliest_week or not request.latest_week:
        return []
    weeks = weeks_between(request.earliest_week, request.latest_week) + 1
    longest = max(
        (sum(days) for days in session.scalars(select(Specialist.weekday_quarter_hours).where(employed()))),
        default=0,
    )
    found: list[Problem] = []
    for i, line in enumerate(request.lines):
        per_week = longest * line.max_specialists
        if line.weekly_max is not None:
            per_week = min(per_week, line.weekly_max)
        if longest and line.quarter_hours > per_week * weeks:
            reason = "These weeks hold at most %(hours)g h for this line."
            remedy = "Ask for fewer hours, more weeks or more people."
            hours = per_week * weeks / 4
            where = f"lines/{i}/quarter_hours"
            found.append(checks.problem(where, "E_HOURS_IMPOSSIBLE", reason, remedy, hours=hours))
        if line.weekly_min is not None and line.weekly_min * weeks > line.quarter_hours:
            reason = "The least per week adds up to more than the hours of the line."
            remedy = "Ask for less per week or for more hours."
            found.append(checks.problem(f"lines/{i}/weekly_min", "E_HOURS_IMPOSSIBLE", reason, remedy))
    return found


def incomplete(session: Session, request: ResourceRequest) -> tuple[Problem, ...]:
    """All that is missing or wrong before the request can be submitted; empty when it can."""
    return (
        *account_problems(request.account, request.purpose),
        *_missing_choices(request),
        *_missing_window(request),
        *_missing_value(session, request),
        *_missing_curve(request),
        *_missing_support(request),
        *stage_problems(request, usual_since(session, request)),
        *span_problems(session, request.earliest_week, request.latest_week),
        *_horizon_problems(request, current_cycle(session)),
        *_lapsed_offer(request),
        *hours_problems(session, request),
        *_lost_people(request.lines),
    )


def _missing_choices(request: ResourceRequest) -> list[Problem]:
    found: list[Problem] = []
    if request.purpose is None:
        reason, remedy = "The purpose is missing.", "Say whether it is to win, grow, retain or defend."
        found.append(checks.missing("purpose", reason, remedy))
    if request.type is None:
        reason, remedy = "The type is missing.", "Choose the kind of work, such as a tender."
        found.append(checks.missing("type", reason, remedy))
    if not request.lines:
        reason, remedy = "No skill is asked for.", "Add at least one line with a skill and hours."
        found.append(checks.missing("lines", reason, remedy))
    return found


def _missing_window(request: ResourceRequest) -> list[Problem]:
    found: list[Problem] = []
    if request.earliest_week is None:
        reason, remedy = "The first week is missing.", "Choose the first week in which work makes sense."
        found.append(checks.missing("earliest_week", reason, remedy))
    if request.latest_week is None:
        reason, remedy = "The last week is missing.", "Choose the last week in which work makes sense."
        found.append(checks.missing("latest_week", reason, remedy))
    return found


def _missing_value(session: Session, request: ResourceRequest) -> list[Problem]:
    if request.value_source is ValueSource.LIFETIME:
        return _missing_lifetime(session, request.account_id)
    if sum(b.amount_minor for b in request.benefits) > 0:
        return []
    reason, remedy = "The value is missing.", "Give the contribution you expect, month by month."
    return [checks.missing("benefits", reason, remedy)]


def _missing_lifetime(session: Session, account_id: str) -> list[Problem]:
    """What the lifetime value of the customer needs."""
    value = lifetimes(session, today(), [account_id], Decimal(YEARLY_RATE))[account_id]
    given = {figure.name: figure.value for figure in value.inputs}
    if given["yearly_contribution"] is None:
        reason = "What the customer brings in a year is not known."
        remedy = "Ask finance for its figures, or state the amounts."
    elif given["retention"] is None:
        reason = "No account plan in force states the chance of keeping this customer."
        remedy = "Hand in a plan with that chance, or state the amounts."
    elif (value.value or 0) <= 0:
        reason = "The customer brings no profit, so keeping it is worth nothing."
        remedy = "State the amounts that you expect."
    else:
        return []
    return [checks.problem("value_source", "E_LIFETIME_UNKNOWN", reason, remedy)]


def _missing_curve(request: ResourceRequest) -> list[Problem]:
    given = {point.fraction for point in request.curve}
    found: list[Problem] = []
    if 0 not in given:
        reason = "The chance of success without any hours is missing."
        remedy = "Answer: and if you get nothing?"
        found.append(checks.problem("curve", "E_CURVE_ZERO", reason, remedy))
    if FULL not in given:
        reason = "The chance of success with all hours is missing."
        remedy = "Answer: and if you get everything?"
        found.append(checks.problem("curve", "E_CURVE_FULL", reason, remedy))
    return found


def _missing_support(request: ResourceRequest) -> list[Problem]:
    found: list[Problem] = []
    if not request.evidence:
        reason, remedy = "There is no evidence.", "Say what the value and the chances rest on."
        found.append(checks.missing("evidence", reason, remedy))
    if request.obligation and not request.contract_reference:
        reason = "An obligation needs its contract."
        remedy = "Give the contract's reference; somebody else confirms it."
        found.append(checks.missing("contract_reference", reason, remedy))
    return found


def _horizon_problems(request: ResourceRequest, cycle: PlanningCycle | None) -> list[Problem]:
    """The window begins only after the last planned week."""
    if cycle is None or request.earliest_week is None:
        return []
    last = add_weeks(cycle.first_week, cycle.horizon_weeks - 1)
    if weeks_between(request.earliest_week, last) >= 0:
        return []
    reason = "The window begins after %(last)s, the last week planned now."
    remedy = "Keep it as a draft and submit it in a later cycle, or begin earlier."
    return [checks.problem("earliest_week", "E_WINDOW_HORIZON", reason, remedy, last=last)]


def _lapsed_offer(request: ResourceRequest) -> list[Problem]:
    """An offer that is over can win nothing, unless the worth is said to fade and not to end."""
    lapses = request.offer_valid_until
    if lapses is None or lapses >= today() or fading_kind(request) in FADES:
        return []
    reason = "The offer to the customer was valid until %(day)s."
    remedy = "Renew the offer and state its new date, or say how the worth fades."
    return [checks.problem("offer_valid_until", "E_OFFER_LAPSED", reason, remedy, day=lapses)]


def _lost_people(lines: list[RequestLine]) -> list[Problem]:
    """Named people who left since the request was typed."""
    day = today()
    found: list[Problem] = []
    for i, line in enumerate(lines):
        person = line.specialist
        if person is not None and person.active_to is not None and person.active_to < day:
            reason = "%(person)s does not work here any more."
            remedy = "Name somebody else or leave the person open."
            where = f"lines/{i}/specialist_code"
            name = person.display_name
            found.append(checks.problem(where, "E_REF_UNKNOWN", reason, remedy, person=name))
    return found
