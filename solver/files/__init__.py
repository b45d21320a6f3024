"""The two file formats: planner-problem/1 and planner-plan/1 (docs/file-formats.md)."""

from solver.files.plans import PlanFile, read_plan, result_row, write_result
from solver.files.problems import read_problem
from solver.files.writing import lock_row, problem_hash, write_problem
from solver.validate import ProblemError, ProblemErrors

__all__ = [
    "PlanFile",
    "ProblemError",
    "ProblemErrors",
    "lock_row",
    "problem_hash",
    "read_plan",
    "read_problem",
    "result_row",
    "write_problem",
    "write_result",
]
