"""An offer's validity: one end among others, the strictest holds, and a worth that fades needs none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import World, refused, submit
from translating import problem_of

from planner.clock import now
from planner.records import ResourceRequest
from planner.services.approving import reminders
from planner.services.filing import offer_ends, requests
from planner.services.staff import notifying
from planner.solving.lasting import EndKind, end_of

FADING: dict[str, Any] = {
    "urgency": "linear",
    "urgency_week": "2027-W02",
    "urgency_pace": 100,
    "deadline_source": "Letter of 3 March",
}
SOURCE: dict[str, Any] = {"deadline_source": "tender"}
SOONER, LATER = date(2027, 1, 8), date(2027, 1, 15)


@pytest.mark.parametrize(
    ("changes", "last", "kind"),
    [
        ({"offer_valid_until": date(2027, 1, 15)}, 1, EndKind.OFFER),
        (
            {"offer_valid_until": date(2027, 1, 15), "deadline": date(2027, 1, 8), **SOURCE},
            0,
            EndKind.DEADLINE,
        ),
        ({"offer_valid_until": date(2027, 1, 8), "deadline": date(2027, 1, 15), **SOURCE}, 0, EndKind.OFFER),
        ({"offer_valid_until": date(2027, 3, 1)}, 3, EndKind.WEEKS),
        ({"offer_valid_until": SOONER, **FADING}, 3, EndKind.WEEKS),
    ],
)
def test_the_strictest_end_holds_and_is_named(
    world: World, changes: dict[str, Any], last: int, kind: EndKind
) -> None:
    """Weeks 1 to 4 are asked for; 8 January is in week 1, 15 January in week 2. A fading worth has no cut."""
    request = world.submitted(**changes)
    (line,) = [row for row in problem_of(world).lines if row.id.startswith(request.id)]
    assert line.last_week == last
    end = end_of(request)
    assert end is not None
    assert end.kind is kind


def test_a_worth_that_ends_at_once_is_told_as_the_end(world: World) -> None:
    """The worth ends with week 2, before the offer does: the reader hears of the worth."""
    changes: dict[str, Any] = {**FADING, "urgency": "deadline", "urgency_pace": None}
    request = world.submitted(offer_valid_until=date(2027, 1, 22), **changes)
    end = end_of(request)
    assert end is not None
    assert (end.kind, end.week) == (EndKind.WORTH, "2027-W02")


def test_a_lapsed_offer_is_not_submitted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Valid on its last day; from the next on it must be renewed, unless the worth fades."""
    changes: dict[str, Any] = {"earliest_week": "2027-W01", "offer_valid_until": date(2027, 1, 5)}
    draft, fading = world.draft(**changes), world.draft(title="Fades", **changes, **FADING)
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-06")
    denied = refused(world, "nora", requests.submit_request, draft.id, draft.version)
    assert [p.code for p in denied.problems] == ["E_OFFER_LAPSED"]
    submit(world, fading)
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-05")
    submit(world, draft)


def test_an_offer_that_ends_before_the_work_begins_is_refused(world: World) -> None:
    """Nothing could ever be granted for it."""
    changes: dict[str, Any] = {"earliest_week": "2027-W03", "offer_valid_until": date(2027, 1, 15)}
    denied = refused(world, "nora", requests.file_request, world.values(**changes))
    assert [(p.where, p.code) for p in denied.problems] == [("offer_valid_until", "E_WINDOW_REVERSED")]


def test_the_account_manager_is_told_twice_and_only_for_open_requests(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two weeks before the end, and again three days before; each once, however often the worker looks."""
    request = world.submitted(offer_valid_until=date(2027, 1, 22))

    def tell(day: str) -> int:
        monkeypatch.setenv("PLANNER_TODAY", day)
        with world.database.writing() as session:
            return reminders.remind(session, now())

    assert [tell("2027-01-07"), tell("2027-01-08"), tell("2027-01-09")] == [0, 1, 0]
    assert [tell("2027-01-19"), tell("2027-01-22")] == [1, 0]
    with world.database.reading() as session:
        told = notifying.notices(session, world.actor("nora"))
        assert [n.link for n in told] == [f"/requests/{request.id}"] * 2
        left = offer_ends.days_left(session.get_one(ResourceRequest, request.id))
        assert left == 0
        assert [r.id for r in offer_ends.ending_offers(session, world.actor("nora"))] == [request.id]
        assert offer_ends.ending_offers(session, world.actor("kai")) == []
    with world.database.writing() as session:
        row = session.get_one(ResourceRequest, request.id)
        requests.withdraw_request(session, world.actor("nora"), row.id, row.version)
    with world.database.reading() as session:
        assert offer_ends.ending_offers(session, world.actor("nora")) == []
