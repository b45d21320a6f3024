"""The chances that are usual at a stage: one person states others, a second one puts them in force.

They move plans wherever a request states none of its own, so nobody changes them alone. Versions are never
edited: what a request took stays usual for it, and every run keeps what held when it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now
from planner.permissions import Action, may
from planner.records import Stage, UsualChances
from planner.scope import an_id
from planner.services.customers.keepers import person
from planner.services.versions import check_version
from planner.usual import Usual, usual_chances
from planner.verdict import Kind, Problem, not_found, refuse, require
from planner.worth import Shape

MOST = 1000
LONGEST_REASON = 500
SHAPES = (Shape.LINEAR, Shape.ADBUDG)


@dataclass(frozen=True, slots=True)
class ChanceValues:
    """The chances with none, half and all of the hours, per mille, and the ceiling of an ADBUDG curve."""

    stage: str
    at_none: int | None
    at_half: int | None
    at_full: int | None
    reason: str
    shape: str = Shape.LINEAR.value
    top: int | None = None


@dataclass(frozen=True, slots=True)
class Chances:
    """What holds, what waits for a second person, and every version there was, the newest first."""

    in_force: Usual
    waiting: tuple[UsualChances, ...]
    versions: tuple[UsualChances, ...]


def list_chances(session: Session, actor: Actor) -> Chances:
    """What is usual now and how it came to be.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_USUAL_CHANCES))
    rows = session.scalars(
        select(UsualChances)
        .order_by(UsualChances.created_at.desc(), UsualChances.id)
        .options(joinedload(UsualChances.stated_by), joinedload(UsualChances.confirmed_by))
    ).all()
    return Chances(usual_chances(session), tuple(row for row in rows if waits(row)), tuple(rows))


def waits(row: UsualChances) -> bool:
    """Whether a second person has not answered yet."""
    return row.confirmed_at is None and row.ended_at is None


def waiting_for(session: Session, actor: Actor) -> Sequence[UsualChances]:
    """Versions of others that the actor could put in force."""
    if not may(actor, Action.CONFIRM_USUAL_CHANCES):
        return ()
    rows = list_chances(session, actor).waiting
    return [row for row in rows if row.stated_by_id != actor.user_id]


def state_chances(session: Session, actor: Actor, values: ChanceValues) -> UsualChances:
    """State other usual chances for a stage; they hold once a second person confirmed them.

    Raises:
        Refused: E_FORBIDDEN; E_CHANCES_WAIT while a version of the stage waits; E_INVALID with every value
            at fault.
    """
    require(may(actor, Action.SET_USUAL_CHANCES))
    checks.require_well_formed(_problems(values))
    stage = Stage(values.stage)
    if any(row.stage is stage for row in list_chances(session, actor).waiting):
        raise refuse(
            Kind.STATE,
            "E_CHANCES_WAIT",
            "Other chances of this stage wait for a second person already.",
            "Have them confirmed or turned down first.",
        )
    row = UsualChances(
        stage=stage,
        shape=Shape(values.shape),
        at_none=values.at_none,
        at_half=values.at_half,
        at_full=values.at_full,
        # Straight lines have no ceiling.
        top=values.top if values.shape == Shape.ADBUDG else None,
        reason=checks.tidy(values.reason),
        stated_by_id=person(actor),
    )
    created(session, actor, Event.USUAL_CHANCES_STATED, row, reason=row.reason)
    return row


def confirm_chances(session: Session, actor: Actor, chances_id: str, version: int) -> UsualChances:
    """Put stated chances in force, as another person than who stated them.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_SAME_PERSON; E_STATE once answered.
    """
    require(may(actor, Action.CONFIRM_USUAL_CHANCES))
    row = _waiting(session, chances_id, version)
    if row.stated_by_id == actor.user_id:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SAME_PERSON",
            "Who stated these chances cannot confirm them.",
            "Ask another person of finance, administration or leadership.",
        )
    with changing(session, actor, Event.USUAL_CHANCES_CONFIRMED, row):
        row.confirmed_by_id, row.confirmed_at = person(actor), now()
    return row


def end_chances(session: Session, actor: Actor, chances_id: str, version: int) -> UsualChances:
    """Take stated chances back, or turn down another person's; what holds stays.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE once answered.
    """
    require(may(actor, Action.CONFIRM_USUAL_CHANCES))
    row = _waiting(session, chances_id, version)
    with changing(session, actor, Event.USUAL_CHANCES_ENDED, row):
        row.ended_at = now()
    return row


def _waiting(session: Session, chances_id: str, version: int) -> UsualChances:
    row = session.get(UsualChances, an_id(chances_id))
    if row is None:
        raise not_found()
    check_version(session, row, version)
    if not waits(row):
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This was answered in the meantime.",
            "Reload the page to see what still waits.",
        )
    return row


def _problems(values: ChanceValues) -> list[Problem]:
    found = checks.choice("stage", values.stage, Stage)
    found += checks.choice("shape", values.shape, Shape)
    if not found and values.shape not in SHAPES:
        reason, remedy = "Usual chances need a curve through their points.", "Choose one of the curves."
        found.append(checks.problem("shape", "E_CHOICE", reason, remedy))
    found += checks.text("reason", values.reason, LONGEST_REASON, required=True, lines=True)
    for name in ("at_none", "at_half", "at_full"):
        value = getattr(values, name)
        if value is None:
            found.append(checks.missing(name, "This is missing.", "Fill it in."))
        else:
            found += checks.whole(name, value, 0, MOST)
    if values.top is not None:
        found += checks.whole("top", values.top, 1, MOST)
    return found or _curve(values)


def _curve(values: ChanceValues) -> list[Problem]:
    """Chances that fall, or a curve that they do not fit."""
    chances = [chance for chance in (values.at_none, values.at_half, values.at_full) if chance is not None]
    if chances != sorted(chances):
        reason = "The chance of success falls although there are more hours."
        remedy = "Give at least the chance stated for fewer hours."
        return [checks.problem("at_half", "E_CURVE_FALLING", reason, remedy)]
    known = [*chances, values.top or 0]
    if values.shape == Shape.ADBUDG and sorted(set(known)) != known:
        reason = "This curve needs chances that rise: with nothing, half, all of the hours, and the most."
        remedy = "State all four, or choose another shape."
        return [checks.problem("shape", "E_CURVE_SHAPE", reason, remedy)]
    return []
