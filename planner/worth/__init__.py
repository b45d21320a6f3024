"""Pure arithmetic of money: what customers and requests are worth, with its working."""

from planner.worth.calibration import Brier, Calibration, Case, brier, calibrate, company_factors
from planner.worth.cash import (
    capital_charge,
    cash_flow,
    days_sales_outstanding,
    economic_profit,
    overdue_ratio,
    reconciles,
    stability,
)
from planner.worth.credit import Order, free_credit, shared_credit
from planner.worth.figure import Figure, Unit, round_minor, short, unknown
from planner.worth.flags import Flag, money_flags
from planner.worth.innovators import Innovators, innovators
from planner.worth.lifetime import lifetime_value
from planner.worth.profit import Month, Profit, Rates, added, profit
from planner.worth.response import Shape, adbudg, response
from planner.worth.score import Axis, Criterion, Rating, Score, criterion_points, score, strategic_weight
from planner.worth.shares import Dependency, Shares, Thresholds, shares
from planner.worth.stress import Exit, Step, exit_stress, pareto
from planner.worth.urgency import NOT_URGENT, Urgency, UrgencyKind, cost_of_delay
from planner.worth.value import (
    NEUTRAL,
    Discounted,
    Factors,
    LevelValue,
    PresentValue,
    kept_value,
    level_values,
    present_value,
)

__all__ = [
    "NEUTRAL",
    "NOT_URGENT",
    "Axis",
    "Brier",
    "Calibration",
    "Case",
    "Criterion",
    "Dependency",
    "Discounted",
    "Exit",
    "Factors",
    "Figure",
    "Flag",
    "Innovators",
    "LevelValue",
    "Month",
    "Order",
    "PresentValue",
    "Profit",
    "Rates",
    "Rating",
    "Score",
    "Shape",
    "Shares",
    "Step",
    "Thresholds",
    "Unit",
    "Urgency",
    "UrgencyKind",
    "adbudg",
    "added",
    "brier",
    "calibrate",
    "capital_charge",
    "cash_flow",
    "company_factors",
    "cost_of_delay",
    "criterion_points",
    "days_sales_outstanding",
    "economic_profit",
    "exit_stress",
    "free_credit",
    "innovators",
    "kept_value",
    "level_values",
    "lifetime_value",
    "money_flags",
    "overdue_ratio",
    "pareto",
    "present_value",
    "profit",
    "reconciles",
    "response",
    "round_minor",
    "score",
    "shared_credit",
    "shares",
    "short",
    "stability",
    "strategic_weight",
    "unknown",
]
