"""The demo company loads whole, moves to any week, and is as contested as its story says."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from planner.audit import verify
from planner.clock import add_weeks, horizon, week_of, weeks_between
from planner.database import Database
from planner.exchange import Loaded, load
from planner.records import (
    Account,
    AccountFinancials,
    AuditEvent,
    Closing,
    ClosingState,
    CriterionKind,
    DefinitionState,
    Department,
    FiguresKind,
    Holiday,
    KeyAccountDefinition,
    Leave,
    PlanningCycle,
    QualificationCriterion,
    QualificationScore,
    RequestStatus,
    ResourceRequest,
    Role,
    Specialist,
    User,
)
from planner.services.filing.requests import missing_to_submit
from planner.services.staff.users import sign_in
from planner.verdict import Refused

COMPANY = Path(__file__).resolve().parents[2] / "fixtures" / "company"
TODAY = date(2027, 1, 4)
SIGN_INS = (
    *("anna.kowalska", "kari.lund", "ola.nygard", "martin.benes"),
    *("ingrid.solberg", "tomasz.wilk", "helena.dvorakova", "piotr.zajac"),
)


def _load(database: Database, today: date = TODAY) -> Loaded:
    with database.writing() as session:
        return load(session, COMPANY, today)


@pytest.fixture
def loaded(sqlite_database: Database) -> Database:
    """A database that holds the demo company for the fixed date."""
    _load(sqlite_database)
    return sqlite_database


def test_everything_is_stored_in_one_go(database: Database) -> None:
    """The counts of ANSWER.md, one audit event, a chain that verifies; on both kinds of database."""
    result = _load(database)
    assert result.shift_weeks == 0
    assert result.counts == {
        "account": 25,
        "account_financials": 576,
        "account_plan": 9,
        "account_trait": 6,
        "app_user": 26,
        "closing": 28,
        "contact": 87,
        "delegation": 1,
        "department": 6,
        "holiday": 427,
        "key_account_definition": 1,
        "leave": 41,
        "manual_key_account": 1,
        "planning_cycle": 1,
        "qualification_criterion": 11,
        "qualification_score": 143,
        "resource_request": 110,
        "skill": 28,
        "specialist": 42,
        "specialist_skill": 186,
        "strategic_goal": 4,
    }
    with database.reading() as session:
        events = session.scalars(select(AuditEvent)).all()
        assert [event.action for event in events] == ["company.loaded"]
        assert verify(session) == []
        assert session.scalar(select(func.count()).select_from(ResourceRequest)) == 110


def test_a_second_load_is_refused(loaded: Database) -> None:
    """The same company twice would double every figure."""
    with pytest.raises(Refused) as caught, loaded.writing() as session:
        load(session, COMPANY, TODAY)
    assert caught.value.denied.code == "E_COMPANY_LOADED"
    with loaded.reading() as session:
        assert session.scalar(select(func.count()).select_from(Account)) == 25


def test_the_demo_password_signs_everybody_in(loaded: Database) -> None:
    """Every named sign-in works with the one documented password, and each needed role is among them."""
    with loaded.writing() as session:
        users = {user.email.split("@")[0]: user for user in session.scalars(select(User))}
        roles = [sign_in(session, users[code].email, "tornvik-demo-1").roles for code in SIGN_INS]
    flat = [role for each in roles for role in each]
    for role, number in (
        (Role.KAM, 2),
        (Role.HEAD, 2),
        (Role.LEADERSHIP, 2),
        (Role.FINANCE, 1),
        (Role.ADMIN, 1),
    ):
        assert flat.count(role) == number
    assert len({user.password_hash for user in users.values()}) == 1


def test_people_have_one_side_of_the_table(loaded: Database) -> None:
    """No head is a KAM, every department has two who decide, every KAM a deputy and one to four accounts."""
    with loaded.reading() as session:
        users = session.scalars(select(User)).all()
        kams = {user.id for user in users if Role.KAM in user.roles}
        heads = {user.id for user in users if Role.HEAD in user.roles}
        assert len(kams) == 8
        assert not kams & heads
        departments = session.scalars(select(Department)).all()
        assert {d.head_id for d in departments} | {d.deputy_head_id for d in departments} == heads
        assert len(heads) == 2 * len(departments)
        per_kam: defaultdict[str, int] = defaultdict(int)
        for account in session.scalars(select(Account)):
            assert account.deputy_kam_id in kams - {account.kam_id}
            per_kam[account.kam_id] += account.code != "halvard"
    assert set(per_kam) == kams
    assert sorted(per_kam.values()) == [2, 3, 3, 3, 3, 3, 3, 4]


def test_every_submitted_request_is_complete(loaded: Database) -> None:
    """Statuses mean what the services mean; the filing order follows the time of submission."""
    with loaded.reading() as session:
        rows = session.scalars(select(ResourceRequest)).all()
        by_status: defaultdict[RequestStatus, list[ResourceRequest]] = defaultdict(list)
        for row in rows:
            by_status[row.status].append(row)
        assert {status: len(found) for status, found in by_status.items()} == {
            RequestStatus.SUBMITTED: 74,
            RequestStatus.DRAFT: 5,
            RequestStatus.RETURNED: 1,
            RequestStatus.CLOSED: 28,
            RequestStatus.EXPIRED: 2,
        }
        for row in by_status[RequestStatus.SUBMITTED]:
            assert missing_to_submit(session, row) == (), row.title
        filed = sorted((row for row in rows if row.filing_order), key=lambda row: row.filing_order or 0)
        assert [row.filing_order for row in filed] == list(range(1, 106))
        times = [row.submitted_at for row in filed if row.submitted_at]
        assert times == sorted(times)
        assert times[-1] < datetime(2027, 1, 4, tzinfo=UTC)
        assert all(row.created_at <= row.submitted_at for row in filed if row.submitted_at)


def test_windows_lie_in_the_cycle(loaded: Database) -> None:
    """No request reaches beyond the thirteen weeks; a deadline falls on a working day of its last week."""
    with loaded.reading() as session:
        cycle = session.scalars(select(PlanningCycle)).one()
        weeks = horizon(cycle.first_week, cycle.horizon_weeks)
        over = (RequestStatus.CLOSED, RequestStatus.EXPIRED)
        for row in session.scalars(select(ResourceRequest).where(ResourceRequest.status.not_in(over))):
            assert row.earliest_week in weeks, row.title
            assert row.latest_week in weeks, row.title
            if row.deadline:
                assert row.deadline.weekday() < 5, row.title
                assert week_of(row.deadline) == row.latest_week, row.title
                assert row.deadline_source, row.title


def test_texts_do_not_go_stale(loaded: Database) -> None:
    """A moved demo must not speak of a year or a month that is not moved with it."""
    stale = (
        "202",
        "January",
        "February",
        "March ",
        "April",
        "December",
        "Christmas",
        "Easter",
        "spring",
        "summer stop",
    )
    with loaded.reading() as session:
        for row in session.scalars(select(ResourceRequest)):
            texts = [
                row.title,
                row.need_statement,
                row.deadline_source,
                *(each.text for each in row.evidence),
            ]
            assert not [(text, word) for text in texts for word in stale if word in text]


@pytest.mark.parametrize(
    ("today", "weeks"),
    [
        (date(2027, 1, 5), 0),
        (date(2027, 1, 6), 1),
        (date(2027, 5, 16), 19),
        (date(2026, 12, 29), -1),
        (date(2033, 1, 3), 313),
    ],
)
def test_all_dates_move_by_whole_weeks(sqlite_database: Database, today: date, weeks: int) -> None:
    """The cycle begins this week or, from Wednesday on, the next; figures end with the last closed month."""
    assert _load(sqlite_database, today).shift_weeks == weeks
    by = timedelta(weeks=weeks)
    with sqlite_database.reading() as session:
        cycle = session.scalars(select(PlanningCycle)).one()
        assert cycle.first_week == add_weeks("2027-W01", weeks)
        assert cycle.decision_deadline > datetime.combine(today, time(), tzinfo=UTC), "time to decide"
        assert cycle.request_cutoff == datetime(2027, 1, 5, 23, tzinfo=UTC) + by
        assert cycle.name == f"{cycle.first_week} to {add_weeks(cycle.first_week, 12)}"
        master = session.scalars(
            select(ResourceRequest).where(ResourceRequest.title.contains("master plan"))
        ).one()
        assert master.deadline == date(2027, 2, 19) + by
        assert weeks_between(cycle.first_week, master.earliest_week or "") == 1
        leave = session.scalars(
            select(Leave)
            .join(Specialist, Leave.specialist_id == Specialist.id)
            .where(Specialist.code == "pawel.gorski")
        ).one()
        assert leave.first_day == date(2027, 1, 18) + by
        months = session.scalars(
            select(AccountFinancials.month).where(AccountFinancials.kind == FiguresKind.ACTUAL).distinct()
        ).all()
        first = today.replace(day=1)
        assert len(months) == 18
        assert max(months) == (first - timedelta(days=1)).isoformat()[:7]


def test_public_holidays_are_real(sqlite_database: Database) -> None:
    """Holidays do not move with the demo: in 2031 Easter Monday is 14 April, by any calendar."""
    _load(sqlite_database, date(2031, 4, 9))
    with sqlite_database.reading() as session:
        days = session.scalars(select(Holiday.country).where(Holiday.day == date(2031, 4, 14)))
        assert sorted(days) == ["CZ", "NO", "PL"]


def test_ids_follow_from_codes(loaded: Database, tmp_path: Path) -> None:
    """Two loads of the same company give the same ids, so plans and hashes can be compared."""
    from planner.migrations import migrate

    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(f"sqlite:///{tmp_path / 'other.db'}")
    _load(other)
    ids = []
    for database in (loaded, other):
        with database.reading() as session:
            ids.append(sorted(session.scalars(select(ResourceRequest.id))))
    other.dispose()
    assert ids[0] == ids[1]


def test_every_claim_of_earlier_quarters_was_tested(loaded: Database) -> None:
    """Every key account manager has outcomes; finance confirmed all but two, never the claimant."""
    with loaded.reading() as session:
        rows = session.scalars(select(Closing)).all()
        kams = {row.request.kam_id for row in rows}
        waiting = [row for row in rows if row.state is ClosingState.RECORDED]
        assert (len(kams), len(waiting)) == (8, 2)
        assert all(row.ended_on < TODAY and row.recorded_by_id == row.request.kam_id for row in rows)
        # Nordwind's packing line: 85 % with all hours; 220,000 in nine months at 10 % a year are 204,822.74.
        packing = next(row for row in rows if row.request.title.startswith("Packing line"))
        assert (packing.claimed_probability, packing.claimed_value_minor) == (850, 20_482_274)


def test_the_definition_judges_by_eleven_criteria(loaded: Database) -> None:
    """It is in force and kept from change; money never weighs as strategy."""
    with loaded.reading() as session:
        definition = session.scalars(select(KeyAccountDefinition)).one()
        assert definition.state is DefinitionState.ACTIVE
        strategic = {row.key for row in definition.criteria if row.enters_strategic_weight}
        monetary = {row.key for row in definition.criteria if row.kind is CriterionKind.MONETARY}
        assert (len(definition.criteria), strategic & monetary) == (11, set())
        keys = {row.key for row in definition.criteria}
        assert set(session.scalars(select(QualificationScore.criterion_key))) <= keys
    with pytest.raises(DatabaseError, match="kept from change"), loaded.writing() as session:
        session.execute(update(QualificationCriterion).values(swing_points=1))
