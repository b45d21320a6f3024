"""What comes in from files: a whole company."""

from planner.exchange.company import Loaded, load

__all__ = ["Loaded", "load"]
