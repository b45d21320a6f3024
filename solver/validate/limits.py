"""How large single numbers of a problem may be, so that sums stay exact in 64 bits."""

from solver.problem import VALUE_LIMIT

EFFORT_LIMIT = 10**9
"""Most quarter-hours in one number of a problem, and most people, levels or parallel requests."""

MONEY_LIMIT = 10 * VALUE_LIMIT
"""Most money in one number; the sum of all is limited by E_SCALE, which says it better."""
