"""Makes requests from a company's files; what a request may say is judged by the rules for typed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from planner.exchange.company_entry import Entry
from planner.exchange.company_files import Folder
from planner.exchange.company_findings import Findings, key
from planner.records import (
    Account,
    EvidenceKind,
    Preference,
    Purpose,
    RequestStatus,
    RequestType,
    ResourceRequest,
    Stage,
)
from planner.services.filing.request_rules import incomplete
from planner.services.filing.request_store import resolve, store
from planner.services.filing.request_values import LineValues, RequestValues, problems_in, tidied
from planner.verdict import Problem

LOADABLE = (RequestStatus.DRAFT, RequestStatus.SUBMITTED, RequestStatus.RETURNED)

IN_THE_FILE = {
    "need_statement": "need",
    "avoidable_cost_minor": "avoidable_cost_eur",
    "money_budget_minor": "money_budget_eur",
    "outside_cost_minor": "outside_cost_eur",
    "curve": "chances",
    "fraction": "hours",
    "probability": "chance",
    "amount_minor": "eur",
    "skill_key": "skill",
    "min_level": "level",
    "quarter_hours": "hours",
    "language_key": "language",
    "specialist_code": "specialist",
    "max_specialists": "people",
    "account_id": "account",
    "curve_reason": "chance_reason",
    "goal_code": "goal",
}
"""How the fields of a typed request are called in the file."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One request of the file: what was typed, by whom, and where it stands."""

    where: str
    id: str
    values: RequestValues
    filed_by_id: str | None
    filed_at: datetime
    status: RequestStatus
    submitted_at: datetime | None
    returned_at: datetime | None
    return_reason: str
    confirmed_by_id: str | None


def requests(folder: Folder) -> Iterator[Filed]:
    """The requests as they stand in the file, each checked as if it had been typed."""
    for entry in folder.objects("requests.json"):
        code = entry.code("code", "requests", 60)
        status = entry.choice("status", RequestStatus) if entry.given("status") else RequestStatus.SUBMITTED
        if status not in LOADABLE:
            entry.wrong(
                "status", "A request comes to this only by planning.", "Write draft or returned, or nothing."
            )
        promise = entry.part("obligation") if entry.given("obligation") else None
        returned = status is RequestStatus.RETURNED
        filed = Filed(
            where=entry.where,
            id=key("requests", code),
            values=typed_values(entry, promise),
            filed_by_id=entry.reference("filed_by", "users") if entry.given("filed_by") else None,
            filed_at=entry.moment("filed_at"),
            status=status,
            submitted_at=entry.moment("submitted_at") if status is not RequestStatus.DRAFT else None,
            returned_at=entry.moment("returned_at") if returned else None,
            return_reason=entry.text("return_reason", 500) if returned else "",
            confirmed_by_id=(
                promise.reference("confirmed_by", "users")
                if promise and promise.given("confirmed_by")
                else None
            ),
        )
        if promise:
            promise.close()
        note(folder.found, entry.where, problems_in(filed.values))
        yield filed


def typed_values(entry: Entry, promise: Entry | None) -> RequestValues:
    """What somebody typed who filed this entry of the file."""
    return RequestValues(
        account_id=entry.reference("account", "accounts"),
        title=entry.text("title"),
        purpose=entry.choice("purpose", Purpose) if entry.given("purpose") else None,
        type=entry.choice("type", RequestType) if entry.given("type") else None,
        earliest_week=entry.week("earliest_week") if entry.given("earliest_week") else None,
        latest_week=entry.week("latest_week") if entry.given("latest_week") else None,
        deadline=entry.day("deadline") if entry.given("deadline") else None,
        deadline_source=entry.words("deadline_source", 300),
        offer_valid_until=entry.day("offer_valid_until") if entry.given("offer_valid_until") else None,
        need_statement=entry.words("need"),
        benefits=[(each.whole("month", 0, 120), each.euros("eur")) for each in entry.entries("benefits")],
        avoidable_cost_minor=entry.euros("avoidable_cost_eur") if entry.given("avoidable_cost_eur") else 0,
        money_budget_minor=entry.euros("money_budget_eur") if entry.given("money_budget_eur") else None,
        obligation=promise is not None,
        contract_reference=promise.text("contract_reference") if promise else "",
        lines=[_line(each) for each in entry.entries("lines")],
        curve=[(each.percent("hours", 150), each.percent("chance")) for each in entry.entries("chances")],
        stage=entry.choice("stage", Stage) if entry.given("stage") else None,
        curve_reason=entry.words("chance_reason", 300),
        goal_code=entry.code_of("goal", "goals") if entry.given("goal") else None,
        evidence=[
            (each.choice("kind", EvidenceKind).value, each.text("text", 2000), each.words("link", 500))
            for each in entry.entries("evidence")
        ],
    )


