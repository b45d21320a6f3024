"""Counter-offers: a head offers other people, weeks or fewer hours, and the account manager answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor, acts_for
from planner.audit import Event, changing, record, state_of
from planner.clock import now
from planner.permissions import Action, may
from planner.records import (
    CounterHours,
    CounterOffer,
    NotificationKind,
    OfferState,
    Proposal,
    ProposalState,
    ResourceRequest,
    ResponsePoint,
    Role,
    UserRole,
)
from planner.scope import an_id, find_proposal
from planner.services.approving.deciding import (
    LONGEST_TEXT,
    check_current,
    check_may_decide,
    check_open,
    parties,
    principal,
)
from planner.services.approving.offer_rules import (
    OfferedHours,
    able_people,
    fraction_of,
    offer_problems,
    weeks_for,
)
from planner.services.approving.offer_views import (
    OfferLine,
    OfferView,
    chances,
    list_offers,
    made_offers,
    needs_chance,
    offers_in_full,
)
from planner.services.filing.request_store import state
from planner.services.staff.notifying import notify
from planner.services.versions import check_version
from planner.transitions import OfferAction, ProposalAction, move
from planner.verdict import Kind, Message, Problem, not_found, refuse, require

__all__ = [
    "OfferChoices",
    "OfferLine",
    "OfferView",
    "OfferedHours",
    "accept_offer",
    "decline_offer",
    "list_offers",
    "made_offers",
    "make_offer",
    "offer_choices",
]

MOST_POINTS = 6


@dataclass(frozen=True, slots=True)
class OfferChoices:
    """What a head can offer for a proposal: able people as (id, name), and ISO weeks."""

    people: tuple[tuple[str, str], ...]
    weeks: tuple[str, ...]


def offer_choices(session: Session, actor: Actor, proposal_id: str) -> OfferChoices:
    """Who of the department could do the line, and when it can be worked on.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.COUNTER))
    proposal = find_proposal(session, actor, proposal_id)
    people = able_people(session, proposal)
    return OfferChoices(tuple((p.id, p.display_name) for p in people), tuple(weeks_for(proposal)))


def make_offer(  # noqa: PLR0917 - a use case takes the values it needs
    session: Session,
    actor: Actor,
    proposal_id: str,
    version: int,
    hours: Sequence[OfferedHours],
    text: str = "",
) -> CounterOffer:
    """Offer other hours instead of the proposed ones; the key account manager answers.

    Args:
        session: The unit of work.
        actor: As for an approval.
        proposal_id: Instead of what.
        version: The proposal's version that the actor saw.
        hours: Who would work when, quarter-hours; together a level of the line, or less than all of it.
        text: What the account manager reads.

    Raises:
        Refused: as `approve`, and E_INVALID with everything wrong with the offer. Nothing is stored then.
    """
    require(may(actor, Action.COUNTER))
    proposal = find_proposal(session, actor, proposal_id)
    check_may_decide(session, actor, proposal)
    again = _same_offer(session, actor, proposal, version, hours)
    if again is not None:
        return again
    check_open(session, proposal, version, ProposalAction.COUNTER)
    found = checks.text("text", text, LONGEST_TEXT, lines=True) if text else []
    checks.require_well_formed([*found, *offer_problems(session, proposal, hours)])
    standing_for = principal(session, actor, proposal)
    before = state_of(proposal)
    move(proposal, ProposalAction.COUNTER)
    offer = CounterOffer(
        proposal_id=proposal.id,
        state=OfferState.OPEN,
        fraction=fraction_of(proposal, sum(row.quarter_hours for row in hours)),
        text=checks.tidy(text),
        made_by_id=actor.user_id,
        on_behalf_of_id=standing_for,
        made_at=now(),
        hours=[
            CounterHours(specialist_id=row.specialist_id, week=row.week, quarter_hours=row.quarter_hours)
            for row in hours
        ],
    )
    session.add(offer)
    after = {**state_of(proposal), "offer": _told(offer)}
    record(
        session,
        replace(actor, on_behalf_of=standing_for),
        Event.DECISION_COUNTERED,
        proposal,
        before=before,
        after=after,
    )
    request = proposal.request
    words = {"department": proposal.department.name, "title": request.title}
    notify(
        session,
        users=parties(request),
        kind=NotificationKind.COUNTER_OFFER,
        text=Message("%(department)s offers something else for “%(title)s”.", words),
        link="/offers",
    )
    return offer


def accept_offer(
    session: Session, actor: Actor, offer_id: str, version: int, chance: int | None = None
) -> CounterOffer:
    """Take the offer; the next plan keeps to it and needs no further answer of its head.

    Args:
        session: The unit of work.
        actor: The account's key account manager, the deputy, or who stands in for one of them.
        offer_id: What is accepted.
        version: The offer's version that the actor saw.
        chance: Probability of success with these hours, per mille; needed when the request does not say.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NOT_OWN, E_SELF_APPROVAL for the own offer, E_VERSION_STALE,
            E_STATE, E_RUN_ACTIVE, E_PLAN_SUPERSEDED; E_INVALID for a chance that is missing or contradicts
            what was said.
    """
    require(may(actor, Action.ANSWER_OFFER))
    offer, keeper = _answerable(session, actor, offer_id)
    proposal, request = offer.proposal, offer.proposal.request
    if offer.state == OfferState.ACCEPTED and offer.answered_by_id == actor.user_id:
        return offer
    check_version(session, offer, version)
    check_current(session, proposal)
    low, high = chances(request, offer.fraction)
    if needs_chance(request, offer.fraction):
        checks.require_well_formed(_chance_problems(request, chance, low, high))
        before = state(request)
        request.curve.append(ResponsePoint(fraction=offer.fraction, probability=chance))
        request.updated_at = now()
        session.flush()
        record(session, keeper, Event.REQUEST_EDITED, request, before=before, after=state(request))
    with changing(session, keeper, Event.OFFER_ACCEPTED, offer):
        move(offer, OfferAction.ACCEPT)
        offer.answered_by_id, offer.answered_at = actor.user_id, now()
    _answer_told(session, offer, "Your offer for “%(title)s” was accepted; the next plan keeps to it.")
    planners = select(UserRole.user_id).where(UserRole.role == Role.PLANNER)
    notify(
        session,
        users=session.scalars(planners),
        kind=NotificationKind.COUNTER_ANSWER,
        text=Message(
            "A counter-offer for “%(title)s” was accepted; a new plan is needed.", {"title": request.title}
        ),
        link=f"/runs/{proposal.run_id}",
    )
    return offer


