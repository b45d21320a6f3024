"""Whom we know at a customer. Nothing of anybody's private life is kept; names never reach the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.permissions import Action, may
from planner.records import Account, Contact, ContactFunction, ContactRole
from planner.scope import an_id, find_account
from planner.services.customers.keepers import keeps, kept_account, person
from planner.services.repeating import forget_answers
from planner.services.versions import check_version
from planner.verdict import Kind, Problem, not_found, refuse, require

DEGREES = 5


@dataclass(frozen=True, slots=True)
class ContactValues:
    """What is typed about a contact; degrees go from 0 to 5, None is not rated."""

    person_name: str
    person_need: str
    function: str
    role: str
    in_decision_group: bool
    our_strength: int | None
    competitor_strength: int | None
    last_contact_on: date | None
    active: bool = True


def problems_in(values: ContactValues) -> list[Problem]:
    """Everything that is not well formed."""
    found = checks.text("person_name", values.person_name, 120, required=True)
    found += checks.text("person_need", values.person_need, 300)
    found += checks.choice("function", values.function, ContactFunction)
    found += checks.choice("role", values.role, ContactRole)
    for name in ("our_strength", "competitor_strength"):
        value = getattr(values, name)
        if value is not None:
            found += checks.whole(name, value, 0, DEGREES)
    if values.last_contact_on is not None and values.last_contact_on > today():
        reason, remedy = "This day is still to come.", "Give the last day you spoke."
        found.append(checks.problem("last_contact_on", "E_DATE", reason, remedy))
    return found


def list_contacts(session: Session, actor: Actor, account_id: str) -> Sequence[Contact]:
    """The contacts of a customer in sight, those who decide first.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    query = select(Contact).where(Contact.account_id == account.id).options(joinedload(Contact.owner))
    rows = session.scalars(query.order_by(Contact.created_at, Contact.id)).all()
    return sorted(rows, key=lambda row: (not row.active, not row.in_decision_group))


def _find(session: Session, account: Account, contact_id: str) -> Contact:
    row = session.get(Contact, an_id(contact_id))
    if row is None or row.account_id != account.id:
        raise not_found()
    return row


def save_contact(
    session: Session,
    actor: Actor,
    account_id: str,
    values: ContactValues,
    *,
    contact_id: str | None = None,
    version: int = 0,
) -> Contact:
    """Add a contact to an own customer, or change one.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_STATE once erased; E_INVALID.
    """
    require(may(actor, Action.EDIT_RELATIONS))
    account = kept_account(session, actor, account_id)
    row = None if contact_id is None else _find(session, account, contact_id)
    checks.require_well_formed(problems_in(values))
    told = {
        "person_name": checks.tidy(values.person_name),
        "person_need": checks.tidy(values.person_need),
        "function": ContactFunction(values.function),
        "role": ContactRole(values.role),
        "in_decision_group": values.in_decision_group,
        "our_strength": values.our_strength,
        "competitor_strength": values.competitor_strength,
        "last_contact_on": values.last_contact_on,
        "active": values.active,
    }
    if row is None:
        row = Contact(account_id=account.id, owner_id=person(actor), **told)
        created(session, actor, Event.CONTACT_CHANGED, row)
        return row
    check_version(session, row, version)
    if row.erased_at is not None:
        raise refuse(Kind.STATE, "E_STATE", "This contact was erased.", "Add a new one.")
    with changing(session, actor, Event.CONTACT_CHANGED, row):
        for name, value in told.items():
            setattr(row, name, value)
    return row


def rate_image(session: Session, actor: Actor, account_id: str, contact_id: str, image: int) -> Contact:
    """What a contact thinks of us, 0 to 5, by somebody other than who keeps the customer.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_SECOND_PERSON; E_INVALID.
    """
    require(may(actor, Action.CONFIRM_SCORE))
    account = find_account(session, actor, account_id)
    if keeps(session, actor, account):
        raise refuse(
            Kind.FORBIDDEN,
            "E_SECOND_PERSON",
            "Who keeps a customer does not rate what it thinks of us.",
            "Ask somebody from leadership or finance.",
        )
    checks.require_well_formed(checks.whole("image", image, 0, DEGREES))
    row = _find(session, account, contact_id)
    with changing(session, actor, Event.CONTACT_CHANGED, row):
        row.image, row.image_rated_by_id = image, person(actor)
    return row


def erase_contact(session: Session, actor: Actor, account_id: str, contact_id: str) -> Contact:
    """Forget who a contact is, as the law lets people ask; the numbers stay without a name.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN.
    """
    require(may(actor, Action.EDIT_RELATIONS))
    account = kept_account(session, actor, account_id)
    row = _find(session, account, contact_id)
    with changing(session, actor, Event.CONTACT_ERASED, row):
        row.person_name, row.person_need, row.active = "", "", False
        row.erased_at = row.erased_at or now()
    forget_answers(session, row.id)
    return row
