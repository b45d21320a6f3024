"""Why a request got less than it asked for, in words: what stood against it and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.records import RequestLine, ResourceRequest
from planner.solving.demand import line_id
from planner.verdict import Message

WORDS: Mapping[str, tuple[str, str]] = {
    "no_skill": (
        "Nobody here has the skill and level that “%(skill)s” needs.",
        "Ask for a lower level or another skill, or show the gap as a case for training or hiring.",
    ),
    "no_capacity": (
        "There is not enough time for “%(skill)s” in these weeks, even if nobody else asked.",
        "Ask for fewer hours a week, for more people, or for other weeks.",
    ),
    "window": (
        "There is not enough time for “%(skill)s” in these weeks, but there is with %(weeks)s more.",
        "Extend the window by %(weeks)s weeks.",
    ),
    "lock": (
        "An earlier decision stands against it.",
        "Ask the head who decided, or ask for other people or other weeks.",
    ),
    "wall": (
        "The people who could do it work for a customer that must be kept apart.",
        "Ask for other people.",
    ),
    "department_cap": (
        "The department lends no more hours than it does.",
        "Ask for other weeks or another skill.",
    ),
    "floor": (
        "A share that is guaranteed to others comes first.",
        "Ask for fewer hours.",
    ),
    "stability": (
        "Hours promised to others would have to be taken back, which costs more than this is worth.",
        "Ask for later weeks, in which less is promised.",
    ),
    "outbid": (
        "These hours are worth more elsewhere.",
        "See what would have to be different.",
    ),
}
"""Reason code to (why, what would help)."""

BUNDLE = "the request as a whole"


def reason_words(
    request: ResourceRequest, reason: str, params: Mapping[str, Any], language: str = "en"
) -> tuple[Message, Message]:
    """Why, and what would help. Nothing in them tells about other requests."""
    why, help_text = WORDS[reason]
    line = _line(request, params.get("line"))
    known: dict[str, Any] = {
        "skill": line.skill.label(language) if line else Message(BUNDLE),
        "weeks": params.get("weeks"),
    }
    return Message(why, _used(why, known)), Message(help_text, _used(help_text, known))


def _line(request: ResourceRequest, name: object) -> RequestLine | None:
    return next((line for line in request.lines if line_id(request, line) == name), None)


def _used(text: str, known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if f"%({name})s" in text}
