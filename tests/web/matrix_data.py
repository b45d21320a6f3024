"""Who may do what with files; see `matrix_policy.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matrix_policy import (
    ADMIN,
    API,
    HEADS,
    KAMS,
    LEADERSHIP,
    OWN,
    TO_ALL,
    TO_KAMS,
    Rule,
    _version,
)
from stage import Stage

FINANCE: Final = frozenset({"finance"})
HANDING_IN: Final = KAMS | HEADS | LEADERSHIP | FINANCE | ADMIN


def _leave(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"kind": "leave"}


SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "import": TO_KAMS,
    "form": {**dict.fromkeys(HEADS | ADMIN, OWN)},
    "data kind": TO_ALL,
}

ROUTES: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", "/data"): Rule(HANDING_IN),
    ("GET", "/data/<kind>/template.<form>"): Rule(HEADS | ADMIN, "form", ("data kind",)),
    ("GET", "/data/<kind>/export.<form>"): Rule(HEADS | ADMIN, "form", ("data kind",)),
    ("POST", "/data/imports"): Rule(HEADS | ADMIN, body=_leave),
    ("GET", "/data/imports/<id:import_id>"): Rule(HANDING_IN, "import"),
    ("POST", "/data/imports/<id:import_id>/store"): Rule(HANDING_IN, "import", body=_version),
    ("POST", "/data/imports/<id:import_id>/check"): Rule(HANDING_IN, "import"),
    ("POST", "/data/imports/<id:import_id>/discard"): Rule(HANDING_IN, "import"),
    ("POST", f"{API}/imports"): Rule(HANDING_IN),
    ("GET", f"{API}/imports/<id:import_id>"): Rule(HANDING_IN, "import"),
    ("POST", f"{API}/imports/<id:import_id>/store"): Rule(HANDING_IN, "import"),
    ("GET", f"{API}/exports/<kind>.<form>"): Rule(HEADS | ADMIN, "form", ("data kind",)),
}
