"""Overrides: an exception that leadership makes knowingly, with its price, a reason and an end.

Nothing else lets rank into a plan. A signed override is a lock in the next run; the register lists every one
with its sponsor, price and losers, quarter by quarter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from planner import checks, settings
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import (
    JobState,
    Override,
    OverrideKind,
    OverrideState,
    Question,
    ResourceRequest,
)
from planner.scope import an_id
from planner.services.excepting.override_notices import ask_second, tell_those_affected
from planner.services.excepting.override_prices import PriceView, find_price, view_of
from planner.services.versions import check_version
from planner.transitions import OverrideAction, check, move
from planner.verdict import Kind, Message, Problem, not_found, refuse, require

LONGEST = timedelta(days=182)
"""An exception ends after half a year at the latest; who still wants it signs it anew."""

LONGEST_REASON = 1000


@dataclass(frozen=True, slots=True)
class Limits:
    """Prices above which a second person signs, minor units: one override, a sponsor's quarter."""

    one_minor: int
    quarter_minor: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What one sponsor's overrides of a quarter cost: number, and the sum from least to most, minor units."""

    sponsor: str
    count: int
    low_minor: int
    high_minor: int


@dataclass(frozen=True, slots=True)
class Register:
    """All overrides signed in one quarter, oldest first, and the tally per sponsor, dearest first."""

    year: int
    quarter: int
    rows: Sequence[Override]
    tallies: Sequence[Tally]


def limits() -> Limits:
    """The limits that are set."""
    known = settings.read()
    return Limits(known.override_limit * 100, known.override_quarter_limit * 100)


def sign(session: Session, actor: Actor, question_id: str, reason: str, expires_on: date) -> Override:
    """Sign an override at the price that was computed; a dear one waits for a second signature.

    Args:
        session: The unit of work.
        actor: Leadership; becomes the sponsor.
        question_id: The price question, answered.
        reason: Why, in words that the board will read.
        expires_on: The last day it holds, after today and within half a year.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_INVALID; E_PRICE_MISSING while there is no price from least to
            most; E_PRICE_STALE when a newer plan or an edit overtook it; E_OVERRIDE_EXISTS; E_PERSON.
    """
    require(may(actor, Action.SIGN_OVERRIDE))
    if actor.user_id is None:
        raise refuse(
            Kind.FORBIDDEN, "E_PERSON", "An override is signed by a person.", "Sign in as leadership."
        )
    question = find_price(session, question_id)
    checks.require_well_formed(_problems(reason, expires_on))
    view = view_of(session, question)
    low, high = _price(question, view)
    _check_new(session, view)
    override = Override(
        cycle_id=question.run.cycle_id,
        run_id=view.run_id,
        question_id=question.id,
        kind=OverrideKind(view.target.kind),
        request_id=view.target.request_id,
        fraction=view.target.fraction,
        line_id=view.target.line_id,
        specialist_id=view.target.specialist_id,
        week=view.target.week,
        quarter_hours=view.target.quarter_hours,
        sponsor_id=actor.user_id,
        reason=checks.tidy(reason),
        price_low_minor=low,
        price_high_minor=high,
        money_minor=view.money_minor,
        churn_minor=view.churn_minor or 0,
        effects={
            "winners": [asdict(effect) for effect in view.winners],
            "losers": [asdict(effect) for effect in view.losers],
            "lifted": question.answer["lifted"],
            "broken": list(view.broken),
            "exact": bool(view.exact),
        },
        expires_on=expires_on,
        signed_at=now(),
        state=OverrideState.WAITING,
    )
    needed = second_needed(session, override)
    if needed is None:
        move(override, OverrideAction.SIGN)
    created(session, actor, Event.OVERRIDE_SIGNED, override, reason=override.reason)
    if needed is None:
        tell_those_affected(session, override)
    else:
        ask_second(session, override)
    return override


