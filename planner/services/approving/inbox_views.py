"""What a head sees of a plan: never how much money a request is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from planner.records import Decision, DecisionOutcome, PlanningCycle, PlanRun, ProposalState, RejectionReason
from planner.services.approving.consequences import Consequence
from planner.services.approving.offer_views import OfferView


@dataclass(frozen=True, slots=True)
class PersonHours:
    """Quarter-hours that one person gives to one line in one week."""

    specialist_id: str
    specialist: str
    week: str
    quarter_hours: int


@dataclass(frozen=True, slots=True)
class SkillProof:
    """What is known of a person's skill for a line.

    Attributes:
        specialist_id: The person.
        specialist: The name.
        skill_labels: Names of the skill by language; `skill` its key.
        skill: Key of the skill.
        level: Level that counts today, 0 when nothing does.
        wanted: Level that the line asks for.
        attested_by: Who said so; None when nobody did.
        attested_on: When.
        expires_on: Until when it counts; None means always.
    """

    specialist_id: str
    specialist: str
    skill: str
    skill_labels: Mapping[str, str]
    level: int
    wanted: int
    attested_by: str | None
    attested_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class HoursChange:
    """Quarter-hours of one person in one week: approved before, and proposed now."""

    specialist: str
    week: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One proposal as its head sees it: who asks for what of whom, never how much money it is worth.

    Attributes:
        proposal_id: What is decided.
        version: To be given back with the decision.
        state: "proposed", "approved", "rejected" ...
        run_id: The plan that proposes it.
        request_id: The request.
        title: Its title.
        account: Its customer.
        kam: Its key account manager.
        need: What the specialist is told.
        activity: What is done on this line.
        skill: Key of the skill; `skill_labels` its names by language.
        skill_labels: Names of the skill by language.
        min_level: Level asked for.
        hours: Who gives how much when.
        quarter_hours: Their sum.
        value_band: 1 to 5, fifths of the plan's granted requests by worth, 5 the most.
        proofs: What is known of each person's skill for this line.
        changes: What is different from what was approved before; empty when nothing was.
        offer: The newest counter-offer, if one was made.
        department: Whose people they are.
        is_own: Whether the actor, or who the actor stands in for, filed it or manages its account.
        moot: Whether another part of the request was refused, so that it will be planned anew.
        consequence: What refusing it costs.
    """

    proposal_id: str
    version: int
    state: ProposalState
    run_id: str
    request_id: str
    title: str
    account: str
    kam: str
    need: str
    activity: str
    skill: str
    skill_labels: Mapping[str, str]
    min_level: int
    hours: tuple[PersonHours, ...]
    quarter_hours: int
    value_band: int
    proofs: tuple[SkillProof, ...]
    changes: tuple[HoursChange, ...]
    offer: OfferView | None
    department: str
    is_own: bool
    moot: bool
    consequence: Consequence


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """The load of one person in one week, in quarter-hours.

    Attributes:
        specialist_id: The person.
        specialist: The name.
        week: ISO week.
        present: At work at all.
        own_work: Kept for the department.
        capacity: To lend, expedite reserve and other promises taken off.
        expedite: More for expedite requests only.
        promised: To requests that this plan does not contain.
        approved: Approved by this plan's heads so far.
        proposed: Still to be decided.
        planned_leave: Whether leave is planned that is not approved and so not taken off.
        proposals: Ids of the proposals behind `approved` and `proposed`.
    """

    specialist_id: str
    specialist: str
    week: str
    present: int
    own_work: int
    capacity: int
    expedite: int
    promised: int
    approved: int
    proposed: int
    planned_leave: bool
    proposals: tuple[str, ...]

    @property
    def left(self) -> int:
        """Quarter-hours left if everything proposed were approved; negative when over."""
        return self.capacity + self.expedite - self.approved - self.proposed


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for the actor's departments in the cycle that is being decided; empty when nothing does.

    `asked_at` is when the plan was ready; from then to `deadline` is the time to decide.
    """

    cycle: PlanningCycle | None
    run: PlanRun | None
    asked_at: datetime | None
    deadline: datetime | None
    items: tuple[InboxItem, ...]
    load: tuple[PersonWeek, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A decision that was made: on what, by whom and for whom, and what a rejection cost as far as known.

    `version` is the proposal's, when the answer can be taken back; else None.
    """

    decision: Decision
    title: str
    account: str
    department: str
    run_number: int
    decided_by: str
    outcome: DecisionOutcome
    reason: RejectionReason | None
    carried: bool
    consequence: Consequence | None
    version: int | None = None
