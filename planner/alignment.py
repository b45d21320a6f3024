"""How well departments pull in one direction: level and agreement of opinions, and where views differ.

Marks run from 1 to 5. Every group of people counts the same, whatever its size. A group with fewer than
`LEAST` answers is never shown by itself: such groups are put together, and left out when even together they
are too few. What is left out counts nowhere, so that no difference between two figures gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

LEAST = 3
"""Answers below which a group is not shown by itself."""

LOWEST, HIGHEST = 1, 5
LARGEST_DEVIATION = 2
"""The largest population standard deviation of marks from 1 to 5."""

GAP = 1
"""Means at least this far apart are a perception gap worth talking about. [ours]"""

OTHERS = ""
"""The name under which small groups appear together."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What one group answered for one element: current and wished marks, in no order."""

    current: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupMean:
    """A group's mean mark with the number of answers; `group` is "" for small groups together."""

    group: str
    answers: int
    mean: Fraction
    target: Fraction


@dataclass(frozen=True, slots=True)
class Gap:
    """Two groups that see the same thing differently; `size` is the distance of their means."""

    one: str
    other: str
    size: Fraction


@dataclass(frozen=True, slots=True)
class ElementView:
    """One element over all shown groups.

    Attributes:
        level: 0 to 1; None when no group may be shown.
        agreement: 0 to 1, 1 when all groups see it alike; None with fewer than two shown groups.
        target: The wished level, 0 to 1; None like `level`.
        urgency: Distance to the target times disagreement, in marks; sorts what to do first.
        groups: Shown groups by name.
        gaps: Pairs whose means are at least one mark apart, the widest first.
        left_out: Answers that are shown nowhere.
    """

    level: Fraction | None
    agreement: float | None
    target: Fraction | None
    urgency: float | None
    groups: tuple[GroupMean, ...]
    gaps: tuple[Gap, ...]
    left_out: int


def element_view(marks: Mapping[str, Marks], *, against: str | None = None) -> ElementView:
    """Level, agreement and perception gaps of one element (C13).

    Args:
        marks: Answers by group; groups are the same for all elements.
        against: The group whose view is compared with each other group's; None compares all pairs.

    Raises:
        ValueError: a mark outside 1 to 5.
    """
    shown, left_out = protected(marks)
    groups = tuple(GroupMean(name, len(m.current), _mean(m.current), _mean(m.target)) for name, m in shown)
    if not groups:
        return ElementView(None, None, None, None, (), (), left_out)
    means = [group.mean for group in groups]
    centre = sum(means, Fraction(0)) / len(means)
    target = sum((group.target for group in groups), Fraction(0)) / len(groups)
    agreement = _agreement(means) if len(means) > 1 else None
    urgency = None if agreement is None else float(target - centre) * (1 - agreement)
    return ElementView(
        level=_level(centre),
        agreement=agreement,
        target=_level(target),
        urgency=urgency,
        groups=groups,
        gaps=_gaps(groups, against),
        left_out=left_out,
    )


def protected(marks: Mapping[str, Marks]) -> tuple[list[tuple[str, Marks]], int]:
    """Groups that may be shown, by name, small ones put together last; and the answers left out."""
    for group in marks.values():
        if any(not LOWEST <= mark <= HIGHEST for mark in (*group.current, *group.target)):
            raise ValueError("marks run from 1 to 5")
    large = [(name, marks[name]) for name in sorted(marks) if len(marks[name].current) >= LEAST]
    small = [marks[name] for name in sorted(marks) if 0 < len(marks[name].current) < LEAST]
    together = Marks(
        tuple(sorted(mark for group in small for mark in group.current)),
        tuple(sorted(mark for group in small for mark in group.target)),
    )
    # One small group put together with nobody is still that group.
    if len(small) > 1 and len(together.current) >= LEAST:
        return [*large, (OTHERS, together)], 0
    return large, len(together.current)


def _mean(marks: Sequence[int]) -> Fraction:
    return Fraction(sum(marks), len(marks))


def _level(mean: Fraction) -> Fraction:
    return (mean - LOWEST) / (HIGHEST - LOWEST)


def _agreement(means: Sequence[Fraction]) -> float:
    centre = sum(means, Fraction(0)) / len(means)
    variance = sum(((mean - centre) ** 2 for mean in means), Fraction(0)) / len(means)
    return 1 - sqrt(variance) / LARGEST_DEVIATION


def _gaps(groups: Sequence[GroupMean], against: str | None) -> tuple[Gap, ...]:
    pairs = [
        (one, other)
        for i, one in enumerate(groups)
        for other in groups[i + 1 :]
        if against is None or against in (one.group, other.group)
    ]
    ordered = [(other, one) if other.group == against else (one, other) for one, other in pairs]
    found = [Gap(one.group, other.group, abs(one.mean - other.mean)) for one, other in ordered]
    return tuple(
        sorted((gap for gap in found if gap.size >= GAP), key=lambda gap: (-gap.size, gap.one, gap.other))
    )
