"""What needs a reader now: one finder for each role, each thing with where to do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import monday, today
from planner.records import (
    ClosingState,
    CycleStatus,
    DefinitionState,
    JobState,
    OfferState,
    Outcome,
    OverrideState,
    ProposalState,
    Purpose,
    RequestStatus,
    ResourceRequest,
    Role,
    SwapState,
)
from planner.services.approving import booking_views, decisions, near_starts, offers, waiting
from planner.services.approving.near_starts import NearStart
from planner.services.closing import due_outcomes
from planner.services.customers import accounts, definitions
from planner.services.excepting import overrides, swaps
from planner.services.filing import obligations, offer_ends, requests, usual_chances
from planner.services.planning import cycles, runs
from planner.services.reviewing import surveys
from web.pages.first_steps import steps_for
from web.pages.task import Task
from web.rendering import day, label

CONTRACT_WARNING: Final = timedelta(weeks=26)
MOST_ROWS: Final = 200
MOST_SHORT: Final = 4
"""Refused and cut requests that are told one by one."""

TO_DO: Final = (
    RequestStatus.RETURNED,
    RequestStatus.DRAFT,
    RequestStatus.PLANNED,
    RequestStatus.DECIDED,
)
OPEN: Final = (*TO_DO, RequestStatus.SUBMITTED, RequestStatus.PUBLISHED, RequestStatus.RUNNING)
PRESSING: Final = ("bad", "warn", "info", "good")


def tasks_for(session: Session, actor: Actor) -> list[Task]:
    """What needs the reader now, the most pressing first."""
    finders: tuple[tuple[Role, Callable[[Session, Actor], Iterator[Task]]], ...] = (
        (Role.HEAD, _for_head),
        (Role.LEADERSHIP, _for_steering),
        (Role.PLANNER, _for_steering),
        (Role.LEADERSHIP, _for_signing),
        (Role.KAM, _for_kam),
        (Role.FINANCE, _for_confirming),
        (Role.LEADERSHIP, _for_confirming),
    )
    tasks = [*steps_for(session, actor), *_asked(session, actor), *_chances(session, actor)]
    for role, find in finders:
        if actor.has(role):
            tasks += [task for task in find(session, actor) if task not in tasks]
    return sorted(tasks, key=lambda task: PRESSING.index(task.tone))


def _asked(session: Session, actor: Actor) -> Iterator[Task]:
    """The survey that waits for the reader's answer, whatever the role."""
    row = surveys.waiting_for(session, actor)
    if row is not None:
        text = _("The survey “%(name)s” asks how we work together. It takes two minutes.", name=row.name)
        yield Task(text, _("Until %(day)s", day=day(row.closes_on)), f"/surveys/{row.id}", "people")


def _chances(session: Session, actor: Actor) -> Iterator[Task]:
    """Usual chances that another person stated and the reader could put in force."""
    for row in usual_chances.waiting_for(session, actor):
        text = _("Confirm or turn down other usual chances: %(stage)s", stage=label(row.stage))
        yield Task(text, row.stated_by.display_name, "/usual-chances", "shield", "warn")


def _for_kam(session: Session, actor: Actor) -> Iterator[Task]:
    open_offers = [o for o in offers.list_offers(session, actor) if o.state is OfferState.OPEN]
    for offer in open_offers:
        text = _("Answer the counter-offer for “%(title)s”", title=offer.title)
        yield Task(text, offer.department, f"/offers#offer-{offer.offer_id}", "compare", "bad")
    for swap in swaps.list_swaps(session, actor):
        if not swap.asked and swap.state == SwapState.OFFERED:
            text = _("Somebody asks whether “%(title)s” could yield", title=swap.title)
            yield Task(text, _("Answer the swap offer."), "/swaps", "compare", "warn")
    yield from _near_own(session, actor)
    short: list[ResourceRequest] = []
    for row in _all(session, actor, TO_DO):
        where, address = _where(row, actor), f"/requests/{row.id}"
        if row.status is RequestStatus.RETURNED:
            why = f"{where}. {row.return_reason}"
            yield Task(_("Correct “%(title)s”", title=row.title), why, address, "alert", "bad")
        elif row.status is RequestStatus.DRAFT:
            yield Task(_("Finish the draft “%(title)s”", title=row.title), where, f"{address}/edit", "edit")
        elif row.outcome in {Outcome.REFUSED, Outcome.PARTLY}:
            short.append(row)
    for row in short[:MOST_SHORT]:
        yield _short(row, actor)
    if len(short) > MOST_SHORT:
        text = ngettext(
            "%(num)d more request gets less than it asks for",
            "%(num)d more requests get less than they ask for",
            len(short) - MOST_SHORT,
        )
        yield Task(text, "", f"/requests?status={RequestStatus.PLANNED.value}", "list", "warn")
    yield from _offers_ending(session, actor)
    yield from _bookings(session, actor)
    yield from _owed(session, actor)
    yield from _contracts(session, actor)


