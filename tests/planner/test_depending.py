"""What must not be missed: customers depended on, stalled prospects, missing deputies, goals served."""

from __future__ import annotations

from datetime import date

from factories import World, refused
from judged import contact, criterion, defined, figures, year

from planner.clock import today
from planner.judging import judge
from planner.records import Account, AccountStatus, CriterionAxis, RequestStatus
from planner.services.closing import kams
from planner.services.customers import account_plans, goals
from planner.services.customers.account_plans import PlanValues
from planner.worth import Flag


def flags(world: World, account: str) -> set[Flag]:
    """The flags of one customer today."""
    with world.database.reading() as session:
        return set(judge(session, today()).judged[world.ids[account]].flags)


def test_a_customer_depended_on_asks_for_a_request_to_keep_it(world: World) -> None:
    """Alfa has three quarters of all profit; a request to win is none, one to retain is until it ends."""
    year(world, "alfa", 900_000)
    year(world, "gamma", 300_000)
    assert Flag.UNGUARDED in flags(world, "alfa")
    world.submitted(purpose="win")
    assert Flag.UNGUARDED in flags(world, "alfa")
    keeping = world.submitted(purpose="retain")
    assert Flag.UNGUARDED not in flags(world, "alfa")
    world.force(keeping.id, RequestStatus.CLOSED)
    assert Flag.UNGUARDED in flags(world, "alfa")


def test_the_end_of_a_contract_is_told_half_a_year_before(world: World) -> None:
    """26 weeks from 4 January 2027 are 5 July; a day later, past or unknown, nothing is said."""
    for end, told in ((date(2027, 7, 5), True), (date(2027, 7, 6), False), (date(2027, 1, 3), False)):
        with world.database.writing() as session:
            session.get_one(Account, world.ids["alfa"]).contract_end = end
        assert (Flag.CONTRACT_ENDS in flags(world, "alfa")) is told


def test_an_ordinary_customer_does_not(world: World) -> None:
    """Exactly a fifth of all profit is not critical; Alfa, Gamma, Beta and two more hold one each."""
    for name in ("alfa", "beta", "gamma", "lost", "blocked"):
        year(world, name, 120_000)
    assert Flag.UNGUARDED not in flags(world, "gamma")


def test_a_prospect_that_takes_hours_for_half_a_year_is_stalled(world: World) -> None:
    """Five months of hours are not enough, six are; a purchase, or becoming a customer, ends it."""
    with world.database.writing() as session:
        session.get_one(Account, world.ids["beta"]).status = AccountStatus.PROSPECT
    for month in range(1, 6):
        figures(world, "beta", f"2026-{month:02d}", 0, specialist_quarter_hours=16)
    figures(world, "beta", "2026-06", 0, specialist_quarter_hours=0)
    figures(world, "beta", "2026-07", 0, specialist_quarter_hours=None)
    assert Flag.STALLED not in flags(world, "beta")
    figures(world, "beta", "2026-08", 0, specialist_quarter_hours=1)
    assert Flag.STALLED in flags(world, "beta")
    figures(world, "beta", "2026-09", 1)
    assert Flag.STALLED not in flags(world, "beta")


def test_people_met_lately_are_counted_as_a_criterion(world: World) -> None:
    """Two of three were spoken to within 90 days, 2 of 4 are 50 points; nobody written down is unknown."""
    defined(world, criterion("contacts_met", high=4, axis=CriterionAxis.RELATIONSHIP))
    for spoken in (date(2026, 12, 20), date(2026, 10, 6), date(2026, 10, 5)):
        contact(world, "alfa", 3, last_contact_on=spoken)
    with world.database.reading() as session:
        judged = judge(session, today()).judged
    assert judged[world.ids["alfa"]].standing.strength.value == 50
    assert judged[world.ids["gamma"]].standing.strength.value is None


def test_key_customers_without_a_deputy_are_named(world: World) -> None:
    """Sven would keep Alfa if Nora were gone; nobody would keep Gamma if Kai were."""
    year(world, "alfa", 900_000)
    year(world, "gamma", 300_000)
    with world.database.reading() as session:
        loads = {load.kam.display_name: load for load in kams.kam_loads(session, world.actor("lukas"))}
        named = {name: [j.account.code for j in load.without_deputy] for name, load in loads.items()}
    assert named == {"Nora": [], "Kai": ["gamma"], "Sven": []}


def test_a_plan_names_the_goals_of_the_company_it_serves(world: World) -> None:
    """Once each, in order; an unknown goal is refused, one given up stays in plans that serve it."""
    lukas, nora, alfa = world.actor("lukas"), world.actor("nora"), world.ids["alfa"]
    with world.database.writing() as session:
        rows = [goals.add_goal(session, lukas, code, code.title()) for code in ("north", "green")]
    values = PlanValues("2027", "Grow", goals_served=("north", "green", "north"))
    with world.database.writing() as session:
        plan = account_plans.save_draft(session, nora, alfa, values)
        assert plan.goals_served == ["green", "north"]
    wrong = PlanValues("2027", "Grow", goals_served=("green", "nort"))
    (problem,) = refused(world, "nora", account_plans.save_draft, alfa, wrong, plan.version).problems
    assert (problem.where, problem.code) == ("goals_served/1", "E_REF_UNKNOWN")
    with world.database.writing() as session:
        goals.change_goal(session, lukas, rows[0].id, rows[0].version, title="North", active=False)
    with world.database.writing() as session:
        assert account_plans.save_draft(session, nora, alfa, values, plan.version).goals_served[1] == "north"
