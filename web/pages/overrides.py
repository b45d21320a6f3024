"""Overrides: choose an exception, see its price, sign it, give the second signature, read the register."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import monday, today
from planner.permissions import Action
from planner.records import Override, OverrideKind
from planner.services.excepting import overrides
from planner.services.excepting.override_options import override_options
from planner.services.excepting.override_prices import PriceView, Target, ask_price, price_view
from planner.verdict import Denied, Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import QUARTERS_PER_HOUR, UNKNOWN, label, money, permille, week

pages = Blueprint("overrides", __name__)

WAITING: Final = frozenset({"queued", "running"})
USUAL_END: Final = timedelta(weeks=4)


def names() -> dict[str, str]:
    """What people call the fields."""
    return {
        "kind": _("What should be ordered?"),
        "request_id": _("Request"),
        "fraction": _("At least"),
        "line_id": _("Part of a request"),
        "specialist_id": _("Person"),
        "week": _("Week"),
        "quarter_hours": _("Hours more, or fewer with a minus"),
        "reason": _("Reason"),
        "expires_on": _("Holds until"),
    }


@pages.get("/overrides")
@policy(Action.VIEW_OVERRIDES)
@reads
def show_list(session: Session, actor: Actor) -> str:
    """What waits for a second signature, what holds, and the register of a quarter."""
    found = overrides.list_overrides(session, actor)
    year, quarter = _quarter(request.args.get("quarter", ""))
    return page(
        session,
        actor,
        "overrides/list.html",
        waiting=[row for row in found if row.state.value == "waiting"],
        holding=[row for row in found if overrides.holds(row)],
        register=overrides.register(session, year, quarter),
        quarters=_quarters(found),
        limits=overrides.limits(),
        price=price,
        describe=describe,
    )


def _quarter(text: str) -> tuple[int, int]:
    """The quarter that an address such as "2027-1" names; the present one when it names none."""
    year, _dash, quarter = text.partition("-")
    if year.isdecimal() and len(year) == 4 and year != "0000" and quarter in {"1", "2", "3", "4"}:
        return int(year), int(quarter)
    return today().year, (today().month - 1) // 3 + 1


def _quarters(found: Any) -> list[tuple[int, int]]:
    """Quarters with overrides, and the present one, newest first."""
    seen = {(row.signed_at.year, (row.signed_at.month - 1) // 3 + 1) for row in found}
    return sorted(seen | {_quarter("")}, reverse=True)


def price(low: int | None, high: int | None) -> str:
    """A price in words; what is gained is said to be gained."""
    if low is None and high is None:
        return UNKNOWN
    if low == high and high is not None:
        return _("gains %(amount)s", amount=money(-high)) if high < 0 else money(high)
    if low is None:
        return _("at most %(high)s", high=money(high))
    if high is None:
        return _("at least %(low)s", low=money(low))
    return _("%(low)s to %(high)s", low=money(low), high=money(high))


def describe(row: Override) -> str:
    """What a signed override orders, in words."""
    known = {
        "request": row.request.title if row.request else "",
        "person": row.specialist.display_name if row.specialist else "",
    }
    return order(row.kind.value, known, row.fraction, row.week, row.quarter_hours)


def order(
    kind: str, known: Mapping[str, str], fraction: int | None, iso: str | None, quarters: int | None
) -> str:
    """What is ordered, in words."""
    title, person = known.get("request", ""), known.get("person", "")
    if kind == OverrideKind.GRANT:
        return _("Grant “%(title)s” at least %(share)s", title=title, share=permille(fraction))
    if kind == OverrideKind.REFUSE:
        return _("Refuse “%(title)s”", title=title)
    if kind == OverrideKind.PIN:
        return _("Put %(person)s on “%(title)s”", person=person, title=title)
    when = _("in %(week)s", week=week(iso)) if iso else _("in all weeks")
    if kind == OverrideKind.FORBID:
        return _("Keep %(person)s off “%(title)s” %(when)s", person=person, title=title, when=when)
    number = f"{(quarters or 0) / QUARTERS_PER_HOUR:+g}"
    return _("%(number)s h for %(person)s %(when)s", number=number, person=person, when=when)


def ordered(view: PriceView) -> str:
    """What a price is about, in words."""
    target = view.target
    return order(target.kind, view.names, target.fraction, target.week, target.quarter_hours)


@pages.get("/overrides/new")
@policy(Action.PRICE_OVERRIDE)
@reads
def new(session: Session, actor: Actor) -> str:
    """Choose what the exception is about; the address may name it."""
    wanted = request.args.get("kind", "")
    kind = wanted if wanted in list(OverrideKind) else OverrideKind.GRANT.value
    typed = {"kind": kind, "request_id": request.args.get("request", "")}
    return _choose(session, actor, Form(typed))


def _choose(session: Session, actor: Actor, form: Form) -> str:
    try:
        options = override_options(session, actor)
    except Refused as refused:
        if refused.denied.code != "E_NO_PLAN":
            raise
        return page(session, actor, "overrides/new.html", options=None, form=form)
    titles = {row.request_id: f"{row.title} ({row.account})" for row in options.requests}
    granted = {row.request_id: row.granted for row in options.requests}
    shares = sorted({share for row in options.requests for share in row.shares}, reverse=True)
    return page(
        session,
        actor,
        "overrides/new.html",
        options=options,
        form=form,
        kinds=[(kind.value, label(kind)) for kind in OverrideKind],
        requests=[
            (key, _("%(title)s: has %(share)s", title=title, share=permille(granted[key])))
            for key, title in titles.items()
        ],
        shares=[(share, permille(share)) for share in shares],
        lines=[(key, f"{row.title}: {name}") for row in options.requests for key, name in row.lines],
        weeks=[(each, f"{week(each)} {monday(each).year}") for each in options.weeks],
    )


@pages.post("/overrides/prices")
@policy(Action.PRICE_OVERRIDE)
def ask() -> tuple[str, int] | str | Response:
    """Ask for the price and go and watch it; a form with faults comes back as it was."""
    typed = request.form.to_dict()
    hours = typed.get("quarter_hours", "").strip()
    target = Target(
        kind=typed.get("kind", ""),
        request_id=typed.get("request_id") or None,
        fraction=_whole(typed.get("fraction", "")),
        line_id=typed.get("line_id") or None,
        specialist_id=typed.get("specialist_id") or None,
        week=typed.get("week") or None,
        quarter_hours=scaled(hours, QUARTERS_PER_HOUR) if hours else None,
    )
    try:
        with writing() as session:
            found = ask_price(session, current_actor(), target)
    except Refused as refused:
        denied = refused.denied
        if denied.kind is not Kind.INVALID:
            raise
        errors = field_errors(denied.problems, {}, names())
        with reading() as session:
            shown = _choose(session, current_actor(), Form(typed, errors))
        return shown, 422
    return redirect(f"/overrides/prices/{found.question_id}", 303)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 6 else None


@pages.get("/overrides/prices/<id:question_id>")
@policy(Action.PRICE_OVERRIDE)
@reads
def show_price(session: Session, actor: Actor, question_id: str) -> str:
    """The price as far as it is known, and the form to sign it."""
    return _price_page(session, actor, question_id, Form({"expires_on": str(today() + USUAL_END)}))


@pages.get("/overrides/prices/<id:question_id>/live")
@policy(Action.PRICE_OVERRIDE)
@reads
def live(session: Session, actor: Actor, question_id: str) -> Response:
    """The price alone while it is computed; the whole page once it is known."""
    view = price_view(session, actor, question_id)
    text = render_template("overrides/_price.html", view=view, price=price)
    response = Response(text, mimetype="text/html")
    if view.state not in WAITING:
        response.headers["HX-Refresh"] = "true"
    return response


def _price_page(
    session: Session, actor: Actor, question_id: str, form: Form, denied: Denied | None = None
) -> str:
    view = price_view(session, actor, question_id)
    return page(
        session,
        actor,
        "overrides/price.html",
        view=view,
        form=form,
        price=price,
        title=ordered(view),
        waits=view.state in WAITING,
        limits=overrides.limits(),
        last_day=today() + overrides.LONGEST,
        first_day=today() + timedelta(days=1),
        denied=denied,
    )


@pages.post("/overrides")
@policy(Action.SIGN_OVERRIDE)
def sign() -> tuple[str, int] | Response:
    """Sign at the price shown; whatever is wrong comes back with what was typed."""
    typed = request.form.to_dict()
    question = typed.get("question_id", "")
    try:
        until = date.fromisoformat(typed.get("expires_on", ""))
    except ValueError:
        until = date.min
    try:
        with writing() as session:
            override = overrides.sign(session, current_actor(), question, typed.get("reason", ""), until)
    except Refused as refused:
        denied = refused.denied
        if denied.kind in {Kind.NOT_FOUND, Kind.FORBIDDEN}:
            raise
        errors: tuple[FieldError, ...] = field_errors(denied.problems, {}, names())
        with reading() as session:
            shown = _price_page(
                session, current_actor(), question, Form(typed, errors), None if errors else denied
            )
        return shown, answer_of(denied).status
    if override.state.value == "waiting":
        flash(_("Signed. It holds as soon as another member of the leadership has signed too."), "warn")
    else:
        flash(_("Signed. The next plan keeps to it."), "good")
    return redirect(f"/overrides/{override.id}", 303)


@pages.get("/overrides/<id:override_id>")
@policy(Action.VIEW_OVERRIDES)
@reads
def show(session: Session, actor: Actor, override_id: str) -> str:
    """One override: price, who wins and loses, signatures."""
    row = overrides.view_override(session, actor, override_id)
    return page(
        session,
        actor,
        "overrides/show.html",
        row=row,
        price=price,
        title=describe(row),
        holds=overrides.holds(row),
        why_second=overrides.second_needed(session, row) if row.state.value == "waiting" else None,
        mine=row.sponsor_id == actor.user_id,
    )


@pages.post("/overrides/<id:override_id>/second")
@policy(Action.SIGN_OVERRIDE)
def second(override_id: str) -> Response:
    """Give the second signature."""
    return _answer(override_id, overrides.second, _("Signed. The next plan keeps to it."))


@pages.post("/overrides/<id:override_id>/decline")
@policy(Action.SIGN_OVERRIDE)
def decline(override_id: str) -> Response:
    """Refuse the second signature."""
    return _answer(override_id, overrides.decline, _("Declined; the plan stays as it is."))


@pages.post("/overrides/<id:override_id>/withdraw")
@policy(Action.SIGN_OVERRIDE)
def withdraw(override_id: str) -> Response:
    """Take the override back."""
    return _answer(override_id, overrides.withdraw, _("Withdrawn; the next plan is free of it."))


def _answer(override_id: str, step: Callable[..., Override], done: str) -> Response:
    version, reason = request.form.get("version", ""), request.form.get("reason", "")
    try:
        with writing() as session:
            number = int(version) if version.isdecimal() and len(version) < 10 else 0
            step(session, current_actor(), override_id, number, reason)
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.NOT_FOUND:
            raise
        told = [words(problem.reason) for problem in denied.problems] or [words(denied.reason)]
        flash(f"{' '.join(told)} {words(denied.remedy)}", "bad")
    else:
        flash(done, "good")
    return redirect(f"/overrides/{override_id}", 303)
