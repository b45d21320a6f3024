"""The only place where a state changes: one table per kind of row, everything else is refused."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from planner.booking import release
from planner.clock import now
from planner.records import (
    AccountPlan,
    Closing,
    ClosingState,
    CounterOffer,
    CycleStatus,
    DefinitionState,
    ImportFile,
    ImportState,
    JobState,
    KeyAccountDefinition,
    OfferState,
    Override,
    OverrideState,
    PlanningCycle,
    PlanRun,
    PlanState,
    Proposal,
    ProposalState,
    Question,
    RequestStatus,
    ResourceRequest,
    Scenario,
    ScenarioState,
    SwapOffer,
    SwapState,
)
from planner.verdict import Allowed, Denied, Kind, Message, Verdict, require


class RequestAction(enum.StrEnum):
    """What can happen to a request."""

    SUBMIT = "submit"
    EDIT = "edit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    PLAN = "plan"
    DECIDE = "decide"
    PUBLISH = "publish"
    REPLAN = "replan"
    CARRY = "carry"
    REOPEN = "reopen"
    EXPIRE = "expire"
    START = "start"
    CLOSE = "close"


class ProposalAction(enum.StrEnum):
    """What can happen to a department's part of a line."""

    APPROVE = "approve"
    REJECT = "reject"
    COUNTER = "counter"
    REOPEN = "reopen"
    PUBLISH = "publish"
    WORK = "work"
    SUPERSEDE = "supersede"


class OfferAction(enum.StrEnum):
    """What can happen to a head's counter-offer."""

    ACCEPT = "accept"
    DECLINE = "decline"
    VOID = "void"


class OverrideAction(enum.StrEnum):
    """What can happen to an override."""

    SIGN = "sign"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class SwapAction(enum.StrEnum):
    """What can happen to an offer between two account managers; the last two follow a re-solve."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    CONFIRM = "confirm"
    FAIL = "fail"


class ScenarioAction(enum.StrEnum):
    """What can happen to a scenario."""

    PROMOTE = "promote"
    ARCHIVE = "archive"
    RESTORE = "restore"


class DefinitionAction(enum.StrEnum):
    """What can happen to a version of what "key" means."""

    EDIT = "edit"
    PROPOSE = "propose"
    RETURN = "return"
    APPROVE = "approve"
    RETIRE = "retire"


class CycleAction(enum.StrEnum):
    """What can happen to a cycle. The two that go back are for a run that ended without a plan."""

    SOLVE = "solve"
    DECIDE = "decide"
    PUBLISH = "publish"
    CLOSE = "close"
    BACK_TO_COLLECTING = "back_to_collecting"
    BACK_TO_PUBLISHED = "back_to_published"


class JobAction(enum.StrEnum):
    """What can happen to background work."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"
    REPEAT = "repeat"


class AccountPlanAction(enum.StrEnum):
    """What can happen to an account plan."""

    SUBMIT = "submit"
    REVIEW = "review"
    SUPERSEDE = "supersede"


class ClosingAction(enum.StrEnum):
    """What can happen to the outcome of a request."""

    RECORD = "record"
    RETURN = "return"
    CONFIRM = "confirm"
    SUPERSEDE = "supersede"


class ImportAction(enum.StrEnum):
    """What can happen to a file that was handed in."""

    CHECK = "check"
    PASS = "pass"  # noqa: S105 - the name of a step
    FAIL = "fail"
    STORE = "store"
    DISCARD = "discard"


Table = Mapping[tuple[str, str], enum.StrEnum]
"""(state, action) to the new state."""

