"""What a head of department decides: the list of proposals, one of them in full, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import now
from planner.permissions import Action
from planner.records import DecisionOutcome, OfferState, ProposalState, RejectionReason
from planner.services.approving import comments, decisions, offers
from planner.services.approving.deciding import check_reason
from planner.services.approving.decisions import Inbox, InboxItem, PersonWeek
from planner.services.approving.reopening import ANSWERED, reopen
from planner.verdict import Denied, Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form
from web.pages.frame import page
from web.pages.offer_form import differences, offer_errors, offer_rows, typed_rows
from web.policy import policy

pages = Blueprint("inbox", __name__)


@dataclass(frozen=True, slots=True)
class Group:
    """One person in one week: the load, and the listed proposals with what they ask for there."""

    load: PersonWeek
    items: tuple[tuple[InboxItem, int], ...]

    @property
    def open(self) -> tuple[InboxItem, ...]:
        """What the reader could approve here and now."""
        return tuple(item for item, _hours in self.items if can_approve(item))

    @property
    def choice(self) -> str:
        """All of that with its versions, as the button carries it."""
        return " ".join(f"{item.proposal_id}:{item.version}" for item in self.open)


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the list with the weeks that proposals touch."""

    name: str
    groups: tuple[Group, ...]

    @property
    def asked(self) -> int:
        """Quarter-hours still to be decided."""
        return sum(group.load.proposed for group in self.groups)

    @property
    def fullest(self) -> PersonWeek:
        """The week in which least is left."""
        return min((group.load for group in self.groups), key=lambda load: load.left)

    def holds(self, item: InboxItem | None) -> bool:
        """Whether the proposal is one of this person's."""
        return item is not None and any(
            item.proposal_id == listed.proposal_id for group in self.groups for listed, _hours in group.items
        )


def can_approve(item: InboxItem) -> bool:
    """Whether the reader may answer the proposal now."""
    return item.state is ProposalState.PROPOSED and not item.is_own


@pages.get("/inbox")
@policy(Action.VIEW_INBOX)
@reads
def show(session: Session, actor: Actor) -> str:
    """The proposals that wait, and the one that the address names, else the first."""
    return _page(session, actor, Form())


def _page(session: Session, actor: Actor, form: Form, item_id: str | None = None) -> str:
    box = decisions.inbox(session, actor)
    everything = request.args.get("show") == "all"
    listed = [i for i in box.items if everything or i.state is ProposalState.PROPOSED]
    wanted = item_id or request.args.get("item", "")
    people = _by_person(box, listed)
    chosen = next((i for i in box.items if i.proposal_id == wanted), None)
    chosen = chosen or (people[0].groups[0].items[0][0] if people else None)
    answerable = chosen is not None and can_approve(chosen)
    choices = offers.offer_choices(session, actor, chosen.proposal_id) if chosen and answerable else None
    return page(
        session,
        actor,
        "inbox/show.html",
        box=box,
        people=people,
        chosen=chosen,
        siblings=[i for i in box.items if chosen and i.request_id == chosen.request_id],
        load=_load_of(box, chosen),
        waiting=sum(i.state is ProposalState.PROPOSED for i in box.items),
        countered=sum(i.state is ProposalState.COUNTERED for i in box.items),
        passed=_passed(box),
        everything=everything,
        reasons=list(RejectionReason),
        form=form,
        choices=choices,
        rows=offer_rows(form, chosen, choices),
        said=comments.comments_of(session, actor, chosen.request_id) if chosen else (),
        can_approve=can_approve,
        can_reopen=_can_reopen(chosen),
    )


def _can_reopen(chosen: InboxItem | None) -> bool:
    """Whether the reader may take the answer back; an accepted offer is the account manager's to give up."""
    if chosen is None or chosen.is_own or chosen.state not in ANSWERED:
        return False
    return chosen.offer is None or chosen.offer.state is not OfferState.ACCEPTED


def _passed(box: Inbox) -> int | None:
    """Per cent of the time to decide that is over; None when nothing is to be decided."""
    if box.asked_at is None or box.deadline is None or box.deadline <= box.asked_at:
        return None
    return min(100, int((now() - box.asked_at) * 100 / (box.deadline - box.asked_at)))


