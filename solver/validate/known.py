"""Which ids a problem has, also of rows that could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.problem import Line, Problem, Request


@dataclass(frozen=True)
class Known:
    """The ids that may be named, and what belongs to what."""

    weeks: int
    specialists: frozenset[str]
    lines: Mapping[str, Line | None]
    requests: Mapping[str, Request | None]
    owner: Mapping[str, Request]
    some_request_broken: bool
    problem: Problem

    @classmethod
    def of(cls, problem: Problem, broken: Mapping[str, frozenset[str]]) -> Known:
        """What `problem` and the unreadable rows of its file hold."""
        empty: frozenset[str] = frozenset()
        lines: dict[str, Line | None] = dict.fromkeys(broken.get("lines", empty))
        requests: dict[str, Request | None] = dict.fromkeys(broken.get("requests", empty))
        return cls(
            weeks=len(problem.weeks),
            specialists=frozenset(s.id for s in problem.specialists) | broken.get("specialists", empty),
            lines=lines | {line.id: line for line in problem.lines},
            requests=requests | {request.id: request for request in problem.requests},
            owner={name: r for r in reversed(problem.requests) for option in r.options for name in option},
            some_request_broken="requests" in broken,
            problem=problem,
        )

    def all_ids(self) -> Mapping[str, list[str]]:
        """Ids by kind of row, repeated as often as they stand in the problem."""
        return {
            "specialists": [s.id for s in self.problem.specialists],
            "requests": [r.id for r in self.problem.requests],
            "lines": [line.id for line in self.problem.lines],
        }
