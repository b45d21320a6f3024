"""What we know of a customer beside money, and its plan: contacts, ratings, account plan, each editable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action
from planner.records import (
    Account,
    AccountPlan,
    Channel,
    ContactFunction,
    ContactRole,
    PlanState,
    RelationshipStage,
    TargetKind,
)
from planner.services.customers import (
    account_facts,
    account_plans,
    accounts,
    contacts,
    goals,
    keepers,
    ratings,
)
from planner.services.customers.account_facts import FactValues
from planner.services.customers.account_plans import MilestoneValues, PlanValues
from planner.services.customers.contacts import ContactValues
from planner.services.customers.ratings import RatingValues
from planner.verdict import Kind, Problem, Refused
from web.auth import current_actor
from web.database import reading, reads, writing
from web.errors import answer_of, words
from web.language import language
from web.pages.definition_form import plain
from web.pages.forms import Form, fault, field_errors, scaled
from web.pages.frame import page
from web.policy import policy
from web.rendering import currency, label

pages = Blueprint("dossier", __name__)

MINOR: Final = 100
MILLI: Final = 1000
PER_MILLE: Final = 10
MILESTONES: Final = 8
YEAR: Final = timedelta(days=365)
ANCHORS: Final = {"budget_minor": "budget", "current_milli": "current", "forecast_milli": "forecast"}


def _names() -> dict[str, str]:
    return {
        "need": _("What the customer needs"),
        "budget": _("Its budget"),
        "contract_end": _("End of the contract"),
        "person_name": _("Name or pseudonym"),
        "last_contact_on": _("Last contact"),
        "criterion": _("Criterion"),
        "current": _("Today"),
        "forecast": _("Forecast"),
        "evidence": _("Evidence"),
        "expires_on": _("Holds until"),
        "period": _("Period"),
        "goals": _("Goals"),
        "sales": _("Sales"),
        "contribution": _("Contribution"),
        "retention": _("Chance to keep the customer"),
        "title": _("Milestone"),
    }


@pages.get("/accounts/<id:account_id>/dossier")
@policy(Action.VIEW_ACCOUNT)
@reads
def show(session: Session, actor: Actor, account_id: str) -> str:
    """Contacts, ratings and plan of a customer."""
    return _page(session, actor, account_id)


def _page(session: Session, actor: Actor, account_id: str, **forms: Form) -> str:
    account = accounts.view_account(session, actor, account_id)
    plans = account_plans.list_plans(session, actor, account_id)
    draft = next((plan for plan in plans if plan.state is PlanState.DRAFT), None)
    criteria = ratings.criteria_in_force(session)
    tongue = language()
    strategic = goals.list_goals(session, actor)
    plan_typed = forms.get("plan_form") or _plan_form(draft or (plans[0] if plans else None))
    return page(
        session,
        actor,
        "accounts/dossier.html",
        account=account,
        own=keepers.keeps(session, actor, account),
        contacts=contacts.list_contacts(session, actor, account_id),
        ratings=ratings.list_ratings(session, actor, account_id),
        criteria={row.key: (row.label(tongue), row.unit) for row in criteria},
        plans=plans,
        draft=draft,
        facts_form=forms.get("facts_form") or _facts_form(account),
        channels=[(each.value, label(each)) for each in Channel],
        currency=currency(),
        contact_form=forms.get("contact_form") or Form(),
        rating_form=forms.get("rating_form") or Form({"expires_on": (today() + YEAR).isoformat()}),
        plan_form=plan_typed,
        functions=[(each.value, label(each)) for each in ContactFunction],
        contact_roles=[(each.value, label(each)) for each in ContactRole],
        stages=[(each.value, label(each)) for each in RelationshipStage],
        degrees=[(str(each), str(each)) for each in range(6)],
        milestone_rows=range(MILESTONES),
        goal_names={row.code: row.title for row in strategic},
        goals=[row for row in strategic if row.active or plan_typed.value(f"goal-{row.code}")],
        today=today(),
    )


def _facts_form(account: Account) -> Form:
    budget, ends = account.budget_minor, account.contract_end
    return Form(
        {
            "channel": account.channel.value if account.channel else "",
            "need": account.need,
            "budget": "" if budget is None else plain(Decimal(budget) / MINOR),
            "contract_end": ends.isoformat() if ends else "",
            "version": str(account.version),
        }
    )


def _plan_form(plan: AccountPlan | None) -> Form:
    """The plan form, filled with the draft or the newest revision."""
    if plan is None:
        return Form({"period": str(today().year)})
    targets = {row.kind: row for row in plan.targets}

    def amount(kind: TargetKind) -> str:
        value = targets[kind].amount_minor if kind in targets else None
        return "" if value is None else plain(Decimal(value) / MINOR)

    chance = targets[TargetKind.RETENTION].chance if TargetKind.RETENTION in targets else None
    values = {
        **{name: getattr(plan, name) for name in ("period", *account_plans.TEXTS)},
        "stage_aimed_at": plan.stage_aimed_at.value if plan.stage_aimed_at else "",
        "sales": amount(TargetKind.SALES),
        "contribution": amount(TargetKind.CONTRIBUTION),
        "retention": "" if chance is None else plain(Decimal(chance) / PER_MILLE),
    }
    values |= {f"goal-{code}": "1" for code in plan.goals_served}
    for i, row in enumerate(plan.milestones[:MILESTONES]):
        values |= {
            f"milestones-{i}-title": row.title,
            f"milestones-{i}-due_on": row.due_on.isoformat(),
            f"milestones-{i}-done_on": row.done_on.isoformat() if row.done_on else "",
        }
    return Form(values)


Act = Callable[[Session, Actor], None]
Answer = tuple[str, int] | Response


def _do(account_id: str, said: str, form: str, act: Act, found: list[Problem]) -> Answer:
    """Run a use case and go back to the page, or show the page again with what is wrong in `form`."""
    try:
        if not found:
            with writing() as session:
                act(session, current_actor())
    except Refused as refused:
        if refused.denied.kind is Kind.INVALID:
            found = list(refused.denied.problems)
            return _shown(account_id, form, found), answer_of(refused.denied).status
        if refused.denied.kind is Kind.NOT_FOUND or refused.denied.code == "E_FORBIDDEN":
            raise
        flash(f"{words(refused.denied.reason)} {words(refused.denied.remedy)}", "bad")
        return redirect(f"/accounts/{account_id}/dossier", 303)
    if found:
        return _shown(account_id, form, found), 422
    flash(said, "good")
    return redirect(f"/accounts/{account_id}/dossier", 303)


def _shown(account_id: str, form: str, found: list[Problem]) -> str:
    typed = Form(request.form.to_dict(), field_errors(found, ANCHORS, _names()))
    with reading() as session:
        return _page(session, current_actor(), account_id, **({form: typed} if form else {}))


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _day(name: str, found: list[Problem]) -> date | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        found.append(fault(name, "E_DATE", _("This is no day."), _("Type it such as 2027-01-04.")))
        return None


def _number(name: str, factor: int, found: list[Problem]) -> int | None:
    text = request.form.get(name, "").strip()
    value = scaled(text, factor) if text else None
    if text and value is None:
        found.append(fault(name, "E_NUMBER", _("This is no number."), _("Type it such as 12.5.")))
    return value


@pages.post("/accounts/<id:account_id>/facts")
@policy(Action.EDIT_RELATIONS)
def save_facts(account_id: str) -> Answer:
    """Write down how the customer is reached, what it needs and may spend, until when."""
    found: list[Problem] = []
    version = _version()
    values = FactValues(
        channel=request.form.get("channel") or None,
        need=request.form.get("need", ""),
        budget_minor=_number("budget", MINOR, found),
        contract_end=_day("contract_end", found),
    )

    def act(session: Session, actor: Actor) -> None:
        account_facts.save_facts(session, actor, account_id, version, values)

    return _do(account_id, _("Saved."), "facts_form", act, found)


def _contact(found: list[Problem]) -> ContactValues:
    form = request.form
    return ContactValues(
        person_name=form.get("person_name", ""),
        person_need=form.get("person_need", ""),
        function=form.get("function", ""),
        role=form.get("role", ""),
        in_decision_group=bool(form.get("in_decision_group")),
        our_strength=_number("our_strength", 1, found),
        competitor_strength=_number("competitor_strength", 1, found),
        last_contact_on=_day("last_contact_on", found),
        active=form.get("inactive") is None,
    )


@pages.post("/accounts/<id:account_id>/contacts")
@policy(Action.EDIT_RELATIONS)
def add_contact(account_id: str) -> Answer:
    """One more contact."""
    found: list[Problem] = []
    values = _contact(found)

    def act(session: Session, actor: Actor) -> None:
        contacts.save_contact(session, actor, account_id, values)

    return _do(account_id, _("Contact added."), "contact_form", act, found)


@pages.post("/accounts/<id:account_id>/contacts/<id:contact_id>")
@policy(Action.EDIT_RELATIONS)
def change_contact(account_id: str, contact_id: str) -> Answer:
    """Another name, role or strength."""
    found: list[Problem] = []
    values, version = _contact(found), _version()

    def act(session: Session, actor: Actor) -> None:
        contacts.save_contact(session, actor, account_id, values, contact_id=contact_id, version=version)

    return _do(account_id, _("Contact saved."), "contact_form", act, found)


@pages.post("/accounts/<id:account_id>/contacts/<id:contact_id>/erase")
@policy(Action.EDIT_RELATIONS)
def erase_contact(account_id: str, contact_id: str) -> Answer:
    """Forget who a contact is."""

    def act(session: Session, actor: Actor) -> None:
        contacts.erase_contact(session, actor, account_id, contact_id)

    return _do(account_id, _("Erased; the numbers stay without a name."), "", act, [])


@pages.post("/accounts/<id:account_id>/contacts/<id:contact_id>/image")
@policy(Action.CONFIRM_SCORE)
def rate_image(account_id: str, contact_id: str) -> Answer:
    """What a contact thinks of us, by somebody else."""
    found: list[Problem] = []
    image = _number("image", 1, found)

    def act(session: Session, actor: Actor) -> None:
        contacts.rate_image(session, actor, account_id, contact_id, -1 if image is None else image)

    return _do(account_id, _("Rated."), "", act, found)


@pages.post("/accounts/<id:account_id>/ratings")
@policy(Action.RATE_ACCOUNT)
def rate(account_id: str) -> Answer:
    """One rating by one criterion."""
    found: list[Problem] = []
    values = RatingValues(
        criterion=request.form.get("criterion", ""),
        current_milli=_number("current", MILLI, found),
        forecast_milli=_number("forecast", MILLI, found),
        evidence=request.form.get("evidence", ""),
        link=request.form.get("link", ""),
        expires_on=_day("expires_on", found) or today() + YEAR,
    )

    def act(session: Session, actor: Actor) -> None:
        ratings.rate(session, actor, account_id, values)

    return _do(account_id, _("Rated."), "rating_form", act, found)


@pages.post("/accounts/<id:account_id>/ratings/<id:rating_id>/confirm")
@policy(Action.CONFIRM_SCORE)
def confirm_rating(account_id: str, rating_id: str) -> Answer:
    """Confirm somebody else's rating."""

    def act(session: Session, actor: Actor) -> None:
        ratings.confirm_rating(session, actor, account_id, rating_id)

    return _do(account_id, _("Confirmed; it counts from now on."), "", act, [])


