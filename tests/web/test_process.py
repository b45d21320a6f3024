"""A web process stays small: it serves pages and queues runs without ever loading the solver."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

LIMIT_MIB = 200

SCRIPT = """
import json, sys
from web import create_app

url, token, cycle = sys.argv[1:]
client = create_app({"DATABASE_URL": url, "TESTING": True}).test_client()
headers = {"Authorization": f"Bearer {token}"}
assert client.get("/sign-in").status_code == 200
assert client.get("/api/v1/requests", headers=headers).status_code == 200
run = client.post(f"/api/v1/cycles/{cycle}/runs", headers=headers, json={})
with open("/proc/self/status") as file:
    peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
loaded = {module.split(".")[0] for module in sys.modules}
print(json.dumps([run.status_code, sorted(loaded & {"ortools", "numba"}), peak // 1024]))
"""


def test_a_web_process_never_loads_the_solver(built: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    """Starting a run freezes the inputs and leaves the rest to a worker."""
    path, ids = built
    shutil.copyfile(path, tmp_path / "planner.db")
    url = f"sqlite:///{tmp_path / 'planner.db'}"
    arguments = [url, ids["token of lukas"], ids["cycle"]]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    status, heavy, peak = json.loads(done.stdout.splitlines()[-1])
    assert (status, heavy) == (202, [])
    assert peak < LIMIT_MIB, f"{peak} MiB"
