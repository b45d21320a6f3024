"""The hard rules, one file each: each states itself to the engine and finds where a plan breaks it."""

from solver.rules.contents import RULES, Rule

__all__ = ["RULES", "Rule"]
