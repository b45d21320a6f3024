"""Users and the audit log, for administrators."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Role
from planner.services.staff import audit_log, users
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import Form, field_errors
from web.pages.frame import page
from web.policy import policy
from web.rendering import label

pages = Blueprint("admin", __name__)

EVENTS_PER_PAGE = 50


def _names() -> dict[str, str]:
    return {
        "email": _("E-mail address"),
        "name": _("Name"),
        "password": _("Password"),
        "roles": _("Roles"),
        "language": _("Language"),
    }


@pages.get("/users")
@policy(Action.LIST_USERS)
@reads
def show_users(session: Session, actor: Actor) -> str:
    """Everybody with access, and the form for one more."""
    return _users_page(session, actor, Form({"language": "en"}))


def _users_page(session: Session, actor: Actor, form: Form, chosen: tuple[str, ...] = ()) -> str:
    return page(
        session,
        actor,
        "admin/users.html",
        users=users.list_users(session, actor),
        form=form,
        chosen=chosen,
        roles=[(role.value, label(role)) for role in Role],
    )


@pages.post("/users")
@policy(Action.CREATE_USER)
def create_user() -> tuple[str, int] | Response:
    """Give a person access, or show the form again with what is wrong."""
    typed = {name: request.form.get(name, "") for name in ("email", "name", "language")}
    roles = request.form.getlist("roles")
    try:
        with writing() as session:
            users.create_user(
                session,
                current_actor(),
                typed["email"],
                typed["name"],
                request.form.get("password", ""),
                roles=roles,
                language=typed["language"],
            )
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        errors = field_errors(refused.denied.problems, {}, _names())
        with reading() as session:
            shown = _users_page(session, current_actor(), Form(typed, errors), tuple(roles))
        return shown, answer_of(refused.denied).status
    flash(_("%(name)s can sign in now.", name=typed["name"].strip()), "good")
    return redirect("/users", 303)


@pages.post("/users/<id:user_id>")
@policy(Action.CHANGE_USER)
def change_user(user_id: str) -> Response:
    """Change a person's roles, or end their access."""
    version = request.form.get("version", "")
    try:
        with writing() as session:
            users.change_user(
                session,
                current_actor(),
                user_id,
                int(version) if version.isdecimal() and len(version) < 10 else 0,
                name=request.form.get("name", ""),
                roles=request.form.getlist("roles"),
                active=request.form.get("active") == "1",
                manager_id=request.form.get("manager_id") or None,
            )
    except Refused as refused:
        if refused.denied.kind is Kind.NOT_FOUND:
            raise
        faults = " ".join(words(problem.reason) for problem in refused.denied.problems)
        flash(f"{words(refused.denied.reason)} {faults} {words(refused.denied.remedy)}", "bad")
    else:
        flash(_("Changed. Their sessions have ended."), "good")
    return redirect("/users", 303)


@pages.post("/users/<id:user_id>/password")
@policy(Action.SET_PASSWORD)
def set_password(user_id: str) -> Response:
    """Give a person who forgot theirs a new password."""
    try:
        with writing() as session:
            user = users.set_password(session, current_actor(), user_id, request.form.get("password", ""))
            name = user.display_name
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        flash(" ".join(f"{words(p.reason)} {words(p.remedy)}" for p in refused.denied.problems), "bad")
    else:
        flash(_("%(name)s signs in with the new password from now on.", name=name), "good")
    return redirect("/users", 303)


@pages.get("/audit")
@policy(Action.VIEW_AUDIT)
@reads
def show_audit(session: Session, actor: Actor) -> str:
    """The audit log, newest first: this page of it checked now, the whole of it when last."""
    text = request.args.get("page", "1")
    number = int(text) if text.isdecimal() and 0 < len(text) < 7 and int(text) > 0 else 1
    found = audit_log.list_events(session, actor, page=number, per_page=EVENTS_PER_PAGE)
    return page(
        session,
        actor,
        "admin/audit.html",
        found=found,
        problems=audit_log.problems_among(session, actor, found.rows),
        checked=audit_log.last_whole_check(session, actor),
        address=lambda number: f"/audit?page={number}",
    )
