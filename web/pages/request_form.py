"""The request form: from what a person typed to plain values, from a stored request to typed text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from flask_babel import format_decimal, lazy_gettext
from flask_babel import gettext as _

from planner.checks import MONEY_MAX
from planner.records import Preference, Stage, ValueSource
from planner.services.filing.requests import LineValues, RequestValues
from planner.usual import TEMPLATES, Usual
from planner.verdict import Message, Problem
from planner.worth import Shape, UrgencyKind
from web.pages.forms import fault
from web.pages.reader import Reader
from web.rendering import MINOR_PER_UNIT, QUARTERS_PER_HOUR, money

CHANCES: Final = (0, 500, 1000)
"""The shares of the hours, in per mille, whose chance is asked for."""

USUAL_CURVE: Final = "usual-curve"
"""The step that fills in what is usual at the chosen stage."""

MOST_ROWS: Final = 20
USUAL_LEVEL: Final = "3"
"""Whom a new line asks for until another level is chosen: somebody who works alone."""

ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "lines": (
        "skill", "level", "hours", "specialist", "preference", "language", "language_level",
        "customer_facing", "activity", "max_specialists", "weekly_min", "weekly_max", "after", "alternative",
        "outside_cost", "outside_source",
    ),
    "benefits": ("month", "amount"),
    "evidence": ("kind", "text", "link"),
}  # fmt: skip
"""The repeated parts of the form and their fields."""

ANCHORS: Final[Mapping[str, str]] = {
    "skill_key": "skill",
    "min_level": "level",
    "quarter_hours": "hours",
    "language_key": "language",
    "specialist_code": "specialist",
    "amount_minor": "amount",
    "avoidable_cost_minor": "avoidable_cost",
    "money_budget_minor": "money_budget",
    "outside_cost_minor": "outside_cost",
}
"""What the planner calls a field and the form calls otherwise."""

NAMES: Final[Mapping[str, Any]] = {
    "account_id": lazy_gettext("Account"),
    "title": lazy_gettext("Title"),
    "purpose": lazy_gettext("What is it for?"),
    "type": lazy_gettext("Kind of work"),
    "need_statement": lazy_gettext("What the specialist should know"),
    "earliest_week": lazy_gettext("Earliest week"),
    "latest_week": lazy_gettext("Latest week"),
    "deadline": lazy_gettext("Fixed deadline"),
    "deadline_source": lazy_gettext("Who set it?"),
    "offer_valid_until": lazy_gettext("Our offer is valid until"),
    "curve_shape": lazy_gettext("Between these points"),
    "curve_top": lazy_gettext("The most that any hours could reach"),
    "curve_reason": lazy_gettext("Why the chances differ"),
    "stage": lazy_gettext("Stage of cooperation"),
    "goal_code": lazy_gettext("Goal of the company"),
    "urgency": lazy_gettext("Does the worth fade with time?"),
    "urgency_week": lazy_gettext("Last week without loss"),
    "urgency_pace": lazy_gettext("How fast"),
    "avoidable_cost": lazy_gettext("Extra cost"),
    "money_budget": lazy_gettext("Most that may be paid outside"),
    "outside_cost": lazy_gettext("Price if somebody outside does it"),
    "outside_source": lazy_gettext("Who offers that"),
    "value_source": lazy_gettext("What it is worth"),
    "obligation": lazy_gettext("Obligation"),
    "contract_reference": lazy_gettext("Contract and clause"),
    "lines": lazy_gettext("Lines"),
    "skill": lazy_gettext("Skill"),
    "level": lazy_gettext("Level"),
    "hours": lazy_gettext("Hours"),
    "specialist": lazy_gettext("Person"),
    "preference": lazy_gettext("How firmly?"),
    "language": lazy_gettext("Language"),
    "language_level": lazy_gettext("Language level"),
    "activity": lazy_gettext("Activity"),
    "max_specialists": lazy_gettext("Number of people"),
    "weekly_min": lazy_gettext("At least, in a week"),
    "weekly_max": lazy_gettext("At most, in a week"),
    "after": lazy_gettext("Starts after line"),
    "alternative": lazy_gettext("Alternative"),
    "benefits": lazy_gettext("What it is worth"),
    "month": lazy_gettext("Months from now"),
    "amount": lazy_gettext("Amount"),
    "curve": lazy_gettext("Chance of success"),
    "curve-0": lazy_gettext("… and if you get nothing?"),
    "curve-500": lazy_gettext("… with half of the hours?"),
    "curve-1000": lazy_gettext("… with all hours?"),
    "evidence": lazy_gettext("Evidence"),
    "kind": lazy_gettext("Kind of evidence"),
    "text": lazy_gettext("Evidence"),
    "link": lazy_gettext("Link"),
}
"""What people call each field."""


@dataclass(frozen=True, slots=True)
class Read:
    """A form as the planner takes it, and what of it could not be understood.

    `rows` says for each repeated part which row of the form each value came from; `unfinished` names rows
    that were left out because a draft cannot hold them yet.
    """

    values: RequestValues
    problems: tuple[Problem, ...]
    rows: Mapping[str, tuple[str, ...]]
    unfinished: tuple[str, ...] = ()

    def located(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Problems of values, with the rows of the form in place of the values' positions."""
        return tuple(
            replace(
                problem,
                where=self._where(problem.where, problem.code),
                remedy=Message(_in_units(problem.code)) if _in_units(problem.code) else problem.remedy,
            )
            for problem in problems
        )

    def _where(self, where: str, code: str) -> str:
        if where == "curve":
            return "curve/0" if code == "E_CURVE_ZERO" else "curve/1000"
        part, _slash, rest = where.partition("/")
        index, _slash, field = rest.partition("/")
        rows = self.rows.get(part)
        if rows is None or not index.isdecimal() or int(index) >= len(rows):
            return where
        # Both numbers of a point of the curve stand in one field.
        return f"{part}/{rows[int(index)]}" + (f"/{field}" if field and part != "curve" else "")


