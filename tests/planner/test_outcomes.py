"""Closing requests: recorded by the KAM, confirmed by a second person, never edited after that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import World, events, refused
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from planner.clock import now
from planner.records import (
    Closing,
    ClosingState,
    Notification,
    OutcomeReminder,
    RequestStatus,
    ResourceRequest,
    Result,
    WorkLog,
)
from planner.services.closing import due_outcomes, outcomes, worklogs
from planner.services.closing.outcomes import OutcomeValues

K = 100_000


def _over(world: World, status: RequestStatus = RequestStatus.EXPIRED) -> ResourceRequest:
    """Nora's request for 16 h, half of whose chance is stated at half of the hours, weeks ago."""
    row = world.submitted(curve=((0, 200), (500, 300), (1000, 500)), benefits=((0, 1_000_00),))
    with world.database.writing() as session:
        stored = session.get_one(ResourceRequest, row.id)
        stored.status, stored.earliest_week, stored.latest_week = status, "2026-W40", "2026-W45"
    return row


def _values(**changes: Any) -> OutcomeValues:
    told: dict[str, Any] = {
        "result": "won",
        "delivered_quarter_hours": 48,
        "ended_on": date(2026, 12, 20),
        "realised_value_minor": 900_00,
        **changes,
    }
    return OutcomeValues(**told)


def _record(world: World, row: ResourceRequest, who: str = "nora", **changes: Any) -> Closing:
    with world.database.writing() as session:
        return outcomes.record_outcome(session, world.actor(who), row.id, _values(**changes))


def test_closing_keeps_what_was_claimed_at_what_was_delivered(world: World) -> None:
    """48 of 64 quarter-hours are 75 %: between 30 % at half and 50 % at all that is 40 %."""
    row = _over(world)
    closing = _record(world, row)
    assert (closing.delivered_fraction, closing.claimed_probability) == (750, 400)
    assert (closing.claimed_value_minor, closing.state) == (1_000_00, ClosingState.RECORDED)
    with world.database.reading() as session:
        assert session.get_one(ResourceRequest, row.id).status is RequestStatus.CLOSED
        told = session.scalars(select(Notification).where(Notification.user_id == world.ids["filip"])).all()
        assert [note.link for note in told] == [f"/outcomes/{row.id}"]


def test_a_request_that_got_nothing_tests_the_chance_without_hours(world: World) -> None:
    """Refused, and won all the same: the claim of 20 % without hours is what was tested."""
    closing = _record(world, _over(world), delivered_quarter_hours=0)
    assert (closing.claimed_probability, closing.result) == (200, Result.WON)


def test_only_somebody_else_confirms(world: World) -> None:
    """Neither a key account manager nor who recorded it; finance does, and then nobody can change it."""
    row = _over(world)
    closing = _record(world, row)
    assert refused(world, "nora", outcomes.confirm_outcome, row.id, closing.version).code == "E_FORBIDDEN"
    assert refused(world, "filip", outcomes.confirm_outcome, row.id, 99).code == "E_VERSION_STALE"
    with world.database.writing() as session:
        outcomes.confirm_outcome(session, world.actor("filip"), row.id, closing.version)
    with pytest.raises(DatabaseError, match="kept from change"), world.database.writing() as session:
        session.execute(update(Closing).values(realised_value_minor=1))
    assert [event.action for event in events(world)][-1] == "outcome.confirmed"


def test_an_appeal_is_a_new_record_that_counts_once_confirmed(world: World) -> None:
    """Without a reason it is refused; until finance agrees the first one stands."""
    row = _over(world)
    closing = _record(world, row)
    with world.database.writing() as session:
        outcomes.confirm_outcome(session, world.actor("filip"), row.id, closing.version)
    again = _values(realised_value_minor=950_00)
    assert [p.where for p in refused(world, "nora", outcomes.record_outcome, row.id, again).problems] == [
        "correction_reason"
    ]
    second = _record(world, row, realised_value_minor=950_00, correction_reason="A later invoice")
    assert _states(world, row) == [(2, "recorded"), (1, "confirmed")]
    with world.database.writing() as session:
        outcomes.confirm_outcome(session, world.actor("filip"), row.id, second.version)
    assert _states(world, row) == [(2, "confirmed"), (1, "superseded")]


