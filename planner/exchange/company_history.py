"""Makes requests of earlier quarters from a company's files, with what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from planner.exchange.company_entry import Entry
from planner.exchange.company_files import Folder
from planner.exchange.company_findings import Findings, key
from planner.exchange.company_requests import note, typed_values
from planner.records import Account, Closing, ClosingState, RequestStatus, ResourceRequest, Result
from planner.services.closing.closing_values import claimed
from planner.services.filing.request_store import resolve, store
from planner.services.filing.request_values import RequestValues, problems_in, tidied

FINANCE_HOUR = time(14)


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of a request; shares in per mille, money in minor units, None for unknown."""

    result: Result
    delivered: int
    realised_minor: int | None
    ended_on: date
    punctual: bool | None
    feedback: int | None
    referral: bool
    reference_letter: bool
    reference: str
    lesson: str
    confirmed_by_id: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """One request of earlier times; without an end it expired and waits for somebody to say how it went."""

    where: str
    id: str
    values: RequestValues
    filed_at: datetime
    submitted_at: datetime
    ended: Ended | None


def history(folder: Folder) -> Iterator[Past]:
    """The requests of the file, oldest first."""
    for entry in folder.objects("history.json"):
        code = entry.code("code", "requests", 60)
        past = Past(
            where=entry.where,
            id=key("requests", code),
            values=typed_values(entry, None),
            filed_at=entry.moment("filed_at"),
            submitted_at=entry.moment("submitted_at"),
            ended=_ended(entry.part("outcome")) if entry.given("outcome") else None,
        )
        note(folder.found, entry.where, problems_in(past.values))
        yield past


def _ended(entry: Entry) -> Ended:
    row = Ended(
        result=entry.choice("result", Result),
        delivered=entry.percent("delivered_percent", 150),
        realised_minor=entry.euros("realised_eur") if entry.given("realised_eur") else None,
        ended_on=entry.day("ended_on"),
        punctual=entry.flag("punctual") if entry.given("punctual") else None,
        feedback=entry.whole("feedback", 1, 5) if entry.given("feedback") else None,
        referral=entry.flag("referral") if entry.given("referral") else False,
        reference_letter=entry.flag("reference_letter") if entry.given("reference_letter") else False,
        reference=entry.words("reference"),
        lesson=entry.words("lesson"),
        confirmed_by_id=entry.reference("confirmed_by", "users") if entry.given("confirmed_by") else None,
    )
    entry.close()
    return row


def place_history(session: Session, found: Findings, pasts: list[Past], accounts: dict[str, Account]) -> None:
    """Store them before the requests of today, so that their numbers are the first."""
    for order, past in enumerate(sorted(pasts, key=lambda each: each.submitted_at), start=1):
        account = accounts[past.values.account_id]
        references, unknown = resolve(session, past.values, "en")
        if unknown:
            note(found, past.where, unknown)
            continue
        ended = past.ended
        since = datetime.combine(ended.ended_on, FINANCE_HOUR, UTC) if ended else past.submitted_at
        row = ResourceRequest(
            id=past.id,
            account=account,
            kam_id=account.kam_id,
            filed_by_id=account.kam_id,
            obligation=False,
            contract_reference="",
            status=RequestStatus.CLOSED if ended else RequestStatus.EXPIRED,
            status_since=since,
            submitted_at=past.submitted_at,
            filing_order=order,
            return_reason="",
            created_at=past.filed_at,
        )
        store(session, row, tidied(past.values), references)
        if ended:
            session.flush()
            session.add(_closing(session, row, ended, since))


def _closing(session: Session, row: ResourceRequest, ended: Ended, at: datetime) -> Closing:
    hours = sum(line.quarter_hours for line in row.lines)
    probability, value = claimed(session, row, ended.delivered)
    return Closing(
        request_id=row.id,
        state=ClosingState.CONFIRMED if ended.confirmed_by_id else ClosingState.RECORDED,
        result=ended.result,
        delivered_quarter_hours=hours * ended.delivered // 1000,
        delivered_fraction=ended.delivered,
        claimed_probability=probability,
        claimed_value_minor=value,
        realised_value_minor=ended.realised_minor,
        ended_on=ended.ended_on,
        punctual_start=ended.punctual,
        feedback=ended.feedback,
        referral=ended.referral,
        reference_letter=ended.reference_letter,
        reference_text=ended.reference,
        lesson=ended.lesson,
        recorded_by_id=row.kam_id,
        recorded_at=at - timedelta(days=1),
        confirmed_by_id=ended.confirmed_by_id,
        confirmed_at=at if ended.confirmed_by_id else None,
    )
