"""Facts of the dossier that whoever keeps a customer writes down: nothing here scores or weighs.

What a criterion measures, such as what the customer buys elsewhere or how near a competitor is, comes with
the files of the customers, from other hands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing
from planner.permissions import Action, may
from planner.records import Account, Channel
from planner.services.customers.keepers import kept_account
from planner.services.versions import check_version
from planner.verdict import Problem, require

LONGEST_NEED = 2_000


@dataclass(frozen=True, slots=True)
class FactValues:
    """How the customer is reached, what it needs and may spend in a year (minor units), until when.

    None and "" mean not known.
    """

    channel: str | None = None
    need: str = ""
    budget_minor: int | None = None
    contract_end: date | None = None


def save_facts(session: Session, actor: Actor, account_id: str, version: int, values: FactValues) -> Account:
    """Write down what is known of an own customer; the same facts again change nothing.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_VERSION_STALE; E_INVALID with every value at fault.
    """
    require(may(actor, Action.EDIT_RELATIONS))
    account = kept_account(session, actor, account_id)
    check_version(session, account, version)
    checks.require_well_formed(_problems(values))
    with changing(session, actor, Event.ACCOUNT_CHANGED, account):
        account.channel = Channel(values.channel) if values.channel else None
        account.need = checks.tidy(values.need)
        account.budget_minor = values.budget_minor
        account.contract_end = values.contract_end
    return account


def _problems(values: FactValues) -> list[Problem]:
    found = checks.choice("channel", values.channel, Channel) if values.channel else []
    found += checks.text("need", values.need, LONGEST_NEED, lines=True)
    if values.budget_minor is not None:
        found += checks.money("budget_minor", values.budget_minor)
    day = values.contract_end
    if day is not None and day.year not in checks.YEARS:
        reason, remedy = "This date is out of range.", "Choose a day from 2000 to 2100."
        found.append(checks.problem("contract_end", "E_DATE", reason, remedy))
    return found
