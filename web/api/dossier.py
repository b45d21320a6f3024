"""What we know of a customer beside money: contacts, ratings, account plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import Account, AccountPlan, Contact, QualificationScore
from planner.services.customers import account_facts, account_files, account_plans, contacts, ratings, worth
from planner.services.customers.account_facts import FactValues
from planner.services.customers.account_files import AccountFile
from planner.services.customers.account_plans import MilestoneValues, PlanValues
from planner.services.customers.contacts import ContactValues
from planner.services.customers.ratings import RatingValues
from web.api.kit import Blueprint, asked_version
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.company import AccountOut
from web.schemas.definitions import CriterionOut
from web.schemas.dossier import (
    AccountPlanIn,
    AccountPlanOut,
    ContactIn,
    ContactOut,
    DossierOut,
    FactsIn,
    ImageIn,
    RatingIn,
    RatingOut,
)
from web.schemas.outputs import page_of

blueprint = Blueprint("dossier", "What we know of a customer beside money: contacts, ratings, plans.")


@blueprint.get("/accounts/<id:account_id>/dossier")
@policy(Action.VIEW_ACCOUNT)
@reads
@blueprint.answer(DossierOut)
def show_dossier(session: Session, actor: Actor, account_id: str) -> AccountFile:
    """How complete the dossier is, how far the plan is reached, what specialists' hours brought."""
    return account_files.account_file(session, worth.view_worth(session, actor, account_id))


@blueprint.put("/accounts/<id:account_id>/facts")
@policy(Action.EDIT_RELATIONS)
@blueprint.versioned
@blueprint.body(FactsIn)
@writes
@blueprint.answer(AccountOut)
def save_facts(session: Session, actor: Actor, data: dict[str, Any], account_id: str) -> Account:
    """Write down how an own customer is reached, what it needs and may spend, until when."""
    return account_facts.save_facts(session, actor, account_id, asked_version(), FactValues(**data))