def decline_offer(
    session: Session, actor: Actor, offer_id: str, version: int, text: str = ""
) -> CounterOffer:
    """Turn the offer down, or take back having accepted it; the head decides on the proposal again.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND, E_NOT_OWN, E_SELF_APPROVAL, E_VERSION_STALE, E_STATE,
            E_RUN_ACTIVE, E_PLAN_SUPERSEDED, E_INVALID for the text.
    """
    require(may(actor, Action.ANSWER_OFFER))
    offer, keeper = _answerable(session, actor, offer_id)
    if offer.state == OfferState.DECLINED and offer.answered_by_id == actor.user_id:
        return offer
    check_version(session, offer, version)
    check_current(session, offer.proposal)
    if text:
        checks.require_well_formed(checks.text("text", text, LONGEST_TEXT, lines=True))
    with changing(session, keeper, Event.OFFER_DECLINED, offer):
        move(offer, OfferAction.DECLINE)
        offer.answered_by_id, offer.answered_at, offer.answer = actor.user_id, now(), checks.tidy(text)
    with changing(session, keeper, Event.DECISION_REOPENED, offer.proposal):
        move(offer.proposal, ProposalAction.REOPEN)
    _answer_told(session, offer, "Your offer for “%(title)s” was declined; please decide again.")
    return offer


def _told(offer: CounterOffer) -> Mapping[str, object]:
    """The offer with its hours, for the log."""
    rows = [[h.specialist_id, h.week, h.quarter_hours] for h in offer.hours]
    return {**state_of(offer), "hours": sorted(rows)}


def _same_offer(
    session: Session, actor: Actor, proposal: Proposal, version: int, hours: Sequence[OfferedHours]
) -> CounterOffer | None:
    """The actor's own identical offer of a moment ago, made on the version the actor names."""
    if proposal.state != ProposalState.COUNTERED or version not in (proposal.version, proposal.version - 1):
        return None
    last = session.scalars(
        select(CounterOffer)
        .where(CounterOffer.proposal_id == proposal.id)
        .order_by(CounterOffer.made_at.desc())
    ).first()
    if last is None or last.made_by_id != actor.user_id or last.state != OfferState.OPEN:
        return None
    same = {(h.specialist_id, h.week, h.quarter_hours) for h in last.hours}
    return last if same == {(h.specialist_id, h.week, h.quarter_hours) for h in hours} else None


def _answerable(session: Session, actor: Actor, offer_id: str) -> tuple[CounterOffer, Actor]:
    """The offer, when it is the actor's to answer, and the actor naming whom they stand in for."""
    offer = session.scalars(offers_in_full().where(CounterOffer.id == an_id(offer_id))).one_or_none()
    if offer is None:
        raise not_found()
    find_proposal(session, actor, offer.proposal_id)
    people, account = acts_for(session, actor), offer.proposal.request.account
    keepers = [who for who in (account.kam_id, account.deputy_kam_id) if who in people]
    if not keepers:
        raise not_found()
    if offer.made_by_id in people:
        raise refuse(
            Kind.FORBIDDEN,
            "E_SELF_APPROVAL",
            "You or somebody you stand in for made this offer, so you cannot answer it.",
            "The account's manager or deputy answers.",
        )
    mine = actor.user_id in keepers
    return offer, actor if mine and actor.user_id == account.kam_id else replace(
        actor, on_behalf_of=account.kam_id if mine else keepers[0]
    )


def _chance_problems(request: ResourceRequest, chance: int | None, low: int, high: int) -> list[Problem]:
    if len(request.curve) >= MOST_POINTS:
        reason = "The request says its chance for six levels already."
        remedy = "Decline, and change the request to these hours."
        return [checks.problem("chance", "E_CURVE", reason, remedy)]
    if chance is not None and low <= chance <= high:
        return []
    reason = "Fewer hours have another chance of success."
    remedy = "Say what it is: %(low)s to %(high)s %% fits what you said of the other levels."
    return [checks.problem("chance", "E_CHANCE", reason, remedy, low=f"{low / 10:g}", high=f"{high / 10:g}")]


def _answer_told(session: Session, offer: CounterOffer, text: str) -> None:
    notify(
        session,
        users={offer.made_by_id, offer.on_behalf_of_id},
        kind=NotificationKind.COUNTER_ANSWER,
        text=Message(text, {"title": offer.proposal.request.title}),
        link=f"/inbox?item={offer.proposal_id}",
    )
