"""The board's review of a published plan: a draft of now, sent as it stands, read by link, resolved upon."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.judging import judge
from planner.permissions import Action, may
from planner.records import Account, BoardReview, PlanRun, PlanState, Publication
from planner.scope import find_publication
from planner.services.publishing.board import publication_by_link
from planner.services.publishing.publishing import canonical, content_hash
from planner.services.reviewing import resolutions, review_alignment, review_customers, review_money
from planner.services.reviewing.alignment_measures import measures
from planner.services.reviewing.contributions import view_of
from planner.services.reviewing.lowered import lowered_before
from planner.services.reviewing.review_decisions import decisions
from planner.services.reviewing.review_view import (
    ChangeRow,
    CustomerRow,
    DecisionItem,
    ElementRow,
    Kpi,
    LoweredRow,
    OverrideRow,
    RefusedRow,
    ResolutionRow,
    ReviewView,
    plain,
    restored,
)
from planner.transitions import AccountPlanAction, move
from planner.verdict import not_found, require

Content = Mapping[str, Any]
Resolved = Mapping[str, tuple[ResolutionRow, ...]]


def review_view(session: Session, actor: Actor, number: int | None = None) -> ReviewView | None:
    """The review of publication `number`, of the newest without one, from the facts of now.

    Returns:
        None when nothing is published yet.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND for a number that does not exist.
    """
    require(may(actor, Action.VIEW_REVIEW))
    publication = _newest(session) if number is None else find_publication(session, actor, number)
    return None if publication is None else _build(session, publication)


def send_review(session: Session, actor: Actor, number: int) -> BoardReview:
    """Keep the review of publication `number` as it stands now; board readers see this and no draft.

    The account plans that it shows count as seen by the board from now on.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.SEND_REVIEW))
    publication = find_publication(session, actor, number)
    last = _sent(session, publication)
    row = BoardReview(
        publication_id=publication.id,
        number=last[0].number + 1 if last else 1,
        prepared_by_id=actor.user_id,
        prepared_at=now(),
    )
    view = replace(
        _build(session, publication),
        review=row.number,
        prepared_by=actor.name,
        as_of=row.prepared_at.isoformat(),
    )
    row.content = canonical(plain(view))
    row.content_hash = content_hash(row.content)
    created(session, actor, Event.REVIEW_SENT, row)
    _note_seen(session, actor, view)
    return row


def _note_seen(session: Session, actor: Actor, view: ReviewView) -> None:
    """Mark the submitted account plans that the view shows as seen by the board."""
    codes = {row.code for row in view.customers if row.goal is not None}
    plans = review_customers.plans_in_force(session)
    for key in session.scalars(select(Account.id).where(Account.code.in_(codes)).order_by(Account.code)):
        plan = plans[key]
        if plan.state is PlanState.SUBMITTED:
            with changing(session, actor, Event.PLAN_REVIEWED, plan):
                move(plan, AccountPlanAction.REVIEW)
                plan.reviewed_at = now()


def list_reviews(session: Session, actor: Actor, number: int) -> Sequence[BoardReview]:
    """The reviews of publication `number` that were sent, newest first.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_REVIEW))
    return _sent(session, find_publication(session, actor, number))


def sent_review(session: Session, actor: Actor, number: int, review: int) -> tuple[ReviewView, BoardReview]:
    """A review as it was sent.

    Raises:
        Refused: E_FORBIDDEN, E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_REVIEW))
    publication = find_publication(session, actor, number)
    row = next((row for row in _sent(session, publication) if row.number == review), None)
    if row is None:
        raise not_found()
    return restored(json.loads(row.content)), row


def review_by_link(session: Session, secret: str) -> tuple[ReviewView, BoardReview] | None:
    """The newest review that was sent of the plan a board link opens; None when none was sent.

    Raises:
        Refused: E_NOT_FOUND, for a link that opens nothing.
    """
    sent = _sent(session, publication_by_link(session, secret))
    return (restored(json.loads(sent[0].content)), sent[0]) if sent else None


def is_intact(row: BoardReview) -> bool:
    """Whether the stored review and its hash still belong together."""
    return content_hash(row.content) == row.content_hash


def _newest(session: Session) -> Publication | None:
    return session.scalars(select(Publication).order_by(Publication.number.desc()).limit(1)).first()


def _sent(session: Session, publication: Publication) -> Sequence[BoardReview]:
    return session.scalars(
        select(BoardReview)
        .where(BoardReview.publication_id == publication.id)
        .order_by(BoardReview.number.desc())
        .options(joinedload(BoardReview.prepared_by))
    ).all()


