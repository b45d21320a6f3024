"""Importing requests: several rows with the same code are one request, which comes in as a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from planner.exchange.company_findings import key
from planner.exchange.kinds import Column, Importer, Item, Progress
from planner.exchange.lines import Line, index_of
from planner.exchange.money import euros
from planner.records import (
    Account,
    EvidenceKind,
    ImportKind,
    Preference,
    Purpose,
    RequestType,
    ResourceRequest,
    Stage,
)
from planner.scope import accounts_of
from planner.services.filing import requests
from planner.services.filing.request_store import resolve, values_of
from planner.services.filing.request_values import LAST_MONTH, LineValues, RequestValues, problems_in, tidied
from planner.transitions import RequestAction, target
from planner.usual import usual_chances
from planner.verdict import Message

LEVELS: Final = {"chance_0": 0, "chance_50": 500, "chance_100": 1000, "chance_150": 1500}
HEADING: Final = (
    *("title", "purpose", "type", "earliest_week", "latest_week", "deadline", "deadline_source", "need"),
    *("avoidable_cost", "contract_reference", *LEVELS, "stage", "chance_reason", "goal"),
    *("offer_valid_until", "money_budget"),
)
"""Columns of the request as a whole; the first of its rows holds them."""

LATER: Final = {
    "stage": "stage",
    "curve_reason": "chance_reason",
    "goal_code": "goal",
    "offer_valid_until": "offer_valid_until",
    "money_budget_minor": "money_budget",
}
"""Values of a request that older files have no column for."""

COLUMN_OF: Final = {
    "need_statement": "need",
    "avoidable_cost_minor": "avoidable_cost",
    "money_budget_minor": "money_budget",
    "outside_cost_minor": "outside_cost",
    "skill_key": "skill",
    "quarter_hours": "hours",
    "min_level": "level",
    "language_key": "language",
    "specialist_code": "specialist",
    "max_specialists": "people",
    "account_id": "account",
    "goal_code": "goal",
    "curve_reason": "chance_reason",
    "curve": "chance_100",
    "benefits": "value",
    "lines": "skill",
    "amount_minor": "value",
    "month": "value_month",
    "kind": "evidence_kind",
    "text": "evidence",
    "link": "evidence_link",
}
"""Where a fault of a typed request stands in the file."""


class Requests(Importer):
    """The actor's own requests; a code stays with its request, so the same file again changes nothing."""

    kind = ImportKind.REQUESTS
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "request",
            Message("A code of your own; rows with the same code are one request"),
            "R-2027-01",
            required=True,
        ),
        Column("account", Message("The customer's code"), "nordwind", required=True),
        Column("title", Message("What it is about"), "Tender for line 4"),
        Column("purpose", Message("win, grow, retain or defend"), "win"),
        Column("type", Message("Such as tender, proposal or issue"), "tender"),
        Column("earliest_week", Message("First week in which work makes sense"), "2027-W05"),
        Column("latest_week", Message("Last such week"), "2027-W09"),
        Column("deadline", Message("The customer's date, if there is one"), ""),
        Column("deadline_source", Message("Where that date comes from"), ""),
        Column("need", Message("What the specialist needs to know"), ""),
        Column("avoidable_cost", Message("Cost that arises only when it is granted, such as travel"), "0"),
        Column("contract_reference", Message("The contract, when the work is owed"), ""),
        Column("chance_0", Message("Chance in per cent if you get nothing"), "20"),
        Column("chance_50", Message("Chance with half of the hours"), ""),
        Column("chance_100", Message("Chance with all hours"), "50"),
        Column("chance_150", Message("Chance with half as many again"), ""),
        Column("value_month", Message("Months from now until the contribution comes"), "6"),
        Column("value", Message("Contribution expected then"), "60000"),
        Column("skill", Message("The key of a skill that is needed"), "plc"),
        Column("level", Message("Its least level, from 1 to 5"), "3"),
        Column("hours", Message("Hours of it"), "40"),
        Column("language", Message("The key of a language, if one is needed"), ""),
        Column("language_level", Message("Its least level"), ""),
        Column("customer_facing", Message("Whether the customer is met: yes or no"), "no"),
        Column("specialist", Message("The code of a person, if somebody is meant"), ""),
        Column("preference", Message("none, prefer or require"), ""),
        Column("people", Message("Most people who may share it"), "1"),
        Column("alternative", Message("Rows with different numbers are alternatives"), ""),
        Column("evidence_kind", Message("What the claim rests on"), "own_estimate"),
        Column("evidence", Message("The evidence in a sentence"), "Three tenders like this one."),
        Column("evidence_link", Message("A web address"), ""),
        Column(
            "stage",
            Message("first_contact, proposal, negotiation, running or renewal; empty is not known"),
            "",
        ),
        Column("chance_reason", Message("Why the chances differ from those usual at the stage"), ""),
        Column("goal", Message("The code of the company's goal that it serves"), ""),
        Column("offer_valid_until", Message("Until when our offer to the customer is valid"), ""),
        Column("money_budget", Message("Most that may be paid outside for its lines"), ""),
        Column("outside_cost", Message("Price if somebody outside does this line"), ""),
        Column("outside_source", Message("Who offers that price"), ""),
    )

    def prepare(self) -> None:
        """Look up the actor's customers and requests."""
        own = select(Account).where(accounts_of(self.session, self.actor))
        accounts = list(self.session.scalars(own))
        self.accounts = index_of([(row.code, row.id) for row in accounts])
        query = select(ResourceRequest).where(ResourceRequest.account_id.in_(self.accounts.values()))
        parts = (
            ResourceRequest.lines,
            ResourceRequest.benefits,
            ResourceRequest.curve,
            ResourceRequest.evidence,
        )
        loaded = query.options(*(selectinload(part) for part in parts))
        self.stored = {row.id: row for row in self.session.scalars(loaded)}
        self.groups: dict[str, list[Line]] = {}

    def read(self, line: Line) -> None:
        """Keep the row with the others of its request."""
        code = line.code("request")
        if code:
            self.groups.setdefault(code.casefold(), []).append(line)

    def finish(self) -> None:
        """Put the rows together and check each request as if it had been typed."""
        for lines in self.groups.values():
            self._request(lines)

    def _identity(self, code: str) -> str:
        """The id that a code stands for: the id itself in a file that was exported here."""
        return (
            code
            if code in self.stored
            else key("imported requests", f"{self.actor.user_id} {code.casefold()}")
        )

    def _request(self, lines: Sequence[Line]) -> None:
        head = lines[0]
        account = head.known("account", self.accounts, required=True)
        self._compare_headings(lines)
        values, places = self._values(lines, account or "")
        if not all(line.good for line in lines) or account is None:
            return
        code = str(head.cells["request"]).strip()
        row = self.stored.get(self._identity(code))
        if row is not None:
            values = _kept(values, values_of(row), head)
        found = problems_in(values) or resolve(self.session, values, self.actor.language)[1]
        for problem in found:
            line, column = _place(problem.where, head, places)
            line.problem(column, problem)
        if found:
            return
        item = Item(code, head.row, {"values": values}, row)
        if row is not None:
            self._note_changes(head, item, row, values)
        self.items.append(item)

    def _compare_headings(self, lines: Sequence[Line]) -> None:
        """What concerns the whole request stands in its first row; others repeat it or leave it empty."""
        head = lines[0]
        for line in lines[1:]:
            for column in ("account", *HEADING):
                cell = line.cells.get(column)
                if cell not in ("", None) and cell != head.cells.get(column):
                    reason = "This differs from row %(row)s of the same request."
                    remedy = "Empty it, or write the same."
                    line.wrong(column, "E_REQUEST_SPLIT", reason, remedy, row=head.row)

    def _note_changes(self, head: Line, item: Item, row: ResourceRequest, values: RequestValues) -> None:
        before, after = values_of(row), _titled(tidied(values, usual_chances(self.session)), row)
        if before == after:
            return
        both = zip(self.columns, _told(before), _told(after), strict=True)
        told = {column.name: (old, new) for column, old, new in both if old != new}
        item.changes = told or {"request": (item.label, item.label)}
        if target(row, RequestAction.EDIT) is None:
            reason = "This request is %(state)s and cannot be changed any more."
            remedy = "Leave it out of the file."
            head.wrong("request", "E_STATE", reason, remedy, state=Message(row.status.value))

    def _values(self, lines: Sequence[Line], account: str) -> tuple[RequestValues, dict[str, list[Line]]]:
        """The typed request that the rows are, and which rows its lines, benefits and evidence stand in."""
        head = lines[0]
        places: dict[str, list[Line]] = {"lines": [], "benefits": [], "evidence": []}
        asked, benefits, evidence = [], [], []
        for line in lines:
            if _any(line, "skill", "hours"):
                asked.append(_line(line))
                places["lines"].append(line)
            if _any(line, "value"):
                month = line.whole("value_month", 0, LAST_MONTH) or 0
                amount = line.money("value", negative=True) or 0
                benefits.append((month, amount))
                places["benefits"].append(line)
            if _any(line, "evidence", "evidence_link", "evidence_kind"):
                kind = line.choice("evidence_kind", EvidenceKind) or EvidenceKind.OWN_ESTIMATE
                text, link = line.text("evidence", 2_000), line.text("evidence_link", 500)
                evidence.append((kind.value, text, link))
                places["evidence"].append(line)
        chances = [(fraction, head.percent(column)) for column, fraction in LEVELS.items()]
        purpose, kind_of = head.choice("purpose", Purpose), head.choice("type", RequestType)
        stage = head.choice("stage", Stage)
        reference = head.text("contract_reference", 160)
        values = RequestValues(
            account_id=account,
            title=head.text("title", 160, name=True),
            purpose=purpose.value if purpose else None,
            type=kind_of.value if kind_of else None,
            earliest_week=head.week("earliest_week"),
            latest_week=head.week("latest_week"),
            deadline=head.day("deadline"),
            deadline_source=head.text("deadline_source", 300),
            need_statement=head.text("need", 5_000),
            benefits=benefits,
            avoidable_cost_minor=head.money("avoidable_cost") or 0,
            obligation=bool(reference),
            contract_reference=reference,
            lines=asked,
            curve=[(fraction, chance) for fraction, chance in chances if chance is not None],
            evidence=evidence,
            stage=stage.value if stage else None,
            curve_reason=head.text("chance_reason", 300),
            goal_code=head.text("goal", 40) or None,
            offer_valid_until=head.day("offer_valid_until"),
            money_budget_minor=head.money("money_budget"),
        )
        return values, places

    def store(self, progress: Progress) -> None:
        """File and edit the requests as their key account manager would."""
        total = len(self.items)
        for done, item in enumerate(self.items, 1):
            values = item.values["values"]
            if isinstance(item.row, ResourceRequest):
                if item.changes:
                    requests.edit_request(self.session, self.actor, item.row.id, item.row.version, values)
            else:
                requests.file_request(self.session, self.actor, values, self._identity(item.label))
            progress(done, total)

    def create(self, item: Item) -> ResourceRequest:
        """A new request, filed as a draft."""
        return requests.file_request(
            self.session, self.actor, item.values["values"], self._identity(item.label)
        )

    def export(self) -> Iterator[Sequence[Any]]:
        """The actor's own requests, by their ids."""
        self.prepare()
        codes = {identity: code for code, identity in self.accounts.items()}
        for row in sorted(self.stored.values(), key=lambda each: (each.created_at, each.id)):
            yield from _rows(values_of(row), row.id, codes[row.account_id])


