"""The alignment page: the newest closed round with its comments, beside what the records measure."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import today
from planner.judging import judge
from planner.permissions import Action, may
from planner.records import Publication
from planner.services.reviewing.alignment_measures import measures
from planner.services.reviewing.review_alignment import alignment, comments
from planner.services.reviewing.review_customers import top_codes
from planner.services.reviewing.review_view import AlignmentView
from planner.services.reviewing.surveys import is_open, rounds
from planner.verdict import require


@dataclass(frozen=True, slots=True)
class AlignmentPage:
    """The section as the board reads it, and what was written without a name."""

    view: AlignmentView
    comments: tuple[str, ...]


def alignment_view(session: Session, actor: Actor) -> AlignmentPage:
    """The newest closed round; measures follow from the newest published plan, none without one.

    Raises:
        Refused: E_FORBIDDEN.
    """
    require(may(actor, Action.VIEW_ALIGNMENT))
    newest = session.scalars(select(Publication).order_by(Publication.number.desc()).limit(1)).first()
    beside = {}
    if newest is not None:
        top = top_codes(judge(session, today()))
        beside = measures(session, newest, json.loads(newest.content), top)
    closed = next((row for row in rounds(session) if not is_open(row)), None)
    return AlignmentPage(alignment(session, beside), tuple(comments(session, closed)))
