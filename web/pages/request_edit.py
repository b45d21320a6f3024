"""Filling in a request: the form, saving by itself, rows more or less, help beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner import checks
from planner.actor import Actor
from planner.clock import add_weeks, horizon, monday, now, today, week_of
from planner.permissions import Action
from planner.records import (
    EvidenceKind,
    Preference,
    Purpose,
    RequestStatus,
    RequestType,
    ResourceRequest,
    SkillFamily,
    Stage,
    ValueSource,
    new_id,
)
from planner.services.customers import accounts, goals
from planner.services.explaining import ways
from planner.services.filing import copies, hints, requests
from planner.services.filing.request_values import problems_in
from planner.services.staff import people
from planner.usual import usual_chances
from planner.verdict import Denied, Kind, Refused
from planner.worth import Shape, UrgencyKind
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form, field_errors, scaled
from web.pages.frame import page
from web.pages.request_form import ANCHORS, NAMES, ROWS, Read, change_rows, count_rows, read, typed_values
from web.pages.request_words import FieldChange, differences, levels
from web.policy import policy
from web.rendering import QUARTERS_PER_HOUR, currency, label, time_of, week

pages = Blueprint("request_edit", __name__)

WEEKS_AHEAD: Final = 53
COUNTERS: Final = {
    "value": _l("Nothing is changed yet. If it is worth more or more certain than you said, say why."),
    "level": _l("Filled in with the hours that would be enough. Check whether they do for you, then save."),
    "window": _l("Filled in with the other weeks. Check whether they do for you, then save."),
    "people": _l("Filled in with the other person. Check whether that does for you, then save."),
}
"""What is said above a form that a refusal card has filled in."""

DRAFTS: Final = frozenset({RequestStatus.DRAFT, RequestStatus.RETURNED})


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else saved first: who, and each field stored and typed."""

    who: str
    rows: list[FieldChange]


@pages.get("/requests/new")
@policy(Action.FILE_REQUEST)
@reads
def new(session: Session, actor: Actor) -> str:
    """An empty form, or one filled from an earlier request; its id becomes the request's: filed once."""
    typed = {"account_id": request.args.get("account", "")}
    again = request.args.get("again")
    if again:
        typed = typed_values(copies.copy_values(session, actor, again))
        flash(_("Filled in as before, with weeks from now on. State amounts and evidence anew."), "info")
    return _page(session, actor, Form({**typed, "request_id": new_id(), "version": ""}), None)


@pages.get("/requests/<id:request_id>/edit")
@policy(Action.EDIT_REQUEST)
@reads
def edit(session: Session, actor: Actor, request_id: str) -> str:
    """The form with what is stored; with ?check=1 also with what is missing to submit."""
    stored = requests.view_request(session, actor, request_id)
    # A head may see that the request exists, but its worth is for who keeps the account.
    accounts.view_account(session, actor, stored.account_id)
    way = request.args.get("way")
    # A counter-request: the form as the refusal card suggests, to be checked and saved by a person.
    values = ways.counter_values(session, actor, stored.id, way) if way else requests.values_of(stored)
    if way:
        flash(str(COUNTERS[way]), "info")
    typed = typed_values(values) | {"request_id": stored.id, "version": str(stored.version)}
    errors: tuple[FieldError, ...] = ()
    if request.args.get("check"):
        missing = requests.missing_to_submit(session, stored)
        errors = field_errors(read(typed).located(missing), ANCHORS, NAMES)
    return _page(session, actor, Form(typed, errors), stored)


@pages.post("/requests")
@policy(Action.FILE_REQUEST)
def save() -> tuple[str, int] | str | Response:
    """Save what was typed, and submit it when asked to; on any fault the form comes back as it was."""
    typed = _typed()
    if "step" in request.form:
        with reading() as session:
            typed = change_rows(typed, request.form["step"], usual_chances(session))
            return _page(session, current_actor(), Form(typed), _stored(session, current_actor(), typed))
    form = read(typed)
    if form.problems:
        return _again(typed, form, _errors(form, None), 422)
    try:
        stored = _save(typed, form)
        typed |= {"version": str(stored.version)}
        if request.form.get("do") == "submit" and stored.status in DRAFTS:
            with writing() as session:
                requests.submit_request(session, current_actor(), stored.id, stored.version)
            flash(_("The request is submitted. The next plan takes it in."), "good")
        else:
            flash(_("Saved."), "good")
    except Refused as refused:
        denied = refused.denied
        if denied.kind in {Kind.NOT_FOUND, Kind.FORBIDDEN} and typed.get("account_id"):
            raise
        # Without an account the form is not finished; that it is not found is no answer to that.
        status = answer_of(denied).status if typed.get("account_id") else 422
        return _again(typed, form, _errors(form, denied), status, denied)
    return redirect(f"/requests/{stored.id}", 303)


