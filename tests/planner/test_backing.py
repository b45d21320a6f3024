"""A target is held against the hours that are granted for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from factories import World, planned
from judged import year

from planner.records import (
    AccountPlan,
    PlanState,
    PlanTarget,
    ProposalState,
    Publication,
    PublishedHours,
    TargetKind,
)
from planner.services.customers import account_files, worth
from planner.services.customers.backing import Ahead, Backing, backing
from planner.worth import Figure, Unit

TODAY = date(2027, 1, 4)


def quarter_hours(value: int | None) -> Figure:
    """Specialists' hours."""
    return Figure("specialist_quarter_hours", value, Unit.QUARTER_HOURS)


def ahead(granted: int, left: int = 26, planned: int = 13) -> Ahead:
    """A plan for half of the weeks that are left."""
    weeks = Figure("weeks_left", left, Unit.COUNT), Figure("weeks_planned", planned, Unit.COUNT)
    return Ahead(quarter_hours(granted), *weeks)


def test_a_period_that_no_plan_reaches_is_told_so() -> None:
    """Nobody can be blamed for weeks that are not planned yet."""
    given = Figure("aim", 1000), Figure("so_far", 0), Figure("contribution", 100), quarter_hours(40)
    found = backing(*given, ahead(0, planned=0))
    assert (found.needed.value, found.needed.note, found.backed) == (None, "not_planned", None)


@pytest.mark.parametrize(
    ("aim", "so_far", "brought", "hours", "granted", "needed", "backed"),
    [
        # 600 are missing; 1,200 went with 400 quarter-hours, so 600 go with 200, half of them by now.
        (1000, 400, 1200, 400, 100, 100, True),
        (1000, 400, 1200, 400, 99, 100, False),
        # 100 x 400 / 1200 / 2 = 16.7, and a part of a quarter-hour is one.
        (1000, 900, 1200, 400, 16, 17, False),
        # Reached already.
        (1000, 1100, 1200, 400, 0, 0, True),
        (1000, None, 1200, 400, 200, None, None),
        (1000, 400, -50, 400, 200, None, None),
        (1000, 400, 1200, 0, 200, None, None),
        (1000, 400, 1200, None, 200, None, None),
    ],
)
def test_needed_hours_by_hand(  # noqa: PLR0917 - one column each
    aim: int,
    so_far: int | None,
    brought: int,
    hours: int | None,
    granted: int,
    needed: int | None,
    backed: bool | None,
) -> None:
    """What is missing, at what an hour went with; unknown stays unknown and is never backed or unbacked."""
    found = backing(
        Figure("aim", aim),
        Figure("so_far", so_far),
        Figure("contribution", brought),
        quarter_hours(hours),
        ahead(granted),
    )
    assert (found.needed.value, found.backed) == (needed, backed)
    assert bool(found.needed.note) is (needed is None)


def _planned_year(world: World, amount: int, period: str = "2027") -> None:
    with world.database.writing() as session:
        session.add(
            AccountPlan(
                account_id=world.ids["alfa"],
                period=period,
                state=PlanState.SUBMITTED,
                author_id=world.ids["nora"],
                targets=[
                    PlanTarget(position=0, kind=TargetKind.CONTRIBUTION, amount_minor=amount),
                    PlanTarget(position=1, kind=TargetKind.RETENTION, chance=800),
                ],
            )
        )


def _backing(world: World) -> tuple[Backing | None, ...]:
    with world.database.reading() as session:
        alfa = worth.account_worth(session, world.ids["alfa"], TODAY)
        return tuple(target.backing for target in account_files.account_file(session, alfa).targets)


def test_the_page_holds_the_target_against_published_hours(world: World) -> None:
    """120 quarter-hours brought 930,000 last year, after 270,000 for them; 1,860,000 need 240 in 52 weeks.

    The plan covers 13 of them, a quarter: 60. Published are 50 of January 2027 that count, 60 of the week
    of December 28 and 50 of January 2028 that do not.
    """
    year(world, "alfa", 1_200_000, specialist_quarter_hours=10)
    _planned_year(world, 1_860_000)
    request = world.submitted()
    proposal = planned(world, request, ProposalState.PUBLISHED)
    with world.database.writing() as session:
        publication = Publication(
            number=1,
            run_id=proposal.run_id,
            cycle_id=world.ids["cycle"],
            content="{}",
            content_hash="0" * 64,
            published_by_id=world.ids["lukas"],
            published_at=datetime(2027, 1, 1, tzinfo=UTC),
        )
        session.add(publication)
        session.flush()
        for week, hours in (("2026-W53", 60), ("2027-W01", 20), ("2027-W03", 30), ("2028-W02", 50)):
            session.add(
                PublishedHours(
                    publication_id=publication.id,
                    request_id=request.id,
                    line_id=proposal.line_id,
                    specialist_id=world.ids["s:ann"],
                    week=week,
                    quarter_hours=hours,
                )
            )
    contribution, retention = _backing(world)
    assert retention is None
    assert contribution is not None
    assert (contribution.needed.value, contribution.granted.value) == (Decimal(60), 50)
    assert contribution.backed is False


def test_a_period_that_runs_without_figures_is_not_known(world: World) -> None:
    """Nobody knows what 2026's second half brought, so nobody says what is missing."""
    _planned_year(world, 1_000, "2026-H2")
    assert [found.backed for found in _backing(world) if found] == [None]
