"""A process that is watched from outside: time, processor time, memory, and an end when it overstays."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import resource
    from collections.abc import Sequence

LOOK_S = 0.05
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Watched:
    """How a process went.

    Attributes:
        output: What it wrote to standard output.
        errors: The end of what it wrote to standard error.
        code: Its exit code; None when it was killed for overstaying.
        seconds: From its start to its end.
        cpu_s: Processor seconds of it and all its children.
        peak_bytes: Greatest resident memory of it and all its children together, as seen while it ran, or
            the system's own record of its largest process when that is greater.
        killed: Why it was killed: "time", "memory", or None.
    """

    output: bytes
    errors: str
    code: int | None
    seconds: float
    cpu_s: float
    peak_bytes: int
    killed: str | None


def watch(
    command: Sequence[str],
    task: bytes,
    *,
    seconds: float,
    cores: Sequence[int],
    most_bytes: int | None = None,
) -> Watched:
    """Run `command` on `cores` with `task` as its input, and kill it with its children when it overstays."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(task)
        given.seek(0)
        before = os.sched_getaffinity(0)
        started = time.monotonic()
        try:
            # Children inherit the cores; setting them here needs no code between fork and exec.
            os.sched_setaffinity(0, cores)
            process = subprocess.Popen(  # noqa: S603 - the program's own module with this interpreter.
                list(command), stdin=given, stdout=out, stderr=err, start_new_session=True
            )
        finally:
            os.sched_setaffinity(0, before)
        try:
            status, usage, peak, killed = _wait(process.pid, started + seconds, most_bytes)
        except BaseException:
            # Whoever interrupts the watch must not leave the watched behind.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        took = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Watched(
            output=out.read(),
            errors=err.read()[-2_000:].decode(errors="replace"),
            code=None if killed else process.returncode,
            seconds=took,
            cpu_s=usage.ru_utime + usage.ru_stime,
            peak_bytes=max(peak, usage.ru_maxrss * 1024),
            killed=killed,
        )


def _wait(
    leader: int, deadline: float, most_bytes: int | None
) -> tuple[int, resource.struct_rusage, int, str | None]:
    """Status and use of the process, its peak in memory and why it was killed."""
    peak = 0
    while True:
        done, status, usage = os.wait4(leader, os.WNOHANG)
        if done:
            return status, usage, peak, None
        peak = max(peak, _resident(leader))
        late = time.monotonic() > deadline
        if late or (most_bytes is not None and peak > most_bytes):
            os.killpg(leader, signal.SIGKILL)
            _, status, usage = os.wait4(leader, 0)
            return status, usage, peak, "time" if late else "memory"
        time.sleep(LOOK_S)


def _resident(leader: int) -> int:
    """Bytes in memory of all processes of the session that `leader` began."""
    total = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                # After the name in brackets: state, parent, group, session, ...
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(fields[3]) == leader:
                    total += int(fields[21]) * PAGE
            except (OSError, IndexError):
                continue
    return total
