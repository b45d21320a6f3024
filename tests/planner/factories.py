"""The smallest company that shows the point, and short ways to make more of it.

Two departments: Engineering (head Hana, deputy Dan; Ann is an architect of level 4, Bob of level 2) and Legal
(head Lena; Leo of level 3). Three key account managers: Nora keeps Alfa, Sven Beta, Kai Gamma; Sven deputises
for Nora and Kai for Sven. Nora also keeps a lost and a credit-blocked customer. One cycle
collects requests for 13 weeks from 2027-W01, which begins on the day that tests live in. Everybody works
8 h a day, Monday to Friday; reserves are 0, so capacity is 160 quarter-hours a week.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import audit
from planner.actor import Actor, actor_for
from planner.database import Database
from planner.records import (
    Account,
    AccountStatus,
    AuditEvent,
    Basis,
    Channel,
    CreditStatus,
    CycleKind,
    CycleStatus,
    DefinitionState,
    Department,
    KeyAccountDefinition,
    PlanningCycle,
    PlanRun,
    Proposal,
    ProposalState,
    RelationshipStage,
    RequestStatus,
    ResourceRequest,
    Role,
    Row,
    RunPurpose,
    Skill,
    SkillFamily,
    Specialist,
    SpecialistSkill,
    User,
    UserRole,
)
from planner.services.filing import requests
from planner.services.filing.requests import LineValues, RequestValues
from planner.services.staff.users import hash_password
from planner.verdict import Denied, Refused

PASSWORD = "correct horse battery"  # noqa: S105 - everybody's password in tests
FULL_TIME = [32, 32, 32, 32, 32, 0, 0]
"""Quarter-hours per weekday: 8 h a day, Monday to Friday."""

START = date(2020, 1, 1)
PEOPLE: dict[str, tuple[Role, ...]] = {
    "nora": (Role.KAM,),
    "sven": (Role.KAM,),
    "kai": (Role.KAM,),
    "hana": (Role.HEAD,),
    "dan": (Role.HEAD,),
    "lena": (Role.HEAD,),
    "lukas": (Role.LEADERSHIP,),
    "lydia": (Role.LEADERSHIP,),
    "petra": (Role.PLANNER,),
    "filip": (Role.FINANCE,),
    "adam": (Role.ADMIN,),
    "ann": (Role.SPECIALIST,),
}
"""First names say the role: leadership L, planner P, finance F, administrator A; ann is the specialist."""


@dataclass
class World:
    """A database with the small company; `ids` maps a short name to the row's id."""

    database: Database
    ids: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """The person of that first name, as an actor."""
        with self.database.reading() as session:
            return actor_for(session, session.get_one(User, self.ids[name]))

    def values(self, account: str = "alfa", **changes: Any) -> RequestValues:
        """A complete request: 16 h of architecture in weeks 1 to 4, worth 0.3 of 1,000.00."""
        complete = RequestValues(
            account_id=self.ids[account],
            title="Tender",
            purpose="win",
            type="tender",
            earliest_week="2027-W01",
            latest_week="2027-W04",
            need_statement="Somebody who has done it before.",
            benefits=((0, 100_000),),
            lines=(LineValues("architecture", 64, min_level=3),),
            curve=((0, 200), (1000, 500)),
            evidence=(("own_estimate", "Three tenders like this one.", ""),),
        )
        return replace(complete, **changes)

    def draft(self, name: str = "nora", account: str = "alfa", **changes: Any) -> ResourceRequest:
        """A request filed by `name` and not submitted yet."""
        with self.database.writing() as session:
            return requests.file_request(session, self.actor(name), self.values(account, **changes))

    def submitted(self, name: str = "nora", account: str = "alfa", **changes: Any) -> ResourceRequest:
        """A request filed and submitted by `name`."""
        draft = self.draft(name, account, **changes)
        with self.database.writing() as session:
            return requests.submit_request(session, self.actor(name), draft.id, draft.version)

    def force(self, request_id: str, status: RequestStatus) -> ResourceRequest:
        """Put a request into a state without the steps that lead there."""
        with self.database.writing() as session:
            request = session.get_one(ResourceRequest, request_id)
            request.status = status
            return request


def user(session: Session, name: str, *roles: Role, password_hash: str | None = None) -> User:
    """A person with an address made of the name."""
    row = User(
        email=f"{name.casefold()}@example.com",
        display_name=name.capitalize(),
        password_hash=password_hash or hash_password(PASSWORD),
        role_rows=[UserRole(role=role) for role in roles],
    )
    session.add(row)
    return row


def skill(session: Session, key: str, family: SkillFamily = SkillFamily.TECHNICAL) -> Skill:
    """A skill named like its key."""
    row = Skill(key=key, family=family, labels={"en": key.capitalize()})
    session.add(row)
    return row


def department(
    session: Session, name: str, head: User | None = None, deputy_head: User | None = None
) -> Department:
    """A department that keeps no reserve, so that capacity is the contract."""
    row = Department(
        code=name.casefold(),
        name=name,
        head=head,
        deputy_head=deputy_head,
        own_work_reserve=0,
        expedite_reserve=0,
    )
    session.add(row)
    return row


def specialist(
    session: Session, name: str, department: Department, skills: dict[Skill, int], **changes: Any
) -> Specialist:
    """A full-time person with attested skills."""
    row = Specialist(
        code=name.casefold(),
        display_name=name.capitalize(),
        department=department,
        country="PL",
        weekday_quarter_hours=FULL_TIME,
        cost_rate_minor=5_000,
        active_from=START,
        skills=[
            SpecialistSkill(skill=held, level=level, attested_by="head", attested_on=START)
            for held, level in skills.items()
        ],
    )
    for column, value in changes.items():
        setattr(row, column, value)
    session.add(row)
    return row


