"""Counter-offers, comments, notifications, standing in, and what waits for whom."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Comment, CounterOffer, Delegation, NamedHead
from planner.services.approving import comments, decisions, delegations, offers, waiting
from planner.services.approving.offer_views import OfferView, offer_view
from planner.services.approving.offers import OfferedHours
from planner.services.staff import notifying, own_weeks
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.deciding import (
    AcceptIn,
    ApproveManyIn,
    CommentIn,
    CommentOut,
    CommentsOut,
    DeclineIn,
    DelegationIn,
    DelegationOut,
    DelegationsOut,
    NamedHeadOut,
    NameHeadIn,
    NoticesOut,
    OfferChoicesOut,
    OfferIn,
    OfferOut,
    OffersOut,
    OwnWeeksOut,
    UnreadOut,
    WaitingListOut,
)
from web.schemas.decisions import DecisionsOut
from web.schemas.outputs import PersonOut, page_of

blueprint = Blueprint("deciding", "Counter-offers, comments, notifications and standing in.")


@blueprint.post("/inbox/approve")
@policy(Action.APPROVE_MANY)
@blueprint.body(ApproveManyIn)
@writes
@blueprint.answer(DecisionsOut)
def approve_many(session: Session, actor: Actor, data: dict[str, Any]) -> dict[str, Any]:
    """Promise the hours of several proposals at once, or of none."""
    versions = {part["proposal_id"]: part["version"] for part in data["parts"]}
    return {"rows": decisions.approve_many(session, actor, versions)}


@blueprint.post("/proposals/<id:proposal_id>/counter")
@policy(Action.COUNTER)
@blueprint.versioned
@blueprint.body(OfferIn)
@writes
@blueprint.answer(OfferOut, 201)
def make_offer(session: Session, actor: Actor, data: dict[str, Any], proposal_id: str) -> OfferView:
    """Offer other people, weeks or fewer hours instead of what is proposed."""
    rows = [OfferedHours(**row) for row in data["hours"]]
    return _shown(
        session, offers.make_offer(session, actor, proposal_id, asked_version(), rows, data["text"])
    )


@blueprint.get("/proposals/<id:proposal_id>/choices")
@policy(Action.COUNTER)
@reads
@blueprint.answer(OfferChoicesOut)
def show_choices(session: Session, actor: Actor, proposal_id: str) -> offers.OfferChoices:
    """Who of your people could do the work instead, and in which weeks."""
    return offers.offer_choices(session, actor, proposal_id)


@blueprint.get("/offers")
@policy(Action.LIST_OFFERS)
@reads
@blueprint.answer(OffersOut)
def list_offers(session: Session, actor: Actor) -> dict[str, Any]:
    """What heads offer for your accounts, open ones first."""
    return {"rows": offers.list_offers(session, actor)}


@blueprint.get("/offers/made")
@policy(Action.VIEW_OUTBOX)
@reads
@blueprint.answer(OffersOut)
def list_made_offers(session: Session, actor: Actor) -> dict[str, Any]:
    """What your departments offered instead of a proposal, and what became of it, newest first."""
    return {"rows": offers.made_offers(session, actor)}


@blueprint.post("/offers/<id:offer_id>/accept")
@policy(Action.ANSWER_OFFER)
@blueprint.versioned
@blueprint.body(AcceptIn)
@writes
@blueprint.answer(OfferOut)
def accept_offer(session: Session, actor: Actor, data: dict[str, Any], offer_id: str) -> OfferView:
    """Take the offer; the next plan keeps to it."""
    offer = offers.accept_offer(session, actor, offer_id, asked_version(), data["chance_permille"])
    return _shown(session, offer)


@blueprint.post("/offers/<id:offer_id>/decline")
@policy(Action.ANSWER_OFFER)
@blueprint.versioned
@blueprint.body(DeclineIn)
@writes
@blueprint.answer(OfferOut)
def decline_offer(session: Session, actor: Actor, data: dict[str, Any], offer_id: str) -> OfferView:
    """Turn the offer down; its head decides on the proposal again."""
    return _shown(session, offers.decline_offer(session, actor, offer_id, asked_version(), data["text"]))


def _shown(session: Session, offer: CounterOffer) -> OfferView:
    session.flush()
    session.expire(offer, ["hours", "made_by", "answered_by"])
    return offer_view(offer)


@blueprint.get("/waiting")
@policy(Action.VIEW_WAITING)
@reads
@blueprint.answer(WaitingListOut)
def show_waiting(session: Session, actor: Actor) -> waiting.WaitingList:
    """What waits for whom in the plan that is decided now."""
    return waiting.waiting(session, actor)


@blueprint.post("/proposals/<id:proposal_id>/head")
@policy(Action.NAME_HEAD)
@blueprint.body(NameHeadIn)
@writes
@blueprint.answer(NamedHeadOut)
def name_head(session: Session, actor: Actor, data: dict[str, Any], proposal_id: str) -> NamedHead:
    """Let another head decide where nobody of the department may, or nobody did in time."""
    return waiting.name_head(session, actor, proposal_id, data["user_id"], data["reason"])


@blueprint.get("/requests/<id:request_id>/comments")
@policy(Action.VIEW_COMMENTS)
@reads
@blueprint.answer(CommentsOut)
def list_comments(session: Session, actor: Actor, request_id: str) -> dict[str, Any]:
    """What was said about the request, oldest first."""
    return {"rows": comments.comments_of(session, actor, request_id)}


@blueprint.post("/requests/<id:request_id>/comments")
@policy(Action.COMMENT)
@blueprint.body(CommentIn)
@writes
@blueprint.answer(CommentOut, 201)
def comment(session: Session, actor: Actor, data: dict[str, Any], request_id: str) -> Comment:
    """Say something about the request, or about the decision on one of its proposals."""
    return comments.comment(session, actor, request_id, data["text"], data["proposal_id"])


@blueprint.get("/notices")
@policy(Action.VIEW_NOTICES)
@reads
@blueprint.answer(NoticesOut)
def list_notices(session: Session, actor: Actor) -> dict[str, Any]:
    """What you were told, newest first."""
    return {"rows": notifying.notices(session, actor)}


@blueprint.post("/notices/read")
@policy(Action.READ_NOTICES)
@writes
@blueprint.answer(UnreadOut)
def read_all(session: Session, actor: Actor) -> dict[str, int]:
    """Mark everything as read."""
    return {"unread": notifying.mark_read(session, actor)}


@blueprint.post("/notices/<id:notice_id>/read")
@policy(Action.READ_NOTICES)
@writes
@blueprint.answer(UnreadOut)
def read_one(session: Session, actor: Actor, notice_id: str) -> dict[str, int]:
    """Mark one as read."""
    return {"unread": notifying.mark_read(session, actor, notice_id)}


@blueprint.get("/delegations")
@policy(Action.VIEW_DELEGATIONS)
@reads
@blueprint.answer(DelegationsOut)
def list_delegations(session: Session, actor: Actor) -> dict[str, Any]:
    """Who acts for whom, as far as it concerns you."""
    return {"rows": delegations.list_delegations(session, actor)}


@blueprint.get("/delegations/colleagues")
@policy(Action.DELEGATE)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(PersonOut))
def list_colleagues(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Who could act for you."""
    return page_of(delegations.colleagues(session, actor), query)


@blueprint.post("/delegations")
@policy(Action.DELEGATE)
@blueprint.body(DelegationIn)
@writes
@blueprint.answer(DelegationOut, 201)
def delegate(session: Session, actor: Actor, data: dict[str, Any]) -> Delegation:
    """Let a colleague act for you."""
    return delegations.create_delegation(
        session, actor, data["to_user_id"], data["first_day"], data["last_day"]
    )


@blueprint.delete("/delegations/<id:delegation_id>")
@policy(Action.REVOKE_DELEGATION)
@writes
@blueprint.answer(DelegationOut)
def revoke_delegation(session: Session, actor: Actor, delegation_id: str) -> Delegation:
    """End it at once."""
    return delegations.revoke_delegation(session, actor, delegation_id)


@blueprint.get("/weeks")
@policy(Action.VIEW_OWN_WEEKS)
@reads
@blueprint.answer(OwnWeeksOut)
def show_weeks(session: Session, actor: Actor) -> dict[str, Any]:
    """Your next weeks, if you are a specialist."""
    return {"rows": own_weeks.own_weeks(session, actor)}