def _in_units(code: str) -> str:
    """What to do about a number out of range, in the units that people type; empty for other faults."""
    return {
        "E_PROBABILITY_RANGE": _("Write a percentage from 0 to 100."),
        "E_MONEY_RANGE": _("Write an amount of at most %(most)s.", most=money(MONEY_MAX)),
    }.get(code, "")


def count_rows(typed: Mapping[str, str], part: str) -> int:
    """How many rows of a repeated part the form has; at least one."""
    numbers = [0]
    for name in typed:
        first, _dash, rest = name.partition("-")
        index = rest.partition("-")[0]
        if first == part and index.isdecimal() and len(index) < 3 and int(index) < MOST_ROWS:
            numbers.append(int(index))
    return max(numbers) + 1


def change_rows(typed: Mapping[str, str], step: str, usual: Usual = TEMPLATES) -> dict[str, str]:
    """The typed values after "add-lines" or "remove-lines-2" and their kin, or with the usual chances.

    Other steps change nothing.
    """
    if step == USUAL_CURVE:
        return _usual(typed, usual)
    verb, _dash, rest = step.partition("-")
    part, _dash, index = rest.partition("-")
    if part not in ROWS:
        return dict(typed)
    rows = [_row(typed, part, i) for i in range(count_rows(typed, part))]
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append({"level": USUAL_LEVEL} if part == "lines" else {})
    elif verb == "remove" and index.isdecimal() and int(index) < len(rows) and len(rows) > 1:
        del rows[int(index)]
    kept = {name: value for name, value in typed.items() if name.partition("-")[0] != part}
    for i, row in enumerate(rows):
        kept.update({f"{part}-{i}-{name}": row.get(name, "") for name in ROWS[part]})
    return kept


def _usual(typed: Mapping[str, str], known: Usual) -> dict[str, str]:
    """The typed values with the chances that are usual at the chosen stage; the same without one."""
    stage = typed.get("stage", "")
    if stage not in {each.value for each in Stage}:
        return dict(typed)
    usual = known[Stage(stage)]
    chances = {f"curve-{share}": plain(chance, 10) for share, chance in usual.points}
    shape = "" if usual.shape is Shape.STEPS else usual.shape.value
    return {**typed, **chances, "curve_shape": shape, "curve_top": plain(usual.top, 10), "curve_reason": ""}


def _row(typed: Mapping[str, str], part: str, index: int) -> dict[str, str]:
    return {name: typed.get(f"{part}-{index}-{name}", "") for name in ROWS[part]}