R = RequestStatus
REQUESTS: Table = {
    (R.DRAFT, RequestAction.EDIT): R.DRAFT,
    (R.RETURNED, RequestAction.EDIT): R.RETURNED,
    (R.SUBMITTED, RequestAction.EDIT): R.SUBMITTED,
    (R.PLANNED, RequestAction.EDIT): R.SUBMITTED,
    (R.DECIDED, RequestAction.EDIT): R.SUBMITTED,
    (R.DRAFT, RequestAction.SUBMIT): R.SUBMITTED,
    (R.RETURNED, RequestAction.SUBMIT): R.SUBMITTED,
    (R.DRAFT, RequestAction.WITHDRAW): R.WITHDRAWN,
    (R.SUBMITTED, RequestAction.WITHDRAW): R.WITHDRAWN,
    (R.RETURNED, RequestAction.WITHDRAW): R.WITHDRAWN,
    (R.PLANNED, RequestAction.WITHDRAW): R.WITHDRAWN,
    (R.DECIDED, RequestAction.WITHDRAW): R.WITHDRAWN,
    (R.SUBMITTED, RequestAction.RETURN): R.RETURNED,
    (R.PLANNED, RequestAction.RETURN): R.RETURNED,
    (R.DECIDED, RequestAction.RETURN): R.RETURNED,
    (R.SUBMITTED, RequestAction.PLAN): R.PLANNED,
    (R.PLANNED, RequestAction.PLAN): R.PLANNED,
    (R.DECIDED, RequestAction.PLAN): R.PLANNED,
    (R.PLANNED, RequestAction.DECIDE): R.DECIDED,
    (R.DECIDED, RequestAction.REOPEN): R.PLANNED,
    (R.PLANNED, RequestAction.PUBLISH): R.PUBLISHED,
    (R.DECIDED, RequestAction.PUBLISH): R.PUBLISHED,
    (R.PUBLISHED, RequestAction.REPLAN): R.PLANNED,
    (R.PLANNED, RequestAction.CARRY): R.SUBMITTED,
    (R.DECIDED, RequestAction.CARRY): R.SUBMITTED,
    (R.DRAFT, RequestAction.EXPIRE): R.EXPIRED,
    (R.SUBMITTED, RequestAction.EXPIRE): R.EXPIRED,
    (R.RETURNED, RequestAction.EXPIRE): R.EXPIRED,
    (R.PLANNED, RequestAction.EXPIRE): R.EXPIRED,
    (R.DECIDED, RequestAction.EXPIRE): R.EXPIRED,
    (R.PUBLISHED, RequestAction.START): R.RUNNING,
    # What has begun stays begun: new plans give its remaining hours, and it can be closed at any time.
    (R.RUNNING, RequestAction.PLAN): R.RUNNING,
    (R.RUNNING, RequestAction.RETURN): R.RETURNED,
    (R.RUNNING, RequestAction.PUBLISH): R.RUNNING,
    (R.EXPIRED, RequestAction.CLOSE): R.CLOSED,
    (R.PUBLISHED, RequestAction.CLOSE): R.CLOSED,
    (R.RUNNING, RequestAction.CLOSE): R.CLOSED,
}

P = ProposalState
ANSWERED = (P.APPROVED, P.REJECTED, P.COUNTERED)
PROPOSALS: Table = {
    (P.PROPOSED, ProposalAction.APPROVE): P.APPROVED,
    (P.PROPOSED, ProposalAction.REJECT): P.REJECTED,
    (P.PROPOSED, ProposalAction.COUNTER): P.COUNTERED,
    **{(answered, ProposalAction.REOPEN): P.PROPOSED for answered in ANSWERED},
    (P.APPROVED, ProposalAction.PUBLISH): P.PUBLISHED,
    (P.PUBLISHED, ProposalAction.WORK): P.WORKED,
    **{(open_or, ProposalAction.SUPERSEDE): P.SUPERSEDED for open_or in (P.PROPOSED, *ANSWERED)},
}

F = OfferState
OFFERS: Table = {
    (F.OPEN, OfferAction.ACCEPT): F.ACCEPTED,
    (F.OPEN, OfferAction.DECLINE): F.DECLINED,
    (F.OPEN, OfferAction.VOID): F.VOID,
    (F.ACCEPTED, OfferAction.DECLINE): F.DECLINED,
    (F.ACCEPTED, OfferAction.VOID): F.VOID,
}

V = OverrideState
OVERRIDES: Table = {
    (V.WAITING, OverrideAction.SIGN): V.ACTIVE,
    (V.WAITING, OverrideAction.DECLINE): V.DECLINED,
    (V.WAITING, OverrideAction.WITHDRAW): V.WITHDRAWN,
    (V.ACTIVE, OverrideAction.WITHDRAW): V.WITHDRAWN,
}

