"""Makes the records of customers from a company's files: accounts, their figures, what "key" means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from planner.exchange.company_entry import Entry
from planner.exchange.company_files import Folder
from planner.exchange.company_findings import key
from planner.records import (
    Account,
    AccountFinancials,
    AccountStatus,
    Basis,
    Channel,
    CreditStatus,
    DefinitionState,
    FiguresKind,
    KeyAccountDefinition,
    RelationshipStage,
    Role,
    Row,
)

COSTS = ("discounts", "bonuses", "returns", "cogs", "logistics", "support", "programme_costs", "other_cts")
BALANCES = ("receipts", "ar_open", "ar_overdue", "inventory_dedicated", "ap_related")


def accounts(folder: Folder) -> Iterator[Account]:
    """The customers; a parent stands before its branches, so that no chain can close."""
    for entry in folder.lines("accounts.csv"):
        row = Account(
            parent_id=entry.reference("parent", "accounts") if entry.given("parent") else None,
            name=entry.text("name"),
            segment=entry.text("segment", 60),
            territory=entry.text("territory", 60),
            strategic_segment=entry.flag("strategic"),
            status=entry.choice("status", AccountStatus),
            kam_id=entry.person("kam", Role.KAM),
            deputy_kam_id=entry.person("deputy_kam", Role.KAM) if entry.given("deputy_kam") else None,
            credit_status=entry.choice("credit_status", CreditStatus),
            credit_limit_minor=entry.euros("credit_limit_eur") if entry.given("credit_limit_eur") else None,
            contract_end=entry.day("contract_end") if entry.given("contract_end") else None,
            data_as_of=entry.day("data_as_of") if entry.given("data_as_of") else None,
            channel=entry.choice("channel", Channel) if entry.given("channel") else None,
            relationship_stage=entry.choice("stage", RelationshipStage) if entry.given("stage") else None,
            need=entry.words("need"),
            wallet_minor=entry.euros("wallet_eur") if entry.given("wallet_eur") else None,
            threat=entry.whole("threat", 0, 3) if entry.given("threat") else None,
            threat_source=entry.words("threat_source", 300),
            threat_on=entry.day("threat_on") if entry.given("threat_on") else None,
            months_to_replace=(
                entry.whole("months_to_replace", 0, 60) if entry.given("months_to_replace") else None
            ),
        )
        row.code = entry.code("code", "accounts")
        row.id = key("accounts", row.code)
        entry.differ("deputy_kam", row.kam_id, row.deputy_kam_id)
        if row.threat is not None and row.threat_on is None:
            entry.wrong("threat_on", "A threat counts with its day only.", "Give the day.")
        yield row


def figures(folder: Folder) -> Iterator[Row]:
    """What each account bought, cost and owes, month by month."""
    for entry in folder.lines("figures.csv"):
        row = AccountFinancials(
            account_id=entry.reference("account", "accounts"),
            month=entry.month("month"),
            kind=entry.choice("kind", FiguresKind),
            gross_sales=entry.euros("gross_sales"),
            kam_quarter_hours=entry.hours("kam_hours") if entry.given("kam_hours") else None,
            specialist_quarter_hours=(
                entry.hours("specialist_hours") if entry.given("specialist_hours") else None
            ),
            **{name: entry.euros(name) for name in COSTS},
            **{name: entry.euros(name) if entry.given(name) else None for name in BALANCES},
        )
        entry.once("month", "figures", f"{row.account_id} {row.month} {row.kind}")
        if row.ar_open is not None and (row.ar_overdue or 0) > row.ar_open:
            entry.wrong("ar_overdue", "More is overdue than open.", "Correct one of the two.")
        yield row


def definition(entry: Entry) -> KeyAccountDefinition:
    """From which share on an account is key, critical or too big."""
    row = KeyAccountDefinition(
        id=key("definitions", "1"),
        state=DefinitionState.DRAFT,
        basis=entry.choice("basis", Basis),
        window_months=entry.whole("window_months", 1, 60),
        key_share=entry.percent("key_percent"),
        critical_share=entry.percent("critical_percent"),
        mono_warning=entry.percent("mono_warning_percent"),
        mono_severe=entry.percent("mono_severe_percent"),
        absolute_threshold_minor=(
            entry.euros("absolute_threshold_eur") if entry.given("absolute_threshold_eur") else None
        ),
        approved_by_id=entry.person("approved_by", Role.LEADERSHIP),
        valid_from=entry.day("valid_from"),
    )
    if not 0 < row.key_share <= row.critical_share <= row.mono_warning <= row.mono_severe:
        entry.wrong("key_percent", "The shares do not rise.", "Put them in rising order, the first above 0.")
    row.approved_at = datetime.combine(row.valid_from, time(9), UTC)
    return row
