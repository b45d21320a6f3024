"""How the stages of a solve ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.plan import Measures, Plan, Stopped
    from solver.problem import Lock
    from solver.settings import Settings


@dataclass(frozen=True, slots=True)
class Ending:
    """What the stages reached, and how they ended. `settings` names the limit of work that held."""

    plan: Plan | None
    measures: Measures | None
    stopped: Stopped
    proven_stages: tuple[int, ...]
    bound: int | None
    reproducible: bool
    settings: Settings
    conflicts: tuple[Lock, ...] = ()
