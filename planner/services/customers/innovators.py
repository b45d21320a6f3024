"""How many customers are said to be innovators, D6, and whether that is more than can be."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Account, AccountStatus, AccountTrait, Trait
from planner.verdict import require
from planner.worth import Innovators, innovators

CUSTOMERS = (AccountStatus.PROSPECT, AccountStatus.ACTIVE)


def count_innovators(session: Session, actor: Actor, *, with_account: str | None = None) -> Innovators:
    """Count customers and those of whom it is said and not over, confirmed or waiting for it.

    A branch counts as its parent, lost and archived customers not at all. `with_account` is the id of one
    more that somebody is about to state it of; it changes nothing when it is among them already. Counts
    only, so that who keeps one customer may read them.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.STATE_TRAIT))
    rows = session.execute(select(Account.id, Account.parent_id, Account.status)).all()
    parents = {key: parent for key, parent, _status in rows}
    counted = {key for key, parent, status in rows if parent is None and status in CUSTOMERS}
    stated = select(AccountTrait.account_id).where(
        AccountTrait.trait == Trait.INNOVATOR,
        AccountTrait.ended_on.is_(None),
        or_(AccountTrait.expires_on.is_(None), AccountTrait.expires_on >= today()),
    )
    said = {with_account} if with_account else set()
    wholes = {_whole(key, parents) for key in said.union(session.scalars(stated))}
    return innovators(len(wholes & counted), len(counted))


def _whole(account_id: str, parents: dict[str, str | None]) -> str:
    """The customer that an account is part of, itself when of none."""
    seen = {account_id}
    while (parent := parents.get(account_id)) and parent not in seen:
        seen.add(parent)
        account_id = parent
    return account_id