def account(
    session: Session, name: str, kam: User, deputy_kam: User | None = None, **changes: Any
) -> Account:
    """An active customer in good standing, with half of its dossier filled."""
    row = Account(
        channel=Channel.DIRECT,
        relationship_stage=RelationshipStage.BASIC,
        need="Lines that run at night",
        budget_minor=50_000_000,
        wallet_minor=90_000_000,
        threat=0,
        threat_on=date(2026, 12, 1),
        code=name.casefold(),
        name=name,
        segment="industry",
        territory="north",
        status=AccountStatus.ACTIVE,
        kam=kam,
        deputy_kam=deputy_kam,
        credit_status=CreditStatus.OK,
    )
    for column, value in changes.items():
        setattr(row, column, value)
    session.add(row)
    return row


def cycle(session: Session, name: str = "January", **changes: Any) -> PlanningCycle:
    """A cycle that collects requests for 13 weeks from 2027-W01."""
    row = PlanningCycle(
        name=name,
        kind=CycleKind.WEEKLY,
        first_week="2027-W01",
        horizon_weeks=13,
        request_cutoff=datetime(2027, 1, 5, 12, tzinfo=UTC),
        decision_deadline=datetime(2027, 1, 6, 18, tzinfo=UTC),
        publish_at=datetime(2027, 1, 7, 12, tzinfo=UTC),
        status=CycleStatus.COLLECTING,
    )
    for column, value in changes.items():
        setattr(row, column, value)
    session.add(row)
    return row


def definition(session: Session, approved_by: User) -> KeyAccountDefinition:
    """The definition of a key account that is active on the day tests live in."""
    row = KeyAccountDefinition(
        state=DefinitionState.ACTIVE,
        basis=Basis.CONTRIBUTION_PROFIT,
        approved_by_id=approved_by.id,
        valid_from=START,
    )
    session.add(row)
    return row


def stable_id(name: str) -> str:
    """The same id for a name in every run, so that orders by id do not vary."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"planner-test:{name}"))


def build_world(database: Database) -> World:
    """Fill an empty, migrated database with the small company."""
    world = World(database)
    one_hash = hash_password(PASSWORD)
    with database.writing() as session:
        people = {name: user(session, name, *roles, password_hash=one_hash) for name, roles in PEOPLE.items()}
        named: dict[str, Row] = dict(people)
        skills = {key: skill(session, key) for key in ("architecture", "welding")}
        skills["law"] = skill(session, "law", SkillFamily.LEGAL)
        skills["english"] = skill(session, "english", SkillFamily.LANGUAGE)
        engineering = department(session, "Engineering", people["hana"], people["dan"])
        legal = department(session, "Legal", people["lena"])
        staff = {
            "s:ann": specialist(
                session, "ann", engineering, {skills["architecture"]: 4, skills["english"]: 4}
            ),
            "s:bob": specialist(session, "bob", engineering, {skills["architecture"]: 2}),
            "s:leo": specialist(session, "leo", legal, {skills["law"]: 3, skills["english"]: 2}),
        }
        staff["s:ann"].user_id = stable_id("ann")
        customers = {
            "alfa": account(session, "Alfa", people["nora"], people["sven"]),
            "beta": account(session, "Beta", people["sven"], people["kai"]),
            "gamma": account(session, "Gamma", people["kai"]),
            "lost": account(session, "Lost", people["nora"], status=AccountStatus.LOST),
            "blocked": account(session, "Blocked", people["nora"], credit_status=CreditStatus.BLOCKED),
        }
        named |= {**skills, "engineering": engineering, "legal": legal, **staff, **customers}
        named["cycle"] = cycle(session)
        for name, row in named.items():
            row.id = stable_id(name)
        world.ids = {name: row.id for name, row in named.items()}
        session.flush()
        definition(session, people["lukas"])
    return world


def names(rows: Sequence[ResourceRequest]) -> list[str]:
    """The titles of requests, in order."""
    return [row.title for row in rows]


def refused(world: World, who: str, use_case: Callable[..., Any], /, *arguments: Any, **named: Any) -> Denied:
    """The refusal of a use case that `who` tries, after its unit of work was undone."""
    actor = world.actor(who)
    with pytest.raises(Refused) as caught, world.database.writing() as session:
        use_case(session, actor, *arguments, **named)
    return caught.value.denied


def events(world: World) -> list[AuditEvent]:
    """The log, oldest first; its chain must hold."""
    with world.database.reading() as session:
        assert audit.verify(session) == []
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.seq)))


def submit(world: World, request: ResourceRequest, name: str = "nora") -> ResourceRequest:
    """Submit what `name` sees."""
    with world.database.writing() as session:
        return requests.submit_request(session, world.actor(name), request.id, request.version)


def edit(world: World, request: ResourceRequest, name: str = "nora", **changes: Any) -> ResourceRequest:
    """Save the complete request of the world with `changes`."""
    with world.database.writing() as session:
        return requests.edit_request(
            session, world.actor(name), request.id, request.version, world.values(**changes)
        )


def planned(world: World, request: ResourceRequest, state: ProposalState) -> Proposal:
    """A run that proposes Engineering's people for the request's first line, decided as `state`."""
    with world.database.writing() as session:
        run = PlanRun(
            cycle_id=world.ids["cycle"],
            number=1,
            purpose=RunPurpose.OFFICIAL,
            parameters={},
            created_by_id=world.ids["lukas"],
        )
        session.add(run)
        session.flush()
        proposal = Proposal(
            run_id=run.id,
            request_id=request.id,
            line_id=request.lines[0].id,
            department_id=world.ids["engineering"],
            state=state,
        )
        session.add(proposal)
    return proposal
