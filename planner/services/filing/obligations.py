"""Promises with a penalty: served before all money, so a second person must confirm each."""

from __future__ import annotations

from sqlalchemy.orm import Session, joinedload

from planner.actor import Actor
from planner.audit import Event, changing
from planner.permissions import Action, may
from planner.records import Account, RequestStatus, ResourceRequest
from planner.scope import find_request, visible_requests
from planner.services.versions import check_version
from planner.verdict import Kind, refuse, require

OPEN = (
    *(RequestStatus.SUBMITTED, RequestStatus.PLANNED, RequestStatus.DECIDED, RequestStatus.PUBLISHED),
    RequestStatus.RUNNING,
)


def list_obligations(session: Session, actor: Actor) -> list[ResourceRequest]:
    """The register: every request that counts, or wants to count, as an obligation; unconfirmed ones first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.CONFIRM_OBLIGATION))
    query = (
        visible_requests(session, actor)
        .where(ResourceRequest.obligation, ResourceRequest.status.in_(OPEN))
        .options(joinedload(ResourceRequest.account), joinedload(ResourceRequest.kam))
        .order_by(
            ResourceRequest.obligation_confirmed_by_id.is_not(None),
            ResourceRequest.filing_order,
            ResourceRequest.id,
        )
    )
    return list(session.scalars(query))


def confirm_obligation(session: Session, actor: Actor, request_id: str, version: int) -> ResourceRequest:
    """Confirm that the contract holds the promise; from then on it goes before all money.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_STATE when the request claims no obligation or
            is not in planning; E_SELF_APPROVAL for who filed it or keeps the customer.
    """
    require(may(actor, Action.CONFIRM_OBLIGATION))
    request = find_request(session, actor, request_id)
    check_version(session, request, version)
    if not request.obligation or request.status not in OPEN:
        raise refuse(
            Kind.STATE,
            "E_STATE",
            "There is no obligation to confirm here now.",
            "Open the register to see what waits.",
        )
    keeper = session.get_one(Account, request.account_id)
    if actor.user_id in {request.filed_by_id, request.kam_id, keeper.kam_id, keeper.deputy_kam_id}:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "Nobody confirms the own promise.",
            "Ask somebody else from finance or leadership.",
        )
    if request.obligation_confirmed_by_id is None:
        with changing(session, actor, Event.OBLIGATION_CONFIRMED, request):
            request.obligation_confirmed_by_id = actor.user_id
    return request
