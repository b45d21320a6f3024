"""Who may do what with the board's review, contributions and the survey: the board's part of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matrix_policy import (
    ALL_MARKS,
    API,
    EVERYBODY,
    HEADS,
    KAMS,
    LEADERSHIP,
    OVERSEERS,
    OWN,
    PUBLIC,
    STEERING,
    TO_ALL,
    Rule,
)
from stage import Stage

ELEMENTS: Final = ("strategy", "structure", "systems", "shared_values", "style", "staff", "skills")

SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "review": dict.fromkeys(OVERSEERS, OWN),
    "reviewed": TO_ALL,
    # That a plan has this number every head knows; of what stands in it a head sees the own department.
    "seen_plan": dict.fromkeys(HEADS | OVERSEERS, OWN),
    "resolution": dict.fromkeys(LEADERSHIP, OWN),
    # Finance, planner and administrator belong to no group of the survey.
    "round": dict.fromkeys(KAMS | HEADS | LEADERSHIP | {"specialist"}, OWN),
}


def _resolution(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"item": "general", "title": "The plan", "text": "Taken note of."}


def _round(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"name": "Next", "closes_on": "2027-01-20", "groups": ["@kam"]}


def _marks(_stage: Stage, _row: str) -> dict[str, Any]:
    return {element: {"current": 2, "target": 4} for element in ELEMENTS}


def _marks_form(_stage: Stage, _row: str) -> dict[str, Any]:
    return {f"{element}-{side}": "3" for element in ELEMENTS for side in ("current", "target")}


ROUTES: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", "/board/link/<secret>/review"): Rule(PUBLIC, "reviewed", everybody_sees=ALL_MARKS),
    ("GET", "/review"): Rule(OVERSEERS),
    ("GET", "/board/<number:number>/review"): Rule(OVERSEERS, "publication"),
    ("POST", "/board/<number:number>/review"): Rule(LEADERSHIP, "publication"),
    ("GET", "/board/<number:number>/review/<number:edition>"): Rule(OVERSEERS, "review", ("publication",)),
    ("POST", "/board/<number:number>/resolutions"): Rule(LEADERSHIP, "publication", body=_resolution),
    ("POST", "/resolutions/<id:resolution_id>/done"): Rule(LEADERSHIP, "resolution"),
    ("GET", "/contribution"): Rule(HEADS | OVERSEERS),
    ("POST", "/board/<number:number>/contribution"): Rule(STEERING, "publication"),
    ("GET", "/alignment"): Rule(OVERSEERS),
    ("GET", "/alignment/quarters.csv"): Rule(OVERSEERS),
    ("POST", "/surveys"): Rule(LEADERSHIP, body=_round),
    ("GET", "/surveys/<id:round_id>"): Rule(EVERYBODY, "round"),
    ("POST", "/surveys/<id:round_id>"): Rule(EVERYBODY, "round", body=_marks_form),
    ("POST", "/surveys/<id:round_id>/close"): Rule(LEADERSHIP, "round"),
    ("GET", f"{API}/publications/<number:number>/file"): Rule(OVERSEERS, "publication"),
    ("GET", f"{API}/publications/<number:number>/review"): Rule(OVERSEERS, "publication"),
    ("GET", f"{API}/publications/<number:number>/reviews"): Rule(OVERSEERS, "publication"),
    ("POST", f"{API}/publications/<number:number>/reviews"): Rule(LEADERSHIP, "publication"),
    ("GET", f"{API}/publications/<number:number>/reviews/<number:edition>"): Rule(
        OVERSEERS, "review", ("publication",)
    ),
    ("POST", f"{API}/publications/<number:number>/resolutions"): Rule(
        LEADERSHIP, "publication", body=_resolution
    ),
    ("POST", f"{API}/resolutions/<id:resolution_id>/done"): Rule(LEADERSHIP, "resolution"),
    ("GET", f"{API}/publications/<number:number>/contribution"): Rule(HEADS | OVERSEERS, "seen_plan"),
    ("POST", f"{API}/publications/<number:number>/contribution"): Rule(STEERING, "publication"),
    ("GET", f"{API}/alignment"): Rule(OVERSEERS),
    ("GET", f"{API}/alignment/quarters"): Rule(OVERSEERS),
    ("GET", f"{API}/surveys"): Rule(OVERSEERS),
    ("GET", f"{API}/surveys/groups"): Rule(LEADERSHIP),
    ("POST", f"{API}/surveys"): Rule(LEADERSHIP, body=_round),
    ("POST", f"{API}/surveys/<id:round_id>/close"): Rule(LEADERSHIP, "round"),
    ("POST", f"{API}/surveys/<id:round_id>/answer"): Rule(EVERYBODY, "round", body=_marks),
}