def second_needed(session: Session, override: Override) -> Message | None:
    """Why a second person must sign; None when one signature is enough."""
    limit, price = limits(), max(0, override.price_high_minor)
    request = session.get(ResourceRequest, override.request_id) if override.request_id else None
    if request is not None and override.sponsor_id in (request.kam_id, request.filed_by_id):
        return Message("The sponsor keeps this customer.")
    if price > limit.one_minor:
        return Message("The price is above the limit of one signature.")
    if price + spent(session, override.sponsor_id, override.signed_at) > limit.quarter_minor:
        return Message("The sponsor's overrides of this quarter add up to more than one signature allows.")
    return None


def spent(session: Session, sponsor_id: str, at: datetime) -> int:
    """Minor units of the sponsor's overrides in the quarter of `at`; one withdrawn later still counts."""
    first, last = _bounds(at.year, (at.month - 1) // 3 + 1)
    prices = session.scalars(
        select(Override.price_high_minor).where(
            Override.sponsor_id == sponsor_id,
            Override.signed_at >= first,
            Override.signed_at < last,
            Override.state != OverrideState.DECLINED,
        )
    )
    return sum(max(0, price) for price in prices)


def second(session: Session, actor: Actor, override_id: str, version: int, reason: str = "") -> Override:
    """The second signature, by another person than the sponsor.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE, E_INVALID, E_SELF_APPROVAL,
            E_PRICE_STALE.
    """
    checks.require_well_formed(checks.text("reason", reason, LONGEST_REASON, lines=True))
    override = _answered(session, actor, override_id, version, OverrideAction.SIGN)
    if not view_of(session, override.question).current:
        raise _stale()
    with changing(session, actor, Event.OVERRIDE_SECONDED, override, reason=checks.tidy(reason)):
        _answer(override, actor, reason)
        move(override, OverrideAction.SIGN)
    tell_those_affected(session, override)
    return override


def decline(session: Session, actor: Actor, override_id: str, version: int, reason: str) -> Override:
    """Refuse the second signature, with a reason.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE, E_INVALID; E_SELF_APPROVAL.
    """
    checks.require_well_formed(checks.text("reason", reason, LONGEST_REASON, required=True, lines=True))
    override = _answered(session, actor, override_id, version, OverrideAction.DECLINE)
    with changing(session, actor, Event.OVERRIDE_DECLINED, override, reason=checks.tidy(reason)):
        _answer(override, actor, reason)
        move(override, OverrideAction.DECLINE)
    return override


def withdraw(session: Session, actor: Actor, override_id: str, version: int, reason: str) -> Override:
    """Take an override back; it binds no later run and stays in the register.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_VERSION_STALE, E_STATE, E_INVALID.
    """
    require(may(actor, Action.SIGN_OVERRIDE))
    override = _find(session, override_id)
    check_version(session, override, version)
    require(check(override, OverrideAction.WITHDRAW))
    checks.require_well_formed(checks.text("reason", reason, LONGEST_REASON, required=True, lines=True))
    with changing(session, actor, Event.OVERRIDE_WITHDRAWN, override, reason=checks.tidy(reason)):
        move(override, OverrideAction.WITHDRAW)
    return override


def list_overrides(session: Session, actor: Actor) -> Sequence[Override]:
    """All overrides, newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_OVERRIDES))
    return session.scalars(_all().order_by(Override.signed_at.desc(), Override.id)).all()


def view_override(session: Session, actor: Actor, override_id: str) -> Override:
    """One override.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_OVERRIDES))
    return _find(session, override_id)


def register(session: Session, year: int, quarter: int) -> Register:
    """The overrides signed in a quarter, 1 to 4, with the tally per sponsor; declined ones cost nothing.

    The caller has checked who asks: the register names customers and their money.
    """
    first, last = _bounds(year, quarter)
    rows = session.scalars(
        _all()
        .where(Override.signed_at >= first, Override.signed_at < last)
        .order_by(Override.signed_at, Override.id)
    ).all()
    by_sponsor: dict[str, list[Override]] = {}
    for row in rows:
        if row.state != OverrideState.DECLINED:
            by_sponsor.setdefault(row.sponsor_id, []).append(row)
    tallies = [
        Tally(
            each[0].sponsor.display_name,
            len(each),
            sum(row.price_low_minor for row in each),
            sum(row.price_high_minor for row in each),
        )
        for each in by_sponsor.values()
    ]
    return Register(year, quarter, rows, sorted(tallies, key=lambda t: (-t.high_minor, t.sponsor)))