def _states(world: World, row: ResourceRequest) -> list[tuple[int, str]]:
    with world.database.reading() as session:
        found = outcomes.outcome_of(session, world.actor("filip"), row.id)
        return [(each.revision, each.state.value) for each in found]


def test_a_returned_record_is_put_right(world: World) -> None:
    """Finance asks, the key account manager answers in the same record."""
    row = _over(world)
    closing = _record(world, row)
    with world.database.writing() as session:
        outcomes.return_outcome(session, world.actor("filip"), row.id, closing.version, "Which invoice?")
    assert _states(world, row) == [(1, "returned")]
    _record(world, row, realised_value_minor=880_00)
    assert _states(world, row) == [(1, "recorded")]


def test_everything_wrong_is_told_at_once(world: World) -> None:
    """An unknown result, more hours than there are, a day to come and a sixth star."""
    wrong = _values(result="maybe", delivered_quarter_hours=-1, ended_on=date(2027, 2, 1), feedback=6)
    denied = refused(world, "nora", outcomes.record_outcome, _over(world).id, wrong)
    assert [p.where for p in denied.problems] == [
        "result",
        "delivered_quarter_hours",
        "feedback",
        "ended_on",
    ]


def test_others_see_and_close_nothing(world: World) -> None:
    """Kai has nothing to do with Alfa; a request in work cannot be closed."""
    row = _over(world)
    assert refused(world, "kai", outcomes.record_outcome, row.id, _values()).code == "E_NOT_FOUND"
    assert refused(world, "adam", outcomes.outcome_of, row.id).code == "E_FORBIDDEN"
    world.force(row.id, RequestStatus.SUBMITTED)
    assert refused(world, "nora", outcomes.record_outcome, row.id, _values()).code == "E_STATE"


def test_reminders_go_out_twice_two_weeks_apart(world: World) -> None:
    """The last week was 2026-W45, so it is due since 23 November; after two reminders there is silence."""
    row = _over(world)
    with world.database.reading() as session:
        (due,) = due_outcomes.due_outcomes(session, world.actor("nora"))
        assert (due.since, due.state, due.reminders) == (date(2026, 11, 23), "due", 0)
        assert due_outcomes.due_outcomes(session, world.actor("kai")) == []
    assert [_remind(world), _remind(world)] == [1, 0]
    with world.database.writing() as session:
        session.execute(update(OutcomeReminder).values(sent_at=now() - due_outcomes.AGAIN))
    assert _remind(world) == 1
    with world.database.writing() as session:
        session.execute(update(OutcomeReminder).values(sent_at=now() - due_outcomes.AGAIN))
    assert _remind(world) == 0
    with world.database.writing() as session:
        stored = session.get_one(ResourceRequest, row.id)
        stored.earliest_week = stored.latest_week = "2026-W30"
    with world.database.reading() as session:
        assert [d.counts_as_failure for d in due_outcomes.due_outcomes(session, world.actor("nora"))] == [
            True
        ]


def _remind(world: World) -> int:
    with world.database.writing() as session:
        return due_outcomes.remind(session)


def test_hours_are_entered_by_the_person_or_the_head_only(world: World) -> None:
    """Ann corrects her own entry; Hana sees her people; Lena, of Legal, finds nothing there."""
    row = world.submitted()
    cell = (row.lines[0].id, world.ids["s:ann"], "2026-W53")
    with world.database.writing() as session:
        session.add(
            WorkLog(
                request_id=row.id,
                line_id=cell[0],
                specialist_id=cell[1],
                week=cell[2],
                planned_quarter_hours=32,
                worked_quarter_hours=30,
                confirmed_by_id=world.ids["hana"],
                confirmed_at=now(),
            )
        )
    with world.database.writing() as session:
        assert worklogs.log_work(session, world.actor("ann"), {cell: (20, "Half a day less")}) == 1
        assert worklogs.log_work(session, world.actor("ann"), {cell: (20, "Half a day less")}) == 0
    with world.database.reading() as session:
        (seen,) = worklogs.worked_hours(session, world.actor("hana"))
        assert (seen.planned, seen.worked, seen.by) == (32, 20, "Ann")
        assert worklogs.worked_hours(session, world.actor("lena")) == []
    assert refused(world, "lena", worklogs.log_work, {cell: (1, "")}).code == "E_NOT_FOUND"
    assert refused(world, "ann", worklogs.log_work, {cell: (-1, "")}).code == "E_INVALID"
