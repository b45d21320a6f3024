"""A request says itself which of the company's goals it serves; the goal counts it and never weighs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from factories import World, refused
from translating import translated

from planner.records import ResourceRequest, StrategicGoal
from planner.services.customers import goals
from planner.services.filing import requests


@pytest.fixture
def north(world: World) -> StrategicGoal:
    """Leadership's goal "north"."""
    with world.database.writing() as session:
        return goals.add_goal(session, world.actor("lukas"), "north", "Go north")


def test_a_request_names_its_goal(world: World, north: StrategicGoal) -> None:
    """By its code; what nobody wrote down is refused with the nearest there is."""
    draft = world.draft(goal_code="north")
    assert draft.goal_id == north.id
    with world.database.reading() as session:
        assert requests.values_of(session.get_one(ResourceRequest, draft.id)).goal_code == "north"
    (problem,) = refused(world, "nora", requests.file_request, world.values(goal_code="nort")).problems
    assert (problem.where, problem.code, problem.remedy.params["near"]) == (
        "goal_code",
        "E_REF_UNKNOWN",
        "north",
    )


def test_a_goal_never_weighs(world: World, north: StrategicGoal) -> None:
    """The engine's problem with the goal named is the one without it, byte for byte."""
    request = world.submitted()
    before = translated(world).text
    with world.database.writing() as session:
        row = session.get_one(ResourceRequest, request.id)
        values = replace(requests.values_of(row), goal_code=north.code)
        requests.edit_request(session, world.actor("nora"), row.id, row.version, values)
    assert translated(world).text == before
    assert "north" not in json.dumps(translated(world).inputs["requests"][request.id]["levels"])


def test_a_goal_counts_what_the_reader_may_see(world: World, north: StrategicGoal) -> None:
    """Nora sees her one, leadership both; nobody's hours were published, so none are granted."""
    world.draft(goal_code="north")
    world.draft("kai", "gamma", goal_code="north")
    world.draft()
    seen = {}
    for name in ("nora", "lukas"):
        with world.database.reading() as session:
            (use,) = goals.goals_in_use(session, world.actor(name))
            seen[name] = (use.goal.code, use.requests, use.quarter_hours)
            found = requests.list_requests(session, world.actor(name), goal_code="north")
            assert found.total == use.requests
    assert seen == {"nora": ("north", 1, 0), "lukas": ("north", 2, 0)}
    assert north.active


def test_a_goal_that_was_given_up_stays_where_it_stands(world: World, north: StrategicGoal) -> None:
    """An edit of the title does not lose the goal."""
    draft = world.draft(goal_code="north")
    with world.database.writing() as session:
        lukas = world.actor("lukas")
        goals.change_goal(session, lukas, north.id, north.version, title="Go north", active=False)
    with world.database.writing() as session:
        row = session.get_one(ResourceRequest, draft.id)
        values = replace(requests.values_of(row), title="Other words")
        edited = requests.edit_request(session, world.actor("nora"), row.id, row.version, values)
        assert (edited.title, edited.goal_id) == ("Other words", north.id)
