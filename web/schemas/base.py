"""The strict schema everything is built on: no unknown fields, every fault with a code and a remedy.

Schemas check shape only. Whether a thing exists, is allowed or fits together is for the services.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import marshmallow as ma

from planner import checks
from planner.verdict import Problem

REQUIRED = checks.missing("", "This is missing.", "Fill it in.")
UNKNOWN = checks.problem("", "E_FIELD_UNKNOWN", "There is no such field here.", "Leave it out.")
NOT_OBJECT = checks.problem("", "E_SHAPE", "This must be an object.", "Send fields with names: {...}.")
NOT_LIST = checks.problem("", "E_SHAPE", "This must be a list.", "Send values in brackets: [...].")
WRONG = checks.problem("", "E_SHAPE", "This is not understood.", "Check the documentation of this field.")


def fault(problems: Sequence[Problem]) -> ma.ValidationError:
    """What a field raises; where the field is, is known only to the schema around it."""
    return ma.ValidationError(list(problems))


SCHEMA_MESSAGES: Final[dict[str, Any]] = {"unknown": UNKNOWN, "type": NOT_OBJECT}


class Schema(ma.Schema):
    """Refuses what it does not know."""

    error_messages: dict[str, Any] = SCHEMA_MESSAGES

    class Meta:
        """Unknown fields are errors; fields keep the order they are written in."""

        unknown = ma.RAISE


class Form(Schema):
    """A schema for what comes from outside; `load_problems` gives values or every fault at once."""

    def load_problems(self, data: Any) -> tuple[dict[str, Any], tuple[Problem, ...]]:
        """The values, or () and all faults by place."""
        try:
            return dict(self.load(data)), ()
        except ma.ValidationError as error:
            return {}, problems_of(error.messages)


def problems_of(messages: Any) -> tuple[Problem, ...]:
    """Marshmallow's nested messages as a list of problems, sorted by place."""
    return tuple(sorted(_walk(messages, ""), key=lambda p: (p.where, p.code)))


def _walk(messages: Any, where: str) -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if key == "_schema" else str(key)
            yield from _walk(inner, "/".join(p for p in (where, step) if p))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from _walk(inner, where)
    else:
        yield replace(messages if isinstance(messages, Problem) else WRONG, where=where)


def in_json(problem: Problem, names: Mapping[str, str]) -> Problem:
    """The problem with its place as JSON names it; `names` gives that for each of the planner's own."""
    where = "/".join(names.get(step, step) for step in problem.where.split("/"))
    return replace(problem, where=where)