def read(typed: Mapping[str, str], *, unfinished_too: bool = True) -> Read:
    """What the form says, as values. Empty rows are left out; unfinished ones only for saving by itself."""
    reader = Reader(typed)
    lines = _filled(typed, "lines", ("skill", "hours", "activity", "specialist"))
    benefits = _filled(typed, "benefits", ("amount",))
    evidence = _filled(typed, "evidence", ("kind", "text", "link"))
    unfinished: list[str] = []
    if not unfinished_too:
        half = [i for i in lines if not (typed.get(f"lines-{i}-skill") and typed.get(f"lines-{i}-hours"))]
        unfinished = [f"lines-{i}" for i in half]
        lines = [i for i in lines if i not in half]
        evidence = [i for i in evidence if typed.get(f"evidence-{i}-kind")]
    chances = [share for share in CHANCES if reader.text(f"curve-{share}")]
    values = RequestValues(
        account_id=reader.text("account_id"),
        title=reader.text("title"),
        purpose=reader.maybe("purpose"),
        type=reader.maybe("type"),
        earliest_week=reader.maybe("earliest_week"),
        latest_week=reader.maybe("latest_week"),
        deadline=reader.day("deadline"),
        deadline_source=reader.text("deadline_source"),
        offer_valid_until=reader.day("offer_valid_until"),
        need_statement=reader.text("need_statement"),
        benefits=[
            (reader.whole(f"benefits-{i}-month") or 0, reader.money(f"benefits-{i}-amount") or 0)
            for i in benefits
        ],
        avoidable_cost_minor=reader.money("avoidable_cost") or 0,
        money_budget_minor=reader.money("money_budget"),
        obligation=bool(reader.text("obligation")),
        contract_reference=reader.text("contract_reference"),
        lines=[_line(reader, i, lines) for i in lines],
        curve=[(share, reader.percent(f"curve-{share}") or 0) for share in chances],
        evidence=[
            (
                reader.text(f"evidence-{i}-kind"),
                reader.text(f"evidence-{i}-text"),
                reader.text(f"evidence-{i}-link"),
            )
            for i in evidence
        ],
        curve_shape=reader.text("curve_shape") or Shape.STEPS.value,
        curve_top=reader.percent("curve_top") if reader.text("curve_top") else None,
        urgency=reader.text("urgency") or UrgencyKind.NONE.value,
        urgency_week=reader.maybe("urgency_week"),
        urgency_pace=_pace(reader),
        value_source=reader.text("value_source") or ValueSource.STREAM.value,
        stage=reader.maybe("stage"),
        curve_reason=reader.text("curve_reason"),
        goal_code=reader.maybe("goal_code"),
    )
    rows = {
        "lines": tuple(map(str, lines)),
        "benefits": tuple(map(str, benefits)),
        "evidence": tuple(map(str, evidence)),
        "curve": tuple(map(str, chances)),
    }
    return Read(values, tuple(reader.problems), rows, tuple(unfinished))


def _filled(typed: Mapping[str, str], part: str, telling: Iterable[str]) -> list[int]:
    """Rows in which at least one of the telling fields holds something."""
    names = tuple(telling)
    return [
        i
        for i in range(count_rows(typed, part))
        if any(typed.get(f"{part}-{i}-{name}", "").strip() for name in names)
    ]


def _line(reader: Reader, index: int, kept: list[int]) -> LineValues:
    prefix = f"lines-{index}-"
    specialist = reader.maybe(prefix + "specialist")
    level = reader.whole(prefix + "language_level")
    language = reader.maybe(prefix + "language")
    wish = reader.text(prefix + "preference") or Preference.NONE.value
    return LineValues(
        skill_key=reader.text(prefix + "skill"),
        quarter_hours=reader.hours(prefix + "hours") or 0,
        min_level=reader.whole(prefix + "level") or 1,
        language_key=language,
        language_level=(level or 1) if language else None,
        customer_facing=bool(reader.text(prefix + "customer_facing")),
        activity=reader.text(prefix + "activity"),
        specialist_code=specialist,
        # Who names a person means at least a preference; without a person there is nothing to prefer.
        preference=(Preference.PREFER.value if wish == Preference.NONE else wish)
        if specialist
        else Preference.NONE.value,
        max_specialists=_or(reader.whole(prefix + "max_specialists"), 1),
        weekly_min=reader.hours(prefix + "weekly_min"),
        weekly_max=reader.hours(prefix + "weekly_max"),
        after=_after(reader, prefix + "after", kept),
        alternative=reader.whole(prefix + "alternative"),
        outside_cost_minor=reader.money(prefix + "outside_cost"),
        outside_source=reader.text(prefix + "outside_source"),
    )


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _after(reader: Reader, name: str, kept: list[int]) -> tuple[int, ...]:
    """Line numbers as people count them, as positions among the lines that are kept."""
    words = reader.text(name).replace(",", " ").split()
    if not all(word.isdecimal() and len(word) < 3 for word in words):
        reader.problems.append(
            fault(
                name.replace("-", "/"),
                "E_NUMBER",
                _("This is not understood."),
                _("Write line numbers, such as 1, 2."),
            )
        )
        return ()
    return tuple(kept.index(int(word) - 1) if int(word) - 1 in kept else len(kept) for word in words)


