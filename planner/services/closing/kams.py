"""Key account managers: what became of their claims, how many key customers they keep, what was refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from planner.actor import Actor
from planner.claims import Claims, case_of, quarter_of, read_claims, since
from planner.clock import today
from planner.judging import Company, Judgement, judge
from planner.permissions import Action, may
from planner.records import (
    FAILURES,
    SUCCESSES,
    Closing,
    ClosingState,
    JobState,
    Outcome,
    PlanRun,
    RequestOutcome,
    ResourceRequest,
    Role,
    RunPurpose,
    User,
    UserRole,
)
from planner.scope import an_id
from planner.unanswered import Unanswered, unanswered
from planner.verdict import not_found, require
from planner.worth import Brier, Calibration, Case, Figure, brier

MOST_KEY_ACCOUNTS: Final = 3
"""A key account manager does justice to one to three key customers of the company."""

REPEATED: Final = 3
"""From so many refusals on they are called repeated."""


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """One closed request that tells how a claim came out."""

    closing: Closing
    case: Case
    counts: bool


@dataclass(frozen=True, slots=True)
class SilentCase:
    """One request whose silence counts as a failure, from the quarter after `unanswered.failed_on`."""

    unanswered: Unanswered
    counts: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One person's claims.

    Attributes:
        kam: Whose.
        calibration: What the next claims are scaled by.
        brier: How good stated chances were.
        cases: The closed requests behind it, newest first; those of this quarter count from the next on.
        silent: Requests of which nobody said how they ended in spite of reminders: failures until then.
        expected_minor: What the counted claims together promised.
        realised_minor: What they brought; unknown amounts are left out of both.
    """

    kam: User
    calibration: Calibration
    brier: Brier
    cases: Sequence[ClosedCase]
    silent: Sequence[SilentCase]
    expected_minor: Decimal
    realised_minor: int


def view_calibration(session: Session, actor: Actor, kam_id: str) -> Record:
    """The record of a key account manager, for that person and leadership only.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also for a colleague's.
    """
    require(may(actor, Action.VIEW_CALIBRATION))
    if actor.user_id != an_id(kam_id) and not actor.has(Role.LEADERSHIP):
        raise not_found()
    kam = session.scalars(_kams().where(User.id == kam_id)).one_or_none()
    if kam is None:
        raise not_found()
    return _record(session, kam, read_claims(session, today()))


def list_kams(session: Session, actor: Actor) -> list[User]:
    """Whose records the actor may see.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_CALIBRATION))
    seen: ColumnElement[bool] = User.id == actor.user_id
    query = _kams() if actor.has(Role.LEADERSHIP) else _kams().where(seen)
    return list(session.scalars(query.order_by(User.display_name, User.id)))


def _kams() -> Any:
    holders = select(UserRole.user_id).where(UserRole.role == Role.KAM)
    return select(User).where(User.id.in_(holders))


def _record(session: Session, kam: User, claims: Claims) -> Record:
    day = today()
    rows = session.scalars(
        select(Closing)
        .join(ResourceRequest, ResourceRequest.id == Closing.request_id)
        .where(
            ResourceRequest.kam_id == kam.id,
            Closing.state == ClosingState.CONFIRMED,
            Closing.result.in_(SUCCESSES | FAILURES),
            Closing.ended_on >= since(day),
            Closing.ended_on <= day,
        )
        .order_by(Closing.ended_on.desc(), Closing.id)
        .options(joinedload(Closing.request).joinedload(ResourceRequest.account))
    ).all()
    cases = [ClosedCase(row, case_of(row), row.ended_on < quarter_of(day)) for row in rows]
    silent = [
        SilentCase(each, each.failed_on < quarter_of(day))
        for each in unanswered(session, day)
        if each.request.kam_id == kam.id and each.failed_on >= since(day)
    ]
    counted = [c.case for c in cases if c.counts] + [s.unanswered.case for s in silent if s.counts]
    told = [c for c in counted if c.realised_minor is not None or not c.success]
    return Record(
        kam,
        claims.calibration(kam.id),
        brier(counted),
        cases,
        silent,
        sum((Decimal(c.probability) * (c.claimed_minor or 0) / 1000 for c in told), Decimal(0)),
        sum(c.realised_minor or 0 for c in told if c.success),
    )


@dataclass(frozen=True, slots=True)
class Load:
    """How much rests on one key account manager.

    Attributes:
        kam: Who.
        accounts: All customers that the person keeps.
        key: Those that are key for the company; branches of a key group are part of it.
        exposure: The contribution profit of all of them.
    """

    kam: User
    accounts: tuple[Judgement, ...]
    key: tuple[Judgement, ...]
    exposure: Figure

    @property
    def without_deputy(self) -> tuple[Judgement, ...]:
        """Key customers that nobody would keep if this person were gone."""
        return tuple(j for j in self.key if j.account.deputy_kam_id is None)

    @property
    def too_many(self) -> bool:
        """Whether one person can hardly do justice to them."""
        return len(self.key) > MOST_KEY_ACCOUNTS


def kam_loads(session: Session, actor: Actor) -> list[Load]:
    """Every key account manager's customers, the largest load first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_KAM_LOADS))
    company = judge(session, today())
    found = [_load(company, kam) for kam in session.scalars(_kams().order_by(User.display_name, User.id))]
    return sorted(found, key=lambda load: -len(load.key))


