"""The allocation engine: plain data in, plain data out."""

from solver.plan import Grant, Measures, Plan, Progress, Result, Short, Violation
from solver.problem import Hours, Problem
from solver.settings import Settings
from solver.solve import solve

__all__ = [
    "Grant",
    "Hours",
    "Measures",
    "Plan",
    "Problem",
    "Progress",
    "Result",
    "Settings",
    "Short",
    "Violation",
    "solve",
]