@blueprint.get("/accounts/<id:account_id>/contacts")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ContactOut))
def list_contacts(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """Whom we know at a customer, those who decide first."""
    return page_of(contacts.list_contacts(session, actor, account_id), query)


@blueprint.post("/accounts/<id:account_id>/contacts")
@policy(Action.EDIT_RELATIONS)
@blueprint.body(ContactIn)
@writes
@blueprint.answer(ContactOut, 201)
def add_contact(session: Session, actor: Actor, data: dict[str, Any], account_id: str) -> Contact:
    """Add a contact to an own customer."""
    return contacts.save_contact(session, actor, account_id, ContactValues(**data))


@blueprint.put("/accounts/<id:account_id>/contacts/<id:contact_id>")
@policy(Action.EDIT_RELATIONS)
@blueprint.versioned
@blueprint.body(ContactIn)
@writes
@blueprint.answer(ContactOut)
def change_contact(
    session: Session, actor: Actor, data: dict[str, Any], account_id: str, contact_id: str
) -> Contact:
    """Replace what is known of a contact."""
    values, version = ContactValues(**data), asked_version()
    return contacts.save_contact(session, actor, account_id, values, contact_id=contact_id, version=version)


@blueprint.post("/accounts/<id:account_id>/contacts/<id:contact_id>/erase")
@policy(Action.EDIT_RELATIONS)
@writes
@blueprint.answer(ContactOut)
def erase_contact(session: Session, actor: Actor, account_id: str, contact_id: str) -> Contact:
    """Forget who a contact is; the numbers stay without a name."""
    return contacts.erase_contact(session, actor, account_id, contact_id)


@blueprint.post("/accounts/<id:account_id>/contacts/<id:contact_id>/image")
@policy(Action.CONFIRM_SCORE)
@blueprint.body(ImageIn)
@writes
@blueprint.answer(ContactOut)
def rate_image(
    session: Session, actor: Actor, data: dict[str, Any], account_id: str, contact_id: str
) -> Contact:
    """Rate what a contact thinks of us; not for who keeps the customer."""
    return contacts.rate_image(session, actor, account_id, contact_id, data["image"])


@blueprint.get("/criteria")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(CriterionOut))
def list_criteria(session: Session, _actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The criteria of the definition in force today, in its order."""
    return page_of(ratings.criteria_in_force(session), query)


@blueprint.get("/accounts/<id:account_id>/ratings")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(RatingOut))
def list_ratings(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """All ratings of a customer, by criterion, newest first."""
    return page_of(ratings.list_ratings(session, actor, account_id), query)


@blueprint.post("/accounts/<id:account_id>/ratings")
@policy(Action.RATE_ACCOUNT)
@blueprint.body(RatingIn)
@writes
@blueprint.answer(RatingOut, 201)
def rate(session: Session, actor: Actor, data: dict[str, Any], account_id: str) -> QualificationScore:
    """Rate a customer by one criterion; earlier ratings stay."""
    return ratings.rate(session, actor, account_id, RatingValues(**data))


@blueprint.post("/accounts/<id:account_id>/ratings/<id:rating_id>/confirm")
@policy(Action.CONFIRM_SCORE)
@writes
@blueprint.answer(RatingOut)
def confirm_rating(session: Session, actor: Actor, account_id: str, rating_id: str) -> QualificationScore:
    """Confirm somebody else's rating; it counts from now on."""
    return ratings.confirm_rating(session, actor, account_id, rating_id)


@blueprint.get("/accounts/<id:account_id>/plans")
@policy(Action.VIEW_ACCOUNT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(AccountPlanOut))
def list_plans(session: Session, actor: Actor, query: dict[str, Any], account_id: str) -> dict[str, Any]:
    """Every revision of a customer's plans, newest period and revision first."""
    return page_of(account_plans.list_plans(session, actor, account_id), query)


def _values(data: dict[str, Any]) -> PlanValues:
    milestones = [MilestoneValues(**each) for each in data["milestones"]]
    return PlanValues(**{**data, "milestones": milestones})


@blueprint.post("/accounts/<id:account_id>/plans")
@policy(Action.EDIT_PLAN)
@blueprint.body(AccountPlanIn)
@writes
@blueprint.answer(AccountPlanOut, 201)
def draft_plan(session: Session, actor: Actor, data: dict[str, Any], account_id: str) -> AccountPlan:
    """Draft the plan of a period that has no draft yet."""
    return account_plans.save_draft(session, actor, account_id, _values(data))


@blueprint.put("/accounts/<id:account_id>/plans/<id:plan_id>")
@policy(Action.EDIT_PLAN)
@blueprint.versioned
@blueprint.body(AccountPlanIn)
@writes
@blueprint.answer(AccountPlanOut)
def change_plan(
    session: Session, actor: Actor, data: dict[str, Any], account_id: str, plan_id: str
) -> AccountPlan:
    """Replace the content of a draft."""
    values, version = _values(data), asked_version()
    return account_plans.change_draft(session, actor, account_id, plan_id, values, version=version)


@blueprint.post("/accounts/<id:account_id>/plans/<id:plan_id>/submit")
@policy(Action.EDIT_PLAN)
@blueprint.versioned
@writes
@blueprint.answer(AccountPlanOut)
def submit_plan(session: Session, actor: Actor, account_id: str, plan_id: str) -> AccountPlan:
    """Submit a draft; it replaces the revision in force."""
    return account_plans.submit_plan(session, actor, account_id, plan_id, asked_version())


@blueprint.post("/accounts/<id:account_id>/plans/<id:plan_id>/review")
@policy(Action.REVIEW_PLAN)
@blueprint.versioned
@writes
@blueprint.answer(AccountPlanOut)
def review_plan(session: Session, actor: Actor, account_id: str, plan_id: str) -> AccountPlan:
    """Note that the board has seen a submitted plan."""
    return account_plans.review_plan(session, actor, account_id, plan_id, asked_version())