@pages.post("/requests/draft")
@policy(Action.FILE_REQUEST)
def save_draft() -> tuple[str, int]:
    """Save while typing: a line of words, with the new version; what is unfinished waits in the form."""
    typed = _typed()
    form = read(typed, unfinished_too=False)
    if not form.values.account_id:
        return _draft_words(_("Choose an account; from then on your draft is saved by itself."))
    if form.problems:
        return _not_saved(_errors(form, None)[0])
    with reading() as session:
        stored = _stored(session, current_actor(), typed)
        if stored is not None and stored.status not in DRAFTS:
            # Saving takes a planned request out of the plan, so it happens on purpose only.
            return _draft_words(_("Not saved yet. Press “Save changes” when you are done."))
    try:
        stored = _save(typed, form)
    except Refused as refused:
        denied = refused.denied
        told = _errors(form, denied)
        return _not_saved(told[0]) if told else _draft_words(_not_yet(words(denied.reason)))
    with reading() as session:
        fresh = requests.view_request(session, current_actor(), stored.id)
        missing = field_errors(form.located(requests.missing_to_submit(session, fresh)), ANCHORS, NAMES)
    text = _("Draft saved at %(time)s.", time=time_of(now()))
    if form.unfinished:
        text += " " + _("Lines without skill or hours are not saved yet.")
    return _draft_words(text, stored.version, missing)


def _not_saved(error: FieldError) -> tuple[str, int]:
    """Which field stands in the way, and why: with a long form nobody should have to look for it."""
    return _draft_words(_not_yet(f"{error.name}: {error.reason}" if error.name else error.reason))


def _not_yet(reason: str) -> str:
    return _("Not saved yet: %(reason)s", reason=reason)


def _draft_words(
    text: str, version: int | None = None, missing: tuple[FieldError, ...] | None = None
) -> tuple[str, int]:
    return render_template("requests/_draft.html", text=text, version=version, missing=missing), 200


@pages.post("/requests/form")
@policy(Action.FILE_REQUEST)
@reads
def rows(session: Session, actor: Actor) -> str:
    """The form with a row more or less; nothing is stored."""
    typed = change_rows(_typed(), request.form.get("step", ""), usual_chances(session))
    return render_template(
        "requests/_form.html", **_context(session, actor, Form(typed), _stored(session, actor, typed))
    )


def _typed() -> dict[str, str]:
    left_out = {"csrf_token", "do", "step"}
    return {name: value for name, value in request.form.items() if name not in left_out}


def _version(typed: Mapping[str, str]) -> int | None:
    text = typed.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _save(typed: Mapping[str, str], form: Read) -> ResourceRequest:
    """File or edit in one unit of work."""
    version = _version(typed)
    with writing() as session:
        if version is None:
            return requests.file_request(
                session, current_actor(), form.values, typed.get("request_id") or None
            )
        return requests.edit_request(
            session, current_actor(), typed.get("request_id", ""), version, form.values
        )


def _stored(session: Session, actor: Actor, typed: Mapping[str, str]) -> ResourceRequest | None:
    """The request the form belongs to, once it is stored."""
    if _version(typed) is None or checks.identifier("id", typed.get("request_id")):
        return None
    try:
        stored = requests.view_request(session, actor, typed.get("request_id", ""))
        accounts.view_account(session, actor, stored.account_id)
    except Refused:
        return None
    return stored


def _errors(form: Read, denied: Denied | None) -> tuple[FieldError, ...]:
    problems = denied.problems if denied is not None else problems_in(form.values)
    # What could not be read comes first; of several faults of one field the first is told.
    told = field_errors((*form.problems, *form.located(problems)), ANCHORS, NAMES)
    kept: dict[str, FieldError] = {}
    for error in told:
        kept.setdefault(error.anchor or error.reason, error)
    found = tuple(kept.values())
    if denied is None or found or denied.kind is Kind.STALE:
        return found
    anchor = "account_id" if denied.kind is Kind.NOT_FOUND else ""
    name = str(NAMES["account_id"]) if anchor else ""
    reason = _("Choose the account.") if anchor else words(denied.reason)
    return (FieldError(anchor, name, reason, "" if anchor else words(denied.remedy)),)


def _again(
    typed: dict[str, str],
    form: Read,
    errors: tuple[FieldError, ...],
    status: int,
    denied: Denied | None = None,
) -> tuple[str, int]:
    """The form as it was typed, with what is wrong; after a conflict it carries the stored version."""
    actor = current_actor()
    with reading() as session:
        stored = _stored(session, actor, typed)
        conflict = None
        if denied is not None and denied.kind is Kind.STALE and stored:
            known = {a.id: a.name for a in accounts.list_accounts(session, actor)}
            who = denied.details.get("changed_by") or _("Somebody")
            conflict = Conflict(who, differences(requests.values_of(stored), form.values, known))
            typed = typed | {"version": str(stored.version)}
        return _page(session, actor, Form(typed, errors), stored, conflict), status


