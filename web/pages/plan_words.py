"""Plans in words and marks: what a scenario supposes, the figures that plans are compared by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from planner.records import Purpose
from planner.services.planning.plan_facts import Facts
from web.rendering import UNKNOWN, hours, integer, label, money, permille


@dataclass(frozen=True, slots=True)
class Metric:
    """One line of a comparison: its name, how it is written, and whether more (+1) or less (-1) is better."""

    name: Any
    field: str
    show: Callable[[Any], str]
    better: int = 0

    def of(self, facts: Facts | None) -> Any:
        """The figure; None when unknown."""
        return None if facts is None else getattr(facts, self.field)

    def written(self, facts: Facts | None) -> str:
        """The figure for people."""
        value = self.of(facts)
        return UNKNOWN if value is None else self.show(value)

    def change(self, facts: Facts | None, now: Facts | None) -> str:
        """The signed difference from the present plan; empty when there is none."""
        value, present = self.of(facts), self.of(now)
        if value is None or present is None or value == present:
            return ""
        sign = "+" if value > present else "\N{MINUS SIGN}"
        return f"{sign}{self.show(abs(value - present))}"


def _count(value: float) -> str:
    return integer(round(value))


def _hours(value: float) -> str:
    return hours(round(value))


METRICS: Final[tuple[Metric, ...]] = (
    Metric(_l("Value of the plan"), "value", money, 1),
    Metric(_l("In money alone"), "money", money, 1),
    Metric(_l("What strategic weights add"), "strategy", money, 1),
    Metric(_l("What people add whom requests would rather have"), "wishes", money, 1),
    Metric(_l("Expected within three months"), "cash", money, 1),
    Metric(_l("Smallest share of what anybody would have alone"), "least_share", permille, 1),
    Metric(_l("Promised hours taken back"), "withdrawn", _hours, -1),
    Metric(_l("Promised person-weeks changed"), "moves", _count, -1),
    Metric(_l("Price of taking hours back"), "churn", money, -1),
    Metric(_l("Hours planned"), "hours", _hours),
    Metric(_l("Granted in full"), "granted", _count, 1),
    Metric(_l("Granted in part"), "partly", _count),
    Metric(_l("Refused"), "refused", _count, -1),
)
"""The same figures in the same order for every plan."""


def best_of(metric: Metric, columns: Sequence[Any]) -> Any:
    """The best figure among columns; None where no figure is better than another."""
    known = [metric.of(column.facts) for column in columns]
    values = [value for value in known if value is not None]
    if not metric.better or len(set(values)) < 2:
        return None
    return max(values) if metric.better > 0 else min(values)


def supposed(changes: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What a scenario supposes, one line for people each; `names` of the ids in it."""
    found = []
    if "strategy_percent" in changes:
        found.append(_("strategic weights count %(percent)d %%", percent=changes["strategy_percent"]))
    for key, factor in changes.get("account_factors", {}).items():
        found.append(
            _("%(account)s weighs %(factor)s", account=names.get(key, key), factor=f"{factor / 1000:g}")
        )
    for name, weight in changes.get("second_weights", {}).items():
        text = (
            _("strategy counts %(times)s times more", times=f"{weight / 1000:g}")
            if name == "strategy"
            else _("early cash counts %(times)s times beside the worth", times=f"{weight / 1000:g}")
        )
        found.append(text)
    if "churn_percent" in changes:
        found.append(_("taking hours back costs %(percent)d %% of now", percent=changes["churn_percent"]))
    if "churn_minor" in changes:
        found.append(_("taking an hour back costs %(price)s", price=money(4 * changes["churn_minor"])))
    if "most_moves" in changes:
        found.append(_("at most %(number)d published person-weeks change", number=changes["most_moves"]))
    found += _floors(changes.get("floors", ()), names)
    found += [
        _("%(account)s leaves", account=names.get(key, key)) for key in changes.get("without_accounts", ())
    ]
    for person in changes.get("extra_people", ()):
        skill, level = next(iter(person["skills"].items()))
        found.append(
            _(
                "one more person with %(skill)s %(level)d, %(hours)s a week",
                skill=skill,
                level=level,
                hours=hours(person["quarter_hours"]),
            )
        )
    return found


def _floors(floors: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[str]:
    people = [floor for floor in floors if floor.get("kam")]
    found = [
        _(
            "“%(purpose)s” gets at least %(value)s",
            purpose=label(Purpose(f["purpose"])),
            value=money(f["value"]),
        )
        for f in floors
        if f.get("purpose")
    ]
    if people:
        each = ", ".join(f"{names.get(f['kam'], UNKNOWN)} {money(f['value'])}" for f in people)
        found.append(_("everybody gets at least a part: %(each)s", each=each))
    return found
