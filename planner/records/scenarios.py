"""What leadership tries out beside the live plan."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from planner.records.base import Row, choice
from planner.records.people import User
from planner.records.plans import PlanningCycle, PlanRun


class ScenarioState(enum.StrEnum):
    """An archived scenario is put aside, never deleted."""

    OPEN = "open"
    PROMOTED = "promoted"
    ARCHIVED = "archived"


class Scenario(Row):
    """A named what-if: the inputs of `base_run_id` with `changes`, solved as `run_id`.

    `changes` is what `planner.solving.alterations` understands. Only the owner sees it until it is shared.
    Promoting it makes the official run `promoted_run_id` with the same changes, and keeps the note.
    """

    __tablename__ = "scenario"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("planning_cycle.id"), index=True)
    base_run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"))
    run_id: Mapped[str] = mapped_column(ForeignKey("plan_run.id"), unique=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("app_user.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    changes: Mapped[dict[str, Any]] = mapped_column()
    shared: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ScenarioState] = mapped_column(
        choice(ScenarioState), default=ScenarioState.OPEN, index=True
    )
    note: Mapped[str] = mapped_column(Text, default="")
    promoted_run_id: Mapped[str | None] = mapped_column(ForeignKey("plan_run.id"))

    cycle: Mapped[PlanningCycle] = relationship()
    base_run: Mapped[PlanRun] = relationship(foreign_keys=[base_run_id])
    run: Mapped[PlanRun] = relationship(foreign_keys=[run_id])
    owner: Mapped[User] = relationship()
    promoted_run: Mapped[PlanRun | None] = relationship(foreign_keys=[promoted_run_id])
