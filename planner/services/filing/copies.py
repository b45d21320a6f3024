"""A request filed again: what is asked of people stays, what was claimed then is asked anew.

Prices, amounts, evidence and promises were true of the earlier matter and were judged there; carried over
they would stand in the next plan without anybody having said them again.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import add_weeks, today, week_of, weeks_between
from planner.permissions import Action, may
from planner.records import Preference, ResourceRequest
from planner.scope import find_request
from planner.services.customers.keepers import kept_account
from planner.services.filing.request_store import values_of
from planner.services.filing.request_values import LineValues, RequestValues
from planner.services.filing.requests import file_request
from planner.verdict import require
from planner.worth import UrgencyKind


def copy_values(session: Session, actor: Actor, request_id: str) -> RequestValues:
    """An own request as a new one; nothing is stored.

    Who it is for, what it is for, skills, hours and chances stay. Its weeks move so that they begin now
    where they had begun; deadlines, the offer's end and how the worth faded are left out, as are amounts,
    costs, budget, outside prices, evidence and obligation. People who left are not asked for.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN.
    """
    require(may(actor, Action.FILE_REQUEST))
    request = find_request(session, actor, request_id)
    kept_account(session, actor, request.account_id)
    asked = values_of(request)
    first, last = _weeks_from_now(asked.earliest_week, asked.latest_week)
    return replace(
        asked,
        earliest_week=first,
        latest_week=last,
        deadline=None,
        deadline_source="",
        offer_valid_until=None,
        urgency=UrgencyKind.NONE.value,
        urgency_week=None,
        urgency_pace=None,
        benefits=(),
        avoidable_cost_minor=0,
        money_budget_minor=None,
        obligation=False,
        contract_reference="",
        evidence=(),
        lines=tuple(_line(line, stays=_stays(request, i)) for i, line in enumerate(asked.lines)),
    )


def file_again(session: Session, actor: Actor, request_id: str) -> ResourceRequest:
    """File a draft with what `copy_values` gives.

    Raises:
        Refused: as `copy_values` and `file_request`.
    """
    return file_request(session, actor, copy_values(session, actor, request_id))


def _weeks_from_now(first: str | None, last: str | None) -> tuple[str | None, str | None]:
    """The same number of weeks, none of them past."""
    week = week_of(today())
    if first is None or weeks_between(week, first) >= 0:
        return first, (last if last is None or weeks_between(week, last) >= 0 else None)
    return week, (None if last is None else add_weeks(week, weeks_between(first, last)))


def _stays(request: ResourceRequest, index: int) -> bool:
    """Whether the person named on a line, if one is, still works here."""
    person = request.lines[index].specialist
    return person is None or person.active_to is None or person.active_to >= today()


def _line(line: LineValues, *, stays: bool) -> LineValues:
    line = replace(line, outside_cost_minor=None, outside_source="")
    return line if stays else replace(line, specialist_code=None, preference=Preference.NONE.value)