def _titled(values: RequestValues, row: ResourceRequest) -> RequestValues:
    return values if values.title else replace(values, title=row.account.name)


def _kept(values: RequestValues, stored: RequestValues, head: Line) -> RequestValues:
    """The values of the file; what it cannot say, or has no column for, is taken from the stored request."""
    priced = "outside_cost" in head.cells
    lines = [
        replace(
            line,
            activity=stored.lines[i].activity,
            weekly_min=stored.lines[i].weekly_min,
            weekly_max=stored.lines[i].weekly_max,
            after=stored.lines[i].after,
            outside_cost_minor=(line if priced else stored.lines[i]).outside_cost_minor,
            outside_source=(line if priced else stored.lines[i]).outside_source,
        )
        if i < len(stored.lines)
        else line
        for i, line in enumerate(values.lines)
    ]
    others = [point for point in stored.curve if point[0] not in LEVELS.values()]
    unsaid: tuple[str, ...] = (
        "curve_shape",
        "curve_top",
        "urgency",
        "urgency_week",
        "urgency_pace",
        "value_source",
    )
    unsaid += tuple(name for name, column in LATER.items() if column not in head.cells)
    kept = {name: getattr(stored, name) for name in unsaid}
    return replace(values, lines=lines, curve=[*values.curve, *others], **kept)