def _pace(reader: Reader) -> int | None:
    """How fast the worth fades: typed in percent a week, for half-lives in weeks."""
    if not reader.text("urgency_pace"):
        return None
    halves = reader.text("urgency") == UrgencyKind.HALF_LIFE
    return reader.whole("urgency_pace") if halves else reader.percent("urgency_pace")


def typed_values(values: RequestValues) -> dict[str, str]:
    """A stored request as its form shows it."""
    typed = {
        "account_id": values.account_id,
        "title": values.title,
        "purpose": values.purpose or "",
        "type": values.type or "",
        "earliest_week": values.earliest_week or "",
        "latest_week": values.latest_week or "",
        "deadline": values.deadline.isoformat() if values.deadline else "",
        "deadline_source": values.deadline_source,
        "offer_valid_until": values.offer_valid_until.isoformat() if values.offer_valid_until else "",
        "need_statement": values.need_statement,
        "value_source": values.value_source,
        "stage": values.stage or "",
        "curve_reason": values.curve_reason,
        "goal_code": values.goal_code or "",
        "avoidable_cost": plain(values.avoidable_cost_minor, MINOR_PER_UNIT)
        if values.avoidable_cost_minor
        else "",
        "money_budget": plain(values.money_budget_minor, MINOR_PER_UNIT),
        "obligation": "1" if values.obligation else "",
        "contract_reference": values.contract_reference,
        "curve_shape": "" if values.curve_shape == Shape.STEPS else values.curve_shape,
        "curve_top": plain(values.curve_top, 10),
        "urgency": "" if values.urgency == UrgencyKind.NONE else values.urgency,
        "urgency_week": values.urgency_week or "",
        "urgency_pace": plain(values.urgency_pace, 1 if values.urgency == UrgencyKind.HALF_LIFE else 10),
    }
    for i, (month, amount) in enumerate(values.benefits):
        typed |= {f"benefits-{i}-month": str(month), f"benefits-{i}-amount": plain(amount, MINOR_PER_UNIT)}
    for share, chance in values.curve:
        typed[f"curve-{share}"] = plain(chance, 10)
    for i, (kind, text, link) in enumerate(values.evidence):
        typed |= {f"evidence-{i}-kind": kind, f"evidence-{i}-text": text, f"evidence-{i}-link": link}
    for i, line in enumerate(values.lines):
        typed |= {f"lines-{i}-{name}": text for name, text in _typed_line(line).items()}
    return typed


def _typed_line(line: LineValues) -> dict[str, str]:
    return {
        "skill": line.skill_key,
        "level": str(line.min_level),
        "hours": plain(line.quarter_hours, QUARTERS_PER_HOUR),
        "specialist": line.specialist_code or "",
        "preference": line.preference,
        "language": line.language_key or "",
        "language_level": str(line.language_level or ""),
        "customer_facing": "1" if line.customer_facing else "",
        "activity": line.activity,
        "max_specialists": str(line.max_specialists) if line.max_specialists > 1 else "",
        "weekly_min": plain(line.weekly_min, QUARTERS_PER_HOUR),
        "weekly_max": plain(line.weekly_max, QUARTERS_PER_HOUR),
        "after": ", ".join(str(i + 1) for i in line.after),
        "alternative": "" if line.alternative is None else str(line.alternative),
        "outside_cost": plain(line.outside_cost_minor, MINOR_PER_UNIT),
        "outside_source": line.outside_source,
    }


def plain(value: int | None, factor: int) -> str:
    """A whole number divided by `factor`, as a person would type it in their language."""
    return "" if value is None else str(format_decimal(Decimal(value) / factor, format="0.##"))
