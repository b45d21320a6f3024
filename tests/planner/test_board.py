"""The board page by secret link: opens one publication, for some days, until it is taken back."""

from __future__ import annotations

import pytest
from factories import stable_id
from scenario import Quarrel
from sqlalchemy import select

from planner.records import BoardLink, Publication
from planner.services.approving import decisions
from planner.services.publishing import board, publishing
from planner.verdict import Kind, Refused


@pytest.fixture
def world(planned: Quarrel) -> Quarrel:
    """E7 published as number 1."""
    for name in ("r1", "r3"):
        proposal = planned.proposal(planned.first, name)
        with planned.database.writing() as session:
            decisions.approve(session, planned.actor("eva"), proposal.id, proposal.version)
    with planned.database.writing() as session:
        publishing.publish(session, planned.actor("lena"), planned.first.id)
    return planned


def _link(world: Quarrel, days: int = 7) -> str:
    with world.database.writing() as session:
        return board.create_board_link(session, world.actor("lena"), 1, days)


def test_a_link_opens_what_leadership_sees(world: Quarrel) -> None:
    """Same content and hash; the database keeps only the link's hash, the log not even that."""
    secret = _link(world)
    with world.database.reading() as session:
        by_link = board.board_by_link(session, secret)
        assert by_link == board.board_view(session, world.actor("lena"), 1)
        stored = session.scalars(select(BoardLink)).one()
    assert by_link["number"] == 1
    assert secret not in stored.digest
    assert world.events("board_link") == ["board_link.created"]


@pytest.mark.parametrize("secret", ["", "x", "../1", "\ud800", "' OR 1=1 --"])
def test_a_wrong_link_opens_nothing(world: Quarrel, secret: str) -> None:
    """Whatever is typed, it is the same as what does not exist."""
    with pytest.raises(Refused) as refused, world.database.reading() as session:
        board.board_by_link(session, secret)
    assert refused.value.denied.kind == Kind.NOT_FOUND


def test_a_link_ends_by_time(world: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open for seven days, shut on the eighth."""
    secret = _link(world)
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-10")
    with world.database.reading() as session:
        assert board.board_by_link(session, secret)["number"] == 1
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-12")
    with pytest.raises(Refused), world.database.reading() as session:
        board.board_by_link(session, secret)


def test_a_link_is_taken_back_at_once(world: Quarrel) -> None:
    """Twice changes nothing more; another link of the same publication stays open."""
    secret, other = _link(world), _link(world)
    with world.database.reading() as session:
        links = board.list_board_links(session, world.actor("lena"), 1)
    opened = {link.id: link for link in links}
    with world.database.writing() as session:
        first = session.scalars(select(BoardLink).where(BoardLink.digest == board._digest(secret))).one()
        for _ in range(2):
            board.revoke_board_link(session, world.actor("lena"), first.id)
    assert len(opened) == 2
    assert world.events("board_link").count("board_link.revoked") == 1
    with world.database.reading() as session:
        assert board.board_by_link(session, other)["number"] == 1
    with pytest.raises(Refused), world.database.reading() as session:
        board.board_by_link(session, secret)


@pytest.mark.parametrize("days", [0, -1, 31, 366])
def test_links_have_a_length(world: Quarrel, days: int) -> None:
    """One day to 30: a link is a key that is passed on."""
    with pytest.raises(Refused) as refused:
        _link(world, days)
    assert refused.value.denied.code == "E_LIMIT"


def test_only_leadership_gives_links(world: Quarrel) -> None:
    """Nor does a key account manager see the publication itself."""
    for name in ("kim", "eva", "fin"):
        with pytest.raises(Refused) as refused, world.database.writing() as session:
            board.create_board_link(session, world.actor(name), 1, 7)
        assert refused.value.denied.kind == Kind.FORBIDDEN
    with pytest.raises(Refused), world.database.reading() as session:
        board.board_view(session, world.actor("kim"), 1)
    with world.database.reading() as session:
        assert board.board_view(session, world.actor("fin"), 1)["number"] == 1


def test_a_publication_that_does_not_exist(world: Quarrel) -> None:
    """Number 2 is not there yet."""
    with pytest.raises(Refused) as refused, world.database.reading() as session:
        board.board_view(session, world.actor("lena"), 2)
    assert refused.value.denied.kind == Kind.NOT_FOUND
    with world.database.reading() as session:
        stored = session.scalars(select(Publication)).one()
        assert stored.cycle_id == stable_id("cycle")
        assert [p.number for p in publishing.list_publications(session, world.actor("lena"))] == [1]
