"""Signing in and out, and the language a person reads."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.permissions import Action
from planner.services.staff import users
from planner.verdict import Refused
from web import auth
from web.addresses import inside
from web.database import reading, writes, writing
from web.errors import answer_of, words
from web.pages.forms import FieldError, Form
from web.policy import policy, public
from web.throttle import count_sign_in

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
@public("nobody is known before signing in")
def show() -> str | Response:
    """The form to sign in with."""
    if auth.identified():
        return redirect("/", 303)
    return render_template("sign_in.html", form=Form({"next": inside(request.args.get("next", "/"))}))


@pages.post("/sign-in")
@public("nobody is known before signing in")
def submit() -> tuple[str, int] | Response:
    """Sign in, or show why not, with the address kept and the password forgotten."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    count_sign_in(email)
    with reading() as session:
        found = users.check_password(session, email, password)
        user_id = found.id if found else None
    try:
        with writing() as session:
            user = users.note_sign_in(session, email, user_id)
            auth.sign_in(user)
    except Refused as refused:
        denied = refused.denied
        error = FieldError("email", _("Address"), words(denied.reason), words(denied.remedy))
        form = Form({"email": email, "next": inside(request.form.get("next", "/"))}, (error,))
        return render_template("sign_in.html", form=form), answer_of(denied).status
    return redirect(inside(request.form.get("next", "/")), 303)


@pages.post("/sign-out")
@policy(Action.SIGN_OUT)
def leave() -> Response:
    """End this browser's session."""
    auth.sign_out()
    return redirect("/sign-in", 303)


@pages.post("/language")
@policy(Action.EDIT_PROFILE)
@writes
def set_language(session: Session, actor: Actor) -> Response:
    """Remember the language a person reads and go back to where they were."""
    try:
        users.set_language(session, actor, request.form.get("language", ""))
    except Refused as refused:
        flash(words(refused.denied.reason), "bad")
    return redirect(inside(request.form.get("back", "/").rstrip("?")), 303)
