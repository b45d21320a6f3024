"""Customers as their records make them: shares over groups, missing months, flags, what each reader sees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from factories import World, refused
from judged import YEAR, closed, contact, criterion, defined, figures, rated, year

from planner.books import shifted
from planner.judging import Company, KeyReason, judge
from planner.records import (
    Account,
    AccountPlan,
    AccountTrait,
    Basis,
    PlanState,
    PlanTarget,
    Result,
    TargetKind,
    Trait,
)
from planner.services.closing import kams
from planner.services.customers import account_files, portfolio, worth
from planner.worth import Dependency, Flag

TODAY = date(2027, 1, 4)


def _judged(world: World, day: date = TODAY) -> Company:
    with world.database.reading() as session:
        return judge(session, day)


def test_a_group_holds_what_its_branches_bring(world: World) -> None:
    """Gamma belongs to Beta: 600 + 300 of 1,500; the branch has a share of the whole and is in it once."""
    with world.database.writing() as session:
        session.get_one(Account, world.ids["gamma"]).parent_id = world.ids["beta"]
    for name, profit in (("alfa", 60_000), ("beta", 60_000), ("gamma", 30_000)):
        year(world, name, profit)
    company = _judged(world)
    shares = {j.account.name: j.share.value for j in company.judged.values()}
    assert (shares["Alfa"], shares["Beta"], shares["Gamma"]) == (
        Decimal("0.4"),
        Decimal("0.6"),
        Decimal("0.2"),
    )
    assert shares["Blocked"] is None
    # 0.4² + 0.6²; the branch is not counted again.
    assert company.shares.concentration().value == Decimal("0.52")


def test_missing_months_are_told_and_never_zero(world: World) -> None:
    """Nine months known: their sum stands, marked; without the month before, its cash flow is unknown."""
    for month in YEAR[3:]:
        figures(world, "alfa", month, 100, 40)
    (alfa,) = [j for j in _judged(world).judged.values() if j.account.name == "Alfa"]
    assert (alfa.money.known, alfa.money.asked) == (9, 12)
    assert (alfa.money.contribution.value, alfa.money.contribution.note) == (540, "months_missing")
    assert alfa.money.months[0].cash_flow.value is None
    assert alfa.money.trend.value is None
    assert Flag.MISSING_MONTHS in alfa.flags


def test_unknown_cash_raises_no_flag(world: World) -> None:
    """Profit with unknown receivables: nobody says that cash went down."""
    year(world, "alfa", 120_000, ar_open=None, ar_overdue=None)
    (alfa,) = [j for j in _judged(world).judged.values() if j.account.name == "Alfa"]
    assert alfa.money.cash_flow.value is None
    assert Flag.PROFIT_UP_CASH_DOWN not in alfa.flags


@pytest.mark.acceptance
def test_e1_in_the_records(world: World) -> None:
    """A loses money at most of its revenue, B earns: classes by profit, the flag by revenue."""
    year(world, "alfa", 600_000, 606_000)
    year(world, "beta", 120_000, 48_000)
    found = {j.account.name: j for j in _judged(world).judged.values()}
    assert found["Alfa"].share.value == 0
    assert found["Alfa"].dependency is Dependency.ORDINARY
    assert found["Alfa"].flags[:2] == (Flag.TURNOVER_AT_A_LOSS, Flag.REVENUE_NOT_PROFIT)
    assert found["Beta"].dependency is Dependency.MONO_SEVERE
    assert found["Beta"].reasons == (KeyReason.SHARE,)


def test_without_profit_shares_fall_back_to_revenue(world: World) -> None:
    """Everybody loses: shares are of revenue, and the page can say so."""
    year(world, "alfa", 120_000, 240_000)
    company = _judged(world)
    assert (company.basis, company.fell_back) == (Basis.REVENUE, True)
    assert company.judged[world.ids["alfa"]].share.value == 1


def test_the_window_ends_with_the_newest_month_known(world: World) -> None:
    """Books are late: in March, with figures up to December, the year is the old one."""
    year(world, "alfa", 120_000)
    company = _judged(world, date(2027, 3, 15))
    assert (company.books.window[0], company.books.window[-1]) == ("2026-01", "2026-12")
    assert [shifted("2026-12", by) for by in (1, -12, 13)] == ["2027-01", "2025-12", "2028-01"]


def test_other_things_than_share_make_key_once_confirmed(world: World) -> None:
    """A confirmed trait counts while its definition does; an unconfirmed or expired one does not."""
    with world.database.writing() as session:
        for name, confirmed, expires in (
            ("alfa", "lukas", None),
            ("beta", None, None),
            ("gamma", "lukas", date(2027, 1, 3)),
        ):
            session.add(
                AccountTrait(
                    account_id=world.ids[name],
                    trait=Trait.REFERENCE,
                    evidence="Three others asked for the same.",
                    stated_by_id=world.ids["nora"],
                    stated_on=date(2026, 10, 1),
                    confirmed_by_id=world.ids[confirmed] if confirmed else None,
                    expires_on=expires,
                )
            )
    reasons = {j.account.name: j.reasons for j in _judged(world).judged.values()}
    assert (reasons["Alfa"], reasons["Beta"], reasons["Gamma"]) == ((KeyReason.REFERENCE,), (), ())
    defined(world, flags=["D1"])
    assert _judged(world).judged[world.ids["alfa"]].reasons == ()


def test_a_high_score_makes_key_when_enough_is_known(world: World) -> None:
    """80 of 100 with the whole weight known; of a provisional score nobody becomes key."""
    defined(world, criterion("reference"), criterion("size", 50), min_priority_score=7_500)
    rated(world, "alfa", "reference", 80)
    rated(world, "alfa", "size", 80)
    rated(world, "beta", "reference", 100)
    found = {j.account.name: j for j in _judged(world).judged.values()}
    assert found["Alfa"].reasons == (KeyReason.SCORE,)
    assert (found["Beta"].standing.priority.provisional, found["Beta"].reasons) == (True, ())


def test_criteria_are_measured_when_nobody_rated_them(world: World) -> None:
    """Two of four deciders on good terms are 50 %; a rating by a person counts before the measure."""
    defined(world, criterion("coverage"))
    for strength in (5, 3, 2, None):
        contact(world, "alfa", strength)
    (alfa,) = [j for j in _judged(world).judged.values() if j.account.name == "Alfa"]
    assert (alfa.coverage.value, alfa.standing.priority.value) == (Decimal("0.5"), Decimal(50))
    rated(world, "alfa", "coverage", 90)
    assert _judged(world).judged[alfa.account.id].standing.priority.value == 90


def test_a_branch_has_its_parents_rating(world: World) -> None:
    """Until it has an own one."""
    defined(world, criterion("reference"))
    with world.database.writing() as session:
        session.get_one(Account, world.ids["gamma"]).parent_id = world.ids["beta"]
    rated(world, "beta", "reference", 70)
    assert _judged(world).judged[world.ids["gamma"]].standing.priority.value == 70


def test_a_key_account_manager_sees_own_customers_and_coarse_shares(world: World) -> None:
    """Nora sees Alfa's share as 67 % and no total; Filip to the last digit; Kai does not see Alfa at all."""
    year(world, "alfa", 120_000)
    year(world, "gamma", 60_000)
    with world.database.reading() as session:
        own = worth.list_worths(session, world.actor("nora"))
        assert {row.judgement.account.name for row in own.rows} == {"Alfa", "Lost", "Blocked"}
        share = worth.view_worth(session, world.actor("nora"), world.ids["alfa"]).share
        assert (share.value, share.inputs) == (Decimal("0.67"), ())
        assert "18000" not in str(share.working())
        exact = worth.view_worth(session, world.actor("filip"), world.ids["alfa"]).share
        assert round(Decimal(exact.value or 0), 6) == Decimal("0.666667")
    for use_case in (worth.view_worth, worth.view_figure):
        arguments = (world.ids["alfa"], "share")[: 1 + (use_case is worth.view_figure)]
        assert refused(world, "kai", use_case, *arguments).code == "E_NOT_FOUND"
    assert refused(world, "adam", worth.list_worths).code == "E_FORBIDDEN"
    assert refused(world, "hana", worth.list_worths).code == "E_FORBIDDEN"


