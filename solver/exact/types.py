"""Names for what the rules and terms give to the engine; importing them loads no engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Expr: TypeAlias = "cp_model.LinearExpr | int"
"""A linear expression of the model, or a plain number where no variable is left in it."""

Var: TypeAlias = "cp_model.IntVar"
"""A variable of the model."""
