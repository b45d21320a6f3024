"""What makes a plan good, in the order in which it matters: the table of contents."""

from __future__ import annotations

from solver.terms import churn, floors, handover, obligations, second, ties, value

TERMS = (obligations, floors, value, churn, handover, ties, second)
