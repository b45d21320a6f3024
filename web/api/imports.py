"""Files in and out: the same steps as on the data page."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, request
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import ImportFile
from planner.services import repeating
from planner.services.importing import imports
from web.api import repeats
from web.api.kit import Blueprint, Repeat, asked_version
from web.auth import current_actor
from web.database import database, reading, reads, writes, writing
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.imports import EncodingQuery, HandInQuery, ImportOut, ImportRowOut
from web.schemas.outputs import page_of
from web.uploads import TYPES, as_file

blueprint = Blueprint("imports", "Files in, looked at before anything is stored, and files out.")

FILE_BODY = {
    "required": True,
    "description": "The file itself: CSV, or an Excel workbook.",
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES.values()},
}


def _documented(view: Any) -> Any:
    """Decorator: the document says that the body is the file."""
    return cast("Any", blueprint).doc(requestBody=FILE_BODY)(view)


@blueprint.post("/imports")
@policy(Action.IMPORT_FILE)
@blueprint.query(HandInQuery)
@_documented
@blueprint.answer(ImportOut, 201, Repeat.BY_VIEW)
def hand_in(query: dict[str, Any]) -> ImportFile:
    """Hand a file in; it is checked at once and nothing is stored yet."""
    actor, content = current_actor(), request.get_data()
    sent = repeats.sending(actor)
    with writing() as session:
        before = sent.made_before(session) if sent else None
        if before is None:
            row = imports.hand_in(session, actor, imports.a_kind(query["kind"]), query["name"], content)
            row.report = {"encoding": query["encoding"]} if query["encoding"] else {}
            if sent:
                # The check takes units of work of its own, so the answer is made from the row again.
                repeating.keep_answer(session, sent.key, sent.content_hash, status=201, row_id=row.id)
        row_id = str(before.row_id if before else row.id)
    if before is None:
        imports.check_file(database(), actor, row_id)
    with reading() as session:
        return imports.find_import(session, actor, row_id)


@blueprint.get("/imports")
@policy(Action.VIEW_DATA)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ImportRowOut))
def list_imports(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """The files that you handed in, newest first."""
    return page_of(imports.list_imports(session, actor), query)


@blueprint.get("/imports/<id:import_id>")
@policy(Action.IMPORT_FILE)
@reads
@blueprint.answer(ImportOut)
def show_import(session: Session, actor: Actor, import_id: str) -> ImportFile:
    """What a file would do, or what is wrong with it."""
    return imports.find_import(session, actor, import_id)


@blueprint.post("/imports/<id:import_id>/store")
@policy(Action.IMPORT_FILE)
@blueprint.versioned
@writes
@blueprint.answer(ImportOut)
def store(session: Session, actor: Actor, import_id: str) -> ImportFile:
    """Store a checked file: all of it, or nothing."""
    return imports.store_import(session, actor, import_id, asked_version())


@blueprint.post("/imports/<id:import_id>/check")
@policy(Action.IMPORT_FILE)
@blueprint.query(EncodingQuery)
@blueprint.answer(ImportOut)
def check(query: dict[str, Any], import_id: str) -> Any:
    """Check a file again against what is stored now, perhaps read in another encoding."""
    actor = current_actor()
    with writing() as session:
        imports.check_again(session, actor, import_id, query["encoding"])
    imports.check_file(database(), actor, import_id)
    with reading() as session:
        return imports.find_import(session, actor, import_id)


@blueprint.post("/imports/<id:import_id>/discard")
@policy(Action.IMPORT_FILE)
@writes
@blueprint.answer(ImportOut)
def discard(session: Session, actor: Actor, import_id: str) -> ImportFile:
    """Throw a file away that was not stored."""
    return imports.discard_import(session, actor, import_id)


@blueprint.get("/templates/<kind>.<form>")
@policy(Action.IMPORT_FILE)
@blueprint.answer()
def template(kind: str, form: str) -> Response:
    """The columns of a kind and one line of examples, as csv or xlsx."""
    return as_file(imports.template(current_actor(), imports.a_kind(kind), form), f"{kind}-template", form)


@blueprint.get("/exports/<kind>.<form>")
@policy(Action.VIEW_DATA)
@reads
@blueprint.answer()
def export(session: Session, actor: Actor, kind: str, form: str) -> Response:
    """What is stored of a kind, as far as you may see it, as csv or xlsx."""
    return as_file(imports.export(session, actor, imports.a_kind(kind), form), kind, form)
