"""What somebody is to be told once, as soon as it is due."""

from __future__ import annotations

from dataclasses import dataclass

from planner.records import NotificationKind
from planner.verdict import Message


@dataclass(frozen=True, slots=True)
class Due:
    """Who is to be told what now; the key makes it once."""

    users: frozenset[str]
    kind: NotificationKind
    text: Message
    link: str
    key: str
