"""The board's review, resolutions, contributions, and the survey on alignment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.permissions import Action
from planner.records import BoardReview, Resolution
from planner.services.publishing import publication_file
from planner.services.reviewing import alignment_view, contributions, resolutions, review, surveys, trends
from planner.services.reviewing.review_view import ReviewView, plain
from planner.services.reviewing.surveys import Mark
from planner.verdict import not_found
from web.api.kit import Blueprint
from web.database import reads, writes
from web.policy import policy
from web.schemas.common import PageQuery, list_of
from web.schemas.outputs import page_of
from web.schemas.reviews import (
    ELEMENTS,
    AlignmentOut,
    AnswerIn,
    ContributionOut,
    GroupOut,
    PublicationFileOut,
    QuartersOut,
    ResolutionIn,
    ResolutionOut,
    ReviewOut,
    ReviewRowOut,
    RoundIn,
    RoundOut,
)

blueprint = Blueprint("reviews", "The board's review, contributions and alignment.")


@blueprint.get("/publications/<number:number>/file")
@policy(Action.VIEW_PUBLICATIONS)
@reads
@blueprint.answer(PublicationFileOut)
def show_file(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    """The plan with all it follows from, for `planner replay`: write the member "file" into a file."""
    return {"file": json.loads(publication_file.export_publication(session, actor, number))}


@blueprint.get("/publications/<number:number>/review")
@policy(Action.VIEW_REVIEW)
@reads
@blueprint.answer(ReviewOut)
def show_review(session: Session, actor: Actor, number: int) -> dict[str, Any]:
    """The review of a plan from the facts of now."""
    view = review.review_view(session, actor, number)
    if view is None:
        raise not_found()
    return _review(view, None)


def _review(view: ReviewView, row: BoardReview | None) -> dict[str, Any]:
    return {
        "number": view.review,
        "publication": view.number,
        "content_hash": row.content_hash if row else None,
        "intact": row is None or review.is_intact(row),
        "content": plain(view),
    }


@blueprint.get("/publications/<number:number>/reviews")
@policy(Action.VIEW_REVIEW)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(ReviewRowOut))
def list_reviews(session: Session, actor: Actor, query: dict[str, Any], number: int) -> dict[str, Any]:
    """Reviews of a plan that were sent, newest first."""
    return page_of(review.list_reviews(session, actor, number), query)


@blueprint.post("/publications/<number:number>/reviews")
@policy(Action.SEND_REVIEW)
@writes
@blueprint.answer(ReviewRowOut, 201)
def send_review(session: Session, actor: Actor, number: int) -> BoardReview:
    """Keep the review as it stands now; readers by link see it from now on."""
    return review.send_review(session, actor, number)


@blueprint.get("/publications/<number:number>/reviews/<number:edition>")
@policy(Action.VIEW_REVIEW)
@reads
@blueprint.answer(ReviewOut)
def show_sent(session: Session, actor: Actor, number: int, edition: int) -> dict[str, Any]:
    """A review as it was sent."""
    return _review(*review.sent_review(session, actor, number, edition))


@blueprint.post("/publications/<number:number>/resolutions")
@policy(Action.RESOLVE)
@blueprint.body(ResolutionIn)
@writes
@blueprint.answer(ResolutionOut, 201)
def record_resolution(session: Session, actor: Actor, data: dict[str, Any], number: int) -> Resolution:
    """Write down what was resolved on an item."""
    return resolutions.record_resolution(session, actor, number, data.pop("item"), data.pop("title"), **data)


@blueprint.post("/resolutions/<id:resolution_id>/done")
@policy(Action.RESOLVE)
@writes
@blueprint.answer(ResolutionOut)
def finish_resolution(session: Session, actor: Actor, resolution_id: str) -> Resolution:
    """Say that what was resolved is done."""
    return resolutions.finish_resolution(session, actor, resolution_id)


@blueprint.get("/publications/<number:number>/contribution")
@policy(Action.VIEW_CONTRIBUTION)
@reads
@blueprint.answer(ContributionOut)
def show_contribution(session: Session, actor: Actor, number: int) -> Any:
    """What departments bring to a plan; a head sees the own one, without money."""
    return contributions.contribution_view(session, actor, number)


@blueprint.post("/publications/<number:number>/contribution")
@policy(Action.ASK_CONTRIBUTION)
@writes
@blueprint.answer(ContributionOut, 202)
def ask_contribution(session: Session, actor: Actor, number: int) -> Any:
    """Let the engine compute it; GET it again until its state is "done"."""
    return contributions.ask_contribution(session, actor, number)


@blueprint.get("/alignment")
@policy(Action.VIEW_ALIGNMENT)
@reads
@blueprint.answer(AlignmentOut)
def show_alignment(session: Session, actor: Actor) -> dict[str, Any]:
    """The newest closed round beside what the records measure."""
    found = alignment_view.alignment_view(session, actor)
    return {"alignment": asdict(found.view), "comments": found.comments}


@blueprint.get("/alignment/quarters")
@policy(Action.VIEW_ALIGNMENT)
@reads
@blueprint.answer(QuartersOut)
def show_quarters(session: Session, actor: Actor) -> dict[str, Any]:
    """Reasons of refusals, evenness of shares, alignment and claims quarter by quarter, oldest first."""
    return {"rows": trends.quarters(session, actor)}


@blueprint.get("/surveys")
@policy(Action.VIEW_ALIGNMENT)
@blueprint.query(PageQuery)
@reads
@blueprint.answer(list_of(RoundOut))
def list_rounds(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """Rounds of the survey, newest first."""
    return page_of(surveys.list_rounds(session, actor), query)


@blueprint.get("/surveys/groups")
@policy(Action.OPEN_SURVEY)
@reads
@blueprint.answer(GroupOut(many=True))
def list_groups(session: Session, actor: Actor) -> Sequence[Any]:
    """Who can be asked."""
    return surveys.groups(session, actor)


@blueprint.post("/surveys")
@policy(Action.OPEN_SURVEY)
@blueprint.body(RoundIn)
@writes
@blueprint.answer(RoundOut, 201)
def open_round(session: Session, actor: Actor, data: dict[str, Any]) -> Any:
    """Open a round and invite everybody in the chosen groups."""
    row = surveys.open_round(session, actor, data["name"], data["closes_on"], data["groups"])
    return surveys.view_of(session, row)


@blueprint.post("/surveys/<id:round_id>/close")
@policy(Action.OPEN_SURVEY)
@writes
@blueprint.answer(RoundOut)
def close_round(session: Session, actor: Actor, round_id: str) -> Any:
    """Take no more answers and show the results."""
    return surveys.view_of(session, surveys.close_round(session, actor, round_id))


@blueprint.post("/surveys/<id:round_id>/answer")
@policy(Action.ANSWER_SURVEY)
@blueprint.body(AnswerIn)
@writes
@blueprint.answer(None, 204)
def answer(session: Session, actor: Actor, data: dict[str, Any], round_id: str) -> None:
    """Answer a round that asks you, once; nothing ties the answer to you afterwards."""
    marks = {name: Mark(**data[name]) for name in ELEMENTS}
    surveys.answer(session, actor, round_id, marks, data["comment"])
