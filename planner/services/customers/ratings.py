"""Rating customers by the criteria in force: evidence, an expiry, and a second rater where it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from planner import checks
from planner.actor import Actor
from planner.audit import Event, changing, created
from planner.clock import now, today
from planner.permissions import Action, may
from planner.qualifying import active_definition
from planner.records import CriterionAxis, QualificationCriterion, QualificationScore, Role, ScoreSource
from planner.scope import an_id, find_account
from planner.services.customers.keepers import keeps, kept_account, person
from planner.verdict import Kind, Problem, not_found, refuse, require

LONGEST_VALID = timedelta(days=731)
MOST_MILLI = 10**12


@dataclass(frozen=True, slots=True)
class RatingValues:
    """One rating, in thousandths of the criterion's unit; None is not known."""

    criterion: str
    current_milli: int | None
    forecast_milli: int | None
    evidence: str
    link: str
    expires_on: date


def list_ratings(session: Session, actor: Actor, account_id: str) -> Sequence[QualificationScore]:
    """All ratings of a customer in sight, newest first per criterion.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND.
    """
    require(may(actor, Action.VIEW_ACCOUNT))
    account = find_account(session, actor, account_id)
    query = select(QualificationScore).where(QualificationScore.account_id == account.id)
    loaded = query.options(
        joinedload(QualificationScore.rated_by), joinedload(QualificationScore.confirmed_by)
    )
    ordered = loaded.order_by(
        QualificationScore.criterion_key,
        QualificationScore.rated_on.desc(),
        QualificationScore.created_at.desc(),
    )
    return session.scalars(ordered).all()


def criteria_in_force(session: Session) -> Sequence[QualificationCriterion]:
    """The criteria of today's definition that weigh anything, in its order; empty when there is none."""
    definition = active_definition(session, today())
    return [row for row in definition.criteria if row.swing_points] if definition else ()


def rate(session: Session, actor: Actor, account_id: str, values: RatingValues) -> QualificationScore:
    """Rate a customer; what its own key account manager says of relations waits for a second person.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_NOT_OWN; E_INVALID with every value at fault.
    """
    require(may(actor, Action.RATE_ACCOUNT))
    overseer = actor.has(Role.LEADERSHIP, Role.FINANCE)
    find = find_account if overseer else kept_account
    account = find(session, actor, account_id)
    known = {row.key: row for row in criteria_in_force(session)}
    checks.require_well_formed(_problems(values, known))
    own = keeps(session, actor, account)
    relations = known[values.criterion].axis is CriterionAxis.RELATIONSHIP
    row = QualificationScore(
        account_id=account.id,
        criterion_key=values.criterion,
        value_current_milli=values.current_milli,
        value_forecast_milli=values.forecast_milli,
        source=_source(actor, own=own),
        evidence=checks.tidy(values.evidence),
        evidence_link=checks.tidy(values.link),
        rated_by_id=person(actor),
        rated_on=today(),
        expires_on=values.expires_on,
        needs_second=own and relations,
    )
    created(session, actor, Event.SCORE_RATED, row)
    return row


def _source(actor: Actor, *, own: bool) -> ScoreSource:
    if own:
        return ScoreSource.KAM
    return ScoreSource.FINANCE if actor.has(Role.FINANCE) else ScoreSource.SALES_LEAD


def _problems(values: RatingValues, known: dict[str, QualificationCriterion]) -> list[Problem]:
    found: list[Problem] = []
    if values.criterion not in known:
        found.append(checks.unknown("criterion", str(values.criterion), known))
    for name in ("current_milli", "forecast_milli"):
        value = getattr(values, name)
        if value is not None:
            found += checks.whole(name, value, -MOST_MILLI, MOST_MILLI)
    if values.current_milli is None and values.forecast_milli is None:
        reason, remedy = "Neither today's value nor a forecast is given.", "Give at least one of them."
        found.append(checks.missing("current_milli", reason, remedy))
    found += checks.text("evidence", values.evidence, 2_000, required=True, lines=True)
    found += checks.text("link", values.link, 500)
    if not today() < values.expires_on <= today() + LONGEST_VALID:
        reason, remedy = "A rating holds for two years at most.", "Choose a day within two years."
        found.append(checks.problem("expires_on", "E_DATE", reason, remedy))
    return found


def confirm_rating(session: Session, actor: Actor, account_id: str, rating_id: str) -> QualificationScore:
    """Confirm a rating that waits for a second person.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND; E_STATE; E_SECOND_PERSON for the rater or who keeps the customer.
    """
    require(may(actor, Action.CONFIRM_SCORE))
    account = find_account(session, actor, account_id)
    row = session.get(QualificationScore, an_id(rating_id))
    if row is None or row.account_id != account.id:
        raise not_found()
    if not row.needs_second or row.confirmed_by_id is not None:
        raise refuse(
            Kind.STATE, "E_STATE", "This rating waits for nobody.", "Reload the page to see what is possible."
        )
    if row.rated_by_id == actor.user_id or keeps(session, actor, account):
        raise refuse(
            Kind.FORBIDDEN,
            "E_SECOND_PERSON",
            "Who rated, or keeps the customer, cannot confirm it.",
            "Ask somebody else from leadership or finance.",
        )
    with changing(session, actor, Event.SCORE_CONFIRMED, row):
        row.confirmed_by_id, row.confirmed_at = person(actor), now()
    return row
