"""What of a customer's standing and figures waits for somebody: rows of the matrix, by kind."""

from __future__ import annotations

from datetime import date

from factories import World
from sqlalchemy import select

from planner.records import AccountFinancials, Stage, UsualChances
from planner.services.customers import cost_rates, factors, goals, traits
from planner.services.customers.factors import FactorValues
from planner.services.customers.traits import TraitValues


def waiting(world: World) -> dict[str, str]:
    """Alfa's month, a trait and a factor for leadership's second person, a goal, and rates to come."""
    alfa, end = world.ids["alfa"], date(2027, 6, 1)
    with world.database.writing() as session:
        month = session.scalars(
            select(AccountFinancials.id).where(
                AccountFinancials.account_id == alfa, AccountFinancials.month == "2026-12"
            )
        ).one()
        told = TraitValues("partner", "Shares its plans.", end, ("budget",))
        trait = traits.state_trait(session, world.actor("nora"), alfa, told).id
        lydia = world.actor("lydia")
        asked = FactorValues(1200, "A door to the north.", date(2027, 1, 4), end)
        factor = factors.set_factor(session, lydia, alfa, asked).id
        goal = goals.add_goal(session, lydia, "north", "Be known in the north").id
        rate = cost_rates.set_rate(
            session,
            world.actor("filip"),
            valid_from="2027-04",
            kam_hour_minor=7_000,
            specialist_hour_minor=9_000,
            interest=100,
        ).id
        # Stated by somebody who never asks in the matrix, so that everybody else may answer.
        chances = {"at_none": 100, "at_half": 200, "at_full": 300, "reason": "As it was.", "shape": "linear"}
        waits = UsualChances(stage=Stage.PROPOSAL, stated_by_id=world.ids["lydia"], **chances)
        session.add(waits)
        session.flush()
        usual = waits.id
    rows = {
        "usual chances": usual,
        "figures": month,
        "figures corrected": month,
        "trait": trait,
        "trait led": trait,
    }
    return {**rows, "factor": factor, "goal": goal, "cost rate": rate}
