"""From where a company without a definition begins: usual limits and criteria, for leadership to change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from planner.clock import today
from planner.records import (
    Basis,
    CriterionAxis,
    CriterionKind,
    DefinitionState,
    Direction,
    KeyAccountDefinition,
    QualificationCriterion,
)

BUSINESS, RELATIONSHIP = CriterionAxis.BUSINESS, CriterionAxis.RELATIONSHIP
UP, DOWN = Direction.UP, Direction.DOWN
HALF: Final = 500


@dataclass(frozen=True, slots=True)
class Start:
    """One criterion: its key, its names in English, Polish, Czech and Norwegian, its range and its points."""

    key: str
    names: tuple[str, str, str, str]
    axis: CriterionAxis
    direction: Direction
    low: int
    high: int
    unit: str
    points: int
    money: bool = False
    forecast: int = 0


STARTS: Final = (
    Start(
        "potential",
        ("Unused potential", "Niewykorzystany potencjał", "Nevyužitý potenciál", "Ubrukt potensial"),
        *(BUSINESS, UP, 0, 1000, "kEUR", 100),
        money=True,
    ),
    Start(
        "contribution_profit",
        ("Contribution profit", "Zysk na kliencie", "Zisk ze zákazníka", "Bidrag"),
        *(BUSINESS, UP, 0, 500, "kEUR", 90),
        money=True,
    ),
    Start(
        "sales_value",
        ("Net revenue of a year", "Przychód netto w roku", "Čistý obrat za rok", "Netto omsetning i året"),
        *(BUSINESS, UP, 0, 2000, "kEUR", 0),
        money=True,
    ),
    Start(
        "share",
        ("Share of our profit", "Udział w naszym zysku", "Podíl na našem zisku", "Andel av vårt bidrag"),
        *(BUSINESS, UP, 0, 30, "%", 0),
        money=True,
    ),
    Start(
        "growth",
        ("Trend of profit", "Trend zysku", "Trend zisku", "Utvikling i bidrag"),
        *(BUSINESS, UP, -30, 30, "%", 40),
        money=True,
    ),
    Start(
        "dso",
        ("Days until payment", "Dni do zapłaty", "Dny do zaplacení", "Dager til betaling"),
        *(BUSINESS, DOWN, 30, 90, "days", 40),
        money=True,
    ),
    Start(
        "financial_stability",
        ("Financial stability", "Stabilność finansowa", "Finanční stabilita", "Økonomisk stabilitet"),
        *(BUSINESS, UP, 1, 5, "1-5", 40),
        forecast=HALF,
    ),
    Start(
        "reference",
        ("Reference value", "Wartość referencyjna", "Referenční hodnota", "Referanseverdi"),
        *(BUSINESS, UP, 1, 5, "1-5", 60),
        forecast=HALF,
    ),
    Start(
        "market_entry",
        ("Opens new markets", "Otwiera nowe rynki", "Otevírá nové trhy", "Åpner nye markeder"),
        *(BUSINESS, UP, 1, 5, "1-5", 30),
        forecast=HALF,
    ),
    Start(
        "competitive_position",
        (
            "Strengthens our position against competitors",
            "Wzmacnia naszą pozycję wobec konkurentów",
            "Posiluje naši pozici vůči konkurenci",
            "Styrker vår posisjon mot konkurrenter",
        ),
        *(BUSINESS, UP, 1, 5, "1-5", 30),
        forecast=HALF,
    ),
    Start(
        "assortment",
        ("Breadth of assortment", "Szerokość asortymentu", "Šíře sortimentu", "Bredde i sortimentet"),
        *(BUSINESS, UP, 0, 100, "%", 25),
        forecast=HALF,
    ),
    Start(
        "repeat_orders",
        ("Repeat orders", "Powtarzalność zamówień", "Opakované objednávky", "Gjentatte bestillinger"),
        *(BUSINESS, UP, 0, 100, "%", 25),
        forecast=HALF,
    ),
    Start(
        "stability",
        ("Steadiness of profit", "Stałość zysku", "Stálost zisku", "Jevnhet i bidraget"),
        *(BUSINESS, UP, 0, 100, "%", 25),
    ),
    Start(
        "coverage",
        (
            "Good relations in the decision group",
            "Dobre relacje w grupie decyzyjnej",
            "Dobré vztahy v rozhodovací skupině",
            "Gode relasjoner i beslutningsgruppen",
        ),
        *(RELATIONSHIP, UP, 0, 100, "%", 60),
    ),
    Start(
        "contacts_met",
        (
            "People met lately",
            "Osoby, z którymi się ostatnio spotkano",
            "Lidé, s nimiž jsme se nedávno setkali",
            "Personer møtt i det siste",
        ),
        *(RELATIONSHIP, UP, 0, 5, "people", 20),
    ),
    Start(
        "relationship_strength",
        (
            "Strength of our relations",
            "Siła naszych relacji",
            "Síla našich vztahů",
            "Styrken i våre relasjoner",
        ),
        *(RELATIONSHIP, UP, 0, 5, "0-5", 40),
    ),
    Start(
        "competitor_strength",
        ("Strength of rivals there", "Siła konkurentów", "Síla konkurentů", "Konkurentenes styrke"),
        *(RELATIONSHIP, DOWN, 0, 5, "0-5", 30),
    ),
    Start(
        "image",
        ("What they think of us", "Co o nas myślą", "Co si o nás myslí", "Hva de synes om oss"),
        *(RELATIONSHIP, UP, 0, 5, "0-5", 30),
    ),
)
"""Money is anchored for customers worth up to half a million a year; every company sets its own range.

Sales and share begin without points: profit and what a customer could still buy say more, and count already.
"""


def first_definition(number: int) -> KeyAccountDefinition:
    """A new draft of the company's, not stored yet, that may hold from today on."""
    row = KeyAccountDefinition(
        number=number,
        state=DefinitionState.DRAFT,
        basis=Basis.CONTRIBUTION_PROFIT,
        proposed_by_id=None,
        valid_from=today(),
    )
    row.criteria = [_criterion(position, start) for position, start in enumerate(STARTS, 1)]
    return row


def usual_besides(criteria: Sequence[QualificationCriterion]) -> list[QualificationCriterion]:
    """The usual criteria that a version lacks, to stand behind its own without any points.

    So leadership can bring any of them into a later version. A version that judges by none keeps to that.
    """
    if not criteria:
        return []
    held = {criterion.key for criterion in criteria}
    missing = [replace(start, points=0) for start in STARTS if start.key not in held]
    return [_criterion(position, start) for position, start in enumerate(missing, len(criteria) + 1)]


def _criterion(position: int, start: Start) -> QualificationCriterion:
    return QualificationCriterion(
        position=position,
        key=start.key,
        labels=dict(zip(("en", "pl", "cs", "nb"), start.names, strict=True)),
        axis=start.axis,
        kind=CriterionKind.MONETARY if start.money else CriterionKind.NON_MONETARY,
        direction=start.direction,
        anchor_low_milli=1000 * start.low,
        anchor_high_milli=1000 * start.high,
        unit=start.unit,
        swing_points=start.points,
        forecast_blend=start.forecast,
        enters_strategic_weight=not start.money,
    )
