"""The real server and a real Chromium on the small world of `factories`; skipped where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import Site
from factories import build_world

from planner.database import Database

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = f"The browser is not tested: none of {', '.join(NAMES)} was found on this machine."
START_S = 90
LOG = pytest.StashKey[Path]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium; none is downloaded."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root, as in most containers.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(
            executable_path=found, args=[*arguments, "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(browser: Browser, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application as `planner serve` starts it: web server and worker as processes of their own."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(sqlite_template, folder / "planner.db")
    url = f"sqlite:///{folder / 'planner.db'}"
    database = Database(url)
    world = build_world(database)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PLANNER_DATABASE_URL": url,
        "PLANNER_ADDRESS": f"127.0.0.1:{port}",
        "PLANNER_WEB_WORKERS": "1",
        "PLANNER_SOLVER_WORKERS": "1",
        "PLANNER_WALL_LIMIT_S": "10",
        "PLANNER_SIGN_INS_PER_MINUTE": "1000",
    }
    command = [str(Path(sys.executable).with_name("planner")), "serve"]
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: answers(address), START_S, log)
        yield Site(address, world, browser)
    finally:
        server.terminate()
        server.wait(timeout=20)
        database.dispose()


def answers(address: str) -> bool:
    """Whether somebody listens there."""
    try:
        with urllib.request.urlopen(f"{address}/sign-in", timeout=10) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float, log: Path) -> None:
    """Wait until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-5000:]}")
        time.sleep(0.1)


@pytest.fixture(autouse=True)
def server_output(request: pytest.FixtureRequest) -> None:
    """Let a failure show what the server said."""
    if "site" in request.fixturenames:
        site: Site = request.getfixturevalue("site")
        folder = Path(str(site.world.database.engine.url.database)).parent
        request.node.stash[LOG] = folder / "log"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Add the server's output to the report of a failed test."""
    report = yield
    log = item.stash.get(LOG, None)
    if report.failed and log is not None:
        report.sections.append(("server", log.read_text(errors="replace")[-5000:]))
    return report
