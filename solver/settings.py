"""How a solve is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["deterministic", "free"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one solve, stored with its result.

    Attributes:
        mode: "deterministic" gives the same plan for the same problem and settings in any process;
            "free" is faster and does not.
        seed: Random seed; official runs derive it from the problem's hash.
        workers: Cores to use, >= 1.
        wall_limit_s: Seconds after which the search stops; a fuse in deterministic mode.
        work_limit: Units of the engine's own work (docs/engine.md); None means no limit of work.
    """

    mode: Mode = "deterministic"
    seed: int = 0
    workers: int = 1
    wall_limit_s: float = 60.0
    work_limit: float | None = None

    def __post_init__(self) -> None:
        """Refuse settings that no search can follow."""
        if self.mode not in ("deterministic", "free"):
            raise ValueError(f"mode is {self.mode!r}: use deterministic or free")
        if not 1 <= self.workers <= 64:
            raise ValueError(f"workers is {self.workers}: use 1 to 64")
        if not 0 < self.wall_limit_s <= 86_400:
            raise ValueError(f"wall_limit_s is {self.wall_limit_s}: use more than 0, at most 86,400 seconds")
        if self.work_limit is not None and not 0 < self.work_limit <= 10**9:
            raise ValueError(f"work_limit is {self.work_limit}: use more than 0, at most 1,000,000,000")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed is {self.seed}: use 0 to 2,147,483,647")
