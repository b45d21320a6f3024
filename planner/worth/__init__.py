"""Pure arithmetic of money: what a request is worth, with its working."""

from planner.worth.value import (
    NEUTRAL,
    Discounted,
    Factors,
    LevelValue,
    PresentValue,
    level_values,
    present_value,
    round_minor,
)

__all__ = [
    "NEUTRAL",
    "Discounted",
    "Factors",
    "LevelValue",
    "PresentValue",
    "level_values",
    "present_value",
    "round_minor",
]
