"""Customers as the actor may see them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner.actor import Actor
from planner.permissions import Action, may
from planner.records import Account, AccountStatus
from planner.scope import accounts_of, find_account, visible_accounts
from planner.verdict import require


def list_accounts(session: Session, actor: Actor) -> list[Account]:
    """The customers that the actor may see, by name, with their key account managers loaded.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.LIST_ACCOUNTS))
    query = visible_accounts(session, actor).options(joinedload(Account.kam), joinedload(Account.deputy_kam))
    return list(session.scalars(query.order_by(Account.name, Account.id)))


def account_options(session: Session, actor: Actor) -> list[Account]:
    """The customers for whom the actor may file a request now, by name.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.FILE_REQUEST))
    closed = (AccountStatus.LOST, AccountStatus.ARCHIVED)
    query = select(Account).where(accounts_of(session, actor), Account.status.not_in(closed))
    return list(session.scalars(query.order_by(Account.name, Account.id)))


def view_account(session: Session, actor: Actor, account_id: str) -> Account:
    """One customer that the actor may see.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    return find_account(session, actor, account_id)
