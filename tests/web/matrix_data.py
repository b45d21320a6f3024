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
CHANCES: Final = LEADERSHIP | FINANCE | ADMIN


def _leave(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"kind": "leave"}


def _ending(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"result": "won", "delivered_quarter_hours": 8, "ended_on": "2027-01-02"}


def _ending_form(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"result": "won", "hours": "2", "ended_on": "2027-01-02"}


def _closing_version(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"version": "1"}


MONTH: Final = dict.fromkeys(
    (
        *("gross_sales", "discounts", "bonuses", "returns", "cogs", "logistics", "support"),
        *("programme_costs", "other_cts"),
    ),
    0,
)


def _month_form(_stage: Stage, _row: str) -> dict[str, Any]:
    return {**{name: str(value) for name, value in MONTH.items()}, "kind": "forecast"}


def _correction(_stage: Stage, _row: str) -> dict[str, Any]:
    return {**{f"{name}_minor": value for name, value in MONTH.items()}, "reason": "A wrong invoice."}


def _month_body(stage: Stage, row: str) -> dict[str, Any]:
    return {**_correction(stage, row), "month": "2027-03", "kind": "forecast"}


def _closing_reason(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"version": "1", "reason": "Which invoice?"}


ACCOUNT: Final = "/accounts/<id:account_id>"


def _trait(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"trait": "teacher", "evidence": "They rewrote our protocol.", "expires_on": "2027-06-01"}


def _factor(_stage: Stage, _row: str) -> dict[str, Any]:
    days = {"valid_from": "2027-05-01", "expires_on": "2027-06-01"}
    return {"factor_permille": 1200, "reason": "The board's own wish.", **days}


def _rates(_stage: Stage, _row: str) -> dict[str, Any]:
    hours = {"kam_hour_minor": 7100, "specialist_hour_minor": 9100}
    return {"valid_from": "2027-05", **hours, "interest_permille": 90}


def _chances(_stage: Stage, _row: str) -> dict[str, Any]:
    chances = {"at_none_permille": 10, "at_half_permille": 20, "at_full_permille": 30}
    return {"stage": "renewal", "reason": "So it was.", **chances}


def _goal_form(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"version": "1", "title": "Less of it", "active": "1"}


SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "import": TO_KAMS,
    "closed": {**TO_OVERSEERS, **TO_KAMS},
    # There is one contact, rating and plan, of the customer that the addresses name.
    "contact": {"kam_own": OWN},
    "contact seen": dict.fromkeys(CONFIRMING, OWN),
    "rating": dict.fromkeys(CONFIRMING, OWN),
    "plan": {"kam_own": OWN},
    "plan seen": dict.fromkeys(LEADERSHIP, OWN),
    # The customer that the addresses name is Nora's; a month of it is there for who sees her customers.
    "month": {**dict.fromkeys(OVERSEERS, OWN), "kam_own": OWN},
    "month entered": dict.fromkeys(FINANCE, OWN),
    "figures": {**dict.fromkeys(OVERSEERS, OWN), "kam_own": OWN},
    "figures corrected": dict.fromkeys(FINANCE, OWN),
    # Nora stated a trait of her customer; leadership proposed a factor on it.
    "trait": {**dict.fromkeys(LEADERSHIP, OWN), "kam_own": OWN},
    "trait led": dict.fromkeys(LEADERSHIP, OWN),
    "factor": dict.fromkeys(LEADERSHIP, OWN),
    "goal": dict.fromkeys(LEADERSHIP, OWN),
    "cost rate": dict.fromkeys(FINANCE, OWN),
    "usual chances": dict.fromkeys(CHANCES, OWN),
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
    ("GET", "/accounts/<id:account_id>/months"): Rule(KAMS | OVERSEERS, "account"),
    ("GET", "/accounts/<id:account_id>/months/<month>"): Rule(KAMS | OVERSEERS, "month", ("account",)),
    ("POST", "/accounts/<id:account_id>/months/<month>"): Rule(
        FINANCE, "month entered", ("account",), body=_month_form
    ),
    ("GET", f"{API}/accounts/<id:account_id>/figures"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{API}/accounts/<id:account_id>/figures"): Rule(FINANCE, "account", body=_month_body),
    ("GET", f"{API}/accounts/<id:account_id>/figures/<id:figures_id>"): Rule(
        KAMS | OVERSEERS, "figures", ("account",)
    ),
    ("PUT", f"{API}/accounts/<id:account_id>/figures/<id:figures_id>"): Rule(
        FINANCE, "figures corrected", ("account",), body=_correction
    ),
    ("GET", f"{API}/accounts/<id:account_id>/figures/<id:figures_id>/corrections"): Rule(
        KAMS | OVERSEERS, "figures", ("account",)
    ),
    ("GET", "/accounts/<id:account_id>/dossier"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", "/accounts/<id:account_id>/facts"): Rule(KAMS, "account"),
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
    ("GET", f"{ACCOUNT}/standing"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{ACCOUNT}/traits"): Rule(KAMS | LEADERSHIP, "account", body=_trait),
    ("POST", f"{ACCOUNT}/traits/<id:trait_id>/confirm"): Rule(LEADERSHIP, "trait led", ("account",)),
    ("POST", f"{ACCOUNT}/traits/<id:trait_id>/end"): Rule(
        KAMS | LEADERSHIP, "trait", ("account",), body=_closing_reason
    ),
    ("POST", f"{ACCOUNT}/factors"): Rule(LEADERSHIP, "account"),
    ("POST", f"{ACCOUNT}/factors/<id:factor_id>/approve"): Rule(LEADERSHIP, "factor", ("account",)),
    ("POST", f"{ACCOUNT}/factors/<id:factor_id>/end"): Rule(
        LEADERSHIP, "factor", ("account",), body=_closing_reason
    ),
    ("GET", "/goals"): Rule(KAMS | OVERSEERS),
    ("POST", "/goals"): Rule(LEADERSHIP),
    ("POST", "/goals/<id:goal_id>"): Rule(LEADERSHIP, "goal", body=_goal_form),
    ("GET", f"{API}{ACCOUNT}/traits"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{API}{ACCOUNT}/traits"): Rule(KAMS | LEADERSHIP, "account", body=_trait),
    ("GET", f"{API}{ACCOUNT}/traits/<id:trait_id>/preview"): Rule(LEADERSHIP, "trait led", ("account",)),
    ("POST", f"{API}{ACCOUNT}/traits/<id:trait_id>/confirm"): Rule(LEADERSHIP, "trait led", ("account",)),
    ("POST", f"{API}{ACCOUNT}/traits/<id:trait_id>/end"): Rule(
        KAMS | LEADERSHIP, "trait", ("account",), body=_words
    ),
    ("GET", f"{API}{ACCOUNT}/factors"): Rule(KAMS | OVERSEERS, "account"),
    ("POST", f"{API}{ACCOUNT}/factors"): Rule(LEADERSHIP, "account", body=_factor),
    ("GET", f"{API}{ACCOUNT}/factors/<id:factor_id>/preview"): Rule(LEADERSHIP, "factor", ("account",)),
    ("POST", f"{API}{ACCOUNT}/factors/<id:factor_id>/approve"): Rule(LEADERSHIP, "factor", ("account",)),
    ("POST", f"{API}{ACCOUNT}/factors/<id:factor_id>/end"): Rule(
        LEADERSHIP, "factor", ("account",), body=_words
    ),
    ("GET", "/cost-rates"): Rule(FINANCE | LEADERSHIP),
    ("POST", "/cost-rates"): Rule(FINANCE),
    ("GET", "/usual-chances"): Rule(CHANCES),
    ("POST", "/usual-chances"): Rule(FINANCE | ADMIN),
    ("POST", "/usual-chances/<id:chances_id>/confirm"): Rule(CHANCES, "usual chances", body=_version),
    ("POST", "/usual-chances/<id:chances_id>/end"): Rule(CHANCES, "usual chances", body=_version),
    ("GET", f"{API}/usual-chances"): Rule(CHANCES),
    ("POST", f"{API}/usual-chances"): Rule(FINANCE | ADMIN, body=_chances),
    ("POST", f"{API}/usual-chances/<id:chances_id>/confirm"): Rule(CHANCES, "usual chances"),
    ("POST", f"{API}/usual-chances/<id:chances_id>/end"): Rule(CHANCES, "usual chances"),
    ("GET", f"{API}/cost-rates"): Rule(FINANCE | LEADERSHIP),
    ("POST", f"{API}/cost-rates"): Rule(FINANCE, body=_rates),
    ("PUT", f"{API}/cost-rates/<id:rate_id>"): Rule(FINANCE, "cost rate", body=_rates),
    ("GET", f"{API}/goals"): Rule(KAMS | OVERSEERS),
    ("POST", f"{API}/goals"): Rule(LEADERSHIP, body=lambda _s, _r: {"code": "more", "title": "More"}),
    ("PUT", f"{API}/goals/<id:goal_id>"): Rule(LEADERSHIP, "goal", body=lambda _s, _r: {"title": "Less"}),
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
