"""A published plan leaves the database as one file, from which every figure comes out again."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from factories import stable_id
from scenario import K, Quarrel
from sqlalchemy.orm import Session

from planner.cli import main
from planner.database import Database
from planner.records import ResourceRequest
from planner.services.approving import decisions
from planner.services.publishing import publishing
from planner.services.publishing.publication_file import export_publication
from planner.solving.engine import Engine
from planner.solving.replay import ReplayError, replay
from planner.verdict import Kind, Refused


def _publish(world: Quarrel, run: Any, *names: str) -> None:
    for name in names:
        proposal = world.proposal(run, name)
        if proposal.state.value == "proposed":
            with world.database.writing() as session:
                decisions.approve(session, world.actor("eva"), proposal.id, proposal.version)
    with world.database.writing() as session:
        publishing.publish(session, world.actor("lena"), run.id)


@pytest.fixture
def world(planned: Quarrel) -> Quarrel:
    """E7 published as number 1: R1 and R3 for 78 k."""
    planned.answer_all()
    _publish(planned, planned.first, "r1", "r3")
    return planned


def _export(world: Quarrel, number: int = 1, who: str = "lena") -> str:
    with world.database.reading() as session:
        return export_publication(session, world.actor(who), number)


def test_every_figure_comes_out_again(world: Quarrel) -> None:
    """Value 78 k, 40 h, 24 + 16 h for Alfa and Max's customer: all equal, with nothing but the file."""
    done = replay(_export(world))
    assert (done.faults, done.differences) == ((), ())
    figures = {figure.name: figure.recomputed for figure in done.figures}
    assert figures["value of the plan"] == figures["published value"] == 78 * K
    assert (figures["R1: hours"], figures["R2: value"], figures["R3: value"]) == (96, 0, 30 * K)
    assert (figures["a-Kim: value_minor"], figures["Engineering: hours lent"]) == (48 * K, 160)
    assert len(done.figures) > 40


def test_a_second_publication_comes_out_again(sqlite_database: Database, engine: Engine) -> None:
    """With churn, a withdrawn request and the comparison with number 1."""
    world = Quarrel(sqlite_database, engine)
    first = world.plan()
    _publish(world, first, "r1", "r3")

    def raise_value(session: Session) -> None:
        from dataclasses import replace

        from planner.services.filing import requests
        from planner.services.filing.requests import values_of

        request = session.get_one(ResourceRequest, stable_id("r2"))
        changed = replace(values_of(request), benefits=((0, 90 * K),))
        requests.edit_request(session, world.actor("lee"), request.id, request.version, changed)

    with sqlite_database.writing() as session:
        raise_value(session)
    second = world.plan()
    _publish(world, second, "r2", "r3")
    done = replay(_export(world, 2))
    assert (done.faults, done.differences) == ((), ())
    figures = {figure.name: figure.recomputed for figure in done.figures}
    assert figures["against the plan before: withdrawn"] == [stable_id("r1")]
    assert figures["churn of the plan"] == 96 * 12_188


def _leaves(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all whole numbers in a document."""
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in _leaves(value, (*path, key))]
    if isinstance(node, list):
        return [leaf for i, value in enumerate(node) for leaf in _leaves(value, (*path, i))]
    return [path] if isinstance(node, int) and not isinstance(node, bool) else []


def test_a_file_that_was_changed_does_not_replay(world: Quarrel) -> None:
    """Fifty numbers of content, problem or plan, each changed by one: never again "all as published"."""
    text = _export(world)
    document = json.loads(text)
    paths = [p for p in _leaves(document) if p[0] in {"content", "problem", "plan"}]
    # How the search went is its own word; nobody can count it again.
    of_search = ("seconds", "settings", "proven_stages")
    telling = [p for p in paths if p[0] != "plan" or p[1] not in of_search]
    for path in random.Random(7).sample(telling, min(50, len(telling))):
        changed = json.loads(text)
        place = changed
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] += 1
        try:
            done = replay(json.dumps(changed))
        except ReplayError:
            continue
        assert done.faults or done.differences, path


def test_only_who_sees_plans_takes_one_out(world: Quarrel) -> None:
    """A key account manager is refused, and number 2 does not exist."""
    with pytest.raises(Refused) as refused:
        _export(world, who="kim")
    assert refused.value.denied.kind == Kind.FORBIDDEN
    with pytest.raises(Refused) as refused:
        _export(world, 2)
    assert refused.value.denied.kind == Kind.NOT_FOUND


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "other/1"}', '{"format": "planner-publication/1"}']
)
def test_another_file_is_told_as_such(text: str) -> None:
    """No traceback, whatever is given."""
    with pytest.raises(ReplayError):
        replay(text)


def test_at_the_command_line(world: Quarrel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Export with the database; replay with an address of none; a changed file ends with exit code 1."""
    monkeypatch.setenv("PLANNER_DATABASE_URL", str(world.database.engine.url))
    file = tmp_path / "plan.json"
    run = CliRunner().invoke(main, ["publication", "export", "1", "-o", str(file)])
    assert run.exit_code == 0, run.output
    monkeypatch.setenv("PLANNER_DATABASE_URL", "sqlite:////nowhere/none.db")
    good = CliRunner().invoke(main, ["replay", str(file)])
    assert (good.exit_code, "figures come out as published" in good.output) == (0, True)
    file.write_text(file.read_text(encoding="utf-8").replace('"Max"', '"Zoe"'), encoding="utf-8")
    bad = CliRunner().invoke(main, ["replay", str(file)])
    assert (bad.exit_code, "hash of the content" in bad.output) == (1, True)
    assert CliRunner().invoke(main, ["replay", str(tmp_path)]).exit_code == 2
