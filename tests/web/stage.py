"""A company in the middle of its work, with a mark in every text and amount that tells whose it is.

Nora keeps Alfa, Kai keeps Gamma. One plan is published with a request of each; a second plan waits for the
heads: Hana's department is asked for Nora's new request, Lena's for Kai's; Kai's second one was refused
because Nora's is worth more. Sven was signed in until a moment ago.
"""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from factories import World
from sqlalchemy import select
from stage_books import fill_books
from stage_exceptions import KINDS, exceptions
from stage_standing import waiting

from planner.database import Database
from planner.records import (
    Account,
    AccountFinancials,
    CounterOffer,
    FiguresKind,
    ImportFile,
    ImportKind,
    KeyAccountDefinition,
    Notification,
    NotificationKind,
    Proposal,
    Publication,
    QualificationScore,
    RequestStatus,
    ResourceRequest,
    ScoreSource,
    User,
)
from planner.services.approving import decisions, delegations
from planner.services.approving import offers as offering
from planner.services.approving.offers import OfferedHours
from planner.services.closing import outcomes
from planner.services.closing.outcomes import OutcomeValues
from planner.services.customers import account_plans, contacts
from planner.services.customers.account_plans import PlanValues
from planner.services.customers.contacts import ContactValues
from planner.services.filing import requests
from planner.services.filing.requests import LineValues
from planner.services.importing import imports
from planner.services.planning import runs
from planner.services.publishing import board, publishing
from planner.services.reviewing import resolutions, review, surveys
from planner.services.staff import notifying, users
from planner.solving.engine import Engine
from planner.solving.worker import Worker
from planner.verdict import Message

OUTLINE: Final = {"nora": "MARKNORAOUT", "kai": "MARKKAIOUT"}
"""Stands in titles, needs and names of customers: what a head in whose sight a request is may see."""

MONEY: Final = {"nora": "MARKNORAVALUE", "kai": "MARKKAIVALUE"}
"""Stands in evidence, references and sources: what only the own side and overseers may see."""

AMOUNT: Final = {"nora": 731_002_100, "kai": 846_003_300}
"""Minor units; no other number contains these digits."""

SPARE: Final = {"earliest_week": "2027-W10", "latest_week": "2027-W11"}
"""The window of requests that a head answers with an offer."""

NOTHING: Final = str(uuid.UUID(int=0, version=4))
"""An id that nobody has."""


@dataclass
class Stage:
    """The application's database in that moment, and the ids of each side's rows by kind."""

    world: World
    path: Path
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def keep(self) -> None:
        """Remember this moment."""
        self.world.database.dispose()
        shutil.copyfile(self.path, self.path.with_suffix(".kept"))

    def back(self) -> None:
        """Return to the moment remembered."""
        self.world.database.dispose()
        for rest in ("-wal", "-shm"):
            self.path.with_name(self.path.name + rest).unlink(missing_ok=True)
        shutil.copyfile(self.path.with_suffix(".kept"), self.path)


def marked(world: World, owner: str, account: str, line: LineValues, **changes: Any) -> ResourceRequest:
    """A submitted request of which every text and amount carries its owner's mark."""
    return world.submitted(
        owner,
        account,
        title=f"{OUTLINE[owner]} title",
        need_statement=f"{OUTLINE[owner]} need",
        deadline_source=f"{MONEY[owner]} source",
        contract_reference=f"{MONEY[owner]} contract",
        evidence=(("own_estimate", f"{MONEY[owner]} evidence", f"https://example.com/{MONEY[owner]}"),),
        lines=(
            # Dearer than the worth, so that it is never bought and only has to stay unseen.
            replace(line, outside_cost_minor=AMOUNT[owner], outside_source=f"{MONEY[owner]} supplier"),
        ),
        **{"benefits": ((0, AMOUNT[owner]),), **changes},
    )


