"""Answers to "may this be done?": yes, or no with a code, the reason and the remedy.

A check returns a Verdict. A use case that cannot go on raises `Refused` with the Denied inside, which
undoes its transaction; the caller shows the Denied. Nothing is ever refused without one.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class Kind(enum.StrEnum):
    """What sort of no it is; the web translates it to a status code."""

    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    STATE = "state"
    STALE = "stale"
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Message:
    """Words for people: an English text with `%(name)s` places, translated where it is shown.

    A param may itself be a Message, such as the name of a state.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The English words."""
        return self.text % self.params if self.params else self.text


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one field: `where` is a path such as "lines/0/hours"."""

    where: str
    code: str
    reason: Message
    remedy: Message


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    def __bool__(self) -> bool:
        """True."""
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No: a stable code (E_...), why, and what would help; `problems` lists every field at fault.

    `details` carries values a program or a page shows beside the words, such as who changed what.
    """

    kind: Kind
    code: str
    reason: Message
    remedy: Message
    problems: tuple[Problem, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """False."""
        return False


Verdict = Allowed | Denied


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Carries a Denied out of a use case, so that its transaction is undone.

    With `keep` the transaction is committed first: a failed sign-in leaves its trace.
    """

    def __init__(self, denied: Denied, *, keep: bool = False) -> None:
        super().__init__(denied.code)
        self.denied = denied
        self.keep = keep


def require(verdict: Verdict) -> None:
    """Go on when allowed.

    Raises:
        Refused: with the denial.
    """
    if isinstance(verdict, Denied):
        raise Refused(verdict)


def refuse(kind: Kind, code: str, reason: str, remedy: str, **params: Any) -> Refused:
    """A Refused to raise; `params` fill the places of both texts."""
    return Refused(Denied(kind, code, Message(reason, params), Message(remedy, params)))


def not_found() -> Refused:
    """The one answer for what does not exist and for what is somebody else's."""
    return refuse(
        Kind.NOT_FOUND,
        "E_NOT_FOUND",
        "There is nothing here under that address.",
        "Check the link or go back to your list.",
    )
