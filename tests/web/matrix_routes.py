"""All routes with their rules, and all kinds of rows with who sees them, from every part of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import matrix_api
import matrix_data
import matrix_exceptions
import matrix_policy
import matrix_review
from matrix_policy import Rule

ROUTES: Final[Mapping[tuple[str, str], Rule]] = {
    **matrix_policy.ROUTES,
    **matrix_api.ROUTES,
    **matrix_data.ROUTES,
    **matrix_exceptions.ROUTES,
    **matrix_review.ROUTES,
}
SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    **matrix_policy.SIGHT,
    **matrix_api.SIGHT,
    **matrix_data.SIGHT,
    **matrix_exceptions.SIGHT,
    **matrix_review.SIGHT,
}
