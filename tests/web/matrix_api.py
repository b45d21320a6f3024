"""Who may do over the API what pages do of dossiers, definitions, work, people; see `matrix_policy.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matrix_data import CLOSING, CONFIRMING, FINANCE, HANDING_IN
from matrix_policy import (
    ADMIN,
    API,
    BUSINESS,
    EVERYBODY,
    HEADS,
    KAMS,
    LEADERSHIP,
    NORA,
    OVERSEERS,
    OWN,
    STEERING,
    Rule,
    _words,
)
from stage import Stage

SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    # Whoever leads may look at what a version would change; there is one, which is in force.
    "definition tried": dict.fromkeys(LEADERSHIP, OWN),
    "template": {**dict.fromkeys(HEADS | ADMIN, OWN)},
}


def _contact(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"person_name": "Ola", "function": "technical", "role": "user"}


def _image(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"image": 3}


def _rating(_stage: Stage, _row: str) -> dict[str, Any]:
    return {
        "criterion": "image",
        "current_milli": 3000,
        "evidence": "Two visits.",
        "expires_on": "2027-06-01",
    }


def _plan(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"period": "2028", "goals": "Grow with them."}


def _plan_as_drafted(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"period": "2027", "goals": "Grow with them."}


def _definition(_stage: Stage, _row: str) -> dict[str, Any]:
    shares = {"key_share_permille": 100, "critical_share_permille": 200, "mono_warning": 700}
    rest = {"mono_severe": 750, "kappa": 500, "valid_from": "2027-02-01", "flags": ["D1"], "criteria": []}
    return {"basis": "revenue", "window_months": 12, **shares, **rest}


def _access(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"name": "Filip", "roles": ["finance"]}


ACCOUNT: Final = f"{API}/accounts/<id:account_id>"
CONTACT: Final = f"{ACCOUNT}/contacts/<id:contact_id>"
PLAN: Final = f"{ACCOUNT}/plans/<id:plan_id>"
DEFINITION: Final = f"{API}/definitions/<id:definition_id>"
SCENARIO: Final = f"{API}/scenarios/<id:scenario_id>"
HINTS: Final = "?skill_key=law&earliest_week=2027-W02&latest_week=2027-W03"
WORKING: Final = HEADS | frozenset({"specialist"})

ROUTES: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", f"{ACCOUNT}/dossier"): Rule(KAMS | OVERSEERS, "account"),
    ("GET", f"{API}/runs/<id:run_id>/lineage"): Rule(OVERSEERS, "run"),
    ("GET", f"{API}/runs/<id:run_id>/changes"): Rule(LEADERSHIP, "run"),
    ("GET", f"{API}/runs/<id:run_id>/purposes"): Rule(OVERSEERS, "run"),
    ("GET", f"{API}/delegations/colleagues"): Rule(KAMS | HEADS),
    ("GET", f"{API}/override-options"): Rule(LEADERSHIP),
    ("PUT", f"{ACCOUNT}/facts"): Rule(KAMS, "account", body=lambda _s, _r: {"need": "Less waste"}),
    ("GET", f"{ACCOUNT}/contacts"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{ACCOUNT}/contacts"): Rule(KAMS, "account", body=_contact),
    ("PUT", CONTACT): Rule(KAMS, "contact", ("account",), body=_contact),
    ("POST", f"{CONTACT}/erase"): Rule(KAMS, "contact", ("account",)),
    ("POST", f"{CONTACT}/image"): Rule(CONFIRMING, "contact seen", ("account",), body=_image),
    ("GET", f"{API}/criteria"): Rule(KAMS | OVERSEERS),
    ("GET", f"{ACCOUNT}/ratings"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{ACCOUNT}/ratings"): Rule(KAMS | CONFIRMING, "account", body=_rating),
    ("POST", f"{ACCOUNT}/ratings/<id:rating_id>/confirm"): Rule(CONFIRMING, "rating", ("account",)),
    ("GET", f"{ACCOUNT}/plans"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{ACCOUNT}/plans"): Rule(KAMS, "account", body=_plan),
    ("PUT", PLAN): Rule(KAMS, "plan", ("account",), body=_plan_as_drafted),
    ("POST", f"{PLAN}/submit"): Rule(KAMS, "plan", ("account",)),
    ("POST", f"{PLAN}/review"): Rule(LEADERSHIP, "plan seen", ("account",)),
    ("POST", f"{API}/definitions"): Rule(LEADERSHIP),
    ("GET", DEFINITION): Rule(BUSINESS, "definition"),
    ("GET", f"{DEFINITION}/customers"): Rule(BUSINESS, "definition"),
    ("GET", f"{ACCOUNT}/units"): Rule(KAMS | OVERSEERS, "account"),
    ("PUT", DEFINITION): Rule(LEADERSHIP, "definition tried", body=_definition),
    ("GET", f"{DEFINITION}/preview"): Rule(LEADERSHIP, "definition tried"),
    ("POST", f"{DEFINITION}/propose"): Rule(LEADERSHIP, "definition tried"),
    ("POST", f"{DEFINITION}/return"): Rule(LEADERSHIP, "definition tried", body=_words),
    ("POST", f"{DEFINITION}/approve"): Rule(LEADERSHIP, "definition tried"),
    ("GET", f"{API}/work"): Rule(WORKING, everybody_sees=NORA),
    ("PUT", f"{API}/work"): Rule(WORKING),
    ("GET", f"{API}/months"): Rule(FINANCE),
    ("POST", f"{API}/months"): Rule(FINANCE, body=lambda _s, _r: {"month": "2026-10"}),
    ("GET", f"{API}/references"): Rule(CLOSING),
    ("GET", f"{API}/kams"): Rule(KAMS | LEADERSHIP),
    ("GET", f"{API}/kam-loads"): Rule(OVERSEERS),
    ("GET", f"{API}/expectations"): Rule(KAMS | LEADERSHIP),
    ("GET", f"{API}/imports"): Rule(HANDING_IN),
    ("POST", f"{API}/imports/<id:import_id>/check"): Rule(HANDING_IN, "import"),
    ("POST", f"{API}/imports/<id:import_id>/discard"): Rule(HANDING_IN, "import"),
    ("GET", f"{API}/templates/<kind>.<form>"): Rule(HEADS | ADMIN, "template", ("data kind",)),
    ("PUT", f"{API}/me"): Rule(EVERYBODY, body=lambda _s, _r: {"language": "pl"}),
    ("GET", f"{API}/users"): Rule(ADMIN),
    ("POST", f"{API}/users"): Rule(ADMIN, body=lambda _s, _r: {}),
    ("PUT", f"{API}/users/<id:user_id>"): Rule(ADMIN, "user", body=_access),
    ("PUT", f"{API}/users/<id:user_id>/password"): Rule(
        ADMIN, "user", body=lambda _s, _r: {"password": "a new long one"}
    ),
    ("PUT", f"{API}/me/password"): Rule(EVERYBODY, body=lambda _s, _r: {"present": "wrong", "new": "wrong"}),
    ("GET", f"{API}/tokens"): Rule(EVERYBODY),
    ("DELETE", f"{API}/tokens/<id:token_id>"): Rule(EVERYBODY, "key"),
    ("GET", f"{API}/hints"): Rule(KAMS, query=HINTS),
    ("GET", f"{API}/innovators"): Rule(KAMS | LEADERSHIP),
    ("GET", f"{API}/stages"): Rule(KAMS),
    ("GET", f"{API}/outbox"): Rule(HEADS),
    ("GET", f"{API}/offers/made"): Rule(HEADS),
    ("GET", f"{API}/proposals/<id:proposal_id>/choices"): Rule(HEADS, "proposal"),
    ("GET", f"{API}/runs/<id:run_id>/results"): Rule(OVERSEERS, "run"),
    ("POST", f"{API}/runs/<id:run_id>/closeness"): Rule(STEERING, "run"),
    ("POST", f"{SCENARIO}/stop"): Rule(STEERING, "scenario"),
    ("POST", f"{SCENARIO}/share"): Rule(STEERING, "scenario"),
    ("POST", f"{SCENARIO}/archive"): Rule(STEERING, "scenario"),
    ("POST", f"{SCENARIO}/restore"): Rule(STEERING, "scenario"),
    ("POST", f"{API}/trade-offs/<axis>/<number:number>/keep"): Rule(
        STEERING, "point", ("axis",), body=lambda _s, _r: {"name": "Fairer"}
    ),
    ("GET", f"{API}/publications/<number:number>/links"): Rule(LEADERSHIP, "publication"),
    ("DELETE", f"{API}/publications/<number:number>/links/<id:link_id>"): Rule(
        LEADERSHIP, "link", ("publication",)
    ),
    ("GET", f"{API}/audit/chain"): Rule(ADMIN),
}
