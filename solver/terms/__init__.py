"""What makes a plan good, in the order in which it matters: the table of contents.

Each term states itself to the engine as an expression and measures itself in a finished plan.
"""

from solver.terms import churn, floors, handover, obligations, second, ties, value

TERMS = (obligations, floors, value, churn, handover, ties, second)

__all__ = ["TERMS"]
