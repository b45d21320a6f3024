"""The part of a problem that decides whether it has a plan at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from solver.problem import REFUSED

if TYPE_CHECKING:
    from solver.problem import Problem

ASKING = ("min_level", "frozen")
"""Kinds of locks without which the empty plan is always a plan."""


def core_of(problem: Problem) -> Problem:
    """The problem without the requests that may be refused.

    It has a plan exactly when the problem has one, and every plan of it is one of the problem: all others are
    refused then. Locks contradict each other in it exactly when they do in the problem.
    """
    asked = {lock.request for lock in problem.locks if lock.kind == "min_level" and lock.level != REFUSED}
    frozen = {
        problem.request_of[lock.line].id for lock in problem.locks if lock.kind == "frozen" and lock.line
    }
    requests = tuple(request for request in problem.requests if request.id in asked | frozen)
    lines = {line for request in requests for option in request.options for line in option}
    return replace(
        problem,
        requests=requests,
        lines=tuple(line for line in problem.lines if line.id in lines),
        locks=tuple(x for x in problem.locks if x.line in lines or x.request in {r.id for r in requests}),
        floors=(),
        published=None,
    )
