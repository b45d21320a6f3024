"""Overrides, scenarios and trade-offs through HTTP: empty companies, forms that keep what was typed."""

from __future__ import annotations

import pytest
from clients import browser, csrf
from factories import World
from flask import Flask
from werkzeug.test import TestResponse


class Leader:
    """Lukas at a browser."""

    def __init__(self, app: Flask, world: World) -> None:
        self.client = browser(app, world, "lukas")
        self.token = csrf(app)

    def post(self, path: str, typed: dict[str, str]) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data=typed, headers=self.token)


@pytest.fixture
def lukas(app: Flask, world: World) -> Leader:
    """A member of the leadership of a company that has no plan yet."""
    return Leader(app, world)


@pytest.mark.parametrize("path", ["/overrides", "/scenarios", "/trade-offs", "/scenarios/new"])
def test_before_the_first_plan_pages_say_what_to_do(lukas: Leader, path: str) -> None:
    """Never an empty screen and never an error."""
    answer = lukas.client.get(path)
    assert answer.status_code == 200
    assert "plan" in answer.text


def test_nothing_can_be_priced_before_the_first_plan(lukas: Leader) -> None:
    """The form says that a plan comes first."""
    answer = lukas.client.get("/overrides/new")
    assert answer.status_code == 200
    assert "An exception is priced against a plan" in answer.text


def test_a_scenario_with_faults_keeps_what_was_typed(lukas: Leader) -> None:
    """Without a plan it is refused, and everything typed stands in the form again."""
    typed = {"name": "Money only", "strategy_percent": "0", "factors-0-weight": "1.5", "hires-1-hours": "20"}
    answer = lukas.post("/scenarios", typed)
    assert answer.status_code == 409
    assert "Make a plan first." in answer.text
    for value in ("Money only", "1.5", 'value="20"'):
        assert value in answer.text


def test_a_day_that_is_none_is_no_end(lukas: Leader) -> None:
    """A signature for an unknown price finds nothing, whatever else is typed."""
    answer = lukas.post("/overrides", {"question_id": "nonsense", "expires_on": "soon", "reason": "x"})
    assert answer.status_code == 404


def test_quarters_of_the_register(lukas: Leader) -> None:
    """A quarter in the address is shown; nonsense shows the present one."""
    assert "quarter 3 of 2026" in lukas.client.get("/overrides?quarter=2026-3").text
    for nonsense in ("2026-5", "x", "0000-1", "2026"):
        assert "quarter 1 of 2027" in lukas.client.get(f"/overrides?quarter={nonsense}").text
