"""Notifications: stored with what they tell of, once for each reader, and read by nobody else."""

from __future__ import annotations

from factories import World, refused
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.records import NotificationKind
from planner.services.staff import notifying
from planner.verdict import Message

TEXT = Message("The %(noun)s has %(hours)s hours.", {"noun": Message("proposal"), "hours": 4})


def _tell(world: World, *names: str, key: str | None = None) -> int:
    with world.database.writing() as session:
        return notifying.notify(
            session,
            users=[world.ids[name] for name in names],
            kind=NotificationKind.REMINDER,
            text=TEXT,
            link="/inbox",
            key=key,
        )


def test_a_notification_reaches_each_reader_once(world: World) -> None:
    """Named twice is told once; the message comes back as it went in, with the message inside it."""
    assert _tell(world, "hana", "hana", "lena") == 2
    with world.database.reading() as session:
        told = notifying.notices(session, world.actor("hana"))
    assert [(n.message, n.link, n.read) for n in told] == [(TEXT, "/inbox", False)]
    assert str(told[0].message) == "The proposal has 4 hours."


def test_the_same_key_is_told_only_once_ever(world: World) -> None:
    """A periodic step may say the same thing again and again without flooding anybody."""
    assert _tell(world, "hana", key="reminder:1") == 1
    assert _tell(world, "hana", "lena", key="reminder:1") == 1
    assert _tell(world, "hana", key="reminder:2") == 1


def test_reading_takes_it_off_the_count_and_only_the_own(world: World) -> None:
    """Two unread, one read, then none; a colleague cannot mark what is not theirs."""
    _tell(world, "hana")
    _tell(world, "hana")
    with world.database.writing() as session:
        first = notifying.notices(session, world.actor("hana"))[0].notification_id
        assert notifying.unread(session, world.actor("hana")) == 2
        assert notifying.mark_read(session, world.actor("hana"), first) == 1
        assert [n.read for n in notifying.notices(session, world.actor("hana"))].count(True) == 1
        assert len(notifying.notices(session, world.actor("hana"), unread_only=True)) == 1
        assert notifying.mark_read(session, world.actor("hana")) == 0
    assert refused(world, "lena", notifying.mark_read, first).code == "E_NOT_FOUND"


def test_a_refused_action_tells_nobody(world: World) -> None:
    """The notification is part of the transaction: what is undone was never said."""

    def tell_and_refuse(session: Session, actor: Actor) -> None:
        users = [world.ids["hana"]]
        notifying.notify(session, users=users, kind=NotificationKind.COMMENT, text=TEXT, link="/")
        notifying.mark_read(session, actor, "nothing")

    assert refused(world, "lena", tell_and_refuse).code == "E_NOT_FOUND"
    with world.database.reading() as session:
        assert notifying.unread(session, world.actor("hana")) == 0
