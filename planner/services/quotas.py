"""How much one person may put before the planner at once, so that nobody floods it for the others."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner import settings
from planner.actor import Actor
from planner.records import (
    Account,
    JobState,
    PlanRun,
    Question,
    RequestStatus,
    ResourceRequest,
    RunPurpose,
)
from planner.verdict import Denied, Kind, Message, Refused

OPEN: Final = (
    RequestStatus.DRAFT,
    RequestStatus.RETURNED,
    RequestStatus.SUBMITTED,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
)
"""States in which a request waits for the planner or for its account manager."""

WORKING: Final = (JobState.QUEUED, JobState.RUNNING)


def check_open_requests(session: Session, account: Account) -> None:
    """Go on when the account's manager, and the account, may have one more open request.

    Raises:
        Refused: E_QUOTA with the number and whose it is.
    """
    limits = settings.quotas()
    counted = select(func.count(ResourceRequest.id)).where(ResourceRequest.status.in_(OPEN))
    of_kam = session.scalar(counted.where(ResourceRequest.kam_id == account.kam_id)) or 0
    if of_kam >= limits.open_requests:
        raise _too_many(
            Message(
                "%(who)s has %(number)d open requests, the most that are allowed.",
                {"who": account.kam.display_name, "number": of_kam},
            )
        )
    of_account = session.scalar(counted.where(ResourceRequest.account_id == account.id)) or 0
    if of_account >= limits.open_per_customer:
        raise _too_many(
            Message(
                "%(account)s has %(number)d open requests, the most that are allowed.",
                {"account": account.name, "number": of_account},
            )
        )


def _too_many(reason: Message) -> Refused:
    remedy = Message("Withdraw what is not needed any more, or put parts of one work into one request.")
    return Refused(Denied(Kind.STATE, "E_QUOTA", reason, remedy))


def check_background(session: Session, actor: Actor) -> None:
    """Go on when the actor may ask for one more computation in the background.

    Raises:
        Refused: E_QUOTA with how many wait or run.
    """
    asked = select(func.count(Question.id)).where(
        Question.asked_by_id == actor.user_id, Question.state.in_(WORKING)
    )
    supposed = select(func.count(PlanRun.id)).where(
        PlanRun.created_by_id == actor.user_id,
        PlanRun.purpose == RunPurpose.WHAT_IF,
        PlanRun.state.in_(WORKING),
    )
    number = (session.scalar(asked) or 0) + (session.scalar(supposed) or 0)
    if number >= settings.quotas().background:
        raise Refused(
            Denied(
                Kind.BUSY,
                "E_QUOTA",
                Message("%(number)d questions of yours are being answered.", {"number": number}),
                Message("Wait for their answers, then ask the next one."),
            )
        )
