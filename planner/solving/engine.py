"""The engine in a process of its own, so that a worker stays awake while it computes and outlives its crash.

The process is fed through a pipe: a task goes in, progress and one answer come out. It ends itself when the
pipe closes, so a killed worker leaves nobody computing.
"""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

NICE = 5
"""How far the engine steps back for web pages on the same machine."""

PROGRESS_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Reply:
    """What the engine says: `kind` is "progress", "done", "failed" or "crashed"."""

    kind: str
    content: Mapping[str, Any]


class Engine:
    """The worker's end: one task at a time, any number in turn."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Start the process when there is none, so that the first task need not wait for it."""
        if self._process is None or not self._process.is_alive():
            self.close()
            self._start()

    def begin(self, task: Mapping[str, Any]) -> None:
        """Start a task; the process is started when there is none."""
        self.start()
        assert self._pipe is not None  # noqa: S101 - _start sets it
        self._pipe.send(("task", dict(task)))

    def wait(self, seconds: float) -> Reply | None:
        """The next reply within `seconds`; None when there is none. A dead process replies "crashed"."""
        assert self._pipe is not None  # noqa: S101 - a task was begun
        try:
            if not self._pipe.poll(seconds):
                return None
            kind, content = self._pipe.recv()
        except (EOFError, OSError):
            self._process.join(5)
            code = self._process.exitcode
            self.close()
            return Reply("crashed", {"exit_code": code})
        return Reply(kind, content)

    def stop(self) -> None:
        """Ask for the best answer so far."""
        if self._pipe is not None:
            self._pipe.send(("stop", {}))

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="planner-engine", daemon=True)
        self._process.start()
        theirs.close()


def serve(pipe: Connection) -> None:
    """The engine's end: take tasks until the pipe closes."""
    # When the solver aborts the process, its log says where.
    faulthandler.enable()
    os.nice(NICE)
    # Ctrl-C at a terminal reaches the whole group; the worker decides when its engine ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tasks: queue.SimpleQueue[Mapping[str, Any]] = queue.SimpleQueue()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(pipe, tasks, stop), daemon=True).start()
    # Loading the solver takes seconds; nobody shall wait for it who asks later.
    import solver.exact.stages
    import solver.explain  # noqa: F401 - loaded for their side effect of being loaded
    from planner.solving.answers import answer

    while True:
        task = tasks.get()
        stop.clear()
        try:
            pipe.send(("done", answer(task, _teller(pipe), stop.is_set)))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is an answer, never a hung run
            pipe.send(("failed", _failure(error)))


def _listen(pipe: Connection, tasks: queue.SimpleQueue[Mapping[str, Any]], stop: threading.Event) -> None:
    while True:
        try:
            kind, content = pipe.recv()
        except (EOFError, OSError):
            os._exit(1)
        if kind == "stop":
            stop.set()
        else:
            tasks.put(content)


def _teller(pipe: Connection) -> Callable[[Any], None]:
    """A listener for the engine's progress that does not flood the pipe."""
    last = 0.0

    def tell(progress: Any) -> None:
        nonlocal last
        if time.monotonic() - last >= PROGRESS_EVERY_S:
            last = time.monotonic()
            pipe.send(("progress", asdict(progress)))

    return tell


def _failure(error: Exception) -> dict[str, Any]:
    """What went wrong, for the run's record: code, words and each fault of a malformed problem."""
    faults = getattr(error, "errors", ())
    return {
        "code": "E_PROBLEM" if faults else "E_ENGINE",
        "error": type(error).__name__,
        "message": str(error)[:2000],
        "problems": [asdict(fault) for fault in faults],
    }