def _build(session: Session, publication: Publication) -> ReviewView:
    content: Content = json.loads(publication.content)
    before = session.get(Publication, publication.previous_id) if publication.previous_id else None
    company = judge(session, today())
    quarter = review_money.quarter_of(publication.published_at.date())
    overrides, sponsors = review_money.overrides(session, quarter)
    resolved = resolutions.by_item(session, publication)
    beside = measures(session, publication, content, review_customers.top_codes(company))
    alignment = review_alignment.alignment(session, beside)
    customers = review_customers.customers(session, publication, content, company)
    questions = decisions(session, publication, content)
    shown = {row.key for rows in (questions, customers, overrides, alignment.elements) for row in rows}
    return ReviewView(
        number=publication.number,
        review=None,
        cycle=content["cycle"]["name"],
        published_at=content["published_at"],
        published_by=content["published_by"],
        content_hash=publication.content_hash,
        inputs_hash=content["inputs_hash"],
        currency=content["currency"],
        as_of=now().isoformat(),
        prepared_by=None,
        kpis=_kpis(content, json.loads(before.content) if before else None),
        last_actions=resolutions.earlier(session, publication),
        decisions=tuple(_resolved(row, resolved) for row in questions),
        customers=tuple(_resolved(row, resolved) for row in customers),
        alerts=tuple(review_customers.alerts(session, company)),
        refused=tuple(_refused(content)),
        quarter=quarter,
        overrides=tuple(_resolved(row, resolved) for row in overrides),
        sponsors=sponsors,
        rejections=tuple(review_money.rejections(content)),
        promised=review_money.promised(session),
        contribution=view_of(session, publication),
        alignment=replace(alignment, elements=tuple(_resolved(row, resolved) for row in alignment.elements)),
        general=tuple(row for item, rows in resolved.items() if item not in shown for row in rows),
        previous=content["previous_number"],
        changes=tuple(_changes(content)),
        lowered=tuple(_lowered(session, publication)),
        outside=content["worth"].get("outside_minor", 0),
    )


def _lowered(session: Session, publication: Publication) -> list[LoweredRow]:
    """Hours lowered within a week before the plan was asked for."""
    return [
        LoweredRow(
            department=row.department,
            who=row.who,
            at=row.at.isoformat(),
            hours=row.quarter_hours,
            raised_again=row.raised_again,
            low=row.low_minor,
            high=row.high_minor,
        )
        for row in lowered_before(session, session.get_one(PlanRun, publication.run_id))
    ]


Item = TypeVar("Item", DecisionItem, CustomerRow, OverrideRow, ElementRow)


def _resolved(row: Item, resolved: Resolved) -> Item:
    """An item with what was resolved on it."""
    return replace(row, resolutions=resolved.get(row.key, ()))


def _kpis(content: Content, before: Content | None) -> tuple[Kpi, ...]:
    """The same figures each time, with those of the plan before."""
    now_, then = _figures(content), _figures(before) if before else {}
    return tuple(Kpi(key, unit, value, then.get(key, (unit, None))[1]) for key, (unit, value) in now_.items())


def _figures(content: Content) -> dict[str, tuple[str, int | None]]:
    asked = sum(len(content[state]) for state in ("granted", "refused", "undecided", "rejected"))
    highs = [row["lost_high_minor"] for row in content["departments"]]
    room = sum(row["capacity_quarter_hours"] for row in content["departments"])
    lent = sum(row["quarter_hours"] for row in content["departments"])
    return {
        "published_value": ("money", content["worth"]["published_value_minor"]),
        "granted": ("count", len(content["granted"])),
        "asked": ("count", asked),
        "hours_lent": ("hours", lent),
        "utilisation": ("share", round(1000 * lent / room) if room else None),
        "lost_by_rejections": ("money", None if None in highs else sum(highs)),
        "overrides": ("count", len(content["overrides"])),
        "undecided": ("count", len(content["undecided"])),
    }


def _refused(content: Content) -> list[RefusedRow]:
    """Refused requests, and granted ones that got less than they asked."""
    rows = [*content["refused"], *(row for row in content["granted"] if row["outcome"] == "partly")]
    return [
        RefusedRow(
            key=f"refused:{row['request_id']}",
            title=row["title"],
            account=row["account"],
            kam=row["kam"],
            outcome=row["outcome"],
            reason=row["reason"],
            low=(row["break_even"] or {}).get("low_minor"),
            high=(row["break_even"] or {}).get("high_minor"),
            exact=(row["break_even"] or {}).get("exact"),
            possible=(row["break_even"] or {}).get("possible"),
        )
        for row in rows
    ]


def _changes(content: Content) -> list[ChangeRow]:
    difference = content["difference"] or {}
    return [
        *(
            ChangeRow("new", r["title"], r["account"], 0, r["quarter_hours"])
            for r in difference.get("new", ())
        ),
        *(
            ChangeRow("withdrawn", r["title"], r["account"], r["quarter_hours"], 0)
            for r in difference.get("withdrawn", ())
        ),
        *(
            ChangeRow("changed", r["title"], r["account"], r["before_quarter_hours"], r["quarter_hours"])
            for r in difference.get("changed", ())
        ),
    ]
