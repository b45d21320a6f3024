"""Files that come in."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from planner.exchange.sheets_csv import ENCODINGS
from planner.records import ImportFile, ImportKind
from planner.services.importing.import_reports import faults_of
from web.errors import words
from web.schemas.base import Form, Schema

KINDS = [kind.value for kind in ImportKind]


def _encoding() -> fields.String:
    return fields.String(load_default=None, validate=validate.OneOf(list(ENCODINGS)))


class EncodingQuery(Form):
    """How a CSV file is written; found out when left out."""

    encoding = _encoding()


class HandInQuery(Form):
    """What the file in the body holds, what it is called, and how a CSV file is written."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(load_default="", validate=validate.Length(max=200))
    encoding = _encoding()


class FaultOut(Schema):
    """One thing wrong in a file; `row` is null when it concerns the whole file."""

    row = fields.Integer()
    column = fields.String()
    value = fields.String()
    code = fields.String()
    message = fields.Function(lambda fault: words(fault.reason))
    fix = fields.Function(lambda fault: words(fault.remedy))


class FieldChangeOut(Schema):
    """One field of one thing that the file would change."""

    label = fields.String()
    field = fields.String()
    before = fields.Raw()
    after = fields.Raw()


def _changes(row: ImportFile) -> list[dict[str, Any]]:
    return [
        {"label": change["label"], "field": name, "before": before, "after": after}
        for change in row.report.get("changes", [])
        for name, (before, after) in change["fields"].items()
    ]


class ImportRowOut(Schema):
    """A file in a list."""

    id = fields.String()
    version = fields.Integer()
    kind = fields.String(metadata={"enum": KINDS})
    state = fields.String()
    name = fields.String()
    rows = fields.Function(lambda row: row.report.get("rows"))
    new = fields.Function(lambda row: row.report.get("new"))
    changed = fields.Function(lambda row: row.report.get("changed"))
    unchanged = fields.Function(lambda row: row.report.get("unchanged"))
    fault_count = fields.Function(lambda row: row.report.get("fault_count"))
    rows_done = fields.Integer()
    rows_total = fields.Integer()
    created_at = fields.AwareDateTime()
    stored_at = fields.AwareDateTime()


class ImportOut(ImportRowOut):
    """A file between hand-in and yes. The first 500 errors and 100 changed things are listed."""

    faults = fields.Function(lambda row: FaultOut(many=True).dump(faults_of(row)))
    changes = fields.Function(lambda row: FieldChangeOut(many=True).dump(_changes(row)))
