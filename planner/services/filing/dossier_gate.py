"""What must be known of a customer before a plan counts on it; what cannot wait goes through without.

A claim about a customer of whom nobody wrote anything down rests on nothing that another person could check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from planner import checks, settings
from planner.clock import today, week_of
from planner.judging import judge
from planner.records import Account, ResourceRequest
from planner.services.customers.account_files import FIELDS, dossier
from planner.services.customers.worth import worth_in
from planner.services.planning.cycles import current_cycle
from planner.solving.demand import expedites
from planner.verdict import Message, Problem

FACTS: Final[Mapping[str, Message]] = {
    "channel": Message("Sales channel"),
    "relationship_stage": Message("Stage of cooperation"),
    "need": Message("What the customer needs"),
    "budget_minor": Message("Its budget"),
    "wallet_minor": Message("What it buys of our kind"),
    "threat": Message("Threat by competitors"),
    "contract_end": Message("End of the contract"),
    "figures": Message("Figures of every month"),
    "cash": Message("Cash flow of every month"),
    "decision_group": Message("Decision group"),
    "ratings": Message("Ratings"),
    "account_plan": Message("Account plan"),
}
"""What a dossier holds, in words."""

HUNDRED: Final = 100


def dossier_problems(session: Session, request: ResourceRequest) -> list[Problem]:
    """That too little is known of the customer, with what is missing; nothing for what cannot wait.

    How much is enough is a setting, in per cent of the facts that a dossier of such a customer holds.
    """
    least = settings.least_dossier()
    if cannot_wait(session, request) or _enough(_typed(request.account), len(FACTS), least):
        return []
    account = request.account
    company = judge(session, today())
    facts = dossier(account, worth_in(session, company, account.id, coarse=False))
    known = sum(facts.values())
    if _enough(known, len(facts), least):
        return []
    reason = (
        "%(known)d of the %(asked)d facts in the dossier of %(account)s are there; %(least)d %% are needed."
    )
    remedy = "Fill in more of it on the customer's page. Missing: %(missing)s."
    missing = [FACTS[name] for name, there in facts.items() if not there]
    return [
        checks.problem(
            "account_id",
            "E_DOSSIER_THIN",
            reason,
            remedy,
            known=known,
            asked=len(facts),
            account=account.name,
            least=least,
            missing=_listed(missing),
        )
    ]


def cannot_wait(session: Session, request: ResourceRequest) -> bool:
    """Whether no paper may hold the request up: a promise by contract, an issue, a dated deadline near."""
    cycle = current_cycle(session)
    first_week = cycle.first_week if cycle else week_of(today())
    return request.obligation or expedites(request, first_week)


def _typed(account: Account) -> int:
    """How many facts stand with the customer itself; mostly these are enough, and nothing else is read."""
    return sum(getattr(account, name) not in (None, "") for name in FIELDS)


def _enough(known: int, asked: int, least: int) -> bool:
    return known * HUNDRED >= least * asked


def _listed(parts: list[Message]) -> Message:
    """Messages after each other, each said in the reader's language."""
    params = {f"part{i}": part for i, part in enumerate(parts)}
    return Message(", ".join(f"%({name})s" for name in params), params)
