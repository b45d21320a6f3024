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
    NORA,
    OVERSEERS,
    OWN,
    TO_ALL,
    TO_KAMS,
    TO_OVERSEERS,
    Rule,
    _version,
    _words,
)
from stage import Stage

FINANCE: Final = frozenset({"finance"})
HANDING_IN: Final = KAMS | HEADS | LEADERSHIP | FINANCE | ADMIN
CLOSING: Final = KAMS | LEADERSHIP | FINANCE
CONFIRMING: Final = LEADERSHIP | FINANCE


def _leave(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"kind": "leave"}


def _ending(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"result": "won", "delivered_quarter_hours": 8, "ended_on": "2027-01-02"}


def _ending_form(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"result": "won", "hours": "2", "ended_on": "2027-01-02"}


def _closing_version(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"version": "1"}


def _closing_reason(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"version": "1", "reason": "Which invoice?"}


SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "import": TO_KAMS,
    "closed": {**TO_OVERSEERS, **TO_KAMS},
    # There is one contact, rating and plan, of the customer that the addresses name.
    "contact": {"kam_own": OWN},
    "contact seen": dict.fromkeys(CONFIRMING, OWN),
    "rating": dict.fromkeys(CONFIRMING, OWN),
    "plan": {"kam_own": OWN},
    "plan seen": dict.fromkeys(LEADERSHIP, OWN),
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
    ("POST", "/data/months"): Rule(FINANCE, body=lambda _s, _r: {"month": "2026-10"}),
    ("GET", "/accounts/<id:account_id>/dossier"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", "/accounts/<id:account_id>/contacts"): Rule(KAMS, "account"),
    ("POST", "/accounts/<id:account_id>/contacts/<id:contact_id>"): Rule(KAMS, "contact", ("account",)),
    ("POST", "/accounts/<id:account_id>/contacts/<id:contact_id>/erase"): Rule(KAMS, "contact", ("account",)),
    ("POST", "/accounts/<id:account_id>/contacts/<id:contact_id>/image"): Rule(
        CONFIRMING, "contact seen", ("account",), body=lambda _s, _r: {"image": "3"}
    ),
    ("POST", "/accounts/<id:account_id>/ratings"): Rule(KAMS | CONFIRMING, "account"),
    ("POST", "/accounts/<id:account_id>/ratings/<id:rating_id>/confirm"): Rule(
        CONFIRMING, "rating", ("account",)
    ),
    ("POST", "/accounts/<id:account_id>/plans"): Rule(KAMS, "account"),
    ("POST", "/accounts/<id:account_id>/plans/<id:plan_id>/submit"): Rule(KAMS, "plan", ("account",)),
    ("POST", "/accounts/<id:account_id>/plans/<id:plan_id>/review"): Rule(
        LEADERSHIP, "plan seen", ("account",)
    ),
    ("GET", "/outcomes"): Rule(CLOSING),
    ("GET", "/outcomes/<id:request_id>"): Rule(CLOSING, "closed"),
    ("POST", "/outcomes/<id:request_id>"): Rule(KAMS, "closed", body=_ending_form),
    ("POST", "/outcomes/<id:request_id>/confirm"): Rule(CONFIRMING, "closed", body=_closing_version),
    ("POST", "/outcomes/<id:request_id>/return"): Rule(CONFIRMING, "closed", body=_closing_reason),
    ("GET", "/work"): Rule(HEADS | frozenset({"specialist"}), everybody_sees=NORA),
    ("POST", "/work"): Rule(HEADS | frozenset({"specialist"})),
    ("GET", f"{API}/outcomes/due"): Rule(CLOSING),
    ("GET", f"{API}/requests/<id:request_id>/outcomes"): Rule(CLOSING, "closed"),
    ("POST", f"{API}/requests/<id:request_id>/outcomes"): Rule(KAMS, "closed", body=_ending),
    ("POST", f"{API}/requests/<id:request_id>/outcomes/confirm"): Rule(CONFIRMING, "closed"),
    ("POST", f"{API}/requests/<id:request_id>/outcomes/return"): Rule(CONFIRMING, "closed", body=_words),
    ("POST", f"{API}/imports"): Rule(HANDING_IN),
    ("GET", f"{API}/imports/<id:import_id>"): Rule(HANDING_IN, "import"),
    ("POST", f"{API}/imports/<id:import_id>/store"): Rule(HANDING_IN, "import"),
    ("GET", f"{API}/exports/<kind>.<form>"): Rule(HEADS | ADMIN, "form", ("data kind",)),
}
