"""What a file would do, in a form that is kept and shown, and doing it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.audit import Event, record
from planner.exchange.imports import Finding, Source, digest_of, quiet, read, trace
from planner.exchange.kinds import Progress, plain
from planner.exchange.lines import Fault
from planner.permissions import Action, may
from planner.records import ImportFile, ImportKind
from planner.services.importing.capacity_changes import TOUCHING, difference, hours_now, hours_then
from planner.verdict import Denied, Kind, Message, Problem, Refused, require

IMPORTING: Final[Mapping[ImportKind, Action]] = {
    ImportKind.ACCOUNTS: Action.IMPORT_ACCOUNTS,
    ImportKind.FIGURES: Action.IMPORT_FIGURES,
    ImportKind.RATES: Action.IMPORT_RATES,
    ImportKind.DEPARTMENTS: Action.IMPORT_DEPARTMENTS,
    ImportKind.HOLIDAYS: Action.IMPORT_HOLIDAYS,
    ImportKind.SKILLS: Action.IMPORT_SKILLS,
    ImportKind.SPECIALISTS: Action.IMPORT_SPECIALISTS,
    ImportKind.ATTESTATIONS: Action.IMPORT_ATTESTATIONS,
    ImportKind.LEAVE: Action.IMPORT_LEAVE,
    ImportKind.REQUESTS: Action.IMPORT_REQUESTS,
}


def store_content(session: Session, actor: Actor, source: Source, progress: Progress = quiet) -> Finding:
    """Read and store a file in the caller's unit of work, with one event that holds every change.

    Raises:
        Refused: E_FORBIDDEN; E_IMPORT_FAULTY with every fault; what makes the file unreadable.
    """
    require(may(actor, IMPORTING[source.kind]))
    importer, finding = read(session, actor, source, progress)
    if finding.fault_count:
        raise Refused(faulty(finding.faults, finding.fault_count))
    touching = source.kind in TOUCHING
    before = hours_now(session) if touching else {}
    importer.store(progress)
    if finding.new or finding.changed:
        after = {
            "kind": source.kind.value,
            "file": source.name,
            "digest": digest_of(source.content),
            "new": finding.new,
            "changed": finding.changed,
            "unchanged": finding.unchanged,
            "changes": trace(importer.items),
        }
        if touching:
            after["hours"] = difference(before, hours_then(session))
        record(session, actor, Event.DATA_IMPORTED, None, before=None, after=after)
    return finding


def faulty(faults: Sequence[Fault], count: int) -> Denied:
    """The refusal that carries the faults of a file."""
    problems = tuple(Problem(place_of(f), f.code, f.reason, f.remedy) for f in faults)
    return Denied(
        Kind.INVALID,
        "E_IMPORT_FAULTY",
        Message("The file holds %(count)d errors.", {"count": count}),
        Message("Correct what is listed and send it again; nothing was stored."),
        problems,
    )


def place_of(fault: Fault) -> str:
    """Where a fault stands, such as "row 3/month"."""
    return "/".join(part for part in (f"row {fault.row}" if fault.row else "file", fault.column) if part)


def unreadable(denied: Denied) -> dict[str, Any]:
    """The report on a file that is no table."""
    fault = Fault(None, "", "", denied.code, denied.reason, denied.remedy)
    finding = Finding(0, 0, 0, 0, (), (), (fault,), 1, {})
    return as_json(finding)


def as_json(finding: Finding) -> dict[str, Any]:
    """What was found, as JSON can hold it."""
    return {
        **{name: getattr(finding, name) for name in ("rows", "new", "changed", "unchanged", "fault_count")},
        "added": list(finding.added),
        "details": dict(finding.details),
        "changes": [
            {
                "label": label,
                "fields": {name: [plain(old), plain(new)] for name, (old, new) in changes.items()},
            }
            for label, changes in finding.changes
        ],
        "faults": [_fault_json(fault) for fault in finding.faults],
    }


def _fault_json(fault: Fault) -> dict[str, Any]:
    params = {
        name: str(value) if isinstance(value, Message) else plain(value)
        for name, value in {**fault.reason.params, **fault.remedy.params}.items()
    }
    texts = {"reason": fault.reason.text, "remedy": fault.remedy.text, "params": params}
    return {**{key: value for key, value in asdict(fault).items() if key not in texts}, **texts}


def faults_of(row: ImportFile) -> list[Fault]:
    """The faults of a checked file, in its order."""
    return [
        Fault(
            each["row"],
            each["column"],
            each["value"],
            each["code"],
            Message(each["reason"], each["params"]),
            Message(each["remedy"], each["params"]),
        )
        for each in row.report.get("faults", [])
    ]
