"""Who keeps a customer: its key account manager, the deputy, or who stands in for one of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from planner.actor import Actor, acts_for
from planner.records import Account
from planner.scope import find_account
from planner.verdict import Kind, refuse


def keeps(session: Session, actor: Actor, account: Account) -> bool:
    """Whether the actor keeps the customer."""
    return not acts_for(session, actor).isdisjoint({account.kam_id, account.deputy_kam_id})


def kept_account(session: Session, actor: Actor, account_id: str) -> Account:
    """The customer, when the actor keeps it.

    Raises:
        Refused: E_NOT_FOUND for what the actor does not see; E_NOT_OWN for what somebody else keeps.
    """
    account = find_account(session, actor, account_id)
    if keeps(session, actor, account):
        return account
    raise refuse(
        Kind.FORBIDDEN,
        "E_NOT_OWN",
        "Only the key account manager of this customer, or who stands in, may do this.",
        "Ask them, or have it delegated to you.",
    )


def person(actor: Actor) -> str:
    """The id of the person who acts.

    Raises:
        Refused: E_FORBIDDEN for background work.
    """
    if actor.user_id is None:
        raise refuse(Kind.FORBIDDEN, "E_FORBIDDEN", "This needs a person.", "Sign in.")
    return actor.user_id
