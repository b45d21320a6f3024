"""One page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from planner import checks
from planner.verdict import Problem

T = TypeVar("T")

LARGEST_PAGE = 200
LAST_PAGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of page `page` (from 1) out of `total` rows in all."""

    rows: Sequence[T]
    total: int
    page: int
    per_page: int


def page_problems(page: object, per_page: object) -> list[Problem]:
    """Pages start at 1 and hold at most LARGEST_PAGE rows."""
    found = checks.whole("page", page, 1, LAST_PAGE, code="E_QUERY")
    return found + checks.whole("per_page", per_page, 1, LARGEST_PAGE, code="E_QUERY")


def one_page(session: Session, query: Select[T], page: int, per_page: int) -> Page[T]:
    """Run an ordered query for one page; two statements and those of its eager loading.

    Raises:
        Refused: E_INVALID for a page or size out of range.
    """
    checks.require_well_formed(page_problems(page, per_page))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).options().subquery()))
    rows = session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return Page(rows, total or 0, page, per_page)