W = SwapState
SWAPS: Table = {
    (W.OFFERED, SwapAction.ACCEPT): W.CHECKING,
    (W.OFFERED, SwapAction.DECLINE): W.DECLINED,
    (W.OFFERED, SwapAction.WITHDRAW): W.WITHDRAWN,
    (W.CHECKING, SwapAction.CONFIRM): W.AGREED,
    (W.CHECKING, SwapAction.FAIL): W.FAILED,
    (W.CHECKING, SwapAction.WITHDRAW): W.WITHDRAWN,
    (W.AGREED, SwapAction.RELEASE): W.WITHDRAWN,
}

S = ScenarioState
SCENARIOS: Table = {
    (S.OPEN, ScenarioAction.PROMOTE): S.PROMOTED,
    (S.OPEN, ScenarioAction.ARCHIVE): S.ARCHIVED,
    (S.PROMOTED, ScenarioAction.ARCHIVE): S.ARCHIVED,
    (S.ARCHIVED, ScenarioAction.RESTORE): S.OPEN,
}

C = CycleStatus
CYCLES: Table = {
    (C.COLLECTING, CycleAction.SOLVE): C.SOLVING,
    (C.DECIDING, CycleAction.SOLVE): C.SOLVING,
    (C.PUBLISHED, CycleAction.SOLVE): C.SOLVING,
    (C.SOLVING, CycleAction.DECIDE): C.DECIDING,
    (C.SOLVING, CycleAction.BACK_TO_COLLECTING): C.COLLECTING,
    (C.SOLVING, CycleAction.BACK_TO_PUBLISHED): C.PUBLISHED,
    (C.DECIDING, CycleAction.PUBLISH): C.PUBLISHED,
    (C.COLLECTING, CycleAction.CLOSE): C.CLOSED,
    (C.DECIDING, CycleAction.CLOSE): C.CLOSED,
    (C.PUBLISHED, CycleAction.CLOSE): C.CLOSED,
}

J = JobState
JOBS: Table = {
    (J.QUEUED, JobAction.START): J.RUNNING,
    (J.QUEUED, JobAction.CANCEL): J.CANCELLED,
    (J.QUEUED, JobAction.FAIL): J.FAILED,
    (J.RUNNING, JobAction.FINISH): J.DONE,
    (J.RUNNING, JobAction.FAIL): J.FAILED,
    (J.RUNNING, JobAction.CANCEL): J.CANCELLED,
    (J.FAILED, JobAction.REPEAT): J.QUEUED,
    (J.CANCELLED, JobAction.REPEAT): J.QUEUED,
}

PS = PlanState
ACCOUNT_PLANS: Table = {
    (PS.DRAFT, AccountPlanAction.SUBMIT): PS.SUBMITTED,
    (PS.SUBMITTED, AccountPlanAction.REVIEW): PS.BOARD_REVIEWED,
    (PS.SUBMITTED, AccountPlanAction.SUPERSEDE): PS.SUPERSEDED,
    (PS.BOARD_REVIEWED, AccountPlanAction.SUPERSEDE): PS.SUPERSEDED,
}

CS = ClosingState
CLOSINGS: Table = {
    (CS.RECORDED, ClosingAction.RECORD): CS.RECORDED,
    (CS.RETURNED, ClosingAction.RECORD): CS.RECORDED,
    (CS.RECORDED, ClosingAction.RETURN): CS.RETURNED,
    (CS.RECORDED, ClosingAction.CONFIRM): CS.CONFIRMED,
    (CS.CONFIRMED, ClosingAction.SUPERSEDE): CS.SUPERSEDED,
}

DS = DefinitionState
DEFINITIONS: Table = {
    (DS.DRAFT, DefinitionAction.EDIT): DS.DRAFT,
    (DS.DRAFT, DefinitionAction.PROPOSE): DS.PROPOSED,
    (DS.PROPOSED, DefinitionAction.RETURN): DS.DRAFT,
    (DS.PROPOSED, DefinitionAction.APPROVE): DS.ACTIVE,
    (DS.ACTIVE, DefinitionAction.RETIRE): DS.RETIRED,
}

