"""What surrounds every page: navigation by role, the cycle, the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import now
from planner.permissions import Action, may
from planner.records import CycleStatus, PlanningCycle
from planner.services.planning import cycles
from planner.services.staff import notifying
from web.rendering import at

Entry = tuple[Any, str, Action, str, str]
"""Name, address, who may, picture, keys."""

NAVIGATION: Final[tuple[tuple[Any, tuple[Entry, ...]], ...]] = (
    ("", ((_l("Today"), "/", Action.VIEW_TODAY, "home", "g h"),)),
    (
        _l("Demand"),
        (
            (_l("Requests"), "/requests", Action.LIST_REQUESTS, "list", "g r"),
            (_l("Accounts"), "/accounts", Action.LIST_ACCOUNTS, "building", "g a"),
            (_l("Who is key"), "/definitions", Action.VIEW_DEFINITION, "shield", "g 4"),
            (_l("Portfolio"), "/portfolio", Action.VIEW_PORTFOLIO, "grid", "g f"),
            (_l("Claims and results"), "/calibration", Action.VIEW_CALIBRATION, "check", "g k"),
            (_l("Refusals"), "/expectations", Action.VIEW_EXPECTATIONS, "cross", "g e"),
            (_l("Outcomes"), "/outcomes", Action.LIST_OUTCOMES, "check", "g j"),
            (_l("Obligations"), "/obligations", Action.CONFIRM_OBLIGATION, "shield", "g o"),
        ),
    ),
    (
        _l("Decisions"),
        (
            (_l("Inbox"), "/inbox", Action.VIEW_INBOX, "inbox", "g i"),
            (_l("Decided"), "/outbox", Action.VIEW_OUTBOX, "decided", "g d"),
            (_l("Counter-offers"), "/offers", Action.LIST_OFFERS, "compare", "g f"),
            (_l("Soft bookings"), "/bookings", Action.VIEW_BOOKINGS, "clock", "g 5"),
            (_l("Swaps"), "/swaps", Action.VIEW_SWAPS, "compare", "g x"),
            (_l("Overrides"), "/overrides", Action.VIEW_OVERRIDES, "shield", "g z"),
            (_l("Who still decides"), "/waiting", Action.VIEW_WAITING, "clock", "g w"),
            (_l("Standing in"), "/delegations", Action.VIEW_DELEGATIONS, "people", "g e"),
        ),
    ),
    (
        _l("Plan"),
        (
            (_l("Worked hours"), "/work", Action.LOG_WORK, "clock", "g 2"),
            (_l("My weeks"), "/my-weeks", Action.VIEW_OWN_WEEKS, "person", "g m"),
            (_l("Load by week"), "/plan", Action.VIEW_HEAT_MAP, "grid", "g p"),
            (_l("Runs"), "/runs", Action.VIEW_RUNS, "run", "g u"),
            (_l("Scenarios"), "/scenarios", Action.VIEW_SCENARIOS, "grid", "g n"),
            (_l("Trade-offs"), "/trade-offs", Action.VIEW_TRADE_OFFS, "compare", "g t"),
            (_l("Scarce skills"), "/scarcity", Action.VIEW_SCARCITY, "clock", "g 6"),
            (_l("Cycles"), "/cycles", Action.OPEN_CYCLE, "cycle", "g c"),
            (_l("Published plans"), "/publications", Action.VIEW_PUBLICATIONS, "board", "g b"),
        ),
    ),
    (
        _l("Board"),
        (
            (_l("Board review"), "/review", Action.VIEW_REVIEW, "decided", "g v"),
            (_l("Alignment"), "/alignment", Action.VIEW_ALIGNMENT, "compare", "g y"),
            (_l("Contribution"), "/contribution", Action.VIEW_CONTRIBUTION, "people", "g q"),
        ),
    ),
    (
        _l("Data"),
        ((_l("Files in and out"), "/data", Action.VIEW_DATA, "download", "g 3"),),
    ),
    (
        _l("Administration"),
        (
            (_l("Users"), "/users", Action.LIST_USERS, "people", "g s"),
            (_l("Audit log"), "/audit", Action.VIEW_AUDIT, "log", "g l"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the navigation."""

    name: str
    address: str
    icon: str
    key: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Links that belong together."""

    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page shows around its content."""

    navigation: tuple[Group, ...]
    cycle: PlanningCycle | None
    deadline: str
    unread: int = 0


def page(session: Session, actor: Actor, template: str, **values: object) -> str:
    """A whole page: the template inside the frame."""
    return render_template(template, frame=frame(session, actor), actor=actor, **values)


def frame(session: Session, actor: Actor) -> Frame:
    """The frame of the present page for `actor`."""
    cycle = cycles.current_cycle(session)
    return Frame(navigation(actor), cycle, deadline(cycle), notifying.unread(session, actor))


def navigation(actor: Actor) -> tuple[Group, ...]:
    """The links the actor's roles open, the one of this page marked."""
    groups = []
    for name, entries in NAVIGATION:
        items = tuple(
            Item(str(text), address, picture, keys, _is_current(address))
            for text, address, action, picture, keys in entries
            if may(actor, action)
        )
        if items:
            groups.append(Group(str(name), items))
    return tuple(groups)


def _is_current(address: str) -> bool:
    return request.path == address or (address != "/" and request.path.startswith(address + "/"))


def deadline(cycle: PlanningCycle | None) -> str:
    """What the cycle waits for next and how long that is away, in words."""
    if cycle is None or cycle.status in {CycleStatus.CLOSED, CycleStatus.PUBLISHED}:
        return ""
    collecting = cycle.status is CycleStatus.COLLECTING
    due = cycle.request_cutoff if collecting else cycle.decision_deadline
    left = (due - now()).days
    when = at(due, "EEE d MMM HH:mm")
    if due < now():
        return (
            _("requests closed on %(when)s", when=when)
            if collecting
            else _("decisions were due on %(when)s", when=when)
        )
    days = ngettext("%(num)d day left", "%(num)d days left", left) if left else _("less than a day left")
    return (
        _("requests until %(when)s: %(days)s", when=when, days=days)
        if collecting
        else _("decisions until %(when)s: %(days)s", when=when, days=days)
    )
