"""Refusals that only the web knows, such as an unreadable body: a status with the words of any refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from planner.verdict import Message, Problem

API: Final = "/api/"
"""The start of every address for programs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal ready to be shown: HTTP status, stable code, why, what helps."""

    status: int
    code: str
    reason: Message
    remedy: Message
    problems: tuple[Problem, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Stopped(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Carries an Answer out of a request."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


def stop(
    status: int,
    code: str,
    reason: str,
    remedy: str,
    *,
    headers: Mapping[str, str] | None = None,
    **params: Any,
) -> Stopped:
    """A Stopped to raise; `params` fill the places of both texts."""
    return Stopped(
        Answer(status, code, Message(reason, params), Message(remedy, params), headers=headers or {})
    )
