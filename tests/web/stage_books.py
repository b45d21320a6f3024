"""The books on the stage: amounts, names and estimates that one side alone may know, each its own."""

from __future__ import annotations

from datetime import date

from factories import World
from judged import closed

from planner.records import Account, AccountFinancials, FiguresKind, Result
from planner.services.customers import account_plans, contacts
from planner.services.customers.account_plans import MilestoneValues, PlanValues
from planner.services.customers.contacts import ContactValues

SIDES = (("nora", "alfa"), ("kai", "gamma"))
COSTS = (
    *("discounts", "bonuses", "returns", "cogs", "logistics", "support", "programme_costs", "other_cts"),
    *("receipts", "ar_overdue", "inventory_dedicated", "ap_related"),
)
STEP = 1_234_500
"""Between two amounts, so that none is another's rounding."""


def fill_books(world: World, amounts: dict[str, int], secret: dict[str, str]) -> None:
    """Both sides get books, a plan, a contact and closed requests; `secret` is the mark in each side's texts.

    It comes after all planning, so that no plan rests on it.
    """
    for owner, account in SIDES:
        amount, mark = amounts[owner], secret[owner]
        _figures(world, account, amount)
        with world.database.writing() as session:
            row = session.get_one(Account, world.ids[account])
            row.need, row.threat_source = f"{mark} need", f"{mark} threat"
            row.budget_minor, row.wallet_minor = amount + 21 * STEP, amount * 20 + 23 * STEP
        with world.database.writing() as session:
            actor, key = world.actor(owner), world.ids[account]
            person = ContactValues(f"{mark} person", f"{mark} wish", "finance", "decider", True, 4, 1, None)
            contacts.save_contact(session, actor, key, person)
            steps = [MilestoneValues(f"{mark} step", date(2026, 12, 1))]
            plan = PlanValues(
                "2026",
                f"{mark} goals",
                pricing=f"{mark} pricing",
                target_rationale=f"{mark} rationale",
                sales_minor=amount + 25 * STEP,
                contribution_minor=amount + 27 * STEP,
                milestones=steps,
            )
            draft = account_plans.save_draft(session, actor, key, plan)
            account_plans.submit_plan(session, actor, key, draft.id, draft.version)
        for i, (chance, result) in enumerate(((731, Result.WON), (417, Result.LOST), (289, Result.WON))):
            claimed = amount + (31 + 2 * i) * STEP
            realised = claimed // (3 if owner == "nora" else 5) if result is Result.WON else None
            closed(
                world,
                owner,
                account,
                chance,
                result,
                claimed_value_minor=claimed,
                realised_value_minor=realised,
                lesson=f"{mark} learnt",
                reference_text="",
            )


def _figures(world: World, account: str, amount: int) -> None:
    """Eleven months and one to come, each column of its own size."""
    with world.database.writing() as session:
        for month in range(1, 13):
            kind = FiguresKind.FORECAST if month == 12 else FiguresKind.ACTUAL
            values = {name: amount + (month * 13 + i) * STEP for i, name in enumerate(COSTS)}
            session.add(
                AccountFinancials(
                    account_id=world.ids[account],
                    month="2027-02" if month == 12 else f"2026-{month:02d}",
                    kind=kind,
                    gross_sales=amount * 15 + month * STEP,
                    ar_open=amount * 3 + month * STEP,
                    kam_quarter_hours=40,
                    specialist_quarter_hours=80,
                    **values,
                )
            )
