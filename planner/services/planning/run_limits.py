"""How long a run may search and how much it may change."""

from __future__ import annotations

from dataclasses import dataclass

from planner.verdict import Kind, refuse

LONGEST_S = 3600
HIGHEST_WORK = 10**9
MOST_MOVES = 10_000


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What the person who starts a run allows it.

    Attributes:
        seconds: To search at most.
        work: Units of the engine's own work at most; None means no limit.
        moves: Published person-weeks that it may take back; None means no limit.
    """

    seconds: float
    work: float | None = None
    moves: int | None = None


def check_limits(limits: RunLimits) -> None:
    """Go on when all limits are in range.

    Raises:
        Refused: E_LIMIT with the range.
    """
    seconds, work, most = limits.seconds, limits.work, limits.moves
    if not 1 <= seconds <= LONGEST_S:
        raise refuse(
            Kind.INVALID,
            "E_LIMIT",
            "A run of %(seconds)s seconds is not possible.",
            "Use 1 to %(longest)s seconds.",
            seconds=seconds,
            longest=LONGEST_S,
        )
    if work is not None and not 0 < work <= HIGHEST_WORK:
        raise refuse(
            Kind.INVALID,
            "E_LIMIT",
            "A work limit of %(work)s is not possible.",
            "Use more than 0 and at most %(highest)s, or leave it out.",
            work=work,
            highest=HIGHEST_WORK,
        )
    if most is not None and not 0 <= most <= MOST_MOVES:
        raise refuse(
            Kind.INVALID,
            "E_LIMIT",
            "A limit of %(moves)s changes is not possible.",
            "Use 0 to %(highest)s, or leave it out.",
            moves=most,
            highest=MOST_MOVES,
        )
