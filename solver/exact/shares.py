"""Who gets how much of the time and work, and up to which size of a problem."""

from __future__ import annotations

LOOK = 0.4
"""Most part of what is left for a first look at the value; nearly all small problems are proven by it."""

LONGEST_LOOK = 10.0
"""Seconds or units of work for each worker beyond which a first look is not worth more."""

SHORTEST_LOOK = 0.25
"""The same before a race."""

PUT_OFF_S, PUT_OFF = 2.0, 0.1
"""Seconds, or part of what is left, by which a first look puts off a race at most."""

LOOKED_AT = 3_000
"""Weeks x eligible people over all lines up to which the whole model is looked at before the motor runs."""

RACED_AT_ONCE = 300
"""The same beyond which a race begins without such a look."""

MODELLED = 40_000
"""The same up to which the exact model is made at all; beyond, the motor has everything."""

MOTOR = 0.75
"""Part of what is left for the motor; the rest goes to the exact engine."""

ASSIGNED_MOTOR = 0.1
"""Part for the motor in assignment and knapsack: such problems are for the exact engines."""

FINISH, ASSIGNED = 0.5, 0.95
"""Parts of what is left then for the value, usually and there; the rest goes to hand-overs and ties."""

LIKELY, RELAXING = 0.4, 0.1
"""Parts of what is left there for a search among likely choices, and for finding out which those are."""

SETTLING = 0.3
"""Part of what is left after a proof of the value for a look whether other grants are worth as much."""

CUT_FROM = 8.0
"""Seconds or units of work for each worker from which cuts are worth a process."""

CUTTING, RACING = 0.8, 0.92
"""Parts of what is left in which HiGHS must be done, usually and in a race."""

LOADING_S = 2.5
"""Seconds below which the motor is not used for the first time: loading it cannot be ended."""

LEAST_S, LEAST_WORK = 0.05, 1e-6
"""Seconds and units of work below which no run is started."""
