"""What gunicorn does around the application; `planner serve` names this file to it."""

from __future__ import annotations

import gc


def when_ready(_: object) -> None:
    """Take what every process shares out of the garbage collector's sight, before they are forked.

    A full collection would walk all objects of all libraries in the middle of somebody's page, a quarter of a
    second, and write to memory that the processes share as long as nobody does.
    """
    gc.collect()
    gc.freeze()
