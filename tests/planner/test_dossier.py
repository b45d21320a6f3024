"""Contacts, ratings, plans and months: who may change them, and what a second person is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from factories import START, World, events, refused
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from planner.clock import today
from planner.records import (
    AccountFinancials,
    Basis,
    ClosedMonth,
    CriterionAxis,
    CriterionKind,
    DefinitionState,
    Direction,
    FiguresKind,
    KeyAccountDefinition,
    QualificationCriterion,
)
from planner.services.customers import account_plans, contacts, months, ratings
from planner.services.customers.account_plans import MilestoneValues, PlanValues
from planner.services.customers.contacts import ContactValues
from planner.services.customers.ratings import RatingValues

UMA = ContactValues(
    person_name="Uma Secret",
    person_need="Prices that hold",
    function="purchasing",
    role="decider",
    in_decision_group=True,
    our_strength=3,
    competitor_strength=2,
    last_contact_on=date(2026, 12, 20),
)
PLAN = PlanValues("2027", "Grow", target_rationale="Two lines are due", sales_minor=100_00, retention=900)


def _criteria(world: World) -> None:
    """A definition in force since yesterday that judges by the image and by the credit record."""
    axes = {"image": CriterionAxis.RELATIONSHIP, "stability": CriterionAxis.BUSINESS}
    with world.database.writing() as session:
        row = KeyAccountDefinition(
            basis=Basis.REVENUE, valid_from=START + timedelta(days=1), approved_by_id=world.ids["lukas"]
        )
        row.criteria = [
            QualificationCriterion(
                position=position,
                key=key,
                labels={"en": key},
                axis=axis,
                kind=CriterionKind.NON_MONETARY,
                direction=Direction.UP,
                anchor_low_milli=0,
                anchor_high_milli=5000,
                unit="0-5",
                swing_points=50,
            )
            for position, (key, axis) in enumerate(axes.items())
        ]
        session.add(row)
        session.flush()
        row.state = DefinitionState.ACTIVE


def _rating(criterion: str = "image") -> RatingValues:
    return RatingValues(criterion, 4000, None, "Survey of December", "", today() + timedelta(days=300))


def test_names_of_contacts_never_reach_the_log(world: World) -> None:
    """What is erased must be gone: the numbers stay, the name stands nowhere."""
    with world.database.writing() as session:
        row = contacts.save_contact(session, world.actor("nora"), world.ids["alfa"], UMA)
    with world.database.writing() as session:
        contacts.erase_contact(session, world.actor("nora"), world.ids["alfa"], row.id)
    with world.database.reading() as session:
        (kept,) = contacts.list_contacts(session, world.actor("nora"), world.ids["alfa"])
        assert (kept.person_name, kept.our_strength, kept.active) == ("", 3, False)
    logged = [str(event.before) + str(event.after) for event in events(world)]
    assert len(logged) >= 2
    assert not any("Secret" in text or "Prices" in text for text in logged)


def test_only_who_keeps_the_customer_edits_contacts(world: World) -> None:
    """Sven deputises for Nora and may; Kai sees nothing; leadership may look only."""
    alfa = world.ids["alfa"]
    with world.database.writing() as session:
        row = contacts.save_contact(session, world.actor("sven"), alfa, UMA)
    assert refused(world, "kai", contacts.save_contact, alfa, UMA).code == "E_NOT_FOUND"
    assert refused(world, "lukas", contacts.save_contact, alfa, UMA).code == "E_FORBIDDEN"
    other = world.ids["gamma"]
    named = {"contact_id": row.id, "version": 1}
    assert refused(world, "kai", contacts.save_contact, other, UMA, **named).code == "E_NOT_FOUND"
    wrong = replace(UMA, person_name=" ", our_strength=6, role="friend")
    found = refused(world, "nora", contacts.save_contact, alfa, wrong).problems
    assert [problem.where for problem in found] == ["person_name", "role", "our_strength"]


def test_the_image_is_rated_by_somebody_else(world: World) -> None:
    """The key account manager has no such step; leadership has."""
    alfa = world.ids["alfa"]
    with world.database.writing() as session:
        row = contacts.save_contact(session, world.actor("nora"), alfa, UMA)
    assert refused(world, "nora", contacts.rate_image, alfa, row.id, 5).code == "E_FORBIDDEN"
    with world.database.writing() as session:
        assert contacts.rate_image(session, world.actor("lukas"), alfa, row.id, 4).image == 4


def test_relations_rated_by_the_own_kam_wait_for_a_second_person(world: World) -> None:
    """The credit record counts at once; of the image nothing counts before finance agrees."""
    _criteria(world)
    alfa = world.ids["alfa"]
    with world.database.writing() as session:
        own = ratings.rate(session, world.actor("nora"), alfa, _rating())
        plain = ratings.rate(session, world.actor("nora"), alfa, _rating("stability"))
        lead = ratings.rate(session, world.actor("lukas"), alfa, _rating())
    assert (own.needs_second, plain.needs_second, lead.needs_second) == (True, False, False)
    assert refused(world, "nora", ratings.confirm_rating, alfa, own.id).code == "E_FORBIDDEN"
    with world.database.writing() as session:
        ratings.confirm_rating(session, world.actor("filip"), alfa, own.id)
    assert refused(world, "filip", ratings.confirm_rating, alfa, own.id).code == "E_STATE"
    bad = replace(_rating("charm"), current_milli=None, evidence="", expires_on=today())
    found = refused(world, "nora", ratings.rate, alfa, bad).problems
    assert [p.where for p in found] == ["criterion", "current_milli", "evidence", "expires_on"]


def test_a_submitted_plan_is_replaced_by_a_new_revision_only(world: World) -> None:
    """Draft, submit, seen by the board; then a second revision takes its place."""
    nora, alfa = world.actor("nora"), world.ids["alfa"]
    with world.database.writing() as session:
        first = account_plans.save_draft(session, nora, alfa, PLAN)
        account_plans.submit_plan(session, nora, alfa, first.id, first.version)
    with world.database.writing() as session:
        account_plans.review_plan(session, world.actor("lukas"), alfa, first.id, first.version)
    step = MilestoneValues("Offer", date(2027, 3, 1))
    with world.database.writing() as session:
        second = account_plans.save_draft(session, nora, alfa, replace(PLAN, milestones=(step,)))
        account_plans.submit_plan(session, nora, alfa, second.id, second.version)
    with world.database.reading() as session:
        plans = account_plans.list_plans(session, nora, alfa)
        assert [(plan.revision, plan.state.value) for plan in plans] == [(2, "submitted"), (1, "superseded")]
        assert [row.title for row in plans[0].milestones] == ["Offer"]


def test_a_plan_without_targets_is_not_submitted(world: World) -> None:
    """A goal without a figure cannot be checked later."""
    nora, alfa = world.actor("nora"), world.ids["alfa"]
    with world.database.writing() as session:
        draft = account_plans.save_draft(session, nora, alfa, PlanValues("2027-H1", "Stay friends"))
    denied = refused(world, "nora", account_plans.submit_plan, alfa, draft.id, draft.version)
    assert denied.code == "E_PLAN_EMPTY"
    stale = refused(world, "nora", account_plans.save_draft, alfa, PlanValues("2027-H1", "x"), 77)
    assert stale.code == "E_VERSION_STALE"


def test_a_closed_month_is_kept_by_the_database(world: World) -> None:
    """Past months with figures can be closed once; after that no path changes them without a correction."""
    with world.database.writing() as session:
        session.add(
            AccountFinancials(
                account_id=world.ids["alfa"], month="2026-11", kind=FiguresKind.ACTUAL, gross_sales=1
            )
        )
    assert refused(world, "filip", months.close_month, "2027-01").code == "E_STATE"
    assert refused(world, "adam", months.close_month, "2026-11").code == "E_FORBIDDEN"
    with world.database.writing() as session:
        months.close_month(session, world.actor("filip"), "2026-11")
    with world.database.reading() as session:
        assert list(session.scalars(select(ClosedMonth.month))) == ["2026-11"]
        assert months.open_months(session, world.actor("filip")) == []
    with pytest.raises(DatabaseError, match="kept from change"), world.database.writing() as session:
        session.execute(update(AccountFinancials).values(gross_sales=2))
