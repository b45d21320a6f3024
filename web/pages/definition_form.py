"""The form of a definition: what was typed, and the values it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from flask_babel import gettext as _

from planner.records import KeyAccountDefinition, QualificationCriterion
from planner.services.customers.definition_values import (
    FLAGS,
    SHARES,
    CriterionValues,
    DefinitionValues,
    NamedValues,
)
from planner.verdict import Problem
from web.pages.forms import fault, scaled

BLANK_ROWS: Final = 1
"""Empty rows for customers to be named."""

MOST_NAMED: Final = 50


def field_names() -> dict[str, str]:
    """What people call the fields."""
    return {
        "basis": _("Shares are measured on"),
        "window_months": _("Months that count"),
        "key_share": _("Key above"),
        "critical_share": _("Critical above"),
        "mono_warning": _("Almost the only customer above"),
        "mono_severe": _("Practically the only customer above"),
        "kappa": _("Reach of strategy"),
        "absolute_threshold_minor": _("Key above this amount"),
        "min_priority_score": _("Key from this score on"),
        "valid_from": _("Holds from"),
        "note": _("Why"),
        "swing_points": _("Points"),
        "anchor_low_milli": _("Lower anchor"),
        "anchor_high_milli": _("Upper anchor"),
        "forecast_blend": _("Forecast's part"),
        "enters_strategic_weight": _("Weighs as strategy"),
        "account_id": _("Account"),
        "reason": _("Reason"),
        "expires_on": _("Until"),
    }


def typed_of(row: KeyAccountDefinition) -> dict[str, str]:
    """A version as the form shows it."""
    typed = {
        "basis": row.basis.value,
        "window_months": str(row.window_months),
        **{name: plain(Decimal(getattr(row, name)) / 10) for name in (*SHARES, "kappa")},
        "absolute_threshold_minor": _amount(row.absolute_threshold_minor),
        "min_priority_score": _amount(row.min_priority_score),
        "valid_from": row.valid_from.isoformat(),
        "note": row.note,
        **{f"flag-{flag}": "1" for flag in row.flags},
    }
    for index, criterion in enumerate(row.criteria):
        where = f"criteria-{index}"
        typed[f"{where}-swing_points"] = str(criterion.swing_points)
        typed[f"{where}-anchor_low_milli"] = plain(Decimal(criterion.anchor_low_milli) / 1000)
        typed[f"{where}-anchor_high_milli"] = plain(Decimal(criterion.anchor_high_milli) / 1000)
        typed[f"{where}-forecast_blend"] = plain(Decimal(criterion.forecast_blend) / 10)
        if criterion.enters_strategic_weight:
            typed[f"{where}-enters_strategic_weight"] = "1"
    for index, named in enumerate(row.manual):
        typed[f"named-{index}-account_id"] = named.account_id
        typed[f"named-{index}-reason"] = named.reason
        typed[f"named-{index}-expires_on"] = named.expires_on.isoformat()
    return typed


def _amount(hundredths: int | None) -> str:
    return "" if hundredths is None else plain(Decimal(hundredths) / 100)


def plain(number: Decimal) -> str:
    """A number without needless zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def named_rows(typed: Mapping[str, str]) -> int:
    """How many rows for named customers the form shows."""
    used = [n for n in range(MOST_NAMED) if typed.get(f"named-{n}-account_id")]
    return (used[-1] + 1 if used else 0) + BLANK_ROWS


class Reader:
    """Reads typed texts into values and keeps what is wrong with them."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.problems: list[Problem] = []

    def number(self, name: str, factor: int, where: str = "") -> int:
        """A whole number after scaling; 0 and a problem when it is none."""
        value = scaled(self.typed.get(name, "").strip(), factor)
        if value is None:
            reason, remedy = _("This is not a number."), _("Type a number.")
            self.problems.append(fault(where or name, "E_NUMBER", reason, remedy))
        return value or 0

    def optional(self, name: str, factor: int) -> int | None:
        """The same; None when nothing was typed."""
        return self.number(name, factor) if self.typed.get(name, "").strip() else None

    def day(self, name: str, where: str = "") -> date:
        """A date; a problem when it is none."""
        try:
            return date.fromisoformat(self.typed.get(name, ""))
        except ValueError:
            reason, remedy = _("This is not a date."), _("Choose a day.")
            self.problems.append(fault(where or name, "E_DATE", reason, remedy))
            return date.max

    def text(self, name: str) -> str:
        """What was typed."""
        return self.typed.get(name, "")


def values_of(
    typed: Mapping[str, str], criteria: Sequence[QualificationCriterion]
) -> tuple[DefinitionValues, list[Problem]]:
    """What the form stands for, and what cannot be read."""
    read = Reader(typed)
    values = DefinitionValues(
        basis=read.text("basis"),
        window_months=read.number("window_months", 1),
        key_share=read.number("key_share", 10),
        critical_share=read.number("critical_share", 10),
        mono_warning=read.number("mono_warning", 10),
        mono_severe=read.number("mono_severe", 10),
        kappa=read.number("kappa", 10),
        valid_from=read.day("valid_from"),
        absolute_threshold_minor=read.optional("absolute_threshold_minor", 100),
        min_priority_score=read.optional("min_priority_score", 100),
        flags=tuple(flag for flag in FLAGS if typed.get(f"flag-{flag}")),
        note=read.text("note"),
        criteria=tuple(_criterion(read, index, row) for index, row in enumerate(criteria)),
        named=tuple(
            NamedValues(
                read.text(f"named-{n}-account_id"),
                read.text(f"named-{n}-reason"),
                read.day(f"named-{n}-expires_on", f"named/{n}/expires_on"),
            )
            for n in range(MOST_NAMED)
            if read.text(f"named-{n}-account_id")
        ),
    )
    return values, read.problems


def _criterion(read: Reader, index: int, row: QualificationCriterion) -> CriterionValues:
    def number(name: str, factor: int) -> int:
        return read.number(f"criteria-{index}-{name}", factor, f"criteria/{index}/{name}")

    return CriterionValues(
        row.key,
        number("swing_points", 1),
        number("anchor_low_milli", 1000),
        number("anchor_high_milli", 1000),
        number("forecast_blend", 10),
        bool(read.text(f"criteria-{index}-enters_strategic_weight")),
    )