def _any(line: Line, *columns: str) -> bool:
    return any(line.cells.get(column) not in ("", None) for column in columns)


def _line(line: Line) -> LineValues:
    preference = line.choice("preference", Preference) or Preference.NONE
    return LineValues(
        skill_key=line.text("skill", 64, required=True),
        quarter_hours=line.hours("hours", 4, 8_000, required=True) or 0,
        min_level=line.whole("level", 1, 5) or 1,
        language_key=line.text("language", 64) or None,
        language_level=line.whole("language_level", 1, 5),
        customer_facing=line.flag("customer_facing"),
        specialist_code=line.text("specialist", 40) or None,
        preference=preference.value,
        max_specialists=line.whole("people", 1, 20) or 1,
        alternative=line.whole("alternative", 0, 40),
        outside_cost_minor=line.money("outside_cost"),
        outside_source=line.text("outside_source", 300),
    )


def _place(where: str, head: Line, places: dict[str, list[Line]]) -> tuple[Line, str]:
    """The row and column that a fault of a typed request stands in."""
    steps = where.split("/")
    column = COLUMN_OF.get(steps[-1], steps[-1])
    if len(steps) > 1 and steps[0] in places and int(steps[1]) < len(places[steps[0]]):
        return places[steps[0]][int(steps[1])], COLUMN_OF.get(steps[-1], column) if len(steps) > 2 else column
    if steps[0] == "curve":
        return head, "chance_100"
    return head, column


