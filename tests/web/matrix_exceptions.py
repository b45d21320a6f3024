"""Who may do what with overrides, swaps, scenarios and trade-offs; see `matrix_policy.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matrix_policy import (
    API,
    BOTH,
    HEADS,
    KAMS,
    LEADERSHIP,
    OVERSEERS,
    OWN,
    STEERING,
    TO_HEADS,
    TO_KAMS,
    Rule,
    _reason,
    _version,
)
from stage import Stage

SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "price": dict.fromkeys(LEADERSHIP, OWN),
    "override": dict.fromkeys(OVERSEERS, OWN),
    "scenario": dict.fromkeys(STEERING, OWN),
    "axis": dict.fromkeys(OVERSEERS, OWN),
    "scarce week": dict.fromkeys(OVERSEERS, OWN),
    "skill": dict.fromkeys(OVERSEERS, OWN),
    "point": dict.fromkeys(OVERSEERS, OWN),
    "swap": TO_KAMS,
    "booking": {**TO_KAMS, **TO_HEADS, **dict.fromkeys(STEERING, BOTH)},
    "agreed": {**TO_KAMS, **dict.fromkeys(LEADERSHIP, BOTH)},
}


def _target(stage: Stage, _row: str) -> dict[str, Any]:
    return {"kind": "refuse", "request_id": stage.rows["request"]["own"]}


def _signature(_stage: Stage, row: str) -> dict[str, Any]:
    return {"question_id": row, "reason": "The board wants it.", "expires_on": "2027-02-01"}


def _words(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"reason": "The board wants it."}


def _supposed(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"name": "Money only", "strategy_percent": 0}


def _promoted(stage: Stage, row: str) -> dict[str, Any]:
    return {**_version(stage, row), "note": "Decided by the board."}


def _note(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"note": "Decided by the board."}


def _empty(_stage: Stage, _row: str) -> dict[str, Any]:
    return {}


ROUTES: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", "/overrides"): Rule(OVERSEERS),
    ("GET", "/overrides/new"): Rule(LEADERSHIP),
    ("POST", "/overrides/prices"): Rule(LEADERSHIP, body=_target),
    ("GET", "/overrides/prices/<id:question_id>"): Rule(LEADERSHIP, "price"),
    ("GET", "/overrides/prices/<id:question_id>/live"): Rule(LEADERSHIP, "price"),
    ("POST", "/overrides"): Rule(LEADERSHIP, "price", in_body=True, body=_signature),
    ("GET", "/overrides/<id:override_id>"): Rule(OVERSEERS, "override"),
    ("POST", "/overrides/<id:override_id>/second"): Rule(LEADERSHIP, "override", body=_version),
    ("POST", "/overrides/<id:override_id>/decline"): Rule(LEADERSHIP, "override", body=_reason),
    ("POST", "/overrides/<id:override_id>/withdraw"): Rule(LEADERSHIP, "override", body=_reason),
    ("GET", "/scenarios"): Rule(STEERING),
    ("GET", "/scenarios/new"): Rule(STEERING),
    ("POST", "/scenarios"): Rule(STEERING, body=_supposed),
    ("GET", "/scenarios/<id:scenario_id>"): Rule(STEERING, "scenario"),
    ("GET", "/scenarios/<id:scenario_id>/live"): Rule(STEERING, "scenario"),
    ("POST", "/scenarios/<id:scenario_id>/stop"): Rule(STEERING, "scenario"),
    ("POST", "/scenarios/<id:scenario_id>/share"): Rule(STEERING, "scenario", body=_version),
    ("POST", "/scenarios/<id:scenario_id>/archive"): Rule(STEERING, "scenario", body=_version),
    ("POST", "/scenarios/<id:scenario_id>/restore"): Rule(STEERING, "scenario", body=_version),
    ("POST", "/scenarios/<id:scenario_id>/promote"): Rule(LEADERSHIP, "scenario", body=_promoted),
    ("GET", "/trade-offs"): Rule(OVERSEERS),
    ("GET", "/trade-offs/<axis>/live"): Rule(OVERSEERS, "axis"),
    ("POST", "/trade-offs/<axis>"): Rule(STEERING, "axis"),
    ("POST", "/trade-offs/<axis>/stop"): Rule(STEERING, "axis"),
    ("GET", "/trade-offs/<axis>/<number:number>"): Rule(OVERSEERS, "point", ("axis",)),
    ("POST", "/trade-offs/<axis>/<number:number>/keep"): Rule(STEERING, "point", ("axis",)),
    ("GET", "/runs/<id:run_id>/closeness"): Rule(OVERSEERS, "run"),
    ("POST", "/runs/<id:run_id>/closeness"): Rule(STEERING, "run"),
    ("GET", "/scarcity"): Rule(HEADS | OVERSEERS),
    ("POST", "/scarcity"): Rule(HEADS | STEERING),
    ("GET", "/scarcity.csv"): Rule(HEADS | OVERSEERS),
    ("GET", "/scarcity/<skill>/<week>"): Rule(OVERSEERS, "scarce week", ("skill",)),
    ("POST", "/scarcity/<skill>/<week>"): Rule(STEERING, "scarce week", ("skill",)),
    ("GET", f"{API}/scarcity"): Rule(HEADS | OVERSEERS),
    ("POST", f"{API}/scarcity"): Rule(HEADS | STEERING),
    ("GET", f"{API}/scarcity/<skill>/<week>"): Rule(OVERSEERS, "scarce week", ("skill",)),
    ("POST", f"{API}/scarcity/<skill>/<week>"): Rule(STEERING, "scarce week", ("skill",)),
    ("GET", "/bookings"): Rule(KAMS | HEADS | STEERING),
    ("POST", "/bookings"): Rule(KAMS),
    ("POST", "/bookings/<id:booking_id>/grant"): Rule(HEADS, "booking", body=_version),
    ("POST", "/bookings/<id:booking_id>/end"): Rule(KAMS | HEADS | LEADERSHIP, "booking", body=_version),
    ("GET", "/swaps"): Rule(KAMS),
    ("POST", "/requests/<id:request_id>/swap"): Rule(KAMS, "draft"),
    ("POST", "/swaps/<id:offer_id>/accept"): Rule(KAMS, "swap", body=_version),
    ("POST", "/swaps/<id:offer_id>/decline"): Rule(KAMS, "swap", body=_version),
    ("POST", "/swaps/<id:offer_id>/withdraw"): Rule(KAMS, "swap", body=_version),
    ("POST", "/swaps/<id:offer_id>/release"): Rule(KAMS | LEADERSHIP, "agreed", body=_version),
    ("POST", f"{API}/override-prices"): Rule(LEADERSHIP, body=_target),
    ("GET", f"{API}/override-prices/<id:question_id>"): Rule(LEADERSHIP, "price"),
    ("GET", f"{API}/overrides"): Rule(OVERSEERS),
    ("POST", f"{API}/overrides"): Rule(LEADERSHIP, "price", in_body=True, body=_signature),
    ("GET", f"{API}/overrides/register"): Rule(OVERSEERS),
    ("GET", f"{API}/overrides/limits"): Rule(OVERSEERS),
    ("GET", f"{API}/overrides/<id:override_id>"): Rule(OVERSEERS, "override"),
    ("POST", f"{API}/overrides/<id:override_id>/second"): Rule(LEADERSHIP, "override", body=_words),
    ("POST", f"{API}/overrides/<id:override_id>/decline"): Rule(LEADERSHIP, "override", body=_words),
    ("POST", f"{API}/overrides/<id:override_id>/withdraw"): Rule(LEADERSHIP, "override", body=_words),
    ("GET", f"{API}/scenarios"): Rule(STEERING),
    ("POST", f"{API}/scenarios"): Rule(STEERING, body=_supposed),
    ("GET", f"{API}/scenarios/<id:scenario_id>"): Rule(STEERING, "scenario"),
    ("POST", f"{API}/scenarios/<id:scenario_id>/promote"): Rule(LEADERSHIP, "scenario", body=_note),
    ("GET", f"{API}/trade-offs/<axis>"): Rule(OVERSEERS, "axis"),
    ("POST", f"{API}/trade-offs/<axis>"): Rule(STEERING, "axis"),
    ("POST", f"{API}/trade-offs/<axis>/stop"): Rule(STEERING, "axis"),
    ("GET", f"{API}/trade-offs/<axis>/<number:number>"): Rule(OVERSEERS, "point", ("axis",)),
    ("GET", f"{API}/runs/<id:run_id>/closeness"): Rule(OVERSEERS, "run"),
    ("GET", f"{API}/soft-bookings"): Rule(KAMS | HEADS | STEERING),
    ("POST", f"{API}/soft-bookings"): Rule(KAMS, body=_empty),
    ("POST", f"{API}/soft-bookings/<id:booking_id>/grant"): Rule(HEADS, "booking"),
    ("POST", f"{API}/soft-bookings/<id:booking_id>/end"): Rule(
        KAMS | HEADS | LEADERSHIP, "booking", body=_empty
    ),
    ("GET", f"{API}/swaps"): Rule(KAMS),
    ("POST", f"{API}/requests/<id:request_id>/swap"): Rule(KAMS, "draft", body=_empty),
    ("POST", f"{API}/swaps/<id:offer_id>/accept"): Rule(KAMS, "swap"),
    ("POST", f"{API}/swaps/<id:offer_id>/decline"): Rule(KAMS, "swap"),
    ("POST", f"{API}/swaps/<id:offer_id>/withdraw"): Rule(KAMS, "swap"),
    ("POST", f"{API}/swaps/<id:offer_id>/release"): Rule(KAMS | LEADERSHIP, "agreed"),
}