def _page(
    session: Session,
    actor: Actor,
    form: Form,
    stored: ResourceRequest | None,
    conflict: Conflict | None = None,
) -> str:
    title = _("Edit request") if stored else _("New request")
    return page(
        session,
        actor,
        "requests/edit.html",
        title=title,
        lead=stored.title if stored else "",
        back=f"/requests/{stored.id}" if stored else "/requests",
        back_name=stored.title if stored else _("Requests"),
        **_context(session, actor, form, stored, conflict),
    )


def _context(
    session: Session,
    actor: Actor,
    form: Form,
    stored: ResourceRequest | None,
    conflict: Conflict | None = None,
) -> dict[str, Any]:
    """What the form's template needs."""
    counts: dict[str, Any] = {
        part: count_rows(form.values, part) for part in ("lines", "benefits", "evidence")
    }
    counts["open_lines"] = [_has_details(form, i) for i in range(counts["lines"])]
    missing = None
    if stored is not None and stored.status in DRAFTS:
        located = read(form.values).located(requests.missing_to_submit(session, stored))
        missing = field_errors(located, ANCHORS, NAMES)
    defaults = (
        {"lines-0-level": "3", "benefits-0-month": "6"}
        if not stored and not form.value("lines-0-skill")
        else {}
    )
    return {
        "form": replace(form, values={**defaults, **form.values}),
        "counts": counts,
        "options": _options(session, actor, form),
        "missing": missing,
        "conflict": conflict,
        "is_draft": stored is None or stored.status in DRAFTS,
        "stored": stored,
    }


def _has_details(form: Form, index: int) -> bool:
    """Whether the rarely used fields of a line hold something, or something wrong."""
    names = set(ROWS["lines"]) - {"skill", "level", "hours", "preference", "language_level"}
    return any(form.value(f"lines-{index}-{name}") or form.error(f"lines-{index}-{name}") for name in names)


def _options(session: Session, actor: Actor, form: Form) -> dict[str, Any]:
    """The choices of every list in the form."""
    skills = sorted(
        ((s.label(actor.language), s) for s in people.list_skills(session, actor)), key=lambda pair: pair[0]
    )
    first = week_of(today())
    weeks = list(horizon(first, WEEKS_AHEAD))
    # A stored week that has passed stays visible, so that it can be corrected.
    kept = {form.value("earliest_week"), form.value("latest_week")} - {"", *weeks}
    past = sorted(w for w in kept if add_weeks(first, -520) <= w < first)
    return {
        "accounts": [(a.id, a.name) for a in accounts.account_options(session, actor)],
        "purposes": [(p.value, label(p)) for p in Purpose],
        "types": [(t.value, label(t)) for t in RequestType],
        "stages": [(s.value, label(s)) for s in Stage],
        "usual": usual_chances(session),
        "goals": [
            (goal.code, goal.title)
            for goal in goals.list_goals(session, actor)
            if goal.active or goal.code == form.value("goal_code")
        ],
        "skills": [(s.key, text) for text, s in skills if s.family is not SkillFamily.LANGUAGE],
        "languages": [(s.key, text) for text, s in skills if s.family is SkillFamily.LANGUAGE],
        "levels": levels(),
        "language_levels": [(str(i), str(i)) for i in range(1, 6)],
        "specialists": [
            (p.code, f"{p.name} ({p.department})") for p in people.list_specialists(session, actor)
        ],
        "preferences": [(p.value, label(p)) for p in Preference],
        "shapes": [(s.value, label(s)) for s in (Shape.LINEAR, Shape.ADBUDG)],
        "urgencies": [(u.value, label(u)) for u in (UrgencyKind.LINEAR, UrgencyKind.HALF_LIFE)],
        "value_sources": [(s.value, label(s)) for s in ValueSource],
        "evidence": [(k.value, label(k)) for k in EvidenceKind],
        "weeks": [(w, f"{week(w)} {monday(w).year}") for w in [*past, *weeks]],
        "currency": currency(),
    }


@pages.post("/requests/hints")
@policy(Action.VIEW_HINTS)
@reads
def show_hints(session: Session, actor: Actor) -> str:
    """Free hours and contention of every skill asked for, beside the form."""
    typed = _typed()
    first, last = typed.get("earliest_week", ""), typed.get("latest_week", "")
    known = {s.key: s.label(actor.language) for s in people.list_skills(session, actor)}
    found = []
    for i in range(count_rows(typed, "lines")):
        key, level = typed.get(f"lines-{i}-skill", ""), typed.get(f"lines-{i}-level", "")
        if key not in known or not first or not last or level not in {"1", "2", "3", "4", "5"}:
            continue
        try:
            told = hints.hints(
                session,
                actor,
                key,
                int(level),
                earliest_week=first,
                latest_week=last,
                without=typed.get("request_id"),
            )
        except Refused:
            continue
        asked = scaled(typed.get(f"lines-{i}-hours", ""), QUARTERS_PER_HOUR)
        found.append((i + 1, known[key], told, asked))
    return render_template("requests/_hints.html", found=found)
