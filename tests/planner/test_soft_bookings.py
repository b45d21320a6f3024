"""Soft bookings: held with the head's consent, counted until they expire, free without anybody's doing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from factories import World, events, refused
from translating import problem_of, translated

from planner.clock import now
from planner.records import SoftBooking
from planner.services.approving import booking_views, reminders, soft_bookings
from planner.services.approving.soft_bookings import BookingValues
from planner.services.planning import loads
from planner.services.staff import notifying


def _asked(world: World, who: str = "nora", **changes: Any) -> SoftBooking:
    """20 h of Ann in weeks 3 and 4 for Alfa, until 18 January."""
    values = BookingValues(
        account_id=world.ids["alfa"],
        specialist_code="ann",
        first_week="2027-W03",
        last_week="2027-W04",
        quarter_hours=80,
        purpose="The offer for line 4",
        expires_on=date(2027, 1, 18),
    )
    with world.database.writing() as session:
        return soft_bookings.ask_booking(session, world.actor(who), replace(values, **changes))


def _grant(world: World, booking: SoftBooking, who: str = "hana") -> SoftBooking:
    with world.database.writing() as session:
        return soft_bookings.grant_booking(session, world.actor(who), booking.id, booking.version)


def _capacity(world: World) -> list[int]:
    """What the engine gets of Ann in weeks 2 to 5."""
    (ann,) = [person for person in problem_of(world).specialists if person.id == "ann"]
    return list(ann.capacity[1:5])


def test_it_counts_from_the_consent_until_it_expires(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ann has 40 h: asked for 40, held 20, on the day it expires still 20, on the next 40 by itself."""
    world.submitted()
    booking = _asked(world)
    assert _capacity(world) == [160] * 4
    _grant(world, booking)
    assert _capacity(world) == [160, 80, 80, 160]
    assert translated(world).inputs["held"] == [booking.id]
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-18")
    assert _capacity(world) == [160, 80, 80, 160]
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-19")
    assert _capacity(world) == [160] * 4
    with world.database.reading() as session:
        (view,) = booking_views.list_bookings(session, world.actor("nora"))
    assert view.state == "expired"
    told = [event.action for event in events(world) if event.entity == "soft_booking"]
    assert told == ["soft_booking.asked", "soft_booking.granted"]


def test_for_its_own_request_it_steps_aside(world: World) -> None:
    """Once the request is planned its worth decides: the run may use all of Ann's hours."""
    request = world.submitted()
    _grant(world, _asked(world, request_id=request.id))
    assert _capacity(world) == [160] * 4


def test_either_side_and_leadership_free_the_hours(world: World) -> None:
    """The account manager gives back, the head releases, leadership may; a stranger finds nothing."""
    world.submitted()
    for who in ("nora", "hana", "lukas"):
        booking = _grant(world, _asked(world))
        assert refused(world, "kai", soft_bookings.end_booking, booking.id, booking.version).code == (
            "E_NOT_FOUND"
        )
        with world.database.writing() as session:
            soft_bookings.end_booking(session, world.actor(who), booking.id, booking.version, "Not needed.")
        assert _capacity(world) == [160] * 4
    over = booking
    assert refused(world, "hana", soft_bookings.grant_booking, over.id, over.version + 1).code == "E_STATE"


def test_only_another_head_of_the_department_consents(world: World) -> None:
    """Not who asked, not a head elsewhere, not leadership; no more than the person has left."""
    booking = _asked(world)
    assert refused(world, "lena", soft_bookings.grant_booking, booking.id, 1).code == "E_NOT_FOUND"
    assert refused(world, "nora", soft_bookings.grant_booking, booking.id, 1).code == "E_FORBIDDEN"
    assert refused(world, "lukas", soft_bookings.grant_booking, booking.id, 1).code == "E_FORBIDDEN"
    assert refused(world, "hana", soft_bookings.grant_booking, booking.id, 9).code == "E_VERSION_STALE"
    _grant(world, booking, "dan")
    second = _asked(world, quarter_hours=84)
    denied = refused(world, "hana", soft_bookings.grant_booking, second.id, second.version)
    assert denied.code == "E_CAPACITY_BELOW"
    assert [row["capacity_quarter_hours"] for row in denied.details["weeks"]] == [80, 80]


@pytest.mark.parametrize(
    ("changes", "where", "code"),
    [
        ({"expires_on": date(2027, 1, 3)}, "expires_on", "E_EXPIRY"),
        ({"expires_on": date(2027, 2, 1)}, "expires_on", "E_EXPIRY"),
        ({"first_week": "2026-W50"}, "first_week", "E_WINDOW_PAST"),
        ({"last_week": "2027-W02"}, "last_week", "E_WINDOW_REVERSED"),
        ({"last_week": "2027-W20"}, "last_week", "E_WINDOW_HORIZON"),
        ({"quarter_hours": 0}, "quarter_hours", "E_HOURS_RANGE"),
        ({"specialist_code": "anna"}, "specialist_code", "E_REF_UNKNOWN"),
        ({"purpose": " "}, "purpose", "E_TEXT_BLANK"),
    ],
)
def test_what_cannot_be_held_is_refused_by_name(
    world: World, changes: dict[str, Any], where: str, code: str
) -> None:
    """The field and the reason; week 4 ends on 31 January, so it cannot expire in February."""
    values = BookingValues(
        world.ids["alfa"], "ann", "2027-W03", "2027-W04", 80, "The offer", date(2027, 1, 18)
    )
    denied = refused(world, "nora", soft_bookings.ask_booking, replace(values, **changes))
    assert [(p.where, p.code) for p in denied.problems] == [(where, code)]


def test_nobody_hoards(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the most that may be open the next is refused until one is given back."""
    monkeypatch.setattr(soft_bookings, "MOST_OPEN", 1)
    first = _asked(world)
    values = BookingValues(world.ids["alfa"], "ann", "2027-W03", "2027-W03", 8, "More", date(2027, 1, 18))
    assert refused(world, "nora", soft_bookings.ask_booking, values).code == "E_QUOTA"
    with world.database.writing() as session:
        soft_bookings.end_booking(session, world.actor("nora"), first.id, first.version)
    assert _asked(world).id != first.id


def test_the_head_is_asked_and_the_holder_warned(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The head at once; the account manager a week before the end, once. Both find it among their tasks."""
    _grant(world, _asked(world))
    with world.database.reading() as session:
        assert [n.link for n in notifying.notices(session, world.actor("hana"))] == ["/bookings"]
        before = len(notifying.notices(session, world.actor("nora")))
    sent = []
    for day in ("2027-01-10", "2027-01-11", "2027-01-12"):
        monkeypatch.setenv("PLANNER_TODAY", day)
        with world.database.writing() as session:
            sent.append(reminders.remind(session, now()))
    assert (before, sent) == (1, [0, 1, 0])
    with world.database.reading() as session:
        assert len(booking_views.ending_bookings(session, world.actor("nora"))) == 1


def test_the_load_shows_what_is_held_to_who_may_see_the_person(world: World) -> None:
    """20 of 40 h are not free in week 3, and the head sees why."""
    _grant(world, _asked(world))
    with world.database.reading() as session:
        shown = loads.heat_map(session, world.actor("hana"))
    (ann,) = [row for row in shown.rows if row.code == "ann"]
    cell = next(cell for cell in ann.cells if cell.week == "2027-W03")
    assert (cell.free, [(b.state, b.quarter_hours) for b in cell.bookings]) == (80, [(loads.HELD, 80)])
