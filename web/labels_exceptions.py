"""Names of states and events of overrides, swaps and scenarios, and the look of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l

EXCEPTION_LABELS: Final[Mapping[str, Mapping[str, Any]]] = {
    "OverrideKind": {
        "grant": _l("Grant"),
        "refuse": _l("Refuse"),
        "forbid": _l("Keep a person off"),
        "pin": _l("Put a person on"),
        "capacity": _l("Other capacity"),
    },
    "OverrideState": {
        "waiting": _l("Waits for a second signature"),
        "active": _l("Signed"),
        "declined": _l("Declined"),
        "withdrawn": _l("Withdrawn"),
    },
    "SwapState": {
        "offered": _l("Waits for an answer"),
        "checking": _l("Being checked"),
        "agreed": _l("Agreed"),
        "failed": _l("Somebody else would lose"),
        "declined": _l("Declined"),
        "withdrawn": _l("Withdrawn"),
    },
    "Source": {
        "swap": _l("Agreed swap"),
        "override": _l("Override"),
        "approval": _l("Approval by a head"),
        "offer": _l("Accepted counter-offer"),
        "rejection": _l("Rejection by a head"),
        "promise": _l("Published hours"),
    },
    "ScenarioState": {
        "open": _l("In use"),
        "promoted": _l("Promoted"),
        "archived": _l("Put aside"),
    },
}

EXCEPTION_EVENTS: Final[Mapping[str, Any]] = {
    "override.priced": _l("Price of an override asked for"),
    "override.signed": _l("Override signed"),
    "override.seconded": _l("Override signed by a second person"),
    "override.declined": _l("Override declined"),
    "override.withdrawn": _l("Override withdrawn"),
    "swap.offered": _l("Swap offered"),
    "swap.accepted": _l("Swap accepted"),
    "swap.declined": _l("Swap declined"),
    "swap.withdrawn": _l("Swap offer withdrawn"),
    "swap.released": _l("Agreed swap released"),
    "swap.checked": _l("Swap checked"),
    "scenario.created": _l("Scenario made"),
    "scenario.changed": _l("Scenario changed"),
    "scenario.promoted": _l("Scenario promoted"),
    "trade_off.asked": _l("Trade-off asked for"),
    "trade_off.stopped": _l("Trade-off stopped"),
}

EXCEPTION_MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("mark-part", "clock"),
    "active": ("mark-good", "lock"),
    "declined": ("mark-bad", "cross"),
    "offered": ("mark-work", "send"),
    "checking": ("mark-work", "run"),
    "agreed": ("mark-good", "check"),
    "promoted": ("mark-good", "up"),
    "archived": ("", "trash"),
}