def set_stage(world: World, path: Path, engine: Engine) -> Stage:
    """Play the company's work up to that moment."""
    stage = Stage(world, path)
    _mark_accounts(world)
    worker = Worker(world.database, engine=engine)
    # Ann's first week in full; two requests for it cannot both be served.
    design = LineValues("architecture", 160, min_level=3)
    law = LineValues("law", 40)
    marked(world, "nora", "alfa", LineValues("architecture", 40, min_level=3))
    marked(world, "kai", "gamma", law)
    first = solve(world, worker)
    decide_all(world, first)
    with world.database.writing() as session:
        publication = publishing.publish(session, world.actor("lukas"), first)
        secret = board.create_board_link(session, world.actor("lukas"), publication.number, 30)
        link = board.list_board_links(session, world.actor("lukas"), publication.number)[0].id
    resolution, round_id = _reviewed(world)
    weeks = {"earliest_week": "2027-W09", "latest_week": "2027-W09"}
    own = marked(world, "nora", "alfa", design, **weeks)
    other = marked(world, "kai", "gamma", law, **weeks)
    marked(world, "kai", "gamma", design, benefits=((0, AMOUNT["kai"] // 1000),), **weeks)
    spare = {
        "own": marked(world, "nora", "alfa", replace(design, quarter_hours=40), **SPARE),
        "other": marked(world, "kai", "gamma", law, **SPARE),
    }
    second = solve(world, worker)
    drafts = {
        side: draft(world, *who).id
        for side, who in {"own": ("nora", "alfa"), "other": ("kai", "gamma")}.items()
    }
    proposals = {side: _proposal(world, row.id) for side, row in (("own", own), ("other", other))}
    stage.rows = {
        "request": {"own": own.id, "other": other.id, "nothing": NOTHING},
        "draft": {**drafts, "nothing": NOTHING},
        "account": {"own": world.ids["alfa"], "other": world.ids["gamma"], "nothing": NOTHING},
        "proposal": {**proposals, "nothing": NOTHING},
        "answerable": {**proposals, "nothing": NOTHING},
        **_talked(world, {side: row.id for side, row in spare.items()}),
        "run": {"own": second, "nothing": NOTHING},
        "cycle": {"own": world.ids["cycle"], "nothing": NOTHING},
        "publication": {"own": 1, "nothing": 77},
        "link": {"own": link, "nothing": NOTHING},
        "secret": {"own": secret, "nothing": "x" * 43},
        "user": {"own": world.ids["filip"], "nothing": NOTHING},
        "key": {"own": _key(world, "nora"), "other": _key(world, "kai"), "nothing": NOTHING},
        "review": {"own": 1, "nothing": 77},
        "reviewed": {"own": secret, "nothing": "x" * 43},
        "seen_plan": {"own": 1, "nothing": 77},
        "resolution": {"own": resolution, "nothing": NOTHING},
        "round": {"own": round_id, "nothing": NOTHING},
        "kam": {"own": world.ids["nora"], "other": world.ids["kai"], "nothing": NOTHING},
    }
    granted = {"own": own.id, "other": other.id}
    for kind, rows in exceptions(world, worker, second, granted).items():
        stage.rows[kind] = {"nothing": NOTHING, **rows}
    _revoke(world)
    stage.rows |= _data_rows(world)
    fill_books(world, AMOUNT, MONEY)
    stage.versions = _versions(world)
    stage.keep()
    return stage


def _reviewed(world: World) -> tuple[str, str]:
    """Plan 1 reviewed and resolved upon, and an open round of the survey; ids of resolution and round."""
    lukas = world.actor("lukas")
    with world.database.writing() as session:
        row = resolutions.record_resolution(session, lukas, 1, "general", "The plan", text="Taken note of.")
        review.send_review(session, lukas, 1)
        asked = [group.key for group in surveys.groups(session, lukas)]
        return row.id, surveys.open_round(session, lukas, "2027 Q1", date(2027, 1, 20), asked).id


def _talked(world: World, spare: dict[str, str]) -> dict[str, dict[str, Any]]:
    """What people said to each other: an offer, a notification and a delegation of each side, by kind."""
    told = {"own": "nora", "other": "kai"}
    lent = {"own": ("hana", "dan"), "other": ("kai", "nora")}
    offered = {"own": "hana", "other": "lena"}
    return {
        "offer": {**{s: _offered(world, who, spare[s]) for s, who in offered.items()}, "nothing": NOTHING},
        "notice": {**{s: _told(world, who) for s, who in told.items()}, "nothing": NOTHING},
        "delegation": {**{s: _lent(world, *two) for s, two in lent.items()}, "nothing": NOTHING},
    }


def _offered(world: World, head: str, request_id: str) -> str:
    """The head offers the hours of the spare request a week later; the id of the offer."""
    with world.database.writing() as session:
        actor = world.actor(head)
        part = session.scalars(select(Proposal).where(Proposal.request_id == request_id)).one()
        rows = [OfferedHours(a.specialist_id, _later(a.week), a.quarter_hours) for a in part.allocations]
        return offering.make_offer(session, actor, part.id, part.version, rows).id


def _later(week: str) -> str:
    return SPARE["latest_week"] if week == SPARE["earliest_week"] else SPARE["earliest_week"]


def _told(world: World, name: str) -> str:
    """A notification of that person."""
    with world.database.writing() as session:
        notifying.notify(
            session,
            users=[world.ids[name]],
            kind=NotificationKind.COMMENT,
            text=Message(f"{OUTLINE[name]} told"),
            link="/notices",
        )
        return (
            session.scalars(select(Notification.id).where(Notification.user_id == world.ids[name])).first()
            or ""
        )


def _lent(world: World, lender: str, colleague: str) -> str:
    """A delegation of next year, which lends nothing today."""
    with world.database.writing() as session:
        actor = world.actor(lender)
        day = date(2027, 12, 1)
        return delegations.create_delegation(session, actor, world.ids[colleague], day, day).id


def _data_rows(world: World) -> dict[str, dict[str, Any]]:
    """What belongs to files, outcomes and dossiers."""
    return {
        "import": {**_files(world), "nothing": NOTHING},
        "form": {"own": "csv", "nothing": "pdf"},
        "data kind": {"own": "leave"},
        "month": {"own": "2026-12", "nothing": "2026-13"},
        "month entered": {"own": "2027-03", "nothing": "2026-13"},
        "template": {"own": "csv", "nothing": "pdf"},
        "definition": {"own": _definition(world), "nothing": NOTHING},
        "definition tried": {"own": _definition(world), "nothing": NOTHING},
        "figure": {"own": "net_revenue", "nothing": "nothing"},
        **{kind: {"own": key, "nothing": NOTHING} for kind, key in waiting(world).items()},
        "closed": {**_closed(world), "nothing": NOTHING},
        **{kind: {"own": key, "nothing": NOTHING} for kind, key in _known(world).items()},
    }


def _closed(world: World) -> dict[str, str]:
    """A request of each side that ended long ago, as its key account manager recorded it."""
    found = {}
    for side, who, account in (("own", "nora", "alfa"), ("other", "kai", "gamma")):
        row = draft(world, who, account)
        with world.database.writing() as session:
            stored = session.get_one(ResourceRequest, row.id)
            stored.status, stored.latest_week = RequestStatus.EXPIRED, "2026-W40"
            stored.earliest_week = "2026-W36"
        told = OutcomeValues(
            "won", 8, date(2026, 12, 20), realised_value_minor=AMOUNT[who], lesson=f"{MONEY[who]} lesson"
        )
        with world.database.writing() as session:
            outcomes.record_outcome(session, world.actor(who), row.id, told)
        found[side] = row.id
    return found


def _known(world: World) -> dict[str, str]:
    """A contact, a rating that waits for a second person, and a draft plan of Alfa."""
    nora, alfa = world.actor("nora"), world.ids["alfa"]
    with world.database.writing() as session:
        person = ContactValues("Uma", "", "technical", "user", False, 3, 2, None)
        contact = contacts.save_contact(session, nora, alfa, person)
        rating = QualificationScore(
            account_id=alfa,
            criterion_key="image",
            value_current_milli=4000,
            source=ScoreSource.KAM,
            rated_by_id=world.ids["nora"],
            rated_on=date(2027, 1, 1),
            expires_on=date(2027, 12, 1),
            needs_second=True,
        )
        session.add(rating)
        plan = account_plans.save_draft(session, nora, alfa, PlanValues("2027", "Stay"))
        session.flush()
        seen = {"contact seen": contact.id, "plan seen": plan.id}
        return {"contact": contact.id, "rating": rating.id, "plan": plan.id, **seen}


def _files(world: World) -> dict[str, str]:
    """A file of each side that waits for a yes."""
    found = {}
    for side, who in (("own", "nora"), ("other", "kai")):
        content = f"request,account\n{MONEY[who]},nobody\n".encode()
        with world.database.writing() as session:
            name = f"{OUTLINE[who]}.csv"
            row = imports.hand_in(session, world.actor(who), ImportKind.REQUESTS, name, content)
        imports.check_file(world.database, world.actor(who), row.id)
        found[side] = row.id
    return found


def draft(world: World, owner: str, account: str) -> ResourceRequest:
    """A marked request that is not submitted."""
    with world.database.writing() as session:
        values = world.values(account, title=f"{OUTLINE[owner]} draft", benefits=((0, AMOUNT[owner]),))
        return requests.file_request(session, world.actor(owner), values)


def solve(world: World, worker: Worker) -> str:
    """Run the cycle and answer every question about the plan; the run's id."""
    with world.database.writing() as session:
        run = runs.start_run(session, world.actor("lukas"), world.ids["cycle"], wall_limit_s=10)
    while worker.step():
        pass
    with world.database.reading() as session:
        view = runs.run_view(session, world.actor("lukas"), run.id)
    assert view.state == "done", view.failure
    return run.id


def decide_all(world: World, run_id: str) -> None:
    """Both heads approve everything."""
    for head in ("hana", "lena"):
        with world.database.writing() as session:
            for item in decisions.inbox(session, world.actor(head)).items:
                assert item.run_id == run_id
                decisions.approve(session, world.actor(head), item.proposal_id, item.version)


def _key(world: World, name: str) -> str:
    with world.database.writing() as session:
        return users.create_token(session, world.actor(name), "spare", 30)[0].id


def _mark_accounts(world: World) -> None:
    with world.database.writing() as session:
        for owner, account in (("nora", "alfa"), ("kai", "gamma")):
            row = session.get_one(Account, world.ids[account])
            row.name = f"{OUTLINE[owner]} account"
            row.credit_limit_minor = AMOUNT[owner]
            session.add(
                AccountFinancials(
                    account_id=row.id,
                    month="2026-12",
                    kind=FiguresKind.ACTUAL,
                    gross_sales=AMOUNT[owner],
                    kam_quarter_hours=0,
                    specialist_quarter_hours=0,
                )
            )


def _definition(world: World) -> str:
    with world.database.reading() as session:
        return session.scalars(select(KeyAccountDefinition.id)).one()


def _proposal(world: World, request_id: str) -> str:
    with world.database.reading() as session:
        return session.scalars(select(Proposal.id).where(Proposal.request_id == request_id)).one()


def _revoke(world: World) -> None:
    with world.database.writing() as session:
        session.get_one(User, world.ids["sven"]).epoch += 1


def _versions(world: World) -> dict[str, int]:
    """The version of every row whose version a client must name, by id."""
    with world.database.reading() as session:
        return {
            row.id: row.version
            for kind in (ResourceRequest, Proposal, User, CounterOffer, ImportFile, *KINDS)
            for row in session.scalars(select(kind))
        }


def published_text(database: Database) -> str:
    """The content of all publications, to see that marks reached them."""
    with database.reading() as session:
        return json.dumps([json.loads(p.content) for p in session.scalars(select(Publication))])