def _offers_ending(session: Session, actor: Actor) -> Iterator[Task]:
    """Open requests of the reader whose offer to the customer lapses soon, or has lapsed."""
    for row in offer_ends.ending_offers(session, actor):
        left = offer_ends.days_left(row)
        if left is None or actor.user_id not in {row.kam_id, row.filed_by_id}:
            continue
        until = day(row.offer_valid_until)
        over = left < 0
        yield Task(
            _("The offer for “%(title)s” has lapsed", title=row.title)
            if over
            else _("The offer for “%(title)s” is valid until %(day)s", title=row.title, day=until),
            _("Renew it and state the new date, or withdraw the request."),
            f"/requests/{row.id}",
            "clock",
            "bad" if left <= offer_ends.LAST_CALL.days else "warn",
        )


def _owed(session: Session, actor: Actor) -> Iterator[Task]:
    """Requests of the reader whose end nobody told, or whose record came back."""
    open_ones = [d for d in due_outcomes.due_outcomes(session, actor) if d.state != ClosingState.RECORDED]
    if not open_ones:
        return
    text = ngettext("Say how %(num)d request ended", "Say how %(num)d requests ended", len(open_ones))
    longest = open_ones[0]
    why = _("“%(title)s” since %(day)s", title=longest.request.title, day=day(longest.since))
    late = any(d.counts_as_failure or d.reminders for d in open_ones)
    yield Task(text, why, "/outcomes", "check", "bad" if late else "warn")


def _where(row: ResourceRequest, actor: Actor) -> str:
    """The account, and who keeps it when that is not the reader."""
    return row.account.name if row.kam_id == actor.user_id else f"{row.account.name} · {row.kam.display_name}"


def _short(row: ResourceRequest, actor: Actor) -> Task:
    """A request that the plan gives less than it asks for."""
    refused = row.outcome is Outcome.REFUSED
    text = (
        _("“%(title)s” is refused: see what would help", title=row.title)
        if refused
        else _("“%(title)s” gets a part: see what would help", title=row.title)
    )
    picture = "cross" if refused else "minus"
    return Task(text, _where(row, actor), f"/requests/{row.id}#card", picture, "warn")


def _contracts(session: Session, actor: Actor) -> Iterator[Task]:
    """Contracts that end within half a year without an open request to keep them."""
    limit = today() + CONTRACT_WARNING
    ending = [
        a
        for a in accounts.list_accounts(session, actor)
        if a.contract_end
        and today() <= a.contract_end <= limit
        and actor.user_id in {a.kam_id, a.deputy_kam_id}
    ]
    if not ending:
        return
    kept: set[str] = {row.account_id for row in _all(session, actor, OPEN) if row.purpose is Purpose.RETAIN}
    for account in ending:
        if account.id not in kept:
            yield Task(
                _(
                    "The contract of %(account)s ends on %(day)s",
                    account=account.name,
                    day=day(account.contract_end),
                ),
                _("No request to keep it is open."),
                f"/requests/new?account={account.id}",
                "clock",
                "warn",
            )


def _all(session: Session, actor: Actor, states: Iterable[RequestStatus]) -> Iterator[ResourceRequest]:
    """Every request in those states, page by page."""
    wanted = [state.value for state in states]
    number = 1
    while True:
        found = requests.list_requests(session, actor, status=wanted, page=number, per_page=MOST_ROWS)
        yield from found.rows
        if number * MOST_ROWS >= found.total:
            return
        number += 1


def _bookings(session: Session, actor: Actor) -> Iterator[Task]:
    """Soft bookings that wait for the reader's consent, or expire within a week."""
    for view in booking_views.ending_bookings(session, actor):
        who, until = view.booking.specialist.display_name, day(view.booking.expires_on)
        text = (
            _("Hold hours of %(who)s softly until %(day)s?", who=who, day=until)
            if view.may_grant
            else _("The soft booking of %(who)s expires on %(day)s", who=who, day=until)
        )
        address = f"/bookings#booking-{view.booking.id}"
        yield Task(text, view.booking.account.name, address, "clock", "warn")


def _for_head(session: Session, actor: Actor) -> Iterator[Task]:
    yield from _bookings(session, actor)
    box = decisions.inbox(session, actor)
    mine = {i.proposal_id for i in box.items if i.state is ProposalState.PROPOSED and not i.is_own}
    near = near_starts.near_starts_of(session, mine) if mine else ()
    for each in near[:MOST_SHORT]:
        text = _("Decide on “%(title)s”: the work begins soon", title=each.part.request.title)
        yield _near(text, each, f"/inbox?item={each.part.id}")
    number = len(mine)
    if number:
        yield Task(
            ngettext("%(num)d decision waits for you", "%(num)d decisions wait for you", number),
            box.cycle.name if box.cycle else "",
            "/inbox",
            "inbox",
            "bad",
        )


