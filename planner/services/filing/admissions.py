"""The door after the cut-off: leadership takes one late request into the cycle, openly and with a reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, record
from planner.clock import now
from planner.permissions import Action, may
from planner.records import Account, LateAdmission, NotificationKind, ResourceRequest
from planner.scope import find_request
from planner.services.filing.request_store import state
from planner.services.planning.cycles import current_cycle
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.solving.cutoffs import too_late
from planner.verdict import Kind, Message, refuse, require

LONGEST_REASON = 500


def waits_for_the_next_cycle(session: Session, request: ResourceRequest) -> bool:
    """Whether the request came after the cut-off of the cycle that counts now, and nobody took it in."""
    cycle = current_cycle(session)
    return cycle is not None and request.id in too_late(session, cycle, [request])


def admit_late(session: Session, actor: Actor, request_id: str, version: int, reason: str) -> ResourceRequest:
    """Take a late request into the running cycle: the next run plans it like those that came in time.

    Its place in the filing order stays, and it has no other advantage. It holds for this cycle only.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_VERSION_STALE; E_INVALID without a reason; E_NOT_LATE when the
            request does not wait because of a cut-off; E_SELF_APPROVAL for who filed it or keeps the
            customer.
    """
    require(may(actor, Action.ADMIT_LATE))
    request = find_request(session, actor, request_id)
    check_version(session, request, version)
    checks.require_well_formed(checks.text("reason", reason, LONGEST_REASON, required=True, lines=True))
    cycle = current_cycle(session)
    if cycle is None or not waits_for_the_next_cycle(session, request):
        raise refuse(
            Kind.STATE,
            "E_NOT_LATE",
            "This request does not wait because of a cut-off.",
            "Reload the page to see where it stands.",
        )
    keeper = session.get_one(Account, request.account_id)
    if actor.user_id in {request.filed_by_id, request.kam_id, keeper.kam_id, keeper.deputy_kam_id}:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "Nobody opens the door for the own request.",
            "Ask somebody else of leadership.",
        )
    before = state(request)
    why = checks.tidy(reason)
    session.add(
        LateAdmission(
            request_id=request.id,
            cycle_id=cycle.id,
            reason=why,
            admitted_by_id=actor.user_id,
            admitted_at=now(),
        )
    )
    record(session, actor, Event.REQUEST_ADMITTED, request, before=before, after=state(request), reason=why)
    notify(
        session,
        users=[request.kam_id, keeper.deputy_kam_id],
        kind=NotificationKind.OVERRIDE,
        text=Message("“%(title)s” was taken into the cycle after its cut-off.", {"title": request.title}),
        link=f"/requests/{request.id}",
    )
    return request
