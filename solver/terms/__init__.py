"""What makes a plan good, one file each: a term states itself to the engine and measures a finished plan."""

from solver.terms.contents import TERMS

__all__ = ["TERMS"]
