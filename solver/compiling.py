"""How hot loops are compiled: once at set-up, kept in a folder that can be written."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

F = TypeVar("F", bound="Callable[..., object]")


INTS = numba.types.Array(numba.types.int64, 1, "C")
COSTS = numba.types.Array(numba.types.float64, 2, "C")
PRICES = numba.types.Array(numba.types.float64, 3, "C")

COMPLETE = "complete"
"""Name of the mark that every kernel of the folder is compiled."""

COMPILING = "compiling"
"""Name of the file that whoever compiles them holds, with the number of the process in it."""

POLL_S = 0.1
"""Seconds between two looks at what another process compiles."""

OPTIONS: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
"""How kernels are compiled. None of them makes an array, so none counts who holds one either: that took two
fifths of the time, and threads waited for each other at each count of what they share."""

_KERNELS: list[tuple[Any, Any]] = []

_KNOWN: dict[str, Any] = {
    "int": numba.types.int64,
    "float": numba.types.float64,
    "bool": numba.types.boolean,
    "None": numba.types.none,
    "Ints": INTS,
    "Costs": COSTS,
    "Prices": PRICES,
}


def kernel(function: F) -> F:
    """Have `function` compiled for machine numbers; it releases the interpreter lock while it runs.

    The annotations are the signature, so each function is compiled once, by `ready`, and kept on disk.
    Floating point stays strict: the same numbers give the same plan on the same kind of machine.
    """
    notes = {name: note for name, note in function.__annotations__.items() if name != "return"}
    signature = tuple(_machine_type(note) for note in notes.values())
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_folder())
    try:
        made = numba.njit(**OPTIONS)(function)
    finally:
        config.CACHE_DIR = before
    _KERNELS.append((made, signature))
    return cast("F", made)


def warm() -> bool:
    """Whether all kernels are compiled and kept on disk, so that nothing has to be waited for."""
    return (_folder() / COMPLETE).exists()


def ready(stopped: Callable[[], bool] = lambda: False) -> bool:
    """Compile all kernels, callees first, unless they are kept on disk or another process is at it.

    Each is kept on disk as soon as it is compiled, so who is interrupted leaves the less to be done. Kept
    kernels are read when they are first called, and only those that Python calls; the others are part of
    them already. False when `stopped` became true on the way.
    """
    while not warm():
        with _alone() as alone:
            if alone and not warm():
                return _compile(stopped)
        if stopped():
            return False
        sleep(POLL_S)
    return True


def aside() -> subprocess.Popen[bytes] | None:
    """Have all kernels compiled by a process that outlives this one.

    None when another process is at it already, and where this one could not use what is compiled elsewhere.
    """
    with _alone() as alone:
        if not alone or _folder().parent not in _bases():
            return None
    path = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path)
    return subprocess.Popen(
        [sys.executable, "-m", "solver.motor"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def awaited(helper: subprocess.Popen[bytes] | None, stopped: Callable[[], bool]) -> bool:
    """Wait until `helper` has compiled all kernels, or compile them here when it cannot; as `ready`."""
    while helper is not None and helper.poll() is None and not warm():
        if stopped():
            return False
        sleep(POLL_S)
    return ready(stopped)


def _compile(stopped: Callable[[], bool]) -> bool:
    # This loads every module with kernels, whoever asks.
    import_module("solver.search.driving")
    for made, signature in _KERNELS:
        if stopped():
            return False
        made.compile(signature)
    for made, _ in _KERNELS:
        # A second form for constants or other widths would take minutes and serve nobody.
        made.disable_compile()
    (_folder() / COMPLETE).touch()
    _clear_old()
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether this is the only process that compiles here, which it then is until the end."""
    with (_folder() / COMPILING).open("a+") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        mark.truncate(0)
        mark.write(str(os.getpid()))
        mark.flush()
        yield True


def _clear_old() -> None:
    """Remove what older sources of this checkout left, but for the last, which may still be in use."""
    own = f"{_folder().name.split('-')[0]}-*"
    old = [mark.parent for mark in _folder().parent.glob(f"{own}/{COMPLETE}") if mark.parent != _folder()]
    for folder in sorted(old, key=lambda path: (path / COMPLETE).stat().st_mtime)[:-1]:
        shutil.rmtree(folder, ignore_errors=True)


def machine_tuple(named: type) -> None:
    """Let annotations of kernels name a NamedTuple whose fields have machine types."""
    fields = [_machine_type(note) for note in named.__annotations__.values()]
    _KNOWN[named.__name__] = numba.types.NamedTuple(fields, named)  # type: ignore[no-untyped-call]  # - untyped in the library


def _machine_type(note: str) -> Any:
    note = getattr(note, "__forward_arg__", note)
    if note.startswith("tuple["):
        parts = [_machine_type(part.strip()) for part in note[6:-1].split(",")]
        return numba.types.Tuple(parts)  # type: ignore[no-untyped-call]  # - untyped in the library
    return _KNOWN[note]


@cache
def _folder() -> Path:
    """Where compiled kernels are kept: one folder for each checkout and state of their source.

    Numba looks only at the file of the outermost function when it asks whether its copy is stale;
    a kernel here calls kernels of other files, so the folder's name is a fingerprint of them all.
    """
    here = Path(__file__).parent
    sources = sorted(here.rglob("*.py"))
    mark, checkout = hashlib.sha256(), hashlib.sha256(str(here.resolve()).encode()).hexdigest()
    for path in sources:
        text = path.read_bytes()
        if b"@kernel" in text:
            # Numba takes a copy for stale when the file moved or was written anew, so another checkout of the
            # same source needs a folder of its own.
            mark.update(f"{path.resolve()} {path.stat().st_mtime_ns} ".encode() + text)
    for base in _bases():
        folder = base / f"{checkout[:8]}-{mark.hexdigest()[:16]}"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="planner-kernels-"))


def _bases() -> list[Path]:
    """Folders to try, best first: the configured one, the user's cache, the system's temporary folder.

    Compiled code is loaded from there, so the shared temporary folder comes last and only below a name
    of this user.
    """
    named = os.environ.get("NUMBA_CACHE_DIR")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    shared = Path(tempfile.gettempdir()) / f"planner-{os.getuid()}"
    shared_is_ours = not shared.exists() or shared.stat().st_uid == os.getuid()
    return [*([Path(named)] if named else []), home / "planner", *([shared] if shared_is_ours else [])]
