"""The survey on alignment: leadership opens a round, people answer once, results are by group only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.alignment import HIGHEST, LEAST, LOWEST
from planner.audit import Event, changing, created, record
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import (
    Department,
    Element,
    NotificationKind,
    Role,
    Specialist,
    SurveyAnswer,
    SurveyComment,
    SurveyInvitation,
    SurveyRound,
    User,
)
from planner.scope import an_id
from planner.services.staff.notifying import notify
from planner.verdict import Kind, Message, Problem, not_found, refuse, require

KAMS, LEADERS = "@kam", "@leadership"
"""Groups that are no department; "@" cannot begin a department's name on our pages."""

LONGEST_NAME = 80
LONGEST_COMMENT = 2000
LONGEST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Group:
    """People who can be asked together, with how many they are."""

    key: str
    people: int

    @property
    def small(self) -> bool:
        """Whether it can only be shown together with other small groups."""
        return self.people < LEAST


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round with how many were asked and how many have answered; who did is nobody's business."""

    round: SurveyRound
    open: bool
    asked: int
    answered: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody says of one element: how it is and how it should be, 1 to 5; None while not marked."""

    current: int | None
    target: int | None


def groups(session: Session, actor: Actor) -> list[Group]:
    """Who can be asked: departments, account managers and leadership, by name.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.OPEN_SURVEY))
    sizes = Counter(_members(session).values())
    return [Group(key, sizes[key]) for key in sorted(sizes)]


def open_round(
    session: Session, actor: Actor, name: str, closes_on: date, chosen: Collection[str]
) -> SurveyRound:
    """Open a round and invite everybody in the chosen groups.

    Args:
        session: The unit of work.
        actor: Leadership.
        name: What the round is called, such as "2027 Q1".
        closes_on: The last day on which answers are taken.
        chosen: Keys of groups.

    Raises:
        Refused: E_FORBIDDEN; E_INVALID for a bad name or day, a name used before, or fewer than three people;
            E_STATE while another round is open.
    """
    require(may(actor, Action.OPEN_SURVEY))
    invited = {user: group for user, group in _members(session).items() if group in set(chosen)}
    checks.require_well_formed(_problems(session, name, closes_on, invited))
    if _open_round(session) is not None:
        raise refuse(
            Kind.STATE, "E_STATE", "A round is open already.", "Close it first, or wait for its last day."
        )
    row = SurveyRound(name=checks.tidy(name), closes_on=closes_on, opened_by_id=actor.user_id)
    created(session, actor, Event.SURVEY_OPENED, row)
    session.add_all(
        SurveyInvitation(round_id=row.id, user_id=user, group=group) for user, group in invited.items()
    )
    text = Message(
        "The survey “%(name)s” asks how we work together. It takes two minutes.", {"name": row.name}
    )
    notify(session, users=invited, kind=NotificationKind.SURVEY, text=text, link=f"/surveys/{row.id}")
    return row


def _problems(session: Session, name: str, closes_on: date, invited: Mapping[str, str]) -> list[Problem]:
    found = checks.text("name", name, LONGEST_NAME, required=True)
    if not found and session.scalar(select(SurveyRound.id).where(SurveyRound.name == checks.tidy(name))):
        found.append(
            checks.problem(
                "name", "E_EXISTS", "A round of this name was held before.", "Choose another name."
            )
        )
    if not today() <= closes_on <= today() + timedelta(days=LONGEST_DAYS):
        found.append(
            checks.problem(
                "closes_on",
                "E_DATE_RANGE",
                "This day cannot be the last one.",
                "Choose a day within the next %(days)d days.",
                days=LONGEST_DAYS,
            )
        )
    if len(invited) < LEAST:
        found.append(
            checks.problem(
                "groups",
                "E_SMALL_GROUP",
                "Fewer than %(least)d people would be asked, so no answer could be shown.",
                "Choose more groups.",
                least=LEAST,
            )
        )
    return found


def close_round(session: Session, actor: Actor, round_id: str) -> SurveyRound:
    """Take no more answers and show the results; closing again changes nothing.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.OPEN_SURVEY))
    row = _find(session, round_id)
    if row.closed_at is None:
        with changing(session, actor, Event.SURVEY_CLOSED, row):
            row.closed_at = now()
    return row


def list_rounds(session: Session, actor: Actor) -> list[RoundView]:
    """All rounds, the newest first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_ALIGNMENT))
    return [view_of(session, row) for row in rounds(session)]


def rounds(session: Session) -> list[SurveyRound]:
    """All rounds, the newest first."""
    newest = (SurveyRound.closes_on.desc(), SurveyRound.created_at.desc(), SurveyRound.id)
    return list(session.scalars(select(SurveyRound).order_by(*newest)))


