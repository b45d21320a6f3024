"""What the board reads of a published plan and all around it: one view for the page and for files.

Everything is plain: whole numbers, texts, None for what nobody knows. Money in minor units, effort in
quarter-hours, shares in per mille, marks in hundredths, times as ISO texts. So a view can be stored as JSON,
hashed, and read back years later without any record.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, TypeVar

from planner.services.reviewing.contributions import ContributionView
from planner.verdict import Message

FORMAT = "planner-review/1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence for people that is translated where it is shown; params are texts or whole numbers."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        """As a message."""
        return Message(self.text, self.params)


@dataclass(frozen=True, slots=True)
class Kpi:
    """One of the figures that every review shows, with the one of the review before."""

    key: str
    unit: str
    value: int | None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """What was resolved on an item."""

    id: str
    plan: int
    item: str
    title: str
    text: str
    responsible: str
    due_on: str | None
    done_at: str | None
    recorded_by: str
    recorded_at: str


@dataclass(frozen=True, slots=True)
class Option:
    """One way to decide.

    Attributes:
        name: What would be done.
        low: It costs the plan at least this; None when not known.
        high: It costs the plan at most this; None when not known.
        risk: What may go wrong with it.
        reversible: Whether and until when it can be taken back.
        address: The page where it is done; "" when there is none.
        estimate: What it costs by the best plans found, without proof; None when not known.
    """

    name: Words
    low: int | None
    high: int | None
    risk: Words
    reversible: Words
    address: str = ""
    estimate: int | None = None


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """One question for the board: what, why, two to four options, the recommended one."""

    key: str
    title: str
    question: Words
    background: tuple[Words, ...]
    options: tuple[Option, ...]
    recommended: int
    resolutions: tuple[ResolutionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Goal:
    """A customer's plan for a period: what is aimed at, what is done."""

    period: str
    goals: str
    state: str
    milestones: int
    done: int
    late: int
    next: str
    next_due: str | None


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer: its plan, what it asked and got, and what it leaves in money.

    Attributes:
        key: Of the item, for resolutions.
        share: Part of the company's profit, per mille.
        standing: Its class by that share.
        profit: Contribution profit of the last twelve months.
        cash: Cash flow of the same months.
        flags: Codes of what a reader must not miss.
        as_of: The last month with figures.
        unplanned: Whether it asks without a plan in force.
    """

    key: str
    code: str
    name: str
    kam: str
    asked: int
    granted: int
    refused: int
    asked_hours: int
    granted_hours: int
    value: int
    share: int | None
    standing: str | None
    profit: int | None
    cash: int | None
    flags: tuple[str, ...]
    as_of: str | None
    goal: Goal | None
    unplanned: bool
    resolutions: tuple[ResolutionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertRow:
    """A customer whose share crossed 10, 20, 70 or 75 % within a quarter; `grows` when upwards."""

    code: str
    name: str
    before: str
    now: str
    share_before: int | None
    share: int | None
    grows: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A request that got nothing or less, and from which value on it would get more."""

    key: str
    title: str
    account: str
    kam: str
    outcome: str
    reason: str | None
    low: int | None
    high: int | None
    exact: bool | None
    possible: bool | None


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """An exception with its price and what came of it."""

    key: str
    kind: str
    target: str
    sponsor: str
    second: str | None
    reason: str
    low: int
    high: int
    losers: tuple[str, ...]
    signed_on: str
    expires_on: str
    state: str
    result: str | None
    realised: int | None
    resolutions: tuple[ResolutionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SponsorRow:
    """What one sponsor's exceptions of the quarter cost."""

    sponsor: str
    count: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class RejectionRow:
    """What heads refused of the plan, by department."""

    department: str
    count: int
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One quarter: what closed requests had claimed, and what finance confirmed of it."""

    quarter: str
    closed: int
    succeeded: int
    claimed: int
    realised: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A request with other hours than in the plan before."""

    kind: str
    title: str
    account: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class LoweredRow:
    """Hours of a department that were lowered shortly before the plan; see `lowered.Lowered`."""

    department: str
    who: str | None
    at: str
    hours: int
    raised_again: int
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group's mean mark."""

    group: str
    answers: int
    mean: int


@dataclass(frozen=True, slots=True)
class GapRow:
    """Two groups that see the same thing differently."""

    one: str
    other: str
    size: int


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """What the records say of an element, beside the opinions; `unit` is "share", "days" or "per_100"."""

    key: str
    unit: str
    value: int | None
    beside: int | None = None


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One of the seven aspects: level and agreement side by side, each with the round before."""

    key: str
    element: str
    level: int | None
    agreement: int | None
    target: int | None
    level_before: int | None
    agreement_before: int | None
    urgency: int | None
    groups: tuple[GroupRow, ...]
    gaps: tuple[GapRow, ...]
    measures: tuple[MeasureRow, ...]
    resolutions: tuple[ResolutionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AlignmentView:
    """The newest closed round beside what the records measure; without a round only the measures."""

    round: str | None
    closed_on: str | None
    before: str | None
    asked: int
    answered: int
    left_out: int
    elements: tuple[ElementRow, ...]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The board's review of one publication.

    Attributes:
        number: Of the publication.
        review: Number of the review that was sent; None while it is a draft of now.
        as_of: When the facts around the plan were read.
        prepared_by: Who sent it; None for a draft.
        last_actions: Resolutions of earlier reviews that are open, or were done since.
        general: Resolutions on no single item, or on one that is no longer shown.
        quarter: The quarter of the register of overrides, such as "2027-Q1".
        lowered: Hours lowered shortly before the plan was made.
        outside: What the published plan pays to others who do the work.
    """

    number: int
    review: int | None
    cycle: str
    published_at: str
    published_by: str | None
    content_hash: str
    inputs_hash: str
    currency: str
    as_of: str
    prepared_by: str | None
    kpis: tuple[Kpi, ...]
    last_actions: tuple[ResolutionRow, ...]
    decisions: tuple[DecisionItem, ...]
    customers: tuple[CustomerRow, ...]
    alerts: tuple[AlertRow, ...]
    refused: tuple[RefusedRow, ...]
    quarter: str
    overrides: tuple[OverrideRow, ...]
    sponsors: tuple[SponsorRow, ...]
    rejections: tuple[RejectionRow, ...]
    promised: tuple[PromiseRow, ...]
    contribution: ContributionView
    alignment: AlignmentView
    general: tuple[ResolutionRow, ...]
    previous: int | None
    changes: tuple[ChangeRow, ...]
    lowered: tuple[LoweredRow, ...] = ()
    outside: int = 0


def plain(view: ReviewView) -> dict[str, Any]:
    """The view as JSON can hold it."""
    return {"format": FORMAT, **asdict(view)}


def restored(content: Mapping[str, Any]) -> ReviewView:
    """A view from what `plain` gave.

    Raises:
        ValueError: the content is of another format.
    """
    if content.get("format") != FORMAT:
        raise ValueError(f"the format is {content.get('format')!r}, not {FORMAT!r}")
    return _build(ReviewView, {key: value for key, value in content.items() if key != "format"})


def _build(kind: type[T], values: Mapping[str, Any]) -> T:
    hints = typing.get_type_hints(kind)
    known = {f.name for f in fields(typing.cast("Any", kind))}
    return kind(**{name: _value(hints[name], value) for name, value in values.items() if name in known})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if typing.get_origin(hint) is types.UnionType:
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        return tuple(_value(typing.get_args(hint)[0], each) for each in value)
    return _build(hint, value) if is_dataclass(hint) and isinstance(hint, type) else value
