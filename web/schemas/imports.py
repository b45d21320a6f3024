"""Files that come in."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from planner.exchange.sheets_csv import ENCODINGS
from planner.records import ImportFile, ImportKind
from planner.services.import_reports import faults_of
from web.errors import words
from web.schemas.base import Form, Schema

KINDS = [kind.value for kind in ImportKind]


class HandInQuery(Form):
    """What the file in the body holds, what it is called, and how a CSV file is written."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    name = fields.String(load_default="", validate=validate.Length(max=200))
    encoding = fields.String(load_default=None, validate=validate.OneOf(list(ENCODINGS)))


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


class ImportOut(Schema):
    """A file between hand-in and yes. The first 500 errors and 100 changed things are listed."""

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
    faults = fields.Function(lambda row: FaultOut(many=True).dump(faults_of(row)))
    changes = fields.Function(lambda row: FieldChangeOut(many=True).dump(_changes(row)))