def is_open(row: SurveyRound) -> bool:
    """Whether answers are taken today."""
    return row.closed_at is None and today() <= row.closes_on


def waiting_for(session: Session, actor: Actor) -> SurveyRound | None:
    """The open round that asks the actor and has no answer yet."""
    row = _open_round(session)
    if row is None or actor.user_id is None:
        return None
    asked = select(SurveyInvitation.answered).where(
        SurveyInvitation.round_id == row.id, SurveyInvitation.user_id == actor.user_id
    )
    return row if session.scalar(asked) is False else None


def round_for(session: Session, actor: Actor, round_id: str) -> tuple[SurveyRound, bool]:
    """A round that asks the actor, and whether the actor has answered.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for a round that does not ask the actor.
    """
    require(may(actor, Action.ANSWER_SURVEY))
    row = _find(session, round_id)
    return row, _invitation(session, actor, row).answered


def answer(
    session: Session,
    actor: Actor,
    round_id: str,
    marks: Mapping[str, Mark],
    comment: str = "",
) -> None:
    """Keep the actor's marks so that nobody can tell whose they are; that they were given is kept apart.

    Args:
        session: The unit of work.
        actor: Somebody who was invited and has not answered.
        round_id: An open round.
        marks: All seven elements by key.
        comment: Shown to leadership without name or group.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_STATE when the round is closed or was answered; E_INVALID with
            every element that has no mark from 1 to 5.
    """
    require(may(actor, Action.ANSWER_SURVEY))
    row = _find(session, round_id)
    invitation = _invitation(session, actor, row)
    if not is_open(row):
        raise refuse(Kind.STATE, "E_STATE", "This round takes no more answers.", "Wait for the next round.")
    if invitation.answered:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "You have answered already.",
            "Answers carry no name, so they cannot be found again to be changed.",
        )
    checks.require_well_formed(_mark_problems(marks, comment))
    invitation.answered = True
    for element in Element:
        mark = marks[element.value]
        session.add(
            SurveyAnswer(
                round_id=row.id,
                group=invitation.group,
                element=element,
                current=mark.current,
                target=mark.target,
            )
        )
    if checks.tidy(comment):
        session.add(SurveyComment(round_id=row.id, text=checks.tidy(comment)))
    record(session, actor, Event.SURVEY_ANSWERED, row, before=None, after=None)


def _mark_problems(marks: Mapping[str, Mark], comment: str) -> list[Problem]:
    found = checks.text("comment", comment, LONGEST_COMMENT, lines=True)
    for element in Element:
        mark = marks.get(element.value)
        for side in ("current", "target"):
            value = getattr(mark, side, None)
            if value is None:
                where = f"{element.value}-{side}"
                found.append(checks.problem(where, "E_REQUIRED", "This has no mark.", "Choose 1 to 5."))
            else:
                found += checks.whole(f"{element.value}-{side}", value, LOWEST, HIGHEST)
    return found


def _members(session: Session) -> dict[str, str]:
    """Everybody active with a group: the own department first, else the role."""
    people = session.scalars(select(User).where(User.active).order_by(User.id)).all()
    home: dict[str, str] = {}
    for specialist in session.scalars(select(Specialist).where(Specialist.user_id.is_not(None))):
        home[str(specialist.user_id)] = specialist.department.name
    heads = select(Department).where(
        or_(Department.head_id.is_not(None), Department.deputy_head_id.is_not(None))
    )
    for department in session.scalars(heads.order_by(Department.name)):
        for user in (department.head_id, department.deputy_head_id):
            if user is not None:
                home.setdefault(user, department.name)
    for person in people:
        if Role.KAM in person.roles:
            home[person.id] = KAMS
        elif Role.LEADERSHIP in person.roles:
            home.setdefault(person.id, LEADERS)
    active = {person.id for person in people}
    return {user: group for user, group in home.items() if user in active}


def view_of(session: Session, row: SurveyRound) -> RoundView:
    """A round with its counts."""
    counted = select(func.count()).where(SurveyInvitation.round_id == row.id)
    asked = session.scalar(counted) or 0
    answered = session.scalar(counted.where(SurveyInvitation.answered)) or 0
    return RoundView(row, is_open(row), asked, answered)


def _open_round(session: Session) -> SurveyRound | None:
    return next((row for row in rounds(session) if is_open(row)), None)


def _find(session: Session, round_id: str) -> SurveyRound:
    row = session.get(SurveyRound, an_id(round_id))
    if row is None:
        raise not_found()
    return row


def _invitation(session: Session, actor: Actor, row: SurveyRound) -> SurveyInvitation:
    found = session.get(SurveyInvitation, (row.id, actor.user_id)) if actor.user_id else None
    if found is None:
        raise not_found()
    return found