def _near_own(session: Session, actor: Actor) -> Iterator[Task]:
    """Requests of the reader that begin within days while a head has not decided."""
    for each in near_starts.my_near_starts(session, actor)[:MOST_SHORT]:
        text = _("“%(title)s” begins soon and is not approved", title=each.part.request.title)
        yield _near(text, each, f"/requests/{each.part.request_id}")


def _near(text: str, each: NearStart, address: str) -> Task:
    """Work that begins within days and that no head approved."""
    when = _("First week from %(day)s", day=day(monday(each.week)))
    return Task(text, f"{when} · {each.part.department.name}", address, "clock", "bad")


def _for_steering(session: Session, actor: Actor) -> Iterator[Task]:
    stuck = sum(part.blocked for part in waiting.waiting(session, actor).parts)
    if stuck:
        text = ngettext(
            "Nobody may decide on %(num)d part: name a head",
            "Nobody may decide on %(num)d parts: name a head",
            stuck,
        )
        yield Task(text, _("Head and deputy have an interest in it."), "/waiting", "alert", "bad")
    cycle = cycles.current_cycle(session)
    if cycle is None:
        yield Task(
            _("Open a cycle"),
            _("Requests can be submitted once a cycle is open."),
            "/cycles",
            "cycle",
            "warn",
        )
        return
    newest = next(iter(runs.list_runs(session, actor, cycle.id)), None)
    if newest is not None and newest.state in {JobState.QUEUED, JobState.RUNNING}:
        yield Task(
            _("A plan is being made"),
            _("Watch it, or stop it and keep the best."),
            f"/runs/{newest.id}",
            "run",
        )
    elif cycle.status is CycleStatus.COLLECTING:
        submitted = requests.count_requests(session, actor).get(RequestStatus.SUBMITTED, 0)
        text = ngettext("%(num)d request is submitted", "%(num)d requests are submitted", submitted)
        yield Task(_("Make a plan"), text, "/runs", "run", "warn" if submitted else "info")
    elif newest is not None and newest.state is JobState.DONE and cycle.status is CycleStatus.DECIDING:
        view = runs.run_view(session, actor, newest.id)
        left = sum(row.proposals for row in view.waits_for)
        if left:
            names = ", ".join(row.department for row in view.waits_for)
            text = ngettext("Heads still decide on %(num)d part", "Heads still decide on %(num)d parts", left)
            yield Task(text, names, f"/runs/{newest.id}", "clock", "warn")
        else:
            yield Task(
                _("Publish the plan"), _("Everything is decided."), f"/runs/{newest.id}", "lock", "bad"
            )
    if newest is not None and newest.state is JobState.FAILED:
        why = say_failure(newest.failure)
        yield Task(
            _("Run %(number)d failed", number=newest.number), why, f"/runs/{newest.id}", "alert", "bad"
        )


def say_failure(failure: dict[str, object] | None) -> str:
    """Why a run failed, in the reader's language."""
    return _(str(failure["reason"])) if failure else ""


def _for_confirming(session: Session, actor: Actor) -> Iterator[Task]:
    open_ones = [
        row for row in obligations.list_obligations(session, actor) if row.obligation_confirmed_by_id is None
    ]
    if open_ones:
        text = ngettext(
            "%(num)d obligation waits for confirmation",
            "%(num)d obligations wait for confirmation",
            len(open_ones),
        )
        yield Task(text, ", ".join(row.account.name for row in open_ones), "/obligations", "shield", "warn")
    closings = due_outcomes.waiting_for(session, actor)
    if closings:
        text = ngettext(
            "%(num)d outcome waits for confirmation", "%(num)d outcomes wait for confirmation", len(closings)
        )
        titles = ", ".join(due.request.title for due in closings[:MOST_SHORT])
        yield Task(text, titles, "/outcomes", "check", "warn")


def _for_signing(session: Session, actor: Actor) -> Iterator[Task]:
    """What another leader proposed and only a second person can put in force."""
    for row in overrides.list_overrides(session, actor):
        if row.state is OverrideState.WAITING and row.sponsor_id != actor.user_id:
            text = _("Sign or decline the override by %(who)s", who=row.sponsor.display_name)
            yield Task(text, row.reason, f"/overrides/{row.id}", "shield", "bad")
    for version in definitions.list_definitions(session, actor):
        if version.state is DefinitionState.PROPOSED and version.proposed_by_id != actor.user_id:
            text = _("Approve or return version %(number)d of what “key” means", number=version.number)
            yield Task(text, version.note, f"/definitions/{version.id}", "shield", "warn")
