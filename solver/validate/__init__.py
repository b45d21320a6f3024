"""What must hold across the rows of a problem before anything is solved."""

from solver.validate.errors import CODES, ProblemError, ProblemErrors
from solver.validate.problems import money, require_valid, validate

__all__ = ["CODES", "ProblemError", "ProblemErrors", "money", "require_valid", "validate"]
