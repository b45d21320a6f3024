"""Loops that are not compiled yet: a short solve does without them, says so, and has them compiled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING

from solver import compiling

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SOLVE = """
import json
from solver import Settings, solve
from solver.bench.generate import generate
from solver.files import result_row
print(json.dumps(result_row(solve(generate("S", 1), Settings(wall_limit_s=60.0, work_limit=0.5)))))
"""


def test_a_short_solve_without_compiled_loops_says_so_and_leaves_them_being_compiled(tmp_path: Path) -> None:
    """In an empty folder: a plan within its limits, called weaker; the process that compiles outlives it."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", SOLVE], env=environment, capture_output=True, check=True)
    row = json.loads(done.stdout)
    (mark,) = tmp_path.glob(f"*/{compiling.COMPILING}")
    until = time.monotonic() + 60
    while not mark.read_text() and time.monotonic() < until:
        time.sleep(0.1)
    # It is there after the solve is gone, and would be for minutes.
    os.kill(int(mark.read_text()), signal.SIGKILL)
    assert row["settings"]["compiled"] is False
    assert (row["stopped"], row["reproducible"]) == ("wall_limit", False)
    assert row["value"] > 0


def test_one_process_compiles_and_the_others_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the folder is held nobody else begins; once all is there, whoever waited goes on without work."""
    monkeypatch.setattr(compiling, "_folder", lambda: tmp_path)
    monkeypatch.setattr(compiling, "_KERNELS", [])
    answers: list[bool] = []
    with compiling._alone() as alone:
        assert alone
        with compiling._alone() as second:
            assert not second
        assert compiling.aside() is None
        assert not compiling.ready(lambda: True)
        waiting = threading.Thread(target=lambda: answers.append(compiling.ready()))
        waiting.start()
        assert (tmp_path / compiling.COMPILING).read_text() == str(os.getpid())
        (tmp_path / compiling.COMPLETE).touch()
    waiting.join(60)
    assert answers == [True]


def test_what_a_lost_helper_leaves_is_compiled_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper ends without having compiled anything; as there are no loops, all is done at once."""
    import_module("solver.search.driving")  # Its loops are not meant for the empty list.
    monkeypatch.setattr(compiling, "_folder", lambda: tmp_path)
    monkeypatch.setattr(compiling, "_KERNELS", [])
    monkeypatch.setattr(compiling, "_clear_old", lambda: None)
    with subprocess.Popen([sys.executable, "-c", ""]) as helper:
        assert compiling.awaited(helper, lambda: False)  # noqa: PGH005 - no mock, our own function
    assert compiling.warm()
