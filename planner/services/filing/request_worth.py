"""What a request counts for in a plan: claimed, calibrated, with strategy, and money alone, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.claims import read_claims
from planner.clock import add_weeks, today
from planner.credit import free_credits
from planner.permissions import Action, may
from planner.records import ResourceRequest, Role, ValueSource
from planner.scope import find_request, sees_money
from planner.solving.demand import FULL, urgency_of
from planner.solving.material import plannable
from planner.solving.parameters import YEARLY_RATE
from planner.solving.sharing import share_credits
from planner.solving.weighing import strategic_weights, weigh
from planner.verdict import not_found, require
from planner.worth import (
    Calibration,
    Figure,
    LevelValue,
    PresentValue,
    Urgency,
    UrgencyKind,
    cost_of_delay,
    level_values,
    response,
)

WEEKS_TOLD: Final = 4


@dataclass(frozen=True, slots=True)
class Delay:
    """What is lost by ending a week later than `week`, at the level that counts most."""

    week: str
    lost: Figure


@dataclass(frozen=True, slots=True)
class Attainable:
    """The chance of success, per mille: with what the newest plan grants, with all hours, with none."""

    granted: int
    full: int
    nothing: int


@dataclass(frozen=True, slots=True)
class RequestWorth:
    """One request as a plan of today would count it.

    Attributes:
        request: Its record.
        present: What its benefits are worth today; None without a usable curve.
        levels: Each level with its claimed, calibrated and final value.
        calibration: What the claims are scaled by.
        weight: The customer's strategic weight.
        sees_record: Whether the reader may open the calibration down to the cases.
    """

    request: ResourceRequest
    present: PresentValue | None
    levels: tuple[LevelValue, ...]
    calibration: Calibration
    weight: Figure
    sees_record: bool

    @property
    def delays(self) -> tuple[Delay, ...]:
        """What each of the first weeks of waiting costs; nothing when the worth does not fade."""
        fades = self.urgency
        kind = UrgencyKind(fades["kind"])
        if not self.levels or kind is UrgencyKind.NONE:
            return ()
        urgency = Urgency(kind, 0, fades["pace"] or 0)
        most = max(self.levels, key=lambda level: level.value_minor)
        value = most.factors.strategy * most.expected
        return tuple(
            Delay(add_weeks(fades["week"], late), cost_of_delay(value, urgency, late))
            for late in range(WEEKS_TOLD)
        )

    @property
    def urgency(self) -> dict[str, Any]:
        """How the worth fades: kind, week, pace."""
        return urgency_of(self.request)

    def told(self) -> dict[str, Any]:
        """Everything as JSON can hold it; without the person's record for who may not see it."""
        factors: Mapping[str, Any] = {"strategy": self.weight.working()}
        if self.sees_record:
            factors = {**factors, "calibration": self.calibration.product.working()}
        return {
            "request_id": self.request.id,
            "present_value": self.present.working() if self.present else None,
            "levels": [self._level(level) for level in self.levels],
            "urgency": self.urgency,
            "delays": [{"week": each.week, "lost": each.lost.working()} for each in self.delays],
            "factors": factors,
        }

    def _level(self, level: LevelValue) -> dict[str, Any]:
        own = {"calibration", "value_calibration", "probability_calibration"}
        told = level.working()
        return told if self.sees_record else {key: value for key, value in told.items() if key not in own}


def credit_of(session: Session, request: ResourceRequest) -> Figure | None:
    """The free credit that what was stated is held to; None without a limit, or when nothing is stated."""
    stated = request.value_source is ValueSource.STREAM and request.benefits
    return _credit(session, request) if stated else None


def _credit(session: Session, request: ResourceRequest) -> Figure | None:
    """What the request may use beside the customer's others that wait for a plan, these by their titles."""
    rows = _together(session, request)
    free = free_credits(session, today(), rows)
    found = share_credits(rows, free, today(), YEARLY_RATE).get(request.id) if free else None
    return found and _titled(found, {row.id: row.title for row in rows})


def _together(session: Session, request: ResourceRequest) -> list[ResourceRequest]:
    """The request and the others of its customer that the next plan decides on."""
    others = plannable(session, account_id=request.account_id)
    return [request, *(row for row in others if row.id != request.id)]


def _titled(figure: Figure, titles: Mapping[str, str]) -> Figure:
    """The figure with titles where requests are named by id."""
    inputs = tuple(_titled(each, titles) for each in figure.inputs)
    return replace(figure, inputs=inputs, subject=titles.get(figure.subject, figure.subject))


def attainable(request: ResourceRequest, fraction: int) -> Attainable | None:
    """The chances with the granted `fraction` of the hours, per mille, beside all and none.

    None without a usable curve, and when the fraction is none of its levels, as after a change of the curve.
    """
    points = [(p.fraction, p.probability) for p in request.curve]
    stated = dict(points)
    if not {0, FULL} <= stated.keys():
        return None
    chances = {0: stated[0], **dict(response(request.curve_shape, points, request.curve_top))}
    if fraction not in chances or FULL not in chances:
        return None
    return Attainable(chances[fraction], chances[FULL], chances[0])


def view_request_worth(session: Session, actor: Actor, request_id: str) -> RequestWorth:
    """The worth of a request, for who sees its money.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for who sees the request without its money.
    """
    require(may(actor, Action.VIEW_REQUEST_WORTH))
    request = find_request(session, actor, request_id)
    if not sees_money(session, actor, request):
        raise not_found()
    day = today()
    calibration = read_claims(session, day).calibration(request.kam_id)
    weight = strategic_weights(session, day, [request.account_id])[request.account_id]
    weighing = weigh(session, day, [request])[request.id]
    weighing = replace(weighing, credit=_credit(session, request))
    points = [(p.fraction, p.probability) for p in request.curve]
    usable = {0, FULL} <= {fraction for fraction, _ in points}
    present = weighing.present(request, YEARLY_RATE) if usable else None
    answers = response(request.curve_shape, points, request.curve_top) if usable else ()
    levels = level_values(answers, present, request.avoidable_cost_minor, weighing.factors) if present else ()
    sees_record = actor.user_id == request.kam_id or actor.has(Role.LEADERSHIP)
    return RequestWorth(request, present, levels, calibration, weight, sees_record)
