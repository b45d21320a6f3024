"""What a key account manager types into a request, and whether it is well formed.

Only what can be judged without the database is judged here; a draft may lack anything but the account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

from planner import checks
from planner.clock import week_of, weeks_between
from planner.records import EvidenceKind, Preference, Purpose, RequestType, Stage, ValueSource
from planner.services.filing.line_values import (
    HOURS_HIGH,
    HOURS_LOW,
    MOST_LINES,
    MOST_PEOPLE,
    LineValues,
    problems_in_lines,
)
from planner.solving.lasting import FADES
from planner.usual import TEMPLATES, Usual
from planner.verdict import Problem
from planner.worth import Shape, UrgencyKind

__all__ = [
    "HOURS_HIGH",
    "HOURS_LOW",
    "MOST_LINES",
    "MOST_PEOPLE",
    "LineValues",
    "RequestValues",
    "problems_in",
    "tidied",
]

MOST_EVIDENCE: Final = 20
LAST_MONTH: Final = 120
FULL: Final = 1_000
MOST: Final = 1_500
"""Fractions of the hours in per mille: all of them, and the most that may be asked."""

MOST_POINTS: Final = 6


@dataclass(frozen=True, slots=True)
class RequestValues:
    """A whole request as typed. Money in minor units, weeks as "2027-W01".

    `benefits` holds (month from now, minor units), `curve` (share of the hours, chance of success) in per
    mille, `evidence` (kind, text, link). The worth fades after `urgency_week`; `urgency_pace` is per mille
    of it per week, or weeks until half is left. With the source "lifetime" the customer's lifetime value
    stands for the benefits. A `stage` without a curve brings the curve that is usual there; `curve_reason`
    says why another one is right. The offer to the customer lapses after `offer_valid_until`;
    `money_budget_minor` is the most that may be paid outside for the lines.
    """

    account_id: str
    title: str = ""
    purpose: str | None = None
    type: str | None = None
    earliest_week: str | None = None
    latest_week: str | None = None
    deadline: date | None = None
    deadline_source: str = ""
    offer_valid_until: date | None = None
    need_statement: str = ""
    benefits: Sequence[tuple[int, int]] = ()
    avoidable_cost_minor: int = 0
    money_budget_minor: int | None = None
    obligation: bool = False
    contract_reference: str = ""
    lines: Sequence[LineValues] = ()
    curve: Sequence[tuple[int, int]] = ()
    evidence: Sequence[tuple[str, str, str]] = ()
    curve_shape: str = Shape.STEPS.value
    curve_top: int | None = None
    urgency: str = UrgencyKind.NONE.value
    urgency_week: str | None = None
    urgency_pace: int | None = None
    value_source: str = ValueSource.STREAM.value
    stage: str | None = None
    curve_reason: str = ""
    goal_code: str | None = None


def tidied(values: RequestValues, usual: Usual = TEMPLATES) -> RequestValues:
    """The same values as they are stored: tidy texts, streams and curve in order, tuples throughout.

    Call it on well-formed values only.

    Args:
        values: What was typed.
        usual: The chances that stand at each stage where none are stated.
    """
    values = _with_usual_curve(values, usual)
    return replace(
        values,
        title=checks.tidy(values.title),
        purpose=Purpose(values.purpose).value if values.purpose else None,
        type=RequestType(values.type).value if values.type else None,
        deadline_source=checks.tidy(values.deadline_source),
        need_statement=checks.tidy(values.need_statement),
        benefits=tuple(sorted((month, amount) for month, amount in values.benefits)),
        contract_reference=checks.tidy(values.contract_reference),
        lines=tuple(
            replace(
                line,
                activity=checks.tidy(line.activity),
                outside_source=checks.tidy(line.outside_source),
                preference=Preference(line.preference).value,
                language_level=line.language_level if line.language_key else None,
                after=tuple(sorted(set(line.after))),
            )
            for line in values.lines
        ),
        curve=tuple(sorted((fraction, chance) for fraction, chance in values.curve)),
        curve_shape=Shape(values.curve_shape).value,
        urgency=UrgencyKind(values.urgency).value,
        value_source=ValueSource(values.value_source).value,
        stage=Stage(values.stage).value if values.stage else None,
        curve_reason=checks.tidy(values.curve_reason),
        goal_code=checks.tidy(values.goal_code) if values.goal_code else None,
        evidence=tuple(
            (EvidenceKind(kind).value, checks.tidy(text), checks.tidy(link))
            for kind, text, link in values.evidence
        ),
    )


def _with_usual_curve(values: RequestValues, known: Usual) -> RequestValues:
    """Where no chance is stated, those of the stage stand."""
    if values.curve or not values.stage:
        return values
    usual = known[Stage(values.stage)]
    return replace(values, curve=usual.points, curve_shape=usual.shape.value, curve_top=usual.top)


def problems_in(values: RequestValues) -> list[Problem]:
    """Everything that is not well formed; an empty list when all that is given can be stored."""
    return [
        *_texts(values),
        *_window(values),
        *_benefits(values),
        *_curve(values),
        *_fading(values),
        *_evidence(values),
        *problems_in_lines(values.lines),
    ]


def _texts(values: RequestValues) -> list[Problem]:
    found = checks.text("title", values.title, 160)
    found += checks.text("deadline_source", values.deadline_source, 300)
    found += checks.text("need_statement", values.need_statement, 5_000, lines=True)
    found += checks.text("contract_reference", values.contract_reference, 160)
    if values.purpose is not None:
        found += checks.choice("purpose", values.purpose, Purpose)
    if values.type is not None:
        found += checks.choice("type", values.type, RequestType)
    if values.stage is not None:
        found += checks.choice("stage", values.stage, Stage)
    found += checks.text("curve_reason", values.curve_reason, 300)
    if values.goal_code is not None:
        found += checks.text("goal_code", values.goal_code, 40)
    return found


def _window(values: RequestValues) -> list[Problem]:
    found: list[Problem] = []
    for where, week in (("earliest_week", values.earliest_week), ("latest_week", values.latest_week)):
        if week is not None:
            found += checks.week(where, week)
    for where, day in (("deadline", values.deadline), ("offer_valid_until", values.offer_valid_until)):
        if day is not None and day.year not in checks.YEARS:
            reason, remedy = "This date is out of range.", "Choose a day from 2000 to 2100."
            found.append(checks.problem(where, "E_DATE", reason, remedy))
    if found or not values.earliest_week:
        return found
    if values.latest_week and weeks_between(values.earliest_week, values.latest_week) < 0:
        reason = "The last week comes before the first."
        found.append(checks.problem("latest_week", "E_WINDOW_REVERSED", reason, "Swap them."))
    if values.deadline and weeks_between(values.earliest_week, week_of(values.deadline)) < 0:
        reason = "The deadline comes before the first week."
        remedy = "Move one of them."
        found.append(checks.problem("deadline", "E_WINDOW_REVERSED", reason, remedy))
    lapses = values.offer_valid_until if values.urgency not in FADES else None
    if lapses and weeks_between(values.earliest_week, week_of(lapses)) < 0:
        reason = "The offer to the customer lapses before the first week."
        remedy = "Move one of them, or say how the worth fades."
        found.append(checks.problem("offer_valid_until", "E_WINDOW_REVERSED", reason, remedy))
    return found


def _benefits(values: RequestValues) -> list[Problem]:
    found = checks.money("avoidable_cost_minor", values.avoidable_cost_minor)
    if values.money_budget_minor is not None:
        found += checks.money("money_budget_minor", values.money_budget_minor)
    found += checks.choice("value_source", values.value_source, ValueSource)
    if values.value_source == ValueSource.LIFETIME and values.purpose in (Purpose.WIN, Purpose.GROW):
        reason = "Only a customer that we have can be kept."
        remedy = "State the amounts, or file it to retain or defend."
        found.append(checks.problem("value_source", "E_LIFETIME_PURPOSE", reason, remedy))
    seen: set[int] = set()
    for i, (month, amount) in enumerate(values.benefits):
        found += checks.whole(f"benefits/{i}/month", month, 0, LAST_MONTH)
        found += checks.money(f"benefits/{i}/amount_minor", amount, negative=True)
        if month in seen:
            reason, remedy = "This month stands here twice.", "Add the two amounts up."
            found.append(checks.problem(f"benefits/{i}/month", "E_DUPLICATE", reason, remedy))
        seen.add(month)
    return found


def _curve(values: RequestValues) -> list[Problem]:
    found: list[Problem] = []
    if len(values.curve) > MOST_POINTS:
        remedy = "Keep at most %(most)d."
        reason = "There are too many points."
        found.append(checks.problem("curve", "E_CURVE_POINTS", reason, remedy, most=MOST_POINTS))
    seen: set[int] = set()
    for i, (fraction, chance) in enumerate(values.curve):
        found += checks.whole(f"curve/{i}/fraction", fraction, 0, MOST, code="E_CURVE_FRACTION")
        found += checks.whole(f"curve/{i}/probability", chance, 0, FULL, code="E_PROBABILITY_RANGE")
        if fraction in seen:
            reason, remedy = "This share of the hours stands here twice.", "Keep one of them."
            found.append(checks.problem(f"curve/{i}/fraction", "E_DUPLICATE", reason, remedy))
        seen.add(fraction)
    if found:
        return found
    order = sorted(range(len(values.curve)), key=lambda i: values.curve[i][0])
    for before, after in pairwise(order):
        if values.curve[after][1] < values.curve[before][1]:
            reason = "The chance of success falls although there are more hours."
            remedy = "Give at least the chance stated for fewer hours."
            found.append(checks.problem(f"curve/{after}/probability", "E_CURVE_FALLING", reason, remedy))
    return found


def _fading(values: RequestValues) -> list[Problem]:
    """The shape of the curve and how the worth fades."""
    found = checks.choice("curve_shape", values.curve_shape, Shape)
    found += checks.choice("urgency", values.urgency, UrgencyKind)
    if values.curve_top is not None:
        found += checks.whole("curve_top", values.curve_top, 1, FULL, code="E_PROBABILITY_RANGE")
    if values.urgency_week is not None:
        found += checks.week("urgency_week", values.urgency_week)
    if values.urgency_pace is not None:
        found += checks.whole("urgency_pace", values.urgency_pace, 1, FULL)
    if found:
        return found
    stated = dict(values.curve)
    if values.curve_shape == Shape.ADBUDG:
        chances = [stated.get(0), stated.get(FULL // 2), stated.get(FULL), values.curve_top]
        known = [chance for chance in chances if chance is not None]
        if len(known) < len(chances) or sorted(set(known)) != known:
            reason = "This curve needs chances that rise: with nothing, half, all of the hours, and the most."
            remedy = "State all four, or choose another shape."
            found.append(checks.problem("curve_shape", "E_CURVE_SHAPE", reason, remedy))
    if values.urgency != UrgencyKind.NONE and not values.urgency_week:
        reason, remedy = "From when on the worth fades is missing.", "Choose the last week without loss."
        found.append(checks.missing("urgency_week", reason, remedy))
    fades = values.urgency in (UrgencyKind.LINEAR, UrgencyKind.HALF_LIFE)
    if fades and values.urgency_pace is None:
        reason, remedy = "How fast the worth fades is missing.", "State it in percent a week, or in weeks."
        found.append(checks.missing("urgency_pace", reason, remedy))
    return found


def _evidence(values: RequestValues) -> list[Problem]:
    found: list[Problem] = []
    if len(values.evidence) > MOST_EVIDENCE:
        reason, remedy = "There is too much evidence.", "Keep the %(most)d best."
        found.append(checks.problem("evidence", "E_TOO_MANY", reason, remedy, most=MOST_EVIDENCE))
    for i, (kind, text, link) in enumerate(values.evidence):
        found += checks.choice(f"evidence/{i}/kind", kind, EvidenceKind)
        found += checks.text(f"evidence/{i}/text", text, 2_000, lines=True)
        bad_link = checks.text(f"evidence/{i}/link", link, 500)
        if not bad_link and link.strip() and not link.strip().startswith(("https://", "http://")):
            remedy = "Start it with https://."
            bad_link = [checks.problem(f"evidence/{i}/link", "E_LINK", "This is not a web address.", remedy)]
        found += bad_link
        if isinstance(text, str) and isinstance(link, str) and not text.strip() and not link.strip():
            reason, remedy = "This evidence is empty.", "Say what it is or give a link."
            found.append(checks.missing(f"evidence/{i}/text", reason, remedy))
    return found
