"""Large problems solved in parts on any `concurrent.futures.Executor`; parts travel as bytes."""

from __future__ import annotations

from solver.spread.rounds import improve_in_parts, pays

__all__ = ["improve_in_parts", "pays"]
