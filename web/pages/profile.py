"""What is one's own: the password, and keys for programs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.services.staff import users
from planner.verdict import Refused
from web import auth
from web.auth import current_actor
from web.database import reading, reads, writes, writing
from web.errors import answer_of
from web.pages.forms import Form, field_errors
from web.pages.frame import page
from web.policy import policy
from web.throttle import count_sign_in

pages = Blueprint("profile", __name__)

DAYS = "30"


@pages.get("/profile")
@policy(Action.EDIT_PROFILE)
@reads
def show(session: Session, actor: Actor) -> str:
    """The forms, and the keys that still work."""
    return _page(session, actor, Form({"days": DAYS}))


def _page(session: Session, actor: Actor, form: Form, secret: str = "") -> str:
    keys = users.list_tokens(session, actor)
    return page(session, actor, "profile.html", form=form, keys=keys, secret=secret)


def _again(typed: dict[str, str], refused: Refused) -> tuple[str, int]:
    """The page once more, with what is wrong beside its field."""
    names = {"present": _("Present password"), "new": _("New password"), "name": _("Name"), "days": _("Days")}
    errors = field_errors(refused.denied.problems, {}, names)
    with reading() as session:
        return _page(session, current_actor(), Form(typed, errors)), answer_of(refused.denied).status


@pages.post("/profile/password")
@policy(Action.EDIT_PROFILE)
def change_password() -> tuple[str, int] | Response:
    """Change the own password; every other browser and all keys are signed out."""
    actor = current_actor()
    count_sign_in(f"password of {actor.user_id}")
    present, new = request.form.get("present", ""), request.form.get("new", "")
    try:
        with writing() as session:
            user = users.change_password(session, actor, present, new)
            session.flush()
            auth.sign_in(user)
    except Refused as refused:
        return _again({"days": DAYS}, refused)
    flash(_("Your password is changed. Everywhere else you are signed out, and your keys ended."), "good")
    return redirect("/profile", 303)


@pages.post("/profile/keys")
@policy(Action.CREATE_TOKEN)
def create_key() -> tuple[str, int] | str:
    """Make a key; it is shown in this answer and never again."""
    typed = {name: request.form.get(name, "") for name in ("name", "days")}
    days = int(typed["days"]) if typed["days"].isdecimal() and len(typed["days"]) < 6 else 0
    try:
        with writing() as session:
            secret = users.create_token(session, current_actor(), typed["name"], days)[1]
    except Refused as refused:
        return _again(typed, refused)
    with reading() as session:
        return _page(session, current_actor(), Form({"days": DAYS}), secret)


@pages.post("/profile/keys/<id:token_id>/revoke")
@policy(Action.REVOKE_TOKEN)
@writes
def revoke_key(session: Session, actor: Actor, token_id: str) -> Response:
    """End a key."""
    users.revoke_token(session, actor, token_id)
    flash(_("The key works no more."), "good")
    return redirect("/profile", 303)