def _by_person(box: Inbox, listed: Sequence[InboxItem]) -> list[Person]:
    """The listed proposals under each person and week they ask for, by name and week."""
    asked: dict[tuple[str, str], list[tuple[InboxItem, int]]] = {}
    for item in listed:
        for hour in item.hours:
            asked.setdefault((hour.specialist_id, hour.week), []).append((item, hour.quarter_hours))
    found: dict[str, list[Group]] = {}
    names = {load.specialist_id: load.specialist for load in box.load}
    for load in box.load:
        items = asked.get((load.specialist_id, load.week))
        if items:
            found.setdefault(load.specialist_id, []).append(Group(load, tuple(items)))
    return [Person(names[key], tuple(groups)) for key, groups in found.items()]


def _load_of(box: Inbox, chosen: InboxItem | None) -> list[tuple[PersonWeek, int]]:
    """Every person-week of the chosen proposal with the quarter-hours it asks for there."""
    if chosen is None:
        return []
    own = {(h.specialist_id, h.week): h.quarter_hours for h in chosen.hours}
    return [(w, own[w.specialist_id, w.week]) for w in box.load if (w.specialist_id, w.week) in own]


@pages.post("/inbox/approve")
@policy(Action.APPROVE_MANY)
def approve_many() -> tuple[str, int] | Response:
    """Promise the hours of all that is ticked, or of one person's week, at once or not at all."""
    texts = [*request.form.get("group", "").split(), *request.form.getlist("part")]
    if request.form.get("group"):
        texts = request.form["group"].split()
    pairs = [text.rpartition(":") for text in texts]
    versions = {key: int(v) for key, _colon, v in pairs if v.isdecimal() and len(v) < 10 and key}

    def step(session: Session, actor: Actor) -> object:
        return decisions.approve_many(session, actor, versions)

    done = ngettext("%(num)d line is approved.", "%(num)d lines are approved.", len(versions))
    return _decide(request.form.get("item", ""), step, done)


@pages.post("/proposals/<id:proposal_id>/counter")
@policy(Action.COUNTER)
def counter(proposal_id: str) -> tuple[str, int] | Response:
    """Offer other people, weeks or fewer hours; what was typed stays when it cannot be offered."""

    def step(session: Session, actor: Actor) -> object:
        text = request.form.get("text", "").strip()
        return offers.make_offer(session, actor, proposal_id, _number("version"), typed_rows(), text)

    return _decide(proposal_id, step, _("The offer is sent; the account manager answers."))


@pages.post("/proposals/<id:proposal_id>/approve")
@policy(Action.APPROVE)
def approve(proposal_id: str) -> tuple[str, int] | Response:
    """Promise the hours of one line."""
    return _decide(
        proposal_id,
        lambda session, actor: decisions.approve(session, actor, proposal_id, _number("version")),
        _("Approved. Under “Decided” you can take it back."),
    )


@pages.post("/proposals/<id:proposal_id>/reject")
@policy(Action.REJECT)
def reject(proposal_id: str) -> tuple[str, int] | Response:
    """Refuse the hours of one line, with a reason."""

    def step(session: Session, actor: Actor) -> object:
        return decisions.reject(
            session, actor, proposal_id, _number("version"), _reason(), request.form.get("text", "").strip()
        )

    return _decide(
        proposal_id, step, _("Rejected. The next plan respects it. Under “Decided” you can take it back.")
    )


@pages.post("/proposals/<id:proposal_id>/reopen")
@policy(Action.REOPEN_DECISION)
def take_back(proposal_id: str) -> Response:
    """Take the own answer back; the line waits in the inbox again."""
    try:
        with writing() as session:
            reopen(session, current_actor(), proposal_id, _number("version"))
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
        return redirect("/outbox", 303)
    flash(_("Taken back; it waits for your decision again."), "good")
    return redirect(f"/inbox?{urlencode({'item': proposal_id})}", 303)


