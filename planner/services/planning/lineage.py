"""How many plans came before a plan, with which weights: nobody solves again unseen until a friend wins."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import PlanRun, RunPurpose


@dataclass(frozen=True, slots=True)
class Before:
    """What preceded a run in its cycle.

    Attributes:
        official: Official runs before it.
        what_ifs: Scenarios tried before it.
        definitions: Different key-account definitions used, its own included.
        promoted: Whether it rests on a promoted scenario.
    """

    official: int
    what_ifs: int
    definitions: int
    promoted: bool


def before(session: Session, run: PlanRun) -> Before:
    """What preceded `run`; seeds follow from the inputs, so a repeated run is not another throw of dice."""
    rows = session.execute(
        select(PlanRun.purpose, PlanRun.parameters).where(
            PlanRun.cycle_id == run.cycle_id, PlanRun.number <= run.number
        )
    ).all()
    purposes = [purpose for purpose, _ in rows]
    definitions = {parameters.get("definition") for _, parameters in rows}
    return Before(
        official=max(0, purposes.count(RunPurpose.OFFICIAL) - 1),
        what_ifs=purposes.count(RunPurpose.WHAT_IF),
        definitions=len(definitions),
        promoted=bool(run.parameters.get("changes")),
    )
