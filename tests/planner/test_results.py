"""What a run gives, by purpose: reported and never favoured."""

from __future__ import annotations

from factories import stable_id
from scenario import K, Quarrel

from planner.records import Purpose, ResourceRequest
from planner.services.planning.results import PurposeSplit, by_purpose, results


def test_a_plan_splits_by_what_it_is_for(planned: Quarrel) -> None:
    """R1 is to retain and R2 and R3 to win: 48 k of one request, and 30 k of two, of which one gets hours."""
    with planned.database.writing() as session:
        session.get_one(ResourceRequest, stable_id("r1")).purpose = Purpose.RETAIN
    with planned.database.reading() as session:
        split = by_purpose(results(session, planned.actor("lena"), planned.first.id))
    assert split == [PurposeSplit(Purpose.WIN, 2, 1, 30 * K), PurposeSplit(Purpose.RETAIN, 1, 1, 48 * K)]
