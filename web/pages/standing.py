"""What makes a customer key besides its money, and leadership's factor on it; the goals of the company.

Whoever confirms, approves or ends something sees first which customers and requests it would move.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Trait
from planner.services.customers import (
    accounts,
    definition_effects,
    definitions,
    factors,
    goals,
    innovators,
    keepers,
    traits,
)
from planner.services.customers.factors import FactorValues
from planner.services.customers.statements import (
    OPEN,
    S,
    StandingState,
    Statement,
    Statements,
    agreed_by,
    said_by,
    state_of,
)
from planner.services.customers.traits import SIGNS, TraitValues
from planner.verdict import Kind, Problem, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.labels import LABELS
from web.pages.forms import Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import label

pages = Blueprint("standing", __name__)

PERCENT: Final = 10
HALF_YEAR: Final = timedelta(days=182)
YEAR: Final = timedelta(days=365)

Act = Callable[[Session, Actor], str]
Answer = tuple[str, int] | Response


def _names() -> dict[str, str]:
    return {
        "trait": _("Trait"),
        "evidence": _("Evidence"),
        "expires_on": _("Holds until"),
        "factor": _("Factor"),
        "reason": _("Reason"),
        "valid_from": _("Holds from"),
        "code": _("Code"),
        "title": _("Goal"),
    }


@pages.get("/accounts/<id:account_id>/standing")
@policy(Action.VIEW_ACCOUNT)
@reads
def show(session: Session, actor: Actor, account_id: str) -> str:
    """Traits and factors of a customer, and what one of them would change."""
    return _page(session, actor, account_id)


def _page(session: Session, actor: Actor, account_id: str, **forms: Form) -> str:
    account = accounts.view_account(session, actor, account_id)
    rows = traits.list_traits(session, actor, account_id)
    held = factors.list_factors(session, actor, account_id)
    sees, own = bool(may(actor, Action.APPROVE_FACTOR)), keepers.keeps(session, actor, account)
    states = bool(may(actor, Action.STATE_TRAIT)) and (own or sees)
    wanted = request.args.get("preview", "")
    standing: list[Statement] = [*rows, *held]
    tried = next((row for row in standing if row.id == wanted and sees and not row.ended_on), None)
    return page(
        session,
        actor,
        "accounts/standing.html",
        account=account,
        traits=[(row, state_of(row)) for row in rows],
        factors=[(row, state_of(row)) for row in held],
        states=StandingState,
        innovators=innovators.count_innovators(session, actor) if sees else None,
        one_more=innovators.count_innovators(session, actor, with_account=account.id) if states else None,
        still_open=OPEN,
        said_by=said_by,
        agreed_by=agreed_by,
        own=own,
        may_state=states,
        sees=sees,
        tried=tried,
        changes=definitions.account_changes(session, tried) if tried else (),
        ranks=definition_effects.rank_changes(session, tried) if tried else (0, ()),
        kinds=[(each.value, f"{label(each)}: {LABELS['TraitMeaning'][each.value]}") for each in Trait],
        signs={each: [(sign, LABELS["Sign"][sign]) for sign in SIGNS[each]] for each in Trait if SIGNS[each]},
        sign_name=lambda sign: LABELS["Sign"].get(sign, sign),
        trait_form=forms.get("trait_form") or Form({"expires_on": (today() + YEAR).isoformat()}),
        factor_form=forms.get("factor_form")
        or Form({"valid_from": today().isoformat(), "expires_on": (today() + HALF_YEAR).isoformat()}),
    )


def _do(account_id: str, said: str, form: str, act: Act, found: list[Problem]) -> Answer:
    """Run a use case and show what the row would change, or the form again with what is wrong."""
    place = f"/accounts/{account_id}/standing"
    try:
        if not found:
            with writing() as session:
                row_id = act(session, current_actor())
    except Refused as refused:
        denied = refused.denied
        if denied.kind is Kind.NOT_FOUND or denied.code == "E_FORBIDDEN":
            raise
        if denied.kind is not Kind.INVALID or not form:
            told = [(p.reason, p.remedy) for p in denied.problems] or [(denied.reason, denied.remedy)]
            flash(" ".join(f"{words(reason)} {words(remedy)}" for reason, remedy in told), "bad")
            return redirect(place, 303)
        found = list(denied.problems)
        return _again(account_id, form, found), answer_of(denied).status
    if found:
        return _again(account_id, form, found), 422
    flash(said, "good")
    return redirect(f"{place}?preview={row_id}" if row_id else place, 303)


def _again(account_id: str, form: str, found: list[Problem]) -> str:
    typed = Form(request.form.to_dict(), field_errors(found, {}, _names()))
    with reading() as session:
        return _page(session, current_actor(), account_id, **{form: typed})


def _day(name: str, found: list[Problem]) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        found.append(fault(name, "E_DATE", _("This is no day."), _("Type it such as 2027-01-04.")))
        return date.max


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@pages.post("/accounts/<id:account_id>/traits")
@policy(Action.STATE_TRAIT)
def state_trait(account_id: str) -> Answer:
    """Say what the customer is besides its money."""
    found: list[Problem] = []
    values = TraitValues(
        trait=request.form.get("trait", ""),
        evidence=request.form.get("evidence", ""),
        expires_on=_day("expires_on", found),
        signs=request.form.getlist(f"signs-{request.form.get('trait', '')}"),
    )
    said = _("Stated. It counts once somebody else of leadership confirmed it.")
    return _do(
        account_id,
        said,
        "trait_form",
        lambda session, actor: traits.state_trait(session, actor, account_id, values).id,
        found,
    )


@pages.post("/accounts/<id:account_id>/factors")
@policy(Action.SET_FACTOR)
def set_factor(account_id: str) -> Answer:
    """Propose a factor on the customer's strategic weight."""
    found: list[Problem] = []
    factor = scaled(request.form.get("factor", ""), 1000)
    if factor is None:
        found.append(fault("factor", "E_NUMBER", _("This is no number."), _("Type it such as 1.2.")))
    values = FactorValues(
        factor=factor or 0,
        reason=request.form.get("reason", ""),
        valid_from=_day("valid_from", found),
        expires_on=_day("expires_on", found),
    )
    return _do(
        account_id,
        _("Proposed. It counts once somebody else of leadership approved it."),
        "factor_form",
        lambda session, actor: factors.set_factor(session, actor, account_id, values).id,
        found,
    )