def _line(entry: Entry) -> LineValues:
    return LineValues(
        skill_key=entry.code_of("skill", "skills"),
        quarter_hours=entry.hours("hours"),
        min_level=entry.whole("level", 1, 5),
        language_key=entry.code_of("language", "skills") if entry.given("language") else None,
        language_level=entry.whole("language_level", 1, 5) if entry.given("language") else None,
        customer_facing=entry.flag("customer_facing") if entry.given("customer_facing") else False,
        activity=entry.words("activity", 120),
        specialist_code=entry.code_of("specialist", "specialists") if entry.given("specialist") else None,
        preference=(
            entry.choice("preference", Preference) if entry.given("preference") else Preference.NONE
        ).value,
        max_specialists=entry.whole("people", 1, 20) if entry.given("people") else 1,
        weekly_min=entry.hours("weekly_min") if entry.given("weekly_min") else None,
        weekly_max=entry.hours("weekly_max") if entry.given("weekly_max") else None,
        after=entry.wholes("after", 0, 39),
        alternative=entry.whole("alternative", 0, 40) if entry.given("alternative") else None,
        outside_cost_minor=entry.euros("outside_cost_eur") if entry.given("outside_cost_eur") else None,
        outside_source=entry.words("outside_source", 300),
    )


def in_filing_order(filed: Sequence[Filed]) -> list[Filed]:
    """Drafts last; the others by the time they were submitted, then as they stand in the file."""
    return sorted(filed, key=lambda each: (each.submitted_at is None, each.submitted_at or each.filed_at))


def place(
    session: Session, found: Findings, filed: Sequence[Filed], accounts: Mapping[str, Account], first: int = 1
) -> None:
    """Store the requests beside the rest of the company, or note what stands against it.

    Args:
        session: Holds the rest of the company already.
        found: Takes what is wrong.
        filed: The requests, checked as far as the files alone allow.
        accounts: The customers by id.
        first: The number of the first of them in the filing order.
    """
    for order, each in enumerate(in_filing_order(filed), start=first):
        account = accounts[each.values.account_id]
        references, unknown = resolve(session, each.values, "en")
        if unknown:
            note(found, each.where, unknown)
            continue
        row = ResourceRequest(
            id=each.id,
            account=account,
            kam_id=account.kam_id,
            filed_by_id=each.filed_by_id or account.kam_id,
            obligation=False,
            contract_reference="",
            status=each.status,
            status_since=each.returned_at or each.submitted_at or each.filed_at,
            submitted_at=each.submitted_at,
            filing_order=None if each.submitted_at is None else order,
            return_reason=each.return_reason,
            created_at=each.filed_at,
        )
        store(session, row, tidied(each.values), references)
        row.obligation_confirmed_by_id = each.confirmed_by_id
        if row.filed_by_id == each.confirmed_by_id:
            reason, remedy = "Who filed it cannot confirm it.", "Name finance or leadership."
            found.add(f"{each.where}/obligation/confirmed_by", "E_VALUE", reason, remedy)
        if each.status is RequestStatus.SUBMITTED:
            note(found, each.where, incomplete(session, row))


def note(found: Findings, where: str, problems: Sequence[Problem]) -> None:
    """Note faults of a typed request under the names that its fields have in the file."""
    for problem in problems:
        path = "/".join(IN_THE_FILE.get(part, part) for part in problem.where.split("/"))
        found.note(Problem(f"{where}/{path}", problem.code, problem.reason, problem.remedy))
