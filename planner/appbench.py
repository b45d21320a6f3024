"""Figures of the application on this machine: start, pages, demo solve, memory.

`python -m planner.appbench` prepares a demo in a folder of its own, starts the real server on it and asks for
pages as a person would. Times include the whole way through HTTP.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError

import click
from sqlalchemy import select

from planner import demo
from planner.database import Database
from planner.records import Snapshot

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 20
SOLVE_S = 30
PAGES = {
    "key account manager": ("/", "/requests", "/requests/new", "/plan"),
    "leadership": ("/", "/requests", "/runs", "/accounts", "/plan", "/publications"),
    "head of": ("/", "/inbox", "/plan"),
}
"""What is asked for, by the role as the sign-in sheet words it."""

PLANNER = (sys.executable, "-c", "from planner.cli import main; main()")


class Visitor:
    """One person's browser, without the pictures."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """The page at `path`; an error status raises."""
        with self._opener.open(self.base + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, form: Mapping[str, str]) -> str:
        """What the page at `path` answers to the form; an error status raises."""
        with self._opener.open(self.base + path, urllib.parse.urlencode(form).encode(), timeout=30) as answer:
            return str(answer.read().decode())

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form, with its token."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/sign-in"))
        form = {"email": email, "password": password, "csrf_token": token.group(1) if token else ""}
        with self._opener.open(
            self.base + "/sign-in", urllib.parse.urlencode(form).encode(), timeout=30
        ) as page:
            if page.url.endswith("/sign-in"):
                raise SystemExit(f"{email} could not sign in")


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_mib(pid: int) -> float:
    """Memory that a process and all it started hold, in MiB; what they share counts once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if _descends(int(folder.name), pid):
                rows = (folder / "smaps_rollup").read_text().splitlines()
                total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total / 1024


def _descends(process: int, ancestor: int) -> bool:
    while process not in {0, ancestor}:
        process = int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return process == ancestor


def start(environment: dict[str, str], base: str) -> tuple[subprocess.Popen[bytes], float]:
    """The running server and the seconds until its first page."""
    begun = time.monotonic()
    server = subprocess.Popen(  # noqa: S603 - our own command
        [*PLANNER, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while time.monotonic() - begun < 60:
        try:
            Visitor(base).get("/sign-in")
        except (URLError, ConnectionError):
            time.sleep(0.02)
            continue
        return server, time.monotonic() - begun
    server.kill()
    raise SystemExit("the server did not answer within 60 s")


def pages(base: str, people: list[tuple[str, str]], password: str) -> list[tuple[str, str, float, float]]:
    """Role, path, median and 95th percentile in milliseconds of each page."""
    figures = []
    for role, paths in PAGES.items():
        visitor = Visitor(base)
        visitor.sign_in(next(email for words, email in people if words.startswith(role)), password)
        for path in paths:
            visitor.get(path)
            times = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                visitor.get(path)
                times.append((time.perf_counter() - begun) * 1000)
            figures.append((role, path, statistics.median(times), sorted(times)[int(ROUNDS * 0.95) - 1]))
    return figures


def solve(environment: dict[str, str], folder: Path) -> dict[str, object]:
    """The demo's problem solved once more by the command line, with the settings of a run."""
    database = Database(environment["PLANNER_DATABASE_URL"])
    with database.reading() as session:
        problem = session.scalars(select(Snapshot.problem)).first()
    database.dispose()
    file = folder / "problem.json"
    file.write_text(str(problem), encoding="utf-8")
    command = [*PLANNER, "solve", str(file), "--wall-limit", str(SOLVE_S), "--workers", "2"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603 - our own command
    answer = json.loads(done.stdout)
    return {key: answer[key] for key in ("status", "value", "bound", "gap", "seconds", "reproducible")}


def prepare(environment: dict[str, str]) -> tuple[list[tuple[str, str]], str]:
    """Load and solve the demo; who may sign in, and the password."""
    subprocess.run(  # noqa: S603 - our own command
        [*PLANNER[:2], "from planner.cli import main; main(['demo', '--no-serve'])"],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    database = Database(environment["PLANNER_DATABASE_URL"])
    people, password = demo.sign_ins(database)
    database.dispose()
    return [(person.role, person.email) for person in people], password


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PLANNER_ADDRESS": f"127.0.0.1:{port}",
            "PLANNER_DATABASE_URL": f"sqlite:///{folder}/demo.db",
            "PLANNER_LOG_LEVEL": "ERROR",
        }
        people, password = prepare(environment)
        base = f"http://127.0.0.1:{port}"
        server, seconds = start(environment, base)
        try:
            click.echo(f"start to first page   {seconds:8.2f} s")
            for role, path, middle, high in pages(base, people, password):
                click.echo(f"{role:20} {path:15} median {middle:6.0f} ms   p95 {high:6.0f} ms")
            click.echo(f"memory, web and worker {memory_mib(server.pid):7.0f} MiB")
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        click.echo(f"demo solve, {SOLVE_S} s       {solve(environment, folder)}")


if __name__ == "__main__":
    main()
