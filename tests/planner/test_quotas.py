"""Quotas: nobody floods the planner with requests or questions."""

from __future__ import annotations

import pytest
from factories import World, refused, stable_id
from scenario import Quarrel

from planner.services.excepting import override_prices
from planner.services.excepting.override_prices import Target
from planner.services.filing import requests
from planner.verdict import Refused


def test_open_requests_of_a_manager_and_of_a_customer_are_bounded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two per manager the third is refused; withdrawing one makes room. A customer has its own bound."""
    monkeypatch.setenv("PLANNER_OPEN_REQUESTS", "2")
    first = world.draft()
    world.draft(title="Second")
    denied = refused(world, "nora", requests.file_request, world.values(title="Third"))
    assert (denied.code, denied.reason.params["number"]) == ("E_QUOTA", 2)
    with world.database.writing() as session:
        requests.withdraw_request(session, world.actor("nora"), first.id, first.version)
    world.draft(title="Third")
    monkeypatch.setenv("PLANNER_OPEN_REQUESTS", "9")
    monkeypatch.setenv("PLANNER_OPEN_PER_CUSTOMER", "2")
    denied = refused(world, "nora", requests.file_request, world.values(title="Fourth"))
    assert denied.reason.params["account"] == "Alfa"
    world.draft("kai", "gamma")


def test_questions_in_the_background_are_bounded(planned: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time: a second price waits for the first to be answered; the same one is no new question."""
    monkeypatch.setenv("PLANNER_BACKGROUND", "1")
    first, second = Target("refuse", stable_id("r1")), Target("refuse", stable_id("r3"))
    with planned.database.writing() as session:
        override_prices.ask_price(session, planned.actor("lena"), first)
        override_prices.ask_price(session, planned.actor("lena"), first)
    with pytest.raises(Refused) as caught, planned.database.writing() as session:
        override_prices.ask_price(session, planned.actor("lena"), second)
    assert caught.value.denied.code == "E_QUOTA"
    planned.answer_all()
    with planned.database.writing() as session:
        override_prices.ask_price(session, planned.actor("lena"), second)