def _plan(found: list[Problem]) -> PlanValues:
    form = request.form
    steps = []
    for i in range(MILESTONES):
        title = form.get(f"milestones-{i}-title", "").strip()
        due = _day(f"milestones-{i}-due_on", found)
        if title and due is None:
            where, reason = f"milestones-{i}-due_on", _("The day is missing.")
            found.append(fault(where, "E_DATE", reason, _("Choose a day.")))
        elif due is not None:
            steps.append(MilestoneValues(title, due, _day(f"milestones-{i}-done_on", found)))
    return PlanValues(
        period=form.get("period", "").strip(),
        **{name: form.get(name, "") for name in account_plans.TEXTS},
        stage_aimed_at=form.get("stage_aimed_at") or None,
        sales_minor=_number("sales", MINOR, found),
        contribution_minor=_number("contribution", MINOR, found),
        retention=_number("retention", PER_MILLE, found),
        milestones=steps,
        goals_served=[name.removeprefix("goal-") for name in form if name.startswith("goal-")],
    )


@pages.post("/accounts/<id:account_id>/plans")
@policy(Action.EDIT_PLAN)
def save_plan(account_id: str) -> Answer:
    """Keep the draft of the account plan."""
    found: list[Problem] = []
    values, version = _plan(found), _version()

    def act(session: Session, actor: Actor) -> None:
        account_plans.save_draft(session, actor, account_id, values, version)

    return _do(account_id, _("Draft saved."), "plan_form", act, found)


@pages.post("/accounts/<id:account_id>/plans/<id:plan_id>/submit")
@policy(Action.EDIT_PLAN)
def submit_plan(account_id: str, plan_id: str) -> Answer:
    """Submit the draft."""
    version = _version()

    def act(session: Session, actor: Actor) -> None:
        account_plans.submit_plan(session, actor, account_id, plan_id, version)

    return _do(account_id, _("Submitted."), "", act, [])


@pages.post("/accounts/<id:account_id>/plans/<id:plan_id>/review")
@policy(Action.REVIEW_PLAN)
def review_plan(account_id: str, plan_id: str) -> Answer:
    """Note that the board has seen the plan."""
    version = _version()

    def act(session: Session, actor: Actor) -> None:
        account_plans.review_plan(session, actor, account_id, plan_id, version)

    return _do(account_id, _("Noted: the board has seen it."), "", act, [])
