"""How the program tells its operator what happens: one line an event, JSON in production."""

from __future__ import annotations

import sys
from typing import Any

import structlog

from planner.settings import Settings


def configure(settings: Settings) -> None:
    """Set the least serious level and the shape of the lines for this process.

    Tracebacks are plain: the pretty ones print every local variable, which takes half a minute where a
    session is among them and would show customers' data to whoever reads the log.
    """
    production = settings.environment == "production"
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if production
        else structlog.dev.ConsoleRenderer(
            colors=sys.stdout.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if production else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
    )
