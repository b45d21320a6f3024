"""What each request's claim rests on and is scaled by in a plan: present value, calibration, strategy.

Only ratings, confirmed outcomes and leadership's factors speak here; nothing is read from texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from planner.claims import read_claims
from planner.credit import free_credits
from planner.judging import Tried, judge
from planner.lifetimes import lifetimes
from planner.qualifying import MEASURED, Ratings, active_definition, criteria_of, read_ratings, standing
from planner.records import Account, KeyAccountDefinition, ResourceRequest, StrategicFactor, ValueSource
from planner.solving.parameters import YEARLY_RATE
from planner.solving.sharing import share_credits
from planner.worth import NEUTRAL, Factors, Figure, PresentValue, kept_value, present_value


@dataclass(frozen=True, slots=True)
class Weighing:
    """The factors of one request, and their working as JSON can hold it.

    `kept` is what keeping the customer is worth, for a request that claims just that; `credit` is what an
    order may use of the customer's credit, None where no limit is set.
    """

    factors: Factors = NEUTRAL
    working: Mapping[str, Any] | None = None
    kept: PresentValue | None = None
    credit: Figure | None = None

    def present(self, request: ResourceRequest, yearly_rate: str) -> PresentValue | None:
        """What the request's benefits are worth today; None when that is not known."""
        if request.value_source is ValueSource.LIFETIME:
            return self.kept
        stream = [(row.month_offset, row.amount_minor) for row in request.benefits]
        return present_value(stream, Decimal(yearly_rate)).within(self.credit)


UNWEIGHED = Weighing()


def weigh(
    session: Session,
    day: date,
    requests: Iterable[ResourceRequest],
    tried: Tried | None = None,
    *,
    yearly_rate: str = YEARLY_RATE,
) -> dict[str, Weighing]:
    """The factors of each request on a day, by its id. What is not known is neutral and says so.

    Requests of one customer share its credit, so all that a plan would decide together belong in `requests`.

    `tried` is another definition, trait or factor than those in force, as `planner.judging` takes it.
    """
    rows = list(requests)
    claims = read_claims(session, day)
    lasting = [row.account_id for row in rows if row.value_source is ValueSource.LIFETIME]
    kept = lifetimes(session, day, lasting, Decimal(yearly_rate))
    credits_left = share_credits(rows, free_credits(session, day, rows), day, yearly_rate)
    calibrations = {kam: claims.calibration(kam) for kam in {row.kam_id for row in rows}}
    weights = strategic_weights(session, day, {row.account_id for row in rows}, tried)
    found = {}
    for row in rows:
        calibration, weight = calibrations[row.kam_id], weights[row.account_id]
        factors = Factors(
            value_calibration=Decimal(calibration.value.value or 0),
            probability_calibration=Decimal(calibration.probability.value or 0),
            strategy=Decimal(weight.value or 0),
        )
        working = {"calibration": calibration.product.working(), "strategy": weight.working()}
        lifetime = kept[row.account_id] if row.value_source is ValueSource.LIFETIME else None
        kept_worth = kept_value(lifetime) if lifetime else None
        found[row.id] = Weighing(factors, working, kept_worth, credits_left.get(row.id))
    return found


def strategic_weights(
    session: Session,
    day: date,
    account_ids: Iterable[str],
    tried: Tried | None = None,
) -> dict[str, Figure]:
    """Each account's strategic weight; measured criteria are reckoned only when one of them weighs."""
    definition = tried if isinstance(tried, KeyAccountDefinition) else active_definition(session, day)
    wanted = list(account_ids)
    if definition and any(c.enters_strategic_weight and c.key in MEASURED for c in definition.criteria):
        judged = judge(session, day, tried).judged
        return {key: judged[key].standing.weight for key in wanted}
    factor = tried if isinstance(tried, StrategicFactor) else None
    return _rated(definition, read_ratings(session, day, tried=factor), session, wanted)


def _rated(
    definition: KeyAccountDefinition | None, ratings: Ratings, session: Session, account_ids: list[str]
) -> dict[str, Figure]:
    criteria = criteria_of(definition.criteria) if definition else ()
    found = {}
    for key in account_ids:
        parent = session.get_one(Account, key).parent_id
        known = {**(ratings.of(parent) if parent else {}), **ratings.of(key)}
        factor = ratings.factors.get(key)
        kappa = definition.kappa if definition else 0
        found[key] = standing(criteria, kappa, known, factor.factor if factor else None).weight
    return found
