"""The witness: a file outside the database that has seen the audit log's newest hash, again and again.

The chain of hashes shows a change inside the log. It cannot show a cut end, nor a log that was written anew
from some event on: for that somebody outside must remember. Put the file where who runs the database cannot
rewrite it; it is only ever appended to.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

from planner import settings

FORMAT = "planner-witness/1"
PENDING = "witness"
"""Where a session keeps what the witness shall see once it is committed."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Seen:
    """One line: the event `seq` had this hash; after a publication also its number and hash."""

    seq: int
    hash: str
    at: str
    publication: int | None = None
    content_hash: str | None = None


class WitnessError(ValueError):
    """The file cannot be read as a witness; the text says where."""


def remember(session: Session, values: Mapping[str, Any], number: int | None, content: str | None) -> None:
    """Tell the witness of an event once its unit of work is committed, if it is one that it should see.

    Args:
        session: The unit of work; nothing is told when it is undone.
        values: The columns of the event.
        number: The publication that the event tells of, None for any other event.
        content: That publication's hash.
    """
    here = settings.witness()
    if here is None or (number is None and values["seq"] % here.every):
        return
    seen = Seen(values["seq"], values["hash"], values["at"].isoformat(), number, content)
    waiting = session.info.setdefault(PENDING, [])
    if not waiting:
        event.listen(session, "after_commit", _write)
        event.listen(session, "after_rollback", _forget)
    waiting.append(seen)


def _write(session: Session) -> None:
    """Append what was remembered. What is committed cannot be undone, so a failure is told, not raised."""
    if session.in_nested_transaction():
        return
    waiting, session.info[PENDING] = session.info.get(PENDING, []), []
    here = settings.witness()
    if not waiting or here is None:
        return
    try:
        append(here.path, waiting)
    except OSError:
        log.exception("witness.not_written", file=str(here.path), seq=waiting[-1].seq)


def _forget(session: Session) -> None:
    session.info[PENDING] = []


def append(path: Path, lines: list[Seen]) -> None:
    """Add lines at the end of the file, each whole, and wait until they are on the disk.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps({"format": FORMAT, **asdict(line)}, sort_keys=True) + "\n" for line in lines)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> list[Seen]:
    """All lines, by event.

    Raises:
        WitnessError: a line is none of ours.
        OSError: the file cannot be read.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            values = json.loads(line)
            if values.pop("format") != FORMAT:
                raise WitnessError(f"line {number}")
            found.append(Seen(**values))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise WitnessError(f"line {number}") from error
    return sorted(found, key=lambda seen: seen.seq)