def _told(values: RequestValues) -> Iterator[str]:
    """A request column by column, the cells of its rows put together."""
    for column in zip(*_rows(values, "", ""), strict=True):
        cells = [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in column if cell is not None]
        yield "; ".join(cell for cell in cells if cell)


def _rows(values: RequestValues, identity: str, account: str) -> Iterator[Sequence[Any]]:
    """A request as rows of the file; what several rows would need that the file cannot say is left out."""
    chances = dict(values.curve)
    heading = (
        *(values.title, values.purpose, values.type, values.earliest_week, values.latest_week),
        *(values.deadline, values.deadline_source, values.need_statement),
        *(euros(values.avoidable_cost_minor), values.contract_reference),
        *(_percent(chances.get(fraction)) for fraction in LEVELS.values()),
    )
    for index in range(max(1, len(values.lines), len(values.benefits), len(values.evidence))):
        benefit = values.benefits[index] if index < len(values.benefits) else (None, None)
        line = values.lines[index] if index < len(values.lines) else None
        evidence = values.evidence[index] if index < len(values.evidence) else ("", "", "")
        yield (
            *(identity, account, *(heading if index == 0 else ("",) * len(heading))),
            *(benefit[0], euros(benefit[1])),
            *(_cells(line) if line else ("",) * 10),
            *evidence,
            *((values.stage, values.curve_reason, values.goal_code) if index == 0 else ("",) * 3),
            *((values.offer_valid_until, euros(values.money_budget_minor)) if index == 0 else ("",) * 2),
            *((euros(line.outside_cost_minor), line.outside_source) if line else ("",) * 2),
        )


def _percent(chance: int | None) -> Decimal | None:
    return None if chance is None else Decimal(chance) / 10


def _cells(line: LineValues) -> Sequence[Any]:
    return (
        *(line.skill_key, line.min_level, line.quarter_hours / 4, line.language_key, line.language_level),
        *("yes" if line.customer_facing else "no", line.specialist_code, line.preference),
        *(line.max_specialists, line.alternative),
    )
