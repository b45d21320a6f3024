"""The alignment section: opinions of the newest closed round, their trend, and the measured companions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from planner.alignment import ElementView, Marks, element_view
from planner.records import Element, SurveyAnswer, SurveyComment, SurveyInvitation, SurveyRound
from planner.services.reviewing.review_view import AlignmentView, ElementRow, GapRow, GroupRow, MeasureRow
from planner.services.reviewing.surveys import KAMS, is_open, rounds

FULL = 1000
HUNDREDTHS = 100

Measures = Mapping[Element, tuple[MeasureRow, ...]]


def alignment(session: Session, measures: Measures) -> AlignmentView:
    """The seven aspects, what is urgent first; an open round is not shown: its answers could be watched."""
    closed = [row for row in rounds(session) if not is_open(row)]
    newest = closed[0] if closed else None
    before = closed[1] if len(closed) > 1 else None
    now, then = elements(session, newest), elements(session, before)
    rows = [_row(element, now.get(element), then.get(element), measures) for element in Element]
    asked, answered = _counts(session, newest)
    return AlignmentView(
        round=newest.name if newest else None,
        closed_on=_closed_on(newest),
        before=before.name if before else None,
        asked=asked,
        answered=answered,
        left_out=max((view.left_out for view in now.values()), default=0),
        elements=tuple(sorted(rows, key=lambda row: -(row.urgency or 0))),
    )


def elements(session: Session, row: SurveyRound | None) -> dict[Element, ElementView]:
    """What a closed round says of each element; nothing without a round.

    Raises:
        ValueError: the round still takes answers.
    """
    if row is None:
        return {}
    if is_open(row):
        raise ValueError("results of an open round are not shown")
    marks: dict[Element, defaultdict[str, tuple[list[int], list[int]]]] = {
        element: defaultdict(lambda: ([], [])) for element in Element
    }
    for answer in session.scalars(select(SurveyAnswer).where(SurveyAnswer.round_id == row.id)):
        current, target = marks[answer.element][answer.group]
        current.append(answer.current)
        target.append(answer.target)
    return {
        element: element_view(
            {group: Marks(tuple(current), tuple(target)) for group, (current, target) in groups.items()},
            against=KAMS if KAMS in groups else None,
        )
        for element, groups in marks.items()
    }


def comments(session: Session, row: SurveyRound | None) -> list[str]:
    """What was written in a closed round, by its text so that no order of arrival shows."""
    if row is None or is_open(row):
        return []
    query = select(SurveyComment.text).where(SurveyComment.round_id == row.id)
    return sorted(session.scalars(query), key=str.casefold)


def _row(
    element: Element, now: ElementView | None, then: ElementView | None, measures: Measures
) -> ElementRow:
    return ElementRow(
        key=f"alignment:{element.value}",
        element=element.value,
        level=_scaled(now.level if now else None, FULL),
        agreement=_scaled(now.agreement if now else None, FULL),
        target=_scaled(now.target if now else None, FULL),
        level_before=_scaled(then.level if then else None, FULL),
        agreement_before=_scaled(then.agreement if then else None, FULL),
        urgency=_scaled(now.urgency if now else None, HUNDREDTHS),
        groups=tuple(
            GroupRow(g.group, g.answers, round(g.mean * HUNDREDTHS)) for g in (now.groups if now else ())
        ),
        gaps=tuple(GapRow(g.one, g.other, round(g.size * HUNDREDTHS)) for g in (now.gaps if now else ())),
        measures=measures.get(element, ()),
    )


def _scaled(value: Fraction | float | None, factor: int) -> int | None:
    return None if value is None else round(value * factor)


def _counts(session: Session, row: SurveyRound | None) -> tuple[int, int]:
    if row is None:
        return 0, 0
    counted = select(func.count()).where(SurveyInvitation.round_id == row.id)
    return session.scalar(counted) or 0, session.scalar(counted.where(SurveyInvitation.answered)) or 0


def _closed_on(row: SurveyRound | None) -> str | None:
    if row is None:
        return None
    day = row.closed_at.date() if row.closed_at else row.closes_on
    return day.isoformat()