IS = ImportState
IMPORTS: Table = {
    (IS.CHECKING, ImportAction.CHECK): IS.CHECKING,
    (IS.READY, ImportAction.CHECK): IS.CHECKING,
    (IS.FAULTY, ImportAction.CHECK): IS.CHECKING,
    (IS.CHECKING, ImportAction.PASS): IS.READY,
    (IS.CHECKING, ImportAction.FAIL): IS.FAULTY,
    (IS.READY, ImportAction.FAIL): IS.FAULTY,
    (IS.READY, ImportAction.STORE): IS.STORED,
    (IS.CHECKING, ImportAction.DISCARD): IS.DISCARDED,
    (IS.READY, ImportAction.DISCARD): IS.DISCARDED,
    (IS.FAULTY, ImportAction.DISCARD): IS.DISCARDED,
}

Exceptional = Override | SwapOffer | Scenario
OfCustomers = AccountPlan | Closing | ImportFile | KeyAccountDefinition
Moving = (
    ResourceRequest | Proposal | CounterOffer | PlanningCycle | PlanRun | Question | Exceptional | OfCustomers
)


@dataclass(frozen=True, slots=True)
class Machine:
    """The states of one kind of row: its name for people, the column that holds the state, the table."""

    noun: Message
    column: str
    table: Table


MACHINES: Mapping[type[Moving], Machine] = {
    ResourceRequest: Machine(Message("request"), "status", REQUESTS),
    Proposal: Machine(Message("proposal"), "state", PROPOSALS),
    CounterOffer: Machine(Message("counter-offer"), "state", OFFERS),
    PlanningCycle: Machine(Message("cycle"), "status", CYCLES),
    PlanRun: Machine(Message("run"), "state", JOBS),
    Question: Machine(Message("question"), "state", JOBS),
    Override: Machine(Message("override"), "state", OVERRIDES),
    SwapOffer: Machine(Message("swap offer"), "state", SWAPS),
    Scenario: Machine(Message("scenario"), "state", SCENARIOS),
    AccountPlan: Machine(Message("account plan"), "state", ACCOUNT_PLANS),
    Closing: Machine(Message("outcome"), "state", CLOSINGS),
    ImportFile: Machine(Message("file"), "state", IMPORTS),
    KeyAccountDefinition: Machine(Message("definition"), "state", DEFINITIONS),
}


def state(row: Moving) -> str:
    """The state a row is in now."""
    return str(getattr(row, MACHINES[type(row)].column))


def target(row: Moving, action: str) -> enum.StrEnum | None:
    """Where `action` would take the row now; None when it is not allowed."""
    return MACHINES[type(row)].table.get((state(row), action))


def allowed(row: Moving) -> tuple[str, ...]:
    """The actions possible in the row's present state, in the order of the table."""
    now_in = state(row)
    return tuple(str(action) for before, action in MACHINES[type(row)].table if before == now_in)


def check(row: Moving, action: str) -> Verdict:
    """Whether the table has a move from the present state; E_STATE with what is possible when not."""
    if target(row, action) is not None:
        return Allowed()
    noun, present = MACHINES[type(row)].noun, state(row)
    params = {"noun": noun, "state": Message(present), "action": Message(str(action))}
    return Denied(
        Kind.STATE,
        "E_STATE",
        Message("The %(noun)s is %(state)s; the step “%(action)s” is not possible now.", params),
        Message("Reload the page to see what is possible now."),
        details={"state": present, "action": str(action), "allowed": list(allowed(row))},
    )


def move(row: Moving, action: str) -> None:
    """Take the row to the state that the table gives for `action`.

    Raises:
        Refused: E_STATE; the table has no such move from the present state.
    """
    require(check(row, action))
    new = target(row, action)
    if isinstance(row, ResourceRequest) and new != row.status:
        row.status_since = now()
    if isinstance(row, Proposal) and row.state == ProposalState.APPROVED and new != row.state:
        release(row)
    setattr(row, MACHINES[type(row)].column, new)
