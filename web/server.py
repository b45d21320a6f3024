"""How gunicorn runs the application; `planner serve` names this file to it."""

from __future__ import annotations

import gc
import socket
import threading
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # - the library has no types

CUT_OFF_S = 30.0
"""Seconds that a client gets to send a request."""

threads = 8
"""Connections that one process attends to at once.

Browsers open connections ahead that they may never use. With one at a time, two of them stop everybody.
"""


class Worker(ThreadWorker):  # type: ignore[misc]  # - the library has no types
    """Threads, of which a slow client holds one, and not for ever."""

    def handle(self, conn: Any) -> Any:
        """Serve the next request of a connection; who still sends it when the time is over is cut off."""
        limit = threading.Timer(CUT_OFF_S, _stop_reading, [conn.sock])
        limit.start()
        try:
            return super().handle(conn)
        finally:
            limit.cancel()


def _stop_reading(client: socket.socket) -> None:
    """End what is received only: an answer that takes longer than its request still arrives."""
    with suppress(OSError):
        client.shutdown(socket.SHUT_RD)


worker_class = Worker


def when_ready(_: object) -> None:
    """Take what every process shares out of the garbage collector's sight, before they are forked.

    A full collection would walk all objects of all libraries in the middle of somebody's page, a quarter of a
    second, and write to memory that the processes share as long as nobody does.
    """
    gc.collect()
    gc.freeze()
