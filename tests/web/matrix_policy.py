"""Who may do what on whose rows, written down a second time and apart from the code.

`test_matrix.py` holds the application against this table: a route that is missing here fails, so does one
that lets in somebody else. Add a row for every new route. `own` rows are Nora's (of Alfa, asking Hana's
people), `other` rows Kai's (of Gamma, asking Lena's people); see `stage.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from stage import AMOUNT, MONEY, OUTLINE, Stage

PEOPLE: Final[Mapping[str, str | None]] = {
    "anonymous": None,
    "revoked": "sven",
    "kam_own": "nora",
    "kam_other": "kai",
    "head_own": "hana",
    "head_other": "lena",
    "leadership": "lukas",
    "planner": "petra",
    "finance": "filip",
    "admin": "adam",
    "specialist": "ann",
}
"""Every identity by the first name of who stands for it."""

OUTSIDERS: Final = frozenset({"anonymous", "revoked"})
KAMS: Final = frozenset({"kam_own", "kam_other"})
HEADS: Final = frozenset({"head_own", "head_other"})
LEADERSHIP: Final = frozenset({"leadership"})
STEERING: Final = frozenset({"leadership", "planner"})
OVERSEERS: Final = STEERING | {"finance"}
BUSINESS: Final = KAMS | HEADS | OVERSEERS
ADMIN: Final = frozenset({"admin"})
EVERYBODY: Final = BUSINESS | ADMIN | {"specialist"}
PUBLIC: Final = EVERYBODY | OUTSIDERS

BOTH: Final = frozenset({"own", "other"})
OWN, OTHER = frozenset({"own"}), frozenset({"other"})
TO_OVERSEERS: Final = dict.fromkeys(OVERSEERS, BOTH)
TO_KAMS: Final = {"kam_own": OWN, "kam_other": OTHER}
TO_HEADS: Final = {"head_own": OWN, "head_other": OTHER}
TO_ALL: Final = dict.fromkeys(PUBLIC, OWN)

SIGHT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "request": {**TO_OVERSEERS, **TO_KAMS, **TO_HEADS},
    "draft": {**TO_OVERSEERS, **TO_KAMS},
    "account": {**TO_OVERSEERS, **TO_KAMS},
    "proposal": {**TO_HEADS},
    "run": dict.fromkeys(OVERSEERS, OWN),
    "cycle": TO_ALL,
    "publication": dict.fromkeys(OVERSEERS, OWN),
    "link": dict.fromkeys(LEADERSHIP, OWN),
    "secret": TO_ALL,
    "user": dict.fromkeys(ADMIN, OWN),
    "offer": {**TO_KAMS},
    # Everybody has notifications of their own; the two are Nora's and Kai's.
    "notice": {**TO_KAMS},
    "key": {**TO_KAMS},
    # Hana lent hers to Dan, Kai his to Nora; an administrator may end both.
    "delegation": {"head_own": OWN, "kam_other": OTHER, "admin": BOTH},
    "answerable": dict.fromkeys(LEADERSHIP, BOTH),
    "definition": dict.fromkeys(KAMS | OVERSEERS, OWN),
    "kam": {**dict.fromkeys(LEADERSHIP, BOTH), **TO_KAMS},
    "figure": {**dict.fromkeys(OVERSEERS, OWN), "kam_own": OWN},
}
"""Which rows of each kind exist for whom; there is one cycle, run, publication, link and user."""


def marks(owner: str) -> frozenset[str]:
    """Everything that tells a side's money: texts, amounts in minor and whole units, three tenths of them."""
    minor = AMOUNT[owner]
    return frozenset(
        {MONEY[owner]}
        | {text for part in (minor, minor * 3 // 10) for text in (str(part), f"{part // 100:,}")}
    )


NORA, KAI = frozenset({OUTLINE["nora"]}), frozenset({OUTLINE["kai"]})
ALL_MARKS: Final = NORA | KAI | marks("nora") | marks("kai")
SEES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(PUBLIC, frozenset[str]()),
    **dict.fromkeys(OVERSEERS, ALL_MARKS),
    "kam_own": NORA | marks("nora"),
    "kam_other": KAI | marks("kai"),
    "head_own": NORA,
    "head_other": KAI,
}
"""Which marks may stand in an answer to whom. Everything else is a leak."""

Body = Callable[[Stage, str], Any]


@dataclass(frozen=True)
class Rule:
    """Who may use a route.

    `kind` is the kind of row that its last parameter, or with `in_body` a field of its body, names; `before`
    those of the parameters before it. `body` gives JSON for the API and a form for pages; `query` stands
    behind the address.
    """

    who: frozenset[str]
    kind: str = ""
    before: tuple[str, ...] = ()
    in_body: bool = False
    body: Body = lambda _stage, _row: None
    everybody_sees: frozenset[str] = frozenset()
    query: str = ""


def _version(stage: Stage, row: str) -> dict[str, Any]:
    return {"version": str(stage.versions.get(row, 1))}


def _reason(stage: Stage, row: str) -> dict[str, Any]:
    return {**_version(stage, row), "reason": "No longer needed by the customer."}


def _words(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"reason": "No longer needed by the customer."}


def _nothing(_stage: Stage, _row: str) -> dict[str, Any]:
    return {}


def _content(_stage: Stage, row: str) -> dict[str, Any]:
    return {"account_id": row, "title": "Of nobody's concern"}


def _form(_stage: Stage, row: str) -> dict[str, Any]:
    return {"account_id": row, "title": "Of nobody's concern"}


def _kais_content(stage: Stage, row: str) -> dict[str, Any]:
    side = "other" if row == stage.rows["draft"]["other"] else "own"
    return _content(stage, str(stage.rows["account"][side]))


def _rejection(stage: Stage, row: str) -> dict[str, Any]:
    return {**_version(stage, row), "reason": "overload", "text": "Too much at once."}


def _decision(stage: Stage, row: str) -> dict[str, Any]:
    side = next((s for s, key in stage.rows["request"].items() if key == row), "nothing")
    part = stage.rows["proposal"][side]
    parts = [{"proposal_id": part, "version": stage.versions.get(part, 1)}]
    return {"run_id": stage.rows["run"]["own"], "outcome": "approved", "parts": parts}


def _decision_form(stage: Stage, row: str) -> dict[str, Any]:
    told = _decision(stage, row)
    (part,) = told["parts"]
    return {
        "run": told["run_id"],
        "outcome": "approved",
        f"version-{part['proposal_id']}": str(part["version"]),
    }


def _many(stage: Stage, row: str) -> dict[str, Any]:
    return {"parts": [{"proposal_id": row, "version": stage.versions.get(row, 1)}]}


def _offer(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"hours": [{"specialist_id": "nobody", "week": "2027-W09", "quarter_hours": 4}]}


def _offer_form(stage: Stage, row: str) -> dict[str, Any]:
    return {**_version(stage, row), "who-0": "nobody", "week-0": "2027-W09", "hours-0": "1"}


def _comment(_stage: Stage, _row: str) -> dict[str, Any]:
    return {"text": "When can we talk about it?"}


def _head(stage: Stage, _row: str) -> dict[str, Any]:
    return {"user_id": stage.world.ids["dan"], "reason": "Both have an interest in it."}


API = "/api/v1"
ROUTES: Final[Mapping[tuple[str, str], Rule]] = {
    ("GET", "/static/<path:filename>"): Rule(PUBLIC),
    ("GET", "/sign-in"): Rule(PUBLIC),
    ("POST", "/sign-in"): Rule(PUBLIC),
    ("POST", "/sign-out"): Rule(EVERYBODY),
    ("POST", "/language"): Rule(EVERYBODY, body=lambda _s, _r: {"language": "pl"}),
    ("GET", "/"): Rule(EVERYBODY),
    ("GET", "/requests"): Rule(BUSINESS),
    ("GET", "/requests.csv"): Rule(BUSINESS),
    ("GET", "/requests/new"): Rule(KAMS),
    ("POST", "/requests"): Rule(KAMS, "account", in_body=True, body=_form),
    ("POST", "/requests/draft"): Rule(KAMS),
    ("POST", "/requests/form"): Rule(KAMS),
    ("POST", "/requests/hints"): Rule(KAMS),
    ("GET", "/requests/<id:request_id>"): Rule(BUSINESS, "request"),
    ("GET", "/requests/<id:request_id>/edit"): Rule(KAMS, "draft"),
    ("POST", "/requests/<id:request_id>/submit"): Rule(KAMS, "draft", body=_version),
    ("POST", "/requests/<id:request_id>/withdraw"): Rule(KAMS, "draft", body=_reason),
    ("POST", "/requests/<id:request_id>/return"): Rule(STEERING, "request", body=_reason),
    ("POST", "/requests/<id:request_id>/admit"): Rule(LEADERSHIP, "request", body=_reason),
    ("GET", "/requests/<id:request_id>/card"): Rule(KAMS | OVERSEERS, "request"),
    ("POST", "/requests/<id:request_id>/ask"): Rule(KAMS | OVERSEERS, "request"),
    ("POST", "/requests/<id:request_id>/confirm"): Rule(
        frozenset({"leadership", "finance"}), "request", body=_version
    ),
    ("POST", "/requests/<id:request_id>/decision"): Rule(HEADS, "request", body=_decision_form),
    ("GET", "/obligations"): Rule(frozenset({"leadership", "finance"})),
    ("GET", "/accounts"): Rule(KAMS | OVERSEERS),
    ("GET", "/accounts/<id:account_id>"): Rule(KAMS | OVERSEERS, "account"),
    ("GET", "/accounts.csv"): Rule(KAMS | OVERSEERS),
    ("GET", "/accounts/<id:account_id>/figures/<name>"): Rule(KAMS | OVERSEERS, "figure", ("account",)),
    ("GET", "/portfolio"): Rule(OVERSEERS),
    ("GET", "/portfolio/hours.csv"): Rule(OVERSEERS),
    ("GET", "/requests/<id:request_id>/worth"): Rule(KAMS | OVERSEERS, "request"),
    ("GET", "/definitions"): Rule(BUSINESS),
    ("POST", "/definitions"): Rule(LEADERSHIP),
    ("GET", "/definitions/<id:definition_id>"): Rule(BUSINESS, "definition"),
    ("POST", "/definitions/<id:definition_id>"): Rule(LEADERSHIP, "definition", body=_version),
    ("POST", "/definitions/<id:definition_id>/propose"): Rule(LEADERSHIP, "definition", body=_version),
    ("POST", "/definitions/<id:definition_id>/return"): Rule(LEADERSHIP, "definition", body=_reason),
    ("POST", "/definitions/<id:definition_id>/approve"): Rule(LEADERSHIP, "definition", body=_version),
    ("GET", "/calibration"): Rule(KAMS | LEADERSHIP),
    ("GET", "/calibration/<id:kam_id>"): Rule(KAMS | LEADERSHIP, "kam"),
    ("GET", "/kam-loads"): Rule(OVERSEERS),
    ("GET", "/expectations"): Rule(KAMS | LEADERSHIP),
    ("GET", "/inbox"): Rule(HEADS),
    ("GET", "/outbox"): Rule(HEADS),
    ("POST", "/proposals/<id:proposal_id>/approve"): Rule(HEADS, "proposal", body=_version),
    ("POST", "/proposals/<id:proposal_id>/reject"): Rule(HEADS, "proposal", body=_rejection),
    ("POST", "/proposals/<id:proposal_id>/reopen"): Rule(HEADS, "proposal", body=_version),
    ("GET", "/proposals/<id:proposal_id>/consequence"): Rule(HEADS, "proposal"),
    ("POST", "/proposals/<id:proposal_id>/consequence"): Rule(HEADS, "proposal"),
    ("POST", "/inbox/approve"): Rule(
        HEADS, "proposal", in_body=True, body=lambda s, r: {"part": f"{r}:{s.versions.get(r, 1)}"}
    ),
    ("POST", "/proposals/<id:proposal_id>/counter"): Rule(HEADS, "proposal", body=_offer_form),
    ("POST", "/proposals/<id:proposal_id>/head"): Rule(LEADERSHIP, "answerable", body=_head),
    ("GET", "/offers"): Rule(KAMS),
    ("POST", "/offers/<id:offer_id>/accept"): Rule(KAMS, "offer", body=_version),
    ("POST", "/offers/<id:offer_id>/decline"): Rule(KAMS, "offer", body=_version),
    ("GET", "/waiting"): Rule(STEERING),
    ("GET", "/requests/<id:request_id>/comments"): Rule(BUSINESS, "request"),
    ("POST", "/requests/<id:request_id>/comments"): Rule(BUSINESS, "request", body=_comment),
    ("GET", "/notices"): Rule(EVERYBODY),
    ("POST", "/notices/read"): Rule(EVERYBODY),
    ("POST", "/notices/<id:notice_id>/read"): Rule(EVERYBODY, "notice"),
    ("GET", "/delegations"): Rule(KAMS | HEADS | ADMIN),
    ("POST", "/delegations"): Rule(KAMS | HEADS),
    ("POST", "/delegations/<id:delegation_id>/revoke"): Rule(KAMS | HEADS | ADMIN, "delegation"),
    ("GET", "/my-weeks"): Rule(frozenset({"specialist"}), everybody_sees=NORA),
    ("GET", "/plan"): Rule(KAMS | HEADS | STEERING),
    ("GET", "/runs"): Rule(OVERSEERS),
    ("GET", "/runs/<id:run_id>"): Rule(OVERSEERS, "run"),
    ("GET", "/runs/<id:run_id>/live"): Rule(OVERSEERS, "run"),
    ("GET", "/runs/<id:run_id>/compare"): Rule(OVERSEERS, "run"),
    ("POST", "/runs/<id:run_id>/stop"): Rule(STEERING, "run"),
    ("POST", "/runs/<id:run_id>/repeat"): Rule(STEERING, "run"),
    ("POST", "/runs/<id:run_id>/publish"): Rule(LEADERSHIP, "run", body=lambda _s, _r: {"sure": "1"}),
    ("GET", "/cycles"): Rule(EVERYBODY),
    ("POST", "/cycles"): Rule(STEERING),
    ("POST", "/cycles/<id:cycle_id>/close"): Rule(STEERING, "cycle", body=_version),
    ("POST", "/cycles/<id:cycle_id>/runs"): Rule(STEERING, "cycle"),
    ("GET", "/publications"): Rule(OVERSEERS),
    ("GET", "/board/<number:number>"): Rule(OVERSEERS, "publication"),
    ("POST", "/board/<number:number>/links"): Rule(
        LEADERSHIP, "publication", body=lambda _s, _r: {"days": "7"}
    ),
    ("POST", "/board/<number:number>/links/<id:link_id>/revoke"): Rule(LEADERSHIP, "link", ("publication",)),
    ("GET", "/board/link/<secret>"): Rule(PUBLIC, "secret", everybody_sees=ALL_MARKS),
    ("GET", "/users"): Rule(ADMIN),
    ("POST", "/users"): Rule(ADMIN),
    ("POST", "/users/<id:user_id>"): Rule(ADMIN, "user", body=_version),
    ("POST", "/users/<id:user_id>/password"): Rule(ADMIN, "user"),
    ("GET", "/profile"): Rule(EVERYBODY),
    ("POST", "/profile/password"): Rule(EVERYBODY),
    ("POST", "/profile/keys"): Rule(EVERYBODY, body=lambda _s, _r: {"name": "A", "days": "1"}),
    ("POST", "/profile/keys/<id:token_id>/revoke"): Rule(EVERYBODY, "key"),
    ("GET", "/audit"): Rule(ADMIN),
    ("GET", "/api/docs"): Rule(PUBLIC),
    ("GET", f"{API}/openapi.json"): Rule(PUBLIC),
    ("POST", f"{API}/tokens"): Rule(PUBLIC, body=_nothing),
    ("DELETE", f"{API}/tokens/current"): Rule(EVERYBODY),
    ("GET", f"{API}/me"): Rule(EVERYBODY),
    ("GET", f"{API}/accounts"): Rule(KAMS | OVERSEERS),
    ("GET", f"{API}/accounts/<id:account_id>"): Rule(KAMS | OVERSEERS, "account"),
    ("GET", f"{API}/accounts/<id:account_id>/worth"): Rule(KAMS | OVERSEERS, "account"),
    ("GET", f"{API}/worths"): Rule(KAMS | OVERSEERS),
    ("GET", f"{API}/portfolio"): Rule(OVERSEERS),
    ("GET", f"{API}/requests/<id:request_id>/worth"): Rule(KAMS | OVERSEERS, "request"),
    ("GET", f"{API}/kams/<id:kam_id>/calibration"): Rule(KAMS | LEADERSHIP, "kam"),
    ("GET", f"{API}/definitions"): Rule(BUSINESS),
    ("GET", f"{API}/skills"): Rule(EVERYBODY),
    ("GET", f"{API}/departments"): Rule(EVERYBODY),
    ("GET", f"{API}/specialists"): Rule(KAMS | HEADS | STEERING | ADMIN),
    ("GET", f"{API}/requests"): Rule(BUSINESS),
    ("POST", f"{API}/requests"): Rule(KAMS, "account", in_body=True, body=_content),
    ("GET", f"{API}/requests/<id:request_id>"): Rule(BUSINESS, "request"),
    ("PUT", f"{API}/requests/<id:request_id>"): Rule(KAMS, "draft", body=_kais_content),
    ("POST", f"{API}/requests/<id:request_id>/submit"): Rule(KAMS, "draft"),
    ("POST", f"{API}/requests/<id:request_id>/again"): Rule(KAMS, "draft"),
    ("POST", f"{API}/requests/<id:request_id>/withdraw"): Rule(KAMS, "draft", body=_words),
    ("POST", f"{API}/requests/<id:request_id>/return"): Rule(STEERING, "request", body=_words),
    ("POST", f"{API}/requests/<id:request_id>/admit"): Rule(LEADERSHIP, "request", body=_words),
    ("GET", f"{API}/requests/<id:request_id>/refusal"): Rule(KAMS | OVERSEERS, "request"),
    ("POST", f"{API}/requests/<id:request_id>/refusal"): Rule(KAMS | OVERSEERS, "request"),
    ("POST", f"{API}/requests/<id:request_id>/obligation"): Rule(
        frozenset({"leadership", "finance"}), "request"
    ),
    ("POST", f"{API}/requests/<id:request_id>/decision"): Rule(HEADS, "request", body=_decision),
    ("GET", f"{API}/obligations"): Rule(frozenset({"leadership", "finance"})),
    ("GET", f"{API}/cycles"): Rule(EVERYBODY),
    ("POST", f"{API}/cycles"): Rule(STEERING, body=_nothing),
    ("POST", f"{API}/cycles/<id:cycle_id>/close"): Rule(STEERING, "cycle"),
    ("GET", f"{API}/cycles/<id:cycle_id>/runs"): Rule(OVERSEERS, "cycle"),
    ("POST", f"{API}/cycles/<id:cycle_id>/runs"): Rule(STEERING, "cycle", body=_nothing),
    ("GET", f"{API}/runs/<id:run_id>"): Rule(OVERSEERS, "run"),
    ("GET", f"{API}/runs/<id:run_id>/comparison"): Rule(OVERSEERS, "run"),
    ("GET", f"{API}/loads"): Rule(KAMS | HEADS | STEERING),
    ("POST", f"{API}/runs/<id:run_id>/stop"): Rule(STEERING, "run"),
    ("POST", f"{API}/runs/<id:run_id>/repeat"): Rule(STEERING, "run"),
    ("POST", f"{API}/runs/<id:run_id>/publish"): Rule(LEADERSHIP, "run"),
    ("GET", f"{API}/inbox"): Rule(HEADS),
    ("POST", f"{API}/inbox/approve"): Rule(HEADS, "proposal", in_body=True, body=_many),
    ("POST", f"{API}/proposals/<id:proposal_id>/counter"): Rule(HEADS, "proposal", body=_offer),
    ("POST", f"{API}/proposals/<id:proposal_id>/head"): Rule(LEADERSHIP, "answerable", body=_head),
    ("GET", f"{API}/offers"): Rule(KAMS),
    ("POST", f"{API}/offers/<id:offer_id>/accept"): Rule(KAMS, "offer", body=_nothing),
    ("POST", f"{API}/offers/<id:offer_id>/decline"): Rule(KAMS, "offer", body=_nothing),
    ("GET", f"{API}/waiting"): Rule(STEERING),
    ("GET", f"{API}/requests/<id:request_id>/comments"): Rule(BUSINESS, "request"),
    ("POST", f"{API}/requests/<id:request_id>/comments"): Rule(BUSINESS, "request", body=_comment),
    ("GET", f"{API}/notices"): Rule(EVERYBODY),
    ("POST", f"{API}/notices/read"): Rule(EVERYBODY),
    ("POST", f"{API}/notices/<id:notice_id>/read"): Rule(EVERYBODY, "notice"),
    ("GET", f"{API}/delegations"): Rule(KAMS | HEADS | ADMIN),
    ("POST", f"{API}/delegations"): Rule(KAMS | HEADS, body=_nothing),
    ("DELETE", f"{API}/delegations/<id:delegation_id>"): Rule(KAMS | HEADS | ADMIN, "delegation"),
    ("GET", f"{API}/weeks"): Rule(frozenset({"specialist"}), everybody_sees=NORA),
    ("GET", f"{API}/proposals/<id:proposal_id>"): Rule(HEADS, "proposal"),
    ("POST", f"{API}/proposals/<id:proposal_id>/approve"): Rule(HEADS, "proposal"),
    ("POST", f"{API}/proposals/<id:proposal_id>/reject"): Rule(
        HEADS, "proposal", body=lambda _s, _r: {"reason": "overload"}
    ),
    ("POST", f"{API}/proposals/<id:proposal_id>/reopen"): Rule(HEADS, "proposal"),
    ("GET", f"{API}/proposals/<id:proposal_id>/consequence"): Rule(HEADS, "proposal"),
    ("POST", f"{API}/proposals/<id:proposal_id>/consequence"): Rule(HEADS, "proposal"),
    ("GET", f"{API}/publications"): Rule(OVERSEERS),
    ("GET", f"{API}/publications/<number:number>"): Rule(OVERSEERS, "publication"),
    ("POST", f"{API}/publications/<number:number>/links"): Rule(LEADERSHIP, "publication", body=_nothing),
    ("GET", f"{API}/audit"): Rule(ADMIN),
}