def test_the_plan_says_how_long_a_customer_is_kept(world: World) -> None:
    """Kept with 80 % at 10 %: 2.1241 yearly contributions in five years; targets and what came so far."""
    year(world, "alfa", 120_000)
    with world.database.writing() as session:
        session.add(
            AccountPlan(
                account_id=world.ids["alfa"],
                period="2026",
                state=PlanState.SUBMITTED,
                author_id=world.ids["nora"],
                targets=[
                    PlanTarget(position=0, kind=TargetKind.SALES, amount_minor=240_000),
                    PlanTarget(position=1, kind=TargetKind.RETENTION, chance=800),
                ],
            )
        )
    with world.database.reading() as session:
        alfa = worth.account_worth(session, world.ids["alfa"], TODAY)
        assert alfa.lifetime.minor == 254_892
        assert alfa.endless.minor == 320_000
        told = account_files.account_file(session, alfa)
        assert [t.reached.value for t in told.targets] == [Decimal("0.5"), None]
        assert told.dossier["account_plan"]
        assert not told.dossier["contract_end"]


def test_our_part_of_what_it_buys_and_what_serving_takes(world: World) -> None:
    """Of 480,000 that Alfa buys 120,000 are ours; serving it takes 12,000; without a wallet it is unknown."""
    year(world, "alfa", 120_000, logistics=1_000)
    for wallet, part in ((480_000, Decimal("0.25")), (None, None), (0, None)):
        with world.database.writing() as session:
            session.get_one(Account, world.ids["alfa"]).wallet_minor = wallet
        with world.database.reading() as session:
            found = worth.account_worth(session, world.ids["alfa"], TODAY).figures
        assert found["share_of_wallet"].value == part
        assert found["serving_part"].value == Decimal("0.1")


