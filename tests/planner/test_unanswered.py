"""Silence about how a request ended: when it counts against its claim, with the numbers worked by hand."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from factories import World
from judged import closed
from translating import translated

from planner.claims import read_claims
from planner.clock import now
from planner.records import OutcomeReminder, RequestStatus, ResourceRequest, Result, WorkLog
from planner.services.closing import kams, outcomes
from planner.services.closing.outcomes import OutcomeValues

TODAY = date(2027, 1, 4)
LAST_WEEK = "2026-W30"
"""Its Monday is 20 July: due on 10 August, a failure from 8 November on, so it counts since 1 January."""


def silent(
    world: World,
    reminders: int = 2,
    week: str = LAST_WEEK,
    status: RequestStatus = RequestStatus.EXPIRED,
    sent: datetime = datetime(2026, 9, 1, tzinfo=UTC),
) -> ResourceRequest:
    """Nora's request of long ago: 20 % without hours, 30 % with half, 50 % with all of 16 h."""
    row = world.submitted(curve=((0, 200), (500, 300), (1000, 500)))
    with world.database.writing() as session:
        stored = session.get_one(ResourceRequest, row.id)
        stored.status, stored.earliest_week, stored.latest_week = status, week, week
        for number in range(1, reminders + 1):
            at = sent - timedelta(days=14 * (reminders - number))
            session.add(OutcomeReminder(request_id=row.id, number=number, sent_at=at))
    return row


def chances(world: World, name: str = "nora", day: date = TODAY) -> list[int]:
    """The chances that somebody's counted cases stated."""
    with world.database.reading() as session:
        return [case.probability for case in read_claims(session, day).cases.get(world.ids[name], ())]


def test_silence_counts_as_a_failure_of_the_chance_at_what_was_delivered(world: World) -> None:
    """Nothing delivered tests 0.2. Company: 2 / 2.2; Nora: 2 x that / 2.2 = 0.826446.

    Her next claim of 300.00 counts 247.93.
    """
    silent(world)
    with world.database.reading() as session:
        record = kams.view_calibration(session, world.actor("nora"), world.ids["nora"])
        factors = record.calibration
    company = Decimal(2) / Decimal("2.2")
    own = 2 * company / Decimal("2.2")
    assert round(Decimal(factors.probability.value or 0), 12) == round(own, 12)
    assert (factors.value.value, [s.counts for s in record.silent]) == (1, [True])
    assert (record.silent[0].unanswered.due_on, record.silent[0].unanswered.failed_on) == (
        date(2026, 8, 10),
        date(2026, 11, 8),
    )
    # (0.2 - 0)²: the Brier score of one silent case.
    assert record.brier.score.value == Decimal("0.04")
    request = world.submitted()
    rows = json.loads(translated(world).text)["requests"]
    assert [int(r["levels"][0]["value"]) for r in rows if r["id"] == request.id] == [24_793]


def test_hours_worked_raise_the_chance_that_is_tested(world: World) -> None:
    """8 of 16 h were worked: the claim of 30 % at half of the hours failed."""
    row = silent(world, status=RequestStatus.RUNNING)
    with world.database.writing() as session:
        session.add(
            WorkLog(
                request_id=row.id,
                line_id=row.lines[0].id,
                specialist_id=world.ids["s:ann"],
                week=LAST_WEEK,
                planned_quarter_hours=32,
                worked_quarter_hours=32,
                confirmed_by_id=world.ids["hana"],
                confirmed_at=now(),
            )
        )
    assert chances(world) == [300]


@pytest.mark.parametrize(
    ("reminders", "week", "sent"),
    [
        (1, LAST_WEEK, datetime(2026, 9, 1, tzinfo=UTC)),
        (2, "2026-W40", datetime(2026, 11, 1, tzinfo=UTC)),
        (2, LAST_WEEK, datetime(2027, 1, 2, tzinfo=UTC)),
        (2, "2023-W30", datetime(2023, 9, 1, tzinfo=UTC)),
    ],
    ids=["one reminder", "ninety days not over", "reminded this quarter", "more than two years ago"],
)
def test_silence_that_does_not_count(world: World, reminders: int, week: str, sent: datetime) -> None:
    """Both reminders and ninety days, before this quarter and within two years."""
    silent(world, reminders, week, sent=sent)
    assert chances(world) == []


def test_an_answer_ends_the_silence_at_once(world: World) -> None:
    """Recorded, it waits for confirmation and counts nowhere; confirmed, what really happened counts."""
    row = silent(world)
    assert chances(world) == [200]
    told = OutcomeValues("won", 0, date(2026, 8, 1), realised_value_minor=100_000)
    with world.database.writing() as session:
        closing = outcomes.record_outcome(session, world.actor("nora"), row.id, told)
    assert chances(world) == []
    with world.database.writing() as session:
        outcomes.confirm_outcome(session, world.actor("filip"), row.id, closing.version)
    with world.database.reading() as session:
        (case,) = read_claims(session, TODAY).cases[world.ids["nora"]]
    assert (case.success, case.probability) == (True, 200)


def test_silence_stands_beside_answers(world: World) -> None:
    """Nora: 0.8 won and 0.2 silent; Kai: 0.9 lost. Company (1 + 2) / (1.9 + 2); Nora (1 + 2q) / (1 + 2)."""
    closed(world, "nora", "alfa", 800, realised_value_minor=100_000)
    closed(world, "kai", "gamma", 900, Result.LOST)
    silent(world)
    with world.database.reading() as session:
        found = read_claims(session, TODAY).calibration(world.ids["nora"]).probability.value
    company = Decimal(3) / Decimal("3.9")
    assert round(Decimal(found or 0), 12) == round((1 + 2 * company) / 3, 12)