def _shared(kind: Statements[S], part: str, one: str, agree_word: str, agreed: Any) -> None:
    """The second person's yes, and the end: steps that traits and factors share."""
    place = f"/accounts/<id:account_id>/{part}/<id:{one}_id>"

    @pages.post(f"{place}/{agree_word}", endpoint=f"{agree_word}_{one}")
    @policy(kind.agree_to)
    def agree(account_id: str, **row: str) -> Answer:
        """The second person's yes."""

        def act(session: Session, actor: Actor) -> str:
            kind.agree(session, actor, account_id, row[f"{one}_id"], _version())
            return ""

        return _do(account_id, str(agreed), "", act, [])

    @pages.post(f"{place}/end", endpoint=f"end_{one}")
    @policy(kind.say)
    def end(account_id: str, **row: str) -> Answer:
        """Out of force, or turned down."""

        def act(session: Session, actor: Actor) -> str:
            reason = request.form.get("reason", "")
            kind.end(session, actor, account_id, row[f"{one}_id"], _version(), reason=reason)
            return ""

        return _do(account_id, _("Ended."), "", act, [])


_shared(traits.TRAITS, "traits", "trait", "confirm", _l("Confirmed; it counts from now on."))
_shared(factors.FACTORS, "factors", "factor", "approve", _l("Approved; it counts from its first day on."))


@pages.get("/goals")
@policy(Action.VIEW_GOALS)
@reads
def show_goals(session: Session, actor: Actor) -> str:
    """What the company wants to reach."""
    return _goals(session, actor, Form())


def _goals(session: Session, actor: Actor, form: Form) -> str:
    return page(session, actor, "definitions/goals.html", rows=goals.goals_in_use(session, actor), form=form)


@pages.post("/goals")
@policy(Action.EDIT_GOALS)
def add_goal() -> Answer:
    """One more goal."""
    code, title = request.form.get("code", ""), request.form.get("title", "")
    return _change_goals(
        _("Added."), lambda session, actor: goals.add_goal(session, actor, code, title), shows_form=True
    )


@pages.post("/goals/<id:goal_id>")
@policy(Action.EDIT_GOALS)
def change_goal(goal_id: str) -> Answer:
    """Other words, given up, or taken up again."""
    title, active = request.form.get("title", ""), bool(request.form.get("active"))
    return _change_goals(
        _("Saved."),
        lambda session, actor: goals.change_goal(
            session, actor, goal_id, _version(), title=title, active=active
        ),
        shows_form=False,
    )


def _change_goals(said: str, act: Callable[[Session, Actor], object], *, shows_form: bool) -> Answer:
    try:
        with writing() as session:
            act(session, current_actor())
    except Refused as refused:
        denied = refused.denied
        if denied.kind not in {Kind.INVALID, Kind.STALE}:
            raise
        if not shows_form:
            told = [(p.reason, p.remedy) for p in denied.problems] or [(denied.reason, denied.remedy)]
            flash(" ".join(f"{words(reason)} {words(remedy)}" for reason, remedy in told), "bad")
            return redirect("/goals", 303)
        form = Form(request.form.to_dict(), field_errors(denied.problems, {}, _names()))
        with reading() as session:
            return _goals(session, current_actor(), form), answer_of(denied).status
    flash(said, "good")
    return redirect("/goals", 303)
