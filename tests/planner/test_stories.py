"""A request's story, a run's results and the audit log as pages show them."""

from __future__ import annotations

from factories import World, edit, planned, refused

from planner.records import ProposalState
from planner.services.filing import stories
from planner.services.planning import results
from planner.services.staff import audit_log


def _story(world: World, who: str, request_id: str) -> stories.Story:
    with world.database.reading() as session:
        return stories.story(session, world.actor(who), request_id)


def test_the_owner_sees_old_and_new_values(world: World) -> None:
    """An edit of the title stands in the history with both titles; filing comes first, at the end."""
    draft = world.draft(title="Before")
    edit(world, draft, title="After")
    told = _story(world, "nora", draft.id)
    assert told.whole
    assert [event.action for event in told.history] == ["request.edited", "request.filed"]
    assert told.history[0].changed["title"] == ("Before", "After")
    assert told.history[0].who == "Nora"
    assert told.history[1].changed == {}


def test_a_head_sees_no_worth_and_no_history(world: World) -> None:
    """Hana's people are proposed, so she sees that the request exists, but not its money."""
    request = world.submitted()
    planned(world, request, ProposalState.PROPOSED)
    told = _story(world, "hana", request.id)
    assert (told.whole, told.history) == (False, ())


def test_somebody_elses_request_is_nowhere(world: World) -> None:
    """Kai keeps another customer."""
    draft = world.draft()
    assert refused(world, "kai", stories.story, draft.id).code == "E_NOT_FOUND"


def test_the_log_has_no_values(world: World) -> None:
    """An administrator sees who did what, and that the chain holds, but not what is asked for."""
    world.draft(title="Secret tender")
    with world.database.reading() as session:
        found = audit_log.list_events(session, world.actor("adam"), per_page=5)
        assert audit_log.chain_problems(session, world.actor("adam")) == []
    assert found.rows[0].action == "request.filed"
    assert found.rows[0].who == "Nora"
    assert "Secret" not in repr(found)
    assert refused(world, "nora", audit_log.list_events).code == "E_FORBIDDEN"


def test_results_are_for_overseers(world: World) -> None:
    """A key account manager never reads the whole plan."""
    assert refused(world, "nora", results.results, "none").code == "E_FORBIDDEN"
    assert refused(world, "lukas", results.results, "none").code == "E_NOT_FOUND"
