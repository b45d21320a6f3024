"""Quarter by quarter: why requests were refused, how even shares were, alignment, how claims held.

All of it from what was stored then; what nobody stored is unknown, never nothing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.permissions import Action, may
from planner.records import Decision, DecisionOutcome, Publication, SurveyRound
from planner.services.planning.plan_facts import facts_of, plan_of, problem_of
from planner.services.planning.trade_offs import solo_values
from planner.services.reviewing.review_alignment import elements
from planner.services.reviewing.review_money import QUARTERS_SHOWN, promised, quarter_of
from planner.services.reviewing.review_view import PromiseRow
from planner.services.reviewing.surveys import is_open, rounds
from planner.verdict import require

FULL = 1000

Counts = tuple[tuple[str, int], ...]
"""Codes of reasons with how often each stood, the most frequent first."""


@dataclass(frozen=True, slots=True)
class QuarterRow:
    """One quarter. Shares in per mille, money in minor units; None is unknown.

    Attributes:
        quarter: Such as "2027-Q1".
        plans: Plans published.
        refused: Requests that the last plan in which they stood refused, by reason; None without a plan.
        rejected: Answers of heads that were refusals, by reason; None when no head answered.
        evenness: Jain's index of the shares that account managers reach of what each would have alone, in the
            last plan of which these shares are known.
        least_share: The smallest of those shares.
        level: Mean level of the seven aspects in the last round closed.
        agreement: Mean agreement of the groups on them.
        closed: Requests that ended with a recorded outcome; None when none did.
        held: Confirmed value as a share of what was claimed for it; None before anything was confirmed.
    """

    quarter: str
    plans: int
    refused: Counts | None = None
    rejected: Counts | None = None
    evenness: int | None = None
    least_share: int | None = None
    level: int | None = None
    agreement: int | None = None
    closed: int | None = None
    held: int | None = None


def quarters(session: Session, actor: Actor) -> tuple[QuarterRow, ...]:
    """From the first quarter with something stored until now, oldest first, at most eight.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_ALIGNMENT))
    plans = _by_quarter((p.published_at.date(), p) for p in session.scalars(_published()))
    answers = _by_quarter((d.decided_at.date(), d) for d in session.scalars(_answers()))
    asked = [row for row in rounds(session) if not is_open(row)]
    closed = _by_quarter(((r.closed_at.date() if r.closed_at else r.closes_on), r) for r in asked)
    ended = {row.quarter: row for row in promised(session)}
    known = [*plans, *answers, *closed, *ended]
    return tuple(
        _row(session, q, plans.get(q, []), answers.get(q, []), closed.get(q, []), ended.get(q))
        for q in _until_now(min(known, default=None))
    )


def _published() -> Any:
    return select(Publication).order_by(Publication.number)


def _answers() -> Any:
    """What heads answered themselves; what a newer run carried over is no new answer."""
    own = select(Decision).where(Decision.carried_from_id.is_(None))
    return own.order_by(Decision.decided_at, Decision.id)


def _by_quarter(rows: Any) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for day, row in rows:
        found[quarter_of(day)].append(row)
    return dict(found)


def _until_now(first: str | None) -> list[str]:
    """The quarters from `first` to the present one, at most so many as are shown."""
    year, number = int(quarter_of(today())[:4]), int(quarter_of(today())[-1])
    found: list[str] = []
    while first is not None and len(found) < QUARTERS_SHOWN and f"{year}-Q{number}" >= first:
        found.append(f"{year}-Q{number}")
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
    return found[::-1]


def _row(  # noqa: PLR0917 - what one quarter holds, kind by kind
    session: Session,
    quarter: str,
    plans: Sequence[Publication],
    answers: Sequence[Decision],
    closed: Sequence[SurveyRound],
    ended: PromiseRow | None,
) -> QuarterRow:
    shares = _fairness(session, plans)
    level, agreement = _alignment(session, closed)
    return QuarterRow(
        quarter=quarter,
        plans=len(plans),
        refused=refused_in(plans) if plans else None,
        rejected=_rejected(answers) if answers else None,
        evenness=shares[0],
        least_share=shares[1],
        level=level,
        agreement=agreement,
        closed=ended.closed if ended else None,
        held=round(FULL * ended.realised / ended.claimed) if ended and ended.claimed > 0 else None,
    )


def refused_in(plans: Sequence[Publication]) -> Counts:
    """Requests by the reason in the last plan of the quarter that they stood in; granted ones have none."""
    last: dict[str, str | None] = {}
    for plan in plans:
        content: Mapping[str, Any] = json.loads(plan.content)
        for row in (*content["granted"], *content["rejected"], *content["undecided"]):
            last.pop(row["request_id"], None)
        last |= {row["request_id"]: row["reason"] for row in content["refused"]}
    return _counted(reason or "" for reason in last.values())


def _rejected(answers: Sequence[Decision]) -> Counts:
    return _counted(
        answer.reason.value if answer.reason else ""
        for answer in answers
        if answer.outcome == DecisionOutcome.REJECTED
    )


def _counted(codes: Any) -> Counts:
    return tuple(sorted(Counter(codes).items(), key=lambda pair: (-pair[1], pair[0])))


def _fairness(session: Session, plans: Sequence[Publication]) -> tuple[int | None, int | None]:
    """Evenness and the smallest share in the last plan for which the value of each alone was computed."""
    for plan in reversed(plans):
        solo = solo_values(session, plan.run)
        if solo:
            facts = facts_of(*problem_of(plan.run), plan_of(plan.run), solo)
            return (None if facts.evenness is None else round(FULL * facts.evenness)), facts.least_share
    return None, None


def _alignment(session: Session, closed: Sequence[SurveyRound]) -> tuple[int | None, int | None]:
    """Means over the aspects with enough answers in the round of the quarter that closed last."""
    if not closed:
        return None, None
    # Rounds come newest first.
    views = list(elements(session, closed[0]).values())
    levels = [float(view.level) for view in views if view.level is not None]
    agreed = [view.agreement for view in views if view.agreement is not None]
    return (
        round(FULL * mean(levels)) if levels else None,
        round(FULL * mean(agreed)) if agreed else None,
    )
