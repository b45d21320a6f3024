"""Makes what is known beside money from a company's files: criteria, ratings, contacts, plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from planner.exchange.company_entry import Entry
from planner.exchange.company_files import Folder
from planner.exchange.company_findings import Findings, key
from planner.records import (
    AccountPlan,
    AccountTrait,
    Contact,
    ContactFunction,
    ContactRole,
    CriterionAxis,
    CriterionKind,
    Direction,
    KeyAccountDefinition,
    ManualKeyAccount,
    Milestone,
    PlanState,
    PlanTarget,
    QualificationCriterion,
    QualificationScore,
    RelationshipStage,
    Row,
    ScoreSource,
    StrategicGoal,
    TargetKind,
    Trait,
)

LANGUAGES = ("en", "pl", "cs", "nb")
MILLI = 1000
MOST = 10**12
DEGREES = 5
"""Relations are rated from 0 to this."""


def _milli(entry: Entry, name: str) -> int:
    return entry.scaled(name, MILLI, -MOST, MOST, "a number with at most three decimals")


def criteria(folder: Folder, definition: KeyAccountDefinition) -> Iterator[Row]:
    """By what customers are judged."""
    for position, entry in enumerate(folder.lines("criteria.csv")):
        row = QualificationCriterion(
            definition_id=definition.id,
            position=position,
            key=entry.code("key", "criteria", 64),
            labels={language: entry.text(language, 120) for language in LANGUAGES},
            axis=entry.choice("axis", CriterionAxis),
            kind=entry.choice("kind", CriterionKind),
            direction=entry.choice("direction", Direction),
            anchor_low_milli=_milli(entry, "low"),
            anchor_high_milli=_milli(entry, "high"),
            unit=entry.text("unit", 20),
            swing_points=entry.whole("points", 0, 100),
            forecast_blend=entry.percent("forecast_percent"),
            enters_strategic_weight=entry.flag("strategic"),
        )
        if row.anchor_low_milli >= row.anchor_high_milli:
            entry.wrong("high", "The anchors do not rise.", "Write the lower one first.")
        if row.enters_strategic_weight and row.kind is CriterionKind.MONETARY:
            entry.wrong("strategic", "Money weighs in the value already.", "Write no.")
        yield row


def manual(entries: list[Entry], definition: KeyAccountDefinition) -> Iterator[Row]:
    """Customers that leadership names key."""
    for entry in entries:
        yield ManualKeyAccount(
            definition_id=definition.id,
            account_id=entry.reference("account", "accounts"),
            reason=entry.text("reason", 500),
            sponsor_id=entry.reference("sponsor", "users"),
            expires_on=entry.day("expires_on"),
        )
        entry.close()


def scores(folder: Folder) -> Iterator[Row]:
    """How customers were rated, by whom and until when."""
    for entry in folder.lines("scores.csv"):
        row = QualificationScore(
            account_id=entry.reference("account", "accounts"),
            criterion_key=entry.code_of("criterion", "criteria"),
            value_current_milli=_milli(entry, "current") if entry.given("current") else None,
            value_forecast_milli=_milli(entry, "forecast") if entry.given("forecast") else None,
            source=entry.choice("source", ScoreSource),
            evidence=entry.words("evidence"),
            rated_by_id=entry.reference("rated_by", "users"),
            rated_on=entry.day("rated_on"),
            expires_on=entry.day("expires_on"),
            needs_second=entry.flag("needs_second"),
            confirmed_by_id=entry.reference("confirmed_by", "users") if entry.given("confirmed_by") else None,
        )
        entry.in_order("expires_on", row.rated_on, row.expires_on)
        entry.differ("confirmed_by", row.rated_by_id, row.confirmed_by_id)
        if row.value_current_milli is None and row.value_forecast_milli is None:
            entry.wrong("current", "Neither today's value nor a forecast is given.", "Give one of them.")
        yield row


def contacts(folder: Folder) -> Iterator[Row]:
    """Whom we know at our customers."""
    for entry in folder.lines("contacts.csv"):
        yield Contact(
            account_id=entry.reference("account", "accounts"),
            person_name=entry.text("name", 120),
            person_need=entry.words("need", 300),
            function=entry.choice("function", ContactFunction),
            role=entry.choice("role", ContactRole),
            in_decision_group=entry.flag("decision_group"),
            our_strength=_degree(entry, "our_strength"),
            competitor_strength=_degree(entry, "competitor_strength"),
            image=_degree(entry, "image"),
            image_rated_by_id=(
                entry.reference("image_rated_by", "users") if entry.given("image_rated_by") else None
            ),
            last_contact_on=entry.day("last_contact_on") if entry.given("last_contact_on") else None,
            owner_id=entry.reference("owner", "users"),
        )


def _degree(entry: Entry, name: str) -> int | None:
    return entry.whole(name, 0, DEGREES) if entry.given(name) else None


def traits(folder: Folder) -> Iterator[Row]:
    """What else than money makes a customer key."""
    for entry in folder.lines("traits.csv"):
        row = AccountTrait(
            account_id=entry.reference("account", "accounts"),
            trait=entry.choice("trait", Trait),
            evidence=entry.text("evidence", 1000),
            checklist=entry.words("checklist", 300).split(),
            stated_by_id=entry.reference("stated_by", "users"),
            stated_on=entry.day("stated_on"),
            confirmed_by_id=entry.reference("confirmed_by", "users") if entry.given("confirmed_by") else None,
            expires_on=entry.day("expires_on") if entry.given("expires_on") else None,
        )
        entry.once("trait", "traits", f"{row.account_id} {row.trait}")
        entry.differ("confirmed_by", row.stated_by_id, row.confirmed_by_id)
        yield row


def goals(folder: Folder) -> Iterator[Row]:
    """What the company wants to reach."""
    for entry in folder.lines("goals.csv"):
        yield StrategicGoal(code=entry.code("code", "goals"), title=entry.text("title"))


def plans(folder: Folder, keepers: dict[str, str]) -> Iterator[Row]:
    """What key account managers want to reach with their customers."""
    for entry in folder.objects("plans.json"):
        account, period = entry.reference("account", "accounts"), _period(folder, entry)
        row = AccountPlan(
            id=key("plans", f"{account} {period}"),
            account_id=account,
            period=period,
            state=entry.choice("state", PlanState),
            goals=entry.text("goals", 2000),
            goals_served=entry.codes_of("goals_served", "goals"),
            products=entry.words("products"),
            channels=entry.words("channels"),
            pricing=entry.words("pricing"),
            stage_aimed_at=entry.choice("stage", RelationshipStage) if entry.given("stage") else None,
            target_rationale=entry.words("rationale"),
            author_id=keepers.get(account, ""),
            submitted_at=entry.moment("submitted_at") if entry.given("submitted_at") else None,
            reviewed_at=entry.moment("reviewed_at") if entry.given("reviewed_at") else None,
            targets=[_target(each, at) for at, each in enumerate(entry.entries("targets"))],
            milestones=[_milestone(each, at) for at, each in enumerate(entry.entries("milestones"))],
        )
        entry.once("period", "plans", f"{account} {row.period}")
        yield row


def _period(folder: Folder, entry: Entry) -> str:
    """The year of the plan, moved: the year in which its middle falls."""
    year = entry.whole("period", 2000, 2100)
    return str((date(year, 7, 1) + timedelta(weeks=folder.shift.weeks)).year)


def _target(entry: Entry, position: int) -> PlanTarget:
    kind = entry.choice("kind", TargetKind)
    chance = kind is TargetKind.RETENTION
    row = PlanTarget(
        position=position,
        kind=kind,
        amount_minor=None if chance else entry.euros("eur"),
        chance=entry.percent("chance") if chance else None,
    )
    entry.close()
    return row


def _milestone(entry: Entry, position: int) -> Milestone:
    row = Milestone(
        position=position,
        title=entry.text("title", 200),
        due_on=entry.day("due_on"),
        done_on=entry.day("done_on") if entry.given("done_on") else None,
        stage=entry.choice("stage", RelationshipStage) if entry.given("stage") else None,
    )
    entry.close()
    return row


def check_weights(found: Findings, rows: Sequence[Row]) -> None:
    """Note criteria that weigh nothing all together."""
    points = sum(row.swing_points for row in rows if isinstance(row, QualificationCriterion))
    if rows and not points:
        reason, remedy = "All criteria together have no points.", "Give at least one of them points."
        found.add("criteria.csv", "E_VALUE", reason, remedy)
