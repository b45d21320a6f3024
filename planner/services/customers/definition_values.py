"""What leadership types into a definition of a key account, and whether it is well formed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from planner import checks
from planner.clock import today
from planner.records import Basis, KeyAccountDefinition
from planner.verdict import Problem

FLAGS: Final = ("D1", "D2", "D3", "D4", "D5", "D6")
MOST_MILLI: Final = 10**12
SHARES: Final = ("key_share", "critical_share", "mono_warning", "mono_severe")


@dataclass(frozen=True, slots=True)
class CriterionValues:
    """One criterion as typed: swing, anchors in thousandths of its unit, the forecast's part per mille."""

    key: str
    swing_points: int
    anchor_low_milli: int
    anchor_high_milli: int
    forecast_blend: int = 0
    enters_strategic_weight: bool = False


@dataclass(frozen=True, slots=True)
class NamedValues:
    """A customer that is key by name, why, and until when."""

    account_id: str
    reason: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class DefinitionValues:
    """A version as typed. Shares and kappa in per mille, the least score in hundredths of a point."""

    basis: str
    window_months: int
    key_share: int
    critical_share: int
    mono_warning: int
    mono_severe: int
    kappa: int
    valid_from: date
    absolute_threshold_minor: int | None = None
    min_priority_score: int | None = None
    flags: Sequence[str] = FLAGS
    note: str = ""
    criteria: Sequence[CriterionValues] = ()
    named: Sequence[NamedValues] = ()


def problems_in(values: DefinitionValues, now_valid: KeyAccountDefinition | None) -> list[Problem]:
    """Everything that is not well formed; `now_valid` is the version in force."""
    found = checks.choice("basis", values.basis, Basis)
    found += checks.whole("window_months", values.window_months, 1, 60)
    found += [p for name in SHARES for p in checks.whole(name, getattr(values, name), 1, 1000)]
    found += checks.whole("kappa", values.kappa, 0, 1000)
    if values.absolute_threshold_minor is not None:
        found += checks.money("absolute_threshold_minor", values.absolute_threshold_minor)
    if values.min_priority_score is not None:
        found += checks.whole("min_priority_score", values.min_priority_score, 0, 10_000)
    found += checks.text("note", values.note, 2_000, lines=True)
    found += [checks.unknown("flags", flag, FLAGS) for flag in values.flags if flag not in FLAGS]
    if not found:
        found += _order(values) + _begin(values, now_valid) + _criteria(values) + _named(values)
    return found


def _order(values: DefinitionValues) -> list[Problem]:
    shares = [getattr(values, name) for name in SHARES]
    if shares == sorted(shares):
        return []
    reason, remedy = "The shares do not rise.", "Put them in rising order."
    return [checks.problem("critical_share", "E_SHARES_ORDER", reason, remedy)]


def _begin(values: DefinitionValues, now_valid: KeyAccountDefinition | None) -> list[Problem]:
    first = max(today(), now_valid.valid_from) if now_valid else today()
    if values.valid_from > first or (now_valid is None and values.valid_from == first):
        return []
    reason, remedy = (
        "A definition cannot begin in the past or on the day of the one before.",
        "Choose a day after %(day)s.",
    )
    return [checks.problem("valid_from", "E_VALID_FROM", reason, remedy, day=first.isoformat())]


def _criteria(values: DefinitionValues) -> list[Problem]:
    found = []
    for index, row in enumerate(values.criteria):
        where = f"criteria/{index}"
        found += checks.whole(f"{where}/swing_points", row.swing_points, 0, 100)
        found += checks.whole(f"{where}/forecast_blend", row.forecast_blend, 0, 1000)
        for name in ("anchor_low_milli", "anchor_high_milli"):
            found += checks.whole(f"{where}/{name}", getattr(row, name), -MOST_MILLI, MOST_MILLI)
        if row.anchor_low_milli >= row.anchor_high_milli:
            reason, remedy = (
                "The lower anchor is not below the upper one.",
                "Give the criterion a range; its direction says which end is better.",
            )
            found.append(checks.problem(f"{where}/anchor_high_milli", "E_ANCHORS", reason, remedy))
    if values.criteria and not any(row.swing_points for row in values.criteria):
        reason, remedy = "No criterion has any weight.", "Give the most important one 100 points."
        found.append(checks.problem("criteria/0/swing_points", "E_NO_WEIGHT", reason, remedy))
    return found


def _named(values: DefinitionValues) -> list[Problem]:
    found = []
    for index, row in enumerate(values.named):
        found += checks.text(f"named/{index}/reason", row.reason, 500, required=True)
        if row.expires_on < values.valid_from:
            reason, remedy = "It would expire before it begins.", "Choose a later day."
            found.append(checks.problem(f"named/{index}/expires_on", "E_EXPIRED", reason, remedy))
    return found
