"""How far a key account manager's claims came true, and what that makes of the next claim. Formula C10.

Whoever picks by estimates is disappointed on average even by honest ones; so claims are shrunk towards what
happened, and the less a person's own record says the more the company's counts. Claimed and calibrated
values always stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.worth.figure import PER_MILLE, Figure, Unit
from planner.worth.shares import decimal

TAU = 2
"""The company's record weighs as much as expecting this many successes."""

PRIOR_SUCCESSES = 5
"""The company's ratio of realised to claimed weighs as much as this many own successes."""

LOWEST, HIGHEST = Fraction(4, 10), Fraction(125, 100)
"""How far calibration may move a claim."""

SPLIT_FROM = 20
"""With fewer cases the parts of the Brier score say nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """One closed request.

    Attributes:
        key: Its id.
        probability: The chance stated for the level that was really delivered, per mille.
        success: What happened.
        claimed_minor: What was claimed for a success.
        realised_minor: What finance confirmed; None while unknown.
    """

    key: str
    probability: int
    success: bool
    claimed_minor: int | None = None
    realised_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scales claims: `probability` (q), `value` (c), and the product within its limits."""

    probability: Figure
    value: Figure
    product: Figure


@dataclass(frozen=True, slots=True)
class Brier:
    """How good stated chances were: 0 is perfect; skill above 0 beats always stating the base rate.

    The three parts (Murphy) are unknown below SPLIT_FROM cases: score = reliability - resolution +
    uncertainty.
    """

    score: Figure
    reference: Figure
    skill: Figure
    reliability: Figure
    resolution: Figure
    uncertainty: Figure


def probability_factor(cases: Sequence[Case], company: Fraction) -> Figure:
    """(successes + tau * company) / (sum of stated chances + tau)."""
    successes = sum(case.success for case in cases)
    stated = Fraction(sum(case.probability for case in cases), PER_MILLE)
    inputs = (
        Figure("successes", successes, Unit.COUNT),
        Figure("stated_chances", decimal(stated), Unit.FACTOR),
        Figure("company_probability_factor", decimal(company), Unit.FACTOR),
        Figure("tau", TAU, Unit.COUNT),
    )
    formula = "({successes} + {tau} * {company_probability_factor}) / ({stated_chances} + {tau})"
    value = decimal((successes + TAU * company) / (stated + TAU))
    return Figure("probability_factor", value, Unit.FACTOR, formula, inputs, "" if cases else "no_history")


def value_factor(cases: Sequence[Case], company: Fraction) -> Figure:
    """The person's own ratio of realised to claimed among successes, shrunk towards the company's."""
    told = [case for case in cases if case.success and case.claimed_minor and case.realised_minor is not None]
    count = len(told)
    claimed = sum(case.claimed_minor or 0 for case in told)
    realised = sum(case.realised_minor or 0 for case in told)
    own = Fraction(realised, claimed) if claimed > 0 else company
    inputs = (
        Figure("confirmed_successes", count, Unit.COUNT),
        Figure("claimed", claimed),
        Figure("realised", realised),
        Figure("company_value_factor", decimal(company), Unit.FACTOR),
        Figure("prior_successes", PRIOR_SUCCESSES, Unit.COUNT),
    )
    formula = (
        "({confirmed_successes} * {realised} / {claimed} + {prior_successes} * {company_value_factor}) "
        "/ ({confirmed_successes} + {prior_successes})"
    )
    value = decimal((count * own + PRIOR_SUCCESSES * company) / (count + PRIOR_SUCCESSES))
    return Figure("value_factor", value, Unit.FACTOR, formula, inputs, "" if count else "no_history")


def limited(probability: Figure, value: Figure) -> Figure:
    """The product of both factors, held within 0.4 and 1.25."""
    product = Fraction(probability.value or 0) * Fraction(value.value or 0)
    held = min(max(product, LOWEST), HIGHEST)
    formula = "{probability_factor} * {value_factor} [0.4..1.25]"
    note = "limited" if held != product else ""
    return Figure("calibration", decimal(held), Unit.FACTOR, formula, (probability, value), note)


def calibrate(
    cases: Sequence[Case], company_probability: Fraction = Fraction(1), company_value: Fraction = Fraction(1)
) -> Calibration:
    """What a person's claims are scaled by; without a history of theirs the company's factors alone."""
    probability = probability_factor(cases, company_probability)
    value = value_factor(cases, company_value)
    return Calibration(probability, value, limited(probability, value))


def company_factors(cases: Sequence[Case]) -> tuple[Fraction, Fraction]:
    """The company's own factors (probability, value), shrunk towards 1 in the same way; (1, 1) at first."""
    everybody = calibrate(cases)
    return Fraction(everybody.probability.value or 0), Fraction(everybody.value.value or 0)


def brier(cases: Sequence[Case]) -> Brier:
    """The mean of (stated chance - what happened) squared, and what it is measured against."""
    count = len(cases)
    misses = tuple(
        Figure(
            "miss",
            decimal(_miss(case) ** 2),
            Unit.FACTOR,
            "({stated_chance} - {happened})²",
            (
                Figure("stated_chance", decimal(Fraction(case.probability, PER_MILLE)), Unit.SHARE),
                Figure("happened", int(case.success), Unit.COUNT),
            ),
            subject=case.key,
        )
        for case in cases
    )
    if not count:
        nothing = [
            Figure(n, None, Unit.FACTOR, note="no_history")
            for n in ("brier", "brier_reference", "brier_skill", "reliability", "resolution", "uncertainty")
        ]
        return Brier(*nothing)
    mean = sum((_miss(case) ** 2 for case in cases), Fraction(0)) / count
    base = Fraction(sum(case.success for case in cases), count)
    reference = base * (1 - base)
    score = Figure("brier", decimal(mean), Unit.FACTOR, "mean of {miss}", misses)
    rate = Figure("base_rate", decimal(base), Unit.SHARE)
    against = Figure(
        "brier_reference", decimal(reference), Unit.FACTOR, "{base_rate} * (1 - {base_rate})", (rate,)
    )
    skill = Figure(
        "brier_skill",
        decimal(1 - mean / reference) if reference else None,
        Unit.FACTOR,
        "1 - {brier} / {brier_reference}",
        (score, against),
        "" if reference else "all_alike",
    )
    return Brier(score, against, skill, *_parts(cases, base))


def _miss(case: Case) -> Fraction:
    return Fraction(case.probability, PER_MILLE) - int(case.success)


def _parts(cases: Sequence[Case], base: Fraction) -> Iterable[Figure]:
    names = ("reliability", "resolution", "uncertainty")
    if len(cases) < SPLIT_FROM:
        return [Figure(name, None, Unit.FACTOR, note="too_few_cases") for name in names]
    groups: dict[int, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.probability, []).append(case)
    reliability = resolution = Fraction(0)
    for stated, group in groups.items():
        rate = Fraction(sum(case.success for case in group), len(group))
        reliability += len(group) * (Fraction(stated, PER_MILLE) - rate) ** 2
        resolution += len(group) * (rate - base) ** 2
    values = (reliability / len(cases), resolution / len(cases), base * (1 - base))
    return [Figure(n, decimal(v), Unit.FACTOR) for n, v in zip(names, values, strict=True)]