def _load(company: Company, kam: User) -> Load:
    own = [j for j in company.judged.values() if j.account.kam_id == kam.id]
    held = {j.account.id for j in own}
    counted = [j for j in own if j.account.parent_id not in held]
    inputs = tuple(
        Figure("contribution", j.money.contribution.value, subject=j.account.name) for j in counted
    )
    known = [Decimal(f.value) for f in inputs if f.value is not None]
    note = "" if len(known) == len(inputs) else "input_unknown"
    value = sum(known, Decimal(0)) if known else None
    exposure = Figure("exposure", value, formula="sum of {contribution}", inputs=inputs, note=note)
    return Load(kam, tuple(own), tuple(j for j in own if j.is_key), exposure)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer of a plan that gave a request nothing."""

    request: ResourceRequest
    run: PlanRun
    reason: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What plans refused of one person's requests, and what the refusals have in common.

    Attributes:
        kam: Whose requests.
        answered: How many requests the plans answered at all.
        refusals: The newest refusal of each request that has nothing now, newest first.
        reasons: How often each reason.
        skills: How often each skill was asked for in them, by key and name.
        accounts: How often each customer.
    """

    kam: User
    answered: int
    refusals: Sequence[Refusal]
    reasons: Sequence[tuple[str, int]]
    skills: Sequence[tuple[str, int]]
    accounts: Sequence[tuple[str, int]]

    @property
    def repeated(self) -> bool:
        """Whether it happens so often that somebody should talk about it."""
        return len(self.refusals) >= REPEATED


def expectations(session: Session, actor: Actor) -> list[Expectation]:
    """Refusals by key account manager: all for leadership, the own ones otherwise; most refusals first.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_EXPECTATIONS))
    kams = {kam.id: kam for kam in list_kams(session, actor)}
    newest = _newest_answers(session, kams)
    by_kam: defaultdict[str, list[tuple[ResourceRequest, RequestOutcome, PlanRun]]] = defaultdict(list)
    for row in newest:
        by_kam[row[0].kam_id].append(row)
    found = [_expectation(kam, by_kam.get(key, []), actor.language) for key, kam in kams.items()]
    return sorted(found, key=lambda e: -len(e.refusals))


def _newest_answers(
    session: Session, kams: Mapping[str, User]
) -> list[tuple[ResourceRequest, RequestOutcome, PlanRun]]:
    """The last answer of an official plan to each request, newest first."""
    rows = session.execute(
        select(ResourceRequest, RequestOutcome, PlanRun)
        .join(RequestOutcome, RequestOutcome.request_id == ResourceRequest.id)
        .join(PlanRun, PlanRun.id == RequestOutcome.run_id)
        .where(
            ResourceRequest.kam_id.in_(kams),
            PlanRun.purpose == RunPurpose.OFFICIAL,
            PlanRun.state == JobState.DONE,
        )
        .order_by(PlanRun.finished_at.desc(), PlanRun.number.desc(), ResourceRequest.filing_order)
        .options(joinedload(ResourceRequest.account), joinedload(ResourceRequest.lines))
    ).unique()
    seen: set[str] = set()
    found = []
    for request, outcome, run in rows:
        if request.id not in seen:
            seen.add(request.id)
            found.append((request, outcome, run))
    return found


def _expectation(
    kam: User, rows: Sequence[tuple[ResourceRequest, RequestOutcome, PlanRun]], language: str
) -> Expectation:
    refused = [
        Refusal(request, run, outcome.reason or "outbid")
        for request, outcome, run in rows
        if outcome.level < 0 and request.outcome is Outcome.REFUSED
    ]
    skills = Counter(
        name for r in refused for name in {line.skill.label(language) for line in r.request.lines}
    )
    return Expectation(
        kam,
        len(rows),
        refused,
        Counter(r.reason for r in refused).most_common(),
        skills.most_common(),
        Counter(r.request.account.name for r in refused).most_common(),
    )
