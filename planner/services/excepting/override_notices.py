"""Who is told of an override: the second person who must sign, and whose requests win or lose by it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import NotificationKind, Override, ResourceRequest, Role, User, UserRole
from planner.services.staff.notifying import notify
from planner.verdict import Message


def ask_second(session: Session, override: Override) -> None:
    """Tell all other leaders that a signature is missing."""
    leaders = session.scalars(
        select(User.id).join(UserRole, UserRole.user_id == User.id).where(UserRole.role == Role.LEADERSHIP)
    )
    notify(
        session,
        users=[leader for leader in leaders if leader != override.sponsor_id],
        kind=NotificationKind.OVERRIDE,
        text=Message("An override waits for a second signature."),
        link=f"/overrides/{override.id}",
        key=f"override-second-{override.id}",
    )


def tell_those_affected(session: Session, override: Override) -> None:
    """Tell account managers whose requests win or lose; nothing about the price or about others."""
    for side, words in (
        ("winners", "An override by leadership gives your request “%(title)s” more in the next plan."),
        (
            "losers",
            "An override by leadership may take hours from your request “%(title)s” in the next plan.",
        ),
    ):
        for effect in override.effects[side]:
            request = session.get(ResourceRequest, effect["request_id"])
            if request is not None:
                notify(
                    session,
                    users=[request.kam_id],
                    kind=NotificationKind.OVERRIDE,
                    text=Message(words, {"title": request.title}),
                    link=f"/requests/{request.id}",
                    key=f"override-{override.id}-{request.id}",
                )