def holds(override: Override) -> bool:
    """Whether the override is a lock in a run that starts today."""
    return override.state == OverrideState.ACTIVE and override.expires_on >= today()


def _all() -> Select[Override]:
    return select(Override).options(
        joinedload(Override.sponsor),
        joinedload(Override.second),
        joinedload(Override.request).joinedload(ResourceRequest.account),
        joinedload(Override.specialist),
    )


def _bounds(year: int, quarter: int) -> tuple[datetime, datetime]:
    first = datetime(year, 3 * quarter - 2, 1, tzinfo=UTC)
    last = datetime(year + quarter // 4, 3 * quarter % 12 + 1, 1, tzinfo=UTC)
    return first, last


def _find(session: Session, override_id: str) -> Override:
    override = session.get(Override, an_id(override_id))
    if override is None:
        raise not_found()
    return override


def _problems(reason: str, expires_on: date) -> list[Problem]:
    found = checks.text("reason", reason, LONGEST_REASON, required=True, lines=True)
    if not today() < expires_on <= today() + LONGEST:
        last = (today() + LONGEST).isoformat()
        text, remedy = (
            "An override ends within half a year.",
            "Choose a day after today, %(last)s at the latest.",
        )
        found.append(checks.problem("expires_on", "E_EXPIRY", text, remedy, last=last))
    return found


def _price(question: Question, view: PriceView) -> tuple[int, int]:
    """The price from least to most.

    Raises:
        Refused: E_PRICE_STALE, E_PRICE_MISSING.
    """
    if not view.current:
        raise _stale()
    if view.state != JobState.DONE or view.low_minor is None or view.high_minor is None:
        impossible = view.possible is False
        raise refuse(
            Kind.STATE,
            "E_PRICE_MISSING",
            "This exception is not possible; there is nothing to sign."
            if impossible
            else "There is no price for this yet, and no override is signed without one.",
            "Choose another exception."
            if impossible
            else "Wait until it is computed; if only one end is known, make a plan with more time first.",
        )
    return question.low_minor or 0, question.high_minor or 0


def _stale() -> Exception:
    return refuse(
        Kind.STATE,
        "E_PRICE_STALE",
        "The plan or the request changed after this price was computed.",
        "Compute the price again; what was signed before stays as it is.",
    )


def _check_new(session: Session, view: PriceView) -> None:
    """Go on when nothing like it is signed already.

    Raises:
        Refused: E_OVERRIDE_EXISTS.
    """
    target = view.target
    same = select(Override.id).where(
        Override.kind == target.kind,
        Override.request_id == target.request_id,
        Override.line_id == target.line_id,
        Override.specialist_id == target.specialist_id,
        Override.week == target.week,
        Override.state.in_((OverrideState.WAITING, OverrideState.ACTIVE)),
        Override.expires_on >= today(),
    )
    if session.scalar(same.limit(1)) is not None:
        raise refuse(
            Kind.STATE,
            "E_OVERRIDE_EXISTS",
            "There is an override of this already.",
            "Withdraw the other one first.",
        )


def _answered(
    session: Session, actor: Actor, override_id: str, version: int, action: OverrideAction
) -> Override:
    """The override, when the actor may answer it as the second person."""
    require(may(actor, Action.SIGN_OVERRIDE))
    override = _find(session, override_id)
    check_version(session, override, version)
    require(check(override, action))
    if actor.user_id is None or override.sponsor_id in (actor.user_id, actor.on_behalf_of):
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "The second signature is another person's.",
            "Ask another member of the leadership.",
        )
    return override


def _answer(override: Override, actor: Actor, reason: str) -> None:
    override.second_id, override.second_at = actor.user_id, now()
    override.second_reason = checks.tidy(reason)