@pages.post("/requests/<id:request_id>/decision")
@policy(Action.DECIDE_REQUEST)
def decide_request(request_id: str) -> tuple[str, int] | Response:
    """Decide all own parts of a request at once, or none."""
    rejecting = request.form.get("outcome") == DecisionOutcome.REJECTED
    versions = {
        name.removeprefix("version-"): _number(name) for name in request.form if name.startswith("version-")
    }

    def step(session: Session, actor: Actor) -> object:
        return decisions.decide_request(
            session,
            actor,
            request_id,
            request.form.get("run", ""),
            DecisionOutcome.REJECTED if rejecting else DecisionOutcome.APPROVED,
            versions,
            _reason() if rejecting else None,
            request.form.get("text", "").strip() if rejecting else "",
        )

    done = (
        _("All parts are rejected. The next plan respects it.") if rejecting else _("All parts are approved.")
    )
    return _decide(request.form.get("item", ""), step, done)


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _reason() -> RejectionReason:
    """The chosen reason.

    Raises:
        Refused: E_REASON; none was chosen, or it says too little.
    """
    chosen = _maybe_reason(request.form.get("reason", ""))
    check_reason(chosen, request.form.get("text", "").strip())
    return chosen or RejectionReason.OTHER


def _maybe_reason(text: str) -> RejectionReason | None:
    return RejectionReason(text) if text in set(RejectionReason) else None


def _decide(
    proposal_id: str, step: Callable[[Session, Actor], object], done: str
) -> tuple[str, int] | Response:
    """Decide in one unit of work, then open the next proposal; a refusal shows what was typed again."""
    actor = current_actor()
    with reading() as session:
        following = _next(decisions.inbox(session, actor), proposal_id)
    try:
        with writing() as session:
            step(session, actor)
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        form = Form(request.form.to_dict(), _errors(refused.denied))
        with reading() as session:
            return _page(session, actor, form, proposal_id), answer_of(refused.denied).status
    flash(done, "good")
    return redirect("/inbox" + (f"?{urlencode({'item': following})}" if following else ""), 303)


def _errors(denied: Denied) -> tuple[FieldError, ...]:
    if denied.code == "E_INVALID" and denied.problems:
        return offer_errors(denied)
    field = "reason" if denied.code == "E_REASON" else ""
    name = _("Reason") if field else ""
    told = FieldError(field, name, words(denied.reason), words(denied.remedy))
    return (told, *(FieldError("", "", text, "") for text in differences(denied)))


def _next(box: Inbox, proposal_id: str) -> str | None:
    """The proposal that waits behind this one in the list, or the first one."""
    listed = [i for i in box.items if i.state is ProposalState.PROPOSED]
    order = list(
        dict.fromkeys(
            item.proposal_id
            for person in _by_person(box, listed)
            for group in person.groups
            for item, _hours in group.items
        )
    )
    request_of = {i.proposal_id: i.request_id for i in box.items}
    behind = order[order.index(proposal_id) + 1 :] if proposal_id in order else []
    whole = "outcome" in request.form
    for candidate in [*behind, *order]:
        same_request = whole and request_of[candidate] == request_of.get(proposal_id)
        if candidate != proposal_id and not same_request:
            return candidate
    return None


@pages.route("/proposals/<id:proposal_id>/consequence", methods=["POST"])
@policy(Action.VIEW_CONSEQUENCE)
def ask_consequence(proposal_id: str) -> str:
    """What refusing would cost, computed now for the reason chosen in the form."""
    with writing() as session:
        found = decisions.ask_consequence(
            session, current_actor(), proposal_id, _maybe_reason(request.form.get("reason", ""))
        )
    return render_template("inbox/_consequence.html", cost=found, proposal_id=proposal_id, asked=True)


@pages.get("/proposals/<id:proposal_id>/consequence")
@policy(Action.VIEW_CONSEQUENCE)
@reads
def show_consequence(session: Session, actor: Actor, proposal_id: str) -> str:
    """What is known by now of the consequence."""
    found = decisions.consequence(session, actor, proposal_id, _maybe_reason(request.args.get("reason", "")))
    return render_template("inbox/_consequence.html", cost=found, proposal_id=proposal_id, asked=True)


@pages.get("/outbox")
@policy(Action.VIEW_OUTBOX)
@reads
def show_outbox(session: Session, actor: Actor) -> str:
    """What was decided and offered for the reader's departments, newest first."""
    sent, offered = decisions.outbox(session, actor), offers.made_offers(session, actor)
    return page(session, actor, "inbox/outbox.html", sent=sent, offered=offered)
