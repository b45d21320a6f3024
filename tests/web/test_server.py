"""What happens around the application where gunicorn runs it."""

from __future__ import annotations

import gc

from planner import settings
from planner.serving import _web
from web import server


def test_what_processes_share_is_kept_from_the_collector() -> None:
    """Thousands of objects were there before; the collector walks none of them in the middle of a page."""
    before = gc.get_freeze_count()
    try:
        server.when_ready(object())
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 1_000
    finally:
        gc.unfreeze()


def test_the_server_is_told_of_it() -> None:
    """The command names the file by its module."""
    command = _web(settings.read())
    assert command[command.index("--config") + 1] == f"python:{server.__name__}"
