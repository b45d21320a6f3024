"""What leadership and account managers say of a customer, and a second person agrees to: traits and factors.

A statement waits until somebody else of leadership agreed, counts until its last day, and may be ended for a
reason before. It is never overwritten.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Account, AccountTrait, StrategicFactor, User
from planner.scope import an_id, find_account
from planner.services.customers.keepers import keeps, person
from planner.services.versions import check_version
from planner.verdict import Denied, Kind, Message, Refused, not_found, refuse, require

Statement = AccountTrait | StrategicFactor
S = TypeVar("S", AccountTrait, StrategicFactor)

LONGEST: Final = 1_000


class StandingState(enum.StrEnum):
    """Where a statement stands; it follows from its days and persons."""

    WAITING = "waiting"
    COUNTS = "counts"
    AHEAD = "ahead"
    EXPIRED = "expired"
    ENDED = "ended"


OPEN: Final = frozenset({StandingState.WAITING, StandingState.COUNTS, StandingState.AHEAD})
"""Where a statement counts, or may come to count."""


def said_by(row: Statement) -> str:
    """The id of who made the statement."""
    return row.stated_by_id if isinstance(row, AccountTrait) else row.set_by_id


def agreed_by(row: Statement) -> str | None:
    """The id of the second person; None while nobody agreed."""
    return row.confirmed_by_id if isinstance(row, AccountTrait) else row.approved_by_id


def state_of(row: Statement) -> StandingState:
    """Where it stands today."""
    if row.ended_on is not None:
        return StandingState.ENDED
    if row.expires_on is not None and row.expires_on < today():
        return StandingState.EXPIRED
    if agreed_by(row) is None:
        return StandingState.WAITING
    ahead = isinstance(row, StrategicFactor) and row.valid_from > today()
    return StandingState.AHEAD if ahead else StandingState.COUNTS


def _require_state(row: Statement, allowed: frozenset[StandingState]) -> None:
    if state_of(row) not in allowed:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "This step is not possible any more.",
            "Reload the page to see what is possible now.",
        )


@dataclass(frozen=True, slots=True)
class Statements(Generic[S]):
    """The use cases that traits and factors share.

    Attributes:
        record: The record of this kind.
        newest: Its column by which the newest comes first.
        people: Its two persons, to be read with it.
        agreed: Its column for the second person.
        say: Who may make one, and take the own back while nobody agreed.
        agree_to: Who may agree.
        end_any: Who may end anybody's.
        events: What is logged when it is agreed to, and when it is ended.
        second: The refusal of who cannot be the second person.
        keeper_agrees: Whether who keeps the customer may be the second person.
    """

    record: type[S]
    newest: str
    people: tuple[InstrumentedAttribute[User], InstrumentedAttribute[User | None]]
    agreed: str
    say: Action
    agree_to: Action
    end_any: Action
    events: tuple[Event, Event]
    second: Message
    keeper_agrees: bool

    def list(self, session: Session, actor: Actor, account_id: str) -> Sequence[S]:
        """All that a customer in sight ever had, newest first.

        Raises:
            Refused: E_FORBIDDEN; E_NOT_FOUND.
        """
        require(may(actor, Action.VIEW_ACCOUNT))
        account = find_account(session, actor, account_id)
        record = self.record
        newest = getattr(record, self.newest).desc(), record.created_at.desc(), record.id
        query = select(record).where(record.account_id == account.id).order_by(*newest)
        return session.scalars(query.options(*map(joinedload, self.people))).all()

    def view(self, session: Session, actor: Actor, account_id: str, row_id: str) -> S:
        """One of them.

        Raises:
            Refused: E_FORBIDDEN; E_NOT_FOUND.
        """
        require(may(actor, Action.VIEW_ACCOUNT))
        account = find_account(session, actor, account_id)
        row = session.get(self.record, an_id(row_id))
        if row is None or row.account_id != account.id:
            raise not_found()
        return row

    def agree(self, session: Session, actor: Actor, account_id: str, row_id: str, version: int) -> S:
        """The second person's yes; it counts from now on, or from its first day.

        Raises:
            Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_SECOND_PERSON for who said it, and
                of a trait for who keeps the customer.
        """
        require(may(actor, self.agree_to))
        row = self.view(session, actor, account_id, row_id)
        check_version(session, row, version)
        _require_state(row, frozenset({StandingState.WAITING}))
        keeper = not self.keeper_agrees and keeps(session, actor, session.get_one(Account, row.account_id))
        if said_by(row) == actor.user_id or keeper:
            remedy = Message("Ask somebody else of leadership.")
            raise Refused(Denied(Kind.FORBIDDEN, "E_SECOND_PERSON", self.second, remedy))
        with changing(session, actor, self.events[0], row):
            setattr(row, self.agreed, person(actor))
        return row

    def end(
        self, session: Session, actor: Actor, account_id: str, row_id: str, version: int, *, reason: str
    ) -> S:
        """Take it out of force, or turn it down; no second person is needed to go back.

        Raises:
            Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE; E_INVALID without a reason.
        """
        row = self.view(session, actor, account_id, row_id)
        own = said_by(row) == actor.user_id and agreed_by(row) is None
        require(may(actor, self.say if own else self.end_any))
        check_version(session, row, version)
        _require_state(row, OPEN)
        checks.require_well_formed(checks.text("reason", reason, LONGEST, required=True, lines=True))
        with changing(session, actor, self.events[1], row, reason=checks.tidy(reason)):
            row.ended_on = today()
        return row