def test_what_an_exit_would_cost(world: World) -> None:
    """Alfa earns 120,000 of 180,000; without it the whole hangs on Gamma."""
    year(world, "alfa", 120_000, receipts=10_000)
    year(world, "gamma", 60_000)
    with world.database.reading() as session:
        found = portfolio.view_portfolio(session, world.actor("filip"))
        leaver = found.leaver(world.ids["alfa"])
        assert (leaver.leaving.profit.minor, leaver.leaving.cash.minor) == (120_000, 120_000)
        assert leaver.concentration_after.value == 1
        assert (found.key_profit.value, found.top_1.value) == (1, found.curve[0].cumulative)
    assert refused(world, "nora", portfolio.view_portfolio).code == "E_FORBIDDEN"


def test_a_year_without_a_customer_is_reckoned_from_the_months_that_are_known(world: World) -> None:
    """Twelve months of 10,000, two with unknown hours: ten are known, so a year is 120,000.

    Receipts are known for six months only: 1,000 each are 12,000 a year. Both say that months are missing.
    """
    figures(world, "alfa", "2025-12", 0)
    for number, month in enumerate(YEAR):
        hours = None if number < 2 else 0
        receipts = 1_000 if number < 6 else None
        figures(world, "alfa", month, 10_000, kam_quarter_hours=hours, receipts=receipts)
    with world.database.reading() as session:
        found = worth.account_worth(session, world.ids["alfa"], TODAY).figures
    assert (found["exit_profit"].value, found["exit_profit"].note) == (120_000, "months_missing")
    (received, *_) = found["exit_cash"].inputs
    assert (received.value, found["exit_cash"].note) == (12_000, "months_missing")
    assert found["margin"].note == "months_missing"


@pytest.mark.acceptance
def test_e10_a_colleague_cannot_read_the_record(world: World) -> None:
    """Nora and leadership see Nora's; for Kai, and for finance, it does not exist or is not allowed."""
    closed(world, "nora", "alfa", 800, realised_value_minor=50_000)
    closed(world, "nora", "alfa", 600, Result.LOST, ended_on=date(2027, 1, 2))
    with world.database.reading() as session:
        own = kams.view_calibration(session, world.actor("nora"), world.ids["nora"])
        assert [(c.case.probability, c.counts) for c in own.cases] == [(600, False), (800, True)]
        assert own.brier.score.value == Decimal("0.04")
        assert (own.expected_minor, own.realised_minor) == (Decimal(80_000), 50_000)
        seen = kams.view_calibration(session, world.actor("lukas"), world.ids["nora"])
        assert seen.calibration.product.value == own.calibration.product.value
        assert [kam.id for kam in kams.list_kams(session, world.actor("nora"))] == [world.ids["nora"]]
    assert refused(world, "kai", kams.view_calibration, world.ids["nora"]).code == "E_NOT_FOUND"
    assert refused(world, "filip", kams.view_calibration, world.ids["nora"]).code == "E_FORBIDDEN"
    assert refused(world, "lukas", kams.view_calibration, world.ids["filip"]).code == "E_NOT_FOUND"


def test_more_than_three_key_customers_are_too_many(world: World) -> None:
    """Four customers of Nora are each above a tenth; Kai's one is no burden."""
    with world.database.writing() as session:
        for name in ("one", "two"):
            session.add(
                Account(
                    code=name,
                    name=name.capitalize(),
                    segment="industry",
                    territory="north",
                    status=session.get_one(Account, world.ids["alfa"]).status,
                    kam_id=world.ids["nora"],
                    credit_status=session.get_one(Account, world.ids["alfa"]).credit_status,
                )
            )
            session.flush()
            world.ids[name] = next(a.id for a in session.query(Account) if a.code == name)
    for name in ("alfa", "lost", "one", "two", "gamma"):
        year(world, name, 120_000)
    with world.database.reading() as session:
        loads = {load.kam.display_name: load for load in kams.kam_loads(session, world.actor("lukas"))}
        assert (len(loads["Nora"].key), loads["Nora"].too_many) == (4, True)
        assert (len(loads["Kai"].key), loads["Kai"].too_many) == (1, False)
        assert loads["Nora"].exposure.value == 480_000
