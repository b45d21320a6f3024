"""Lists of requests: own rows only, counted so, found by text and state, at a constant price."""

from __future__ import annotations

from typing import Any

from factories import World, names, refused
from sqlalchemy import event

from planner.records import RequestStatus
from planner.services.filing import requests


def test_lists_show_own_requests_only_and_count_them_so(any_world: World) -> None:
    """Totals are counted after scoping: they tell nothing about others' requests."""
    any_world.draft("nora", "alfa", title="A")
    any_world.draft("kai", "gamma", title="G")
    with any_world.database.reading() as session:
        for name, titles in (("nora", ["A"]), ("kai", ["G"]), ("lukas", ["G", "A"]), ("hana", [])):
            page = requests.list_requests(session, any_world.actor(name))
            assert (names(page.rows), page.total) == (titles, len(titles)), name
        foreign = requests.list_requests(session, any_world.actor("nora"), account_id=any_world.ids["gamma"])
        assert foreign.total == 0


def test_lists_filter_by_state_text_and_customer(any_world: World) -> None:
    """Search takes % and _ as letters; several states may be asked for."""
    any_world.draft(title="50 % off_er")
    any_world.submitted(title="Server")
    nora = any_world.actor("nora")
    with any_world.database.reading() as session:

        def found(**filters: Any) -> list[str]:
            return names(requests.list_requests(session, nora, **filters).rows)

        assert found(text="SERV") == ["Server"]
        assert found(text="alfa") == ["Server", "50 % off_er"]
        assert found(text="%") == found(text="off_er") == ["50 % off_er"]
        assert found(text="f__e") == []
        assert found(status="draft") == ["50 % off_er"]
        assert found(status=["draft", "submitted"]) == ["Server", "50 % off_er"]
        assert found(account_id=any_world.ids["alfa"], page=2, per_page=1) == ["50 % off_er"]


def test_bad_list_queries_are_refused(any_world: World) -> None:
    """Pages out of range, unknown states and endless texts are named."""
    bad: list[tuple[dict[str, Any], str]] = [
        ({"page": 0}, "page"),
        ({"page": 2**63}, "page"),
        ({"per_page": 10**9}, "per_page"),
        ({"status": "x"}, "status"),
        ({"text": "x" * 201}, "text"),
        ({"text": "\x00"}, "text"),
    ]
    for query, where in bad:
        denied = refused(any_world, "nora", requests.list_requests, **query)
        assert [p.where for p in denied.problems] == [where]


def test_a_longer_list_needs_no_more_statements(world: World) -> None:
    """One request or twelve: the same number of statements, everything shown included."""

    def statements() -> int:
        sent: list[str] = []

        def note(*arguments: Any) -> None:
            sent.append(arguments[2])

        event.listen(world.database.engine, "before_cursor_execute", note)
        with world.database.reading() as session:
            for row in requests.list_requests(session, world.actor("nora")).rows:
                assert row.account.name
                assert row.kam.display_name
                assert row.lines[0].skill.key
        event.remove(world.database.engine, "before_cursor_execute", note)
        return len(sent)

    world.draft()
    one = statements()
    for _ in range(11):
        world.draft()
    assert statements() == one


def test_the_count_agrees_with_the_list(any_world: World) -> None:
    """By state, and only what the reader may see: two drafts and one submitted of nora's, none of kai's."""
    any_world.draft()
    any_world.draft()
    any_world.submitted()
    with any_world.database.reading() as session:
        assert requests.count_requests(session, any_world.actor("nora")) == {
            RequestStatus.DRAFT: 2,
            RequestStatus.SUBMITTED: 1,
        }
        assert requests.count_requests(session, any_world.actor("kai")) == {}
