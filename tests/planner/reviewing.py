"""E7 published with one refusal by a head, and its review."""

from __future__ import annotations

from scenario import Quarrel

from planner.records import RejectionReason
from planner.services.approving import decisions
from planner.services.publishing import publishing
from planner.services.reviewing import review
from planner.services.reviewing.review_view import ReviewView


def publish(world: Quarrel) -> None:
    """R3 approved, R1 rejected for 10 k: plan 1 promises R3 alone."""
    r1, r3 = world.proposal(world.first, "r1"), world.proposal(world.first, "r3")
    with world.database.writing() as session:
        decisions.approve(session, world.actor("eva"), r3.id, r3.version)
    with world.database.writing() as session:
        decisions.reject(session, world.actor("eva"), r1.id, r1.version, RejectionReason.OVERLOAD)
    world.answer_all()
    with world.database.writing() as session:
        publishing.publish(session, world.actor("lena"), world.first.id)


def view(world: Quarrel, who: str = "lena", number: int | None = None) -> ReviewView:
    """The draft of now."""
    with world.database.reading() as session:
        found = review.review_view(session, world.actor(who), number)
    assert found is not None
    return found
