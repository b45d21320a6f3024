"""`planner serve`: a web server and one worker, watched until somebody stops them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import structlog

from planner.settings import Settings

GRACE_S = 10.0
"""Seconds that a process gets to finish what it is doing."""

LOOK_S = 0.2
PATIENCE_S = (1.0, 30.0)
"""Shortest and longest pause before a dead worker is started again; it doubles while it keeps dying."""

STEADY_S = 60.0
"""A worker that lived this long died for a new reason."""

NICENESS = 5
"""The worker steps back when pages need the processor."""

PR_SET_PDEATHSIG = 1

log = structlog.get_logger()


def _web(settings: Settings) -> list[str]:
    # Loaded once and then forked: it starts in half the time, and the processes share what they only read.
    return [
        *(sys.executable, "-m", "gunicorn", "web:create_app()", "--preload"),
        *("--config", "python:web.server"),
        *("--bind", settings.address, "--workers", str(settings.web_workers)),
        *("--graceful-timeout", str(int(GRACE_S)), "--timeout", "30", "--no-control-socket"),
        *("--log-level", settings.log_level.lower()),
    ]


def _worker() -> list[str]:
    return [sys.executable, "-c", "from planner.cli import main; main(['worker'])"]


def _with_parent(*, nice: int = 0) -> Callable[[], None]:
    """What a child does before it starts: step back, and end with its parent, however that ends."""
    parent = os.getpid()

    def prepare() -> None:
        os.nice(nice)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _start(command: list[str], *, nice: int = 0) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, preexec_fn=_with_parent(nice=nice))  # noqa: S603, PLW1509 - our own commands, started before any thread


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask all to end, wait, and end what did not."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + GRACE_S + 1
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def serve(settings: Settings, check: Callable[[], None]) -> int:
    """Run web server and worker until a signal to stop, or until the web server ends by itself.

    `check` runs while the web server starts; what it raises ends all. Gives the exit code: 0 after a signal,
    else the web server's. A worker that dies is started again.
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    running = [_start(_web(settings))]
    try:
        check()
        return _watch(running, stopped)
    finally:
        _stop(running)


def _watch(running: list[subprocess.Popen[bytes]], stopped: threading.Event) -> int:
    """Add the worker to the running web server, and another one whenever it dies."""
    web = running[0]
    pause = PATIENCE_S[0]
    while not stopped.is_set():
        worker, born = _start(_worker(), nice=NICENESS), time.monotonic()
        running[1:] = [worker]
        while worker.poll() is None:
            if stopped.wait(LOOK_S):
                return 0
            if web.poll() is not None:
                log.error("web.ended", code=web.returncode)
                return web.returncode or 1
        pause = PATIENCE_S[0] if time.monotonic() - born > STEADY_S else min(2 * pause, PATIENCE_S[1])
        log.warning("worker.ended", code=worker.returncode, again_in_s=pause)
        stopped.wait(pause)
    return 0
