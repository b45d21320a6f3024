"""The data area: files in, with a look before anything is stored, and files out."""

from __future__ import annotations

from threading import Thread
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from planner.actor import Actor
from planner.exchange.imports import IMPORTERS
from planner.exchange.sheets_csv import ENCODINGS
from planner.permissions import Action, may
from planner.records import ImportFile
from planner.services.customers import months
from planner.services.importing import imports
from planner.services.importing.import_reports import faults_of
from planner.verdict import Kind, Refused
from web.auth import current_actor
from web.database import database, reading, reads, writing
from web.errors import answer_of, words
from web.pages.forms import Form
from web.pages.frame import page
from web.policy import policy
from web.uploads import as_file

pages = Blueprint("data", __name__)

AT_ONCE: Final = 64 * 1024
"""Bytes of a file that is checked before the answer; larger ones are checked beside it."""


@pages.get("/data")
@policy(Action.VIEW_DATA)
@reads
def show(session: Session, actor: Actor) -> str:
    """What can come in and go out, and the own files."""
    return _page(session, actor, Form({"kind": request.args.get("kind", "")}))


def _page(session: Session, actor: Actor, form: Form) -> str:
    closing = may(actor, Action.CLOSE_MONTH)
    return page(
        session,
        actor,
        "data/index.html",
        months=months.open_months(session, actor) if closing else (),
        choices=imports.choices(actor),
        files=imports.list_imports(session, actor),
        form=form,
    )


@pages.post("/data/months")
@policy(Action.CLOSE_MONTH)
def close_month() -> Response:
    """Close the oldest open month; its figures change only by corrections from then on."""
    month = request.form.get("month", "")
    with writing() as session:
        months.close_month(session, current_actor(), month)
    flash(_("%(month)s is closed.", month=month), "good")
    return redirect("/data", 303)


@pages.get("/data/<kind>/template.<form>")
@policy(Action.IMPORT_FILE)
def template(kind: str, form: str) -> Response:
    """An empty file with one line of examples."""
    content = imports.template(current_actor(), imports.a_kind(kind), form)
    return as_file(content, f"{kind}-template", form)


@pages.get("/data/<kind>/export.<form>")
@policy(Action.VIEW_DATA)
@reads
def export(session: Session, actor: Actor, kind: str, form: str) -> Response:
    """What is stored, as far as the reader may see it."""
    return as_file(imports.export(session, actor, imports.a_kind(kind), form), kind, form)


@pages.post("/data/imports")
@policy(Action.IMPORT_FILE)
def hand_in() -> tuple[str, int] | Response:
    """Keep a file and check it, or show the form again with what is wrong."""
    actor, given = current_actor(), request.files.get("file")
    kind = imports.a_kind(request.form.get("kind", ""))
    content = given.read() if given else b""
    try:
        with writing() as session:
            row = imports.hand_in(session, actor, kind, (given.filename if given else "") or "", content)
    except Refused as refused:
        if refused.denied.kind is not Kind.INVALID:
            raise
        fault = f"{words(refused.denied.reason)} {words(refused.denied.remedy)}"
        flash(fault, "bad")
        with reading() as session:
            shown = _page(session, actor, Form({"kind": kind.value}))
        return shown, answer_of(refused.denied).status
    _check(actor, row.id, len(content))
    return redirect(f"/data/imports/{row.id}", 303)


def _check(actor: Actor, import_id: str, size: int) -> None:
    """Check now, or beside the answer when it takes long."""
    if size <= AT_ONCE:
        imports.check_file(database(), actor, import_id)
        return
    Thread(target=imports.check_file, args=(database(), actor, import_id), daemon=True).start()


@pages.get("/data/imports/<id:import_id>")
@policy(Action.IMPORT_FILE)
@reads
def show_import(session: Session, actor: Actor, import_id: str) -> str:
    """What a file would do, or what is wrong with it."""
    row = imports.find_import(session, actor, import_id)
    return page(session, actor, "data/import.html", **_values(row))


def _values(row: ImportFile) -> dict[str, object]:
    return {
        "row": row,
        "report": row.report,
        "faults": faults_of(row),
        "encodings": ENCODINGS,
        "columns": IMPORTERS[row.kind].columns,
    }


def _version() -> int:
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@pages.post("/data/imports/<id:import_id>/store")
@policy(Action.IMPORT_FILE)
def store(import_id: str) -> Response:
    """Store the file: all of it, or nothing."""
    try:
        with writing() as session:
            row = imports.store_import(session, current_actor(), import_id, _version())
    except Refused as refused:
        if refused.denied.code != "E_IMPORT_FAULTY":
            raise
        # What is stored changed since the file was looked at: look again.
        _again(import_id, None)
        flash(_("The file does not fit any more; nothing was stored."), "bad")
        return redirect(f"/data/imports/{import_id}", 303)
    flash(_("Stored: %(name)s.", name=row.name), "good")
    return redirect(f"/data/imports/{import_id}", 303)


@pages.post("/data/imports/<id:import_id>/check")
@policy(Action.IMPORT_FILE)
def check(import_id: str) -> Response:
    """Check again, perhaps with an encoding chosen by hand."""
    encoding = request.form.get("encoding", "")
    _again(import_id, encoding if encoding in ENCODINGS else None)
    return redirect(f"/data/imports/{import_id}", 303)


def _again(import_id: str, encoding: str | None) -> None:
    with writing() as session:
        row = imports.check_again(session, current_actor(), import_id, encoding)
        size = len(row.content or b"")
    _check(current_actor(), import_id, size)


@pages.post("/data/imports/<id:import_id>/discard")
@policy(Action.IMPORT_FILE)
def discard(import_id: str) -> Response:
    """Throw the file away."""
    with writing() as session:
        imports.discard_import(session, current_actor(), import_id)
    flash(_("Thrown away; nothing was stored."), "good")
    return redirect("/data", 303)
