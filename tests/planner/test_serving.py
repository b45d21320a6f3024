"""`planner serve`: started, watched and stopped as a whole, with real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

START_S = 60
"""Patience with a busy machine; an idle one needs two or three seconds."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether a web server answers there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            link.sendall(b"GET /sign-in HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return link.recv(16).startswith(b"HTTP/1.")
    except OSError:
        return False


def until(true: Callable[[], object], seconds: float = START_S) -> bool:
    """Wait until something holds; whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


def children(parent: int) -> dict[str, int]:
    """The processes started by `parent`: web server and worker, by what they are."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            words = (entry / "cmdline").read_bytes().decode(errors="replace")
        except (OSError, IndexError):
            continue
        if int(stat[1]) == parent and stat[0] != "Z":
            found["web" if "gunicorn" in words else "worker"] = int(entry.name)
    return found


def alive(process: int) -> bool:
    """Whether a process still runs."""
    try:
        os.kill(process, 0)
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


@pytest.fixture
def served(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A running `planner serve` that answers, and its port."""
    if not Path("/proc").is_dir():
        pytest.skip("Processes are watched through /proc, which this system lacks.")
    port = free_port()
    environment = {
        **os.environ,
        "PLANNER_DATABASE_URL": sqlite_url,
        "PLANNER_ADDRESS": f"127.0.0.1:{port}",
        "PLANNER_WEB_WORKERS": "1",
    }
    command = [sys.executable, "-c", "from planner.cli import main; main(['serve'])"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            assert until(lambda: answers(port)), (tmp_path / "log").read_text()
            yield process, port
        finally:
            for each in (*children(process.pid).values(), process.pid):
                if alive(each):
                    os.kill(each, signal.SIGKILL)
            process.wait()


def test_a_dead_worker_is_started_again_and_all_stop_together(
    served: tuple[subprocess.Popen[bytes], int],
) -> None:
    """Kill the worker: pages go on, another one comes. SIGTERM ends everything cleanly, exit code 0."""
    process, port = served
    before = children(process.pid)
    assert set(before) == {"web", "worker"}
    os.kill(before["worker"], signal.SIGKILL)
    assert until(lambda: children(process.pid).get("worker", before["worker"]) != before["worker"])
    assert answers(port)
    after = children(process.pid)
    assert after["web"] == before["web"]
    process.terminate()
    assert process.wait(START_S) == 0
    assert not any(alive(each) for each in after.values())
    assert not answers(port)


def test_children_end_with_a_killed_parent(served: tuple[subprocess.Popen[bytes], int]) -> None:
    """Kill -9 of the command leaves no orphan behind that keeps the port or goes on solving."""
    process, port = served
    left = children(process.pid)
    assert len(left) == 2
    process.kill()
    process.wait()
    assert until(lambda: not any(alive(each) for each in left.values()))
    assert until(lambda: not answers(port))


def test_a_taken_port_ends_the_command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the web server cannot start the command ends with its code and takes the worker along."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PLANNER_ADDRESS", f"127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setenv("PLANNER_DATABASE_URL", sqlite_url)
        command = [sys.executable, "-c", "from planner.cli import main; main(['serve'])"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
