"""Who else than a department's head is to be told what waits there: the named, and who stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.clock import today
from planner.records import Delegation, NamedHead, Proposal


def named_heads(session: Session, rows: Iterable[Proposal]) -> dict[tuple[str, str], str]:
    """Heads named for the requests of these proposals, by request and department."""
    query = select(NamedHead.request_id, NamedHead.department_id, NamedHead.user_id).where(
        NamedHead.request_id.in_({p.request_id for p in rows})
    )
    return {(request, department): user for request, department, user in session.execute(query)}


def stand_ins(session: Session) -> Mapping[str, frozenset[str]]:
    """Who acts today, by whom they act for."""
    day = today()
    found: defaultdict[str, set[str]] = defaultdict(set)
    query = select(Delegation.from_user_id, Delegation.to_user_id).where(
        Delegation.first_day <= day, Delegation.last_day >= day, Delegation.revoked_at.is_(None)
    )
    for lender, acting in session.execute(query):
        found[lender].add(acting)
    return {lender: frozenset(acting) for lender, acting in found.items()}


def with_stand_ins(acting: Mapping[str, frozenset[str]], people: Iterable[str | None]) -> frozenset[str]:
    """These people, and who acts for one of them."""
    known = frozenset(who for who in people if who)
    return known.union(*(acting.get(who, frozenset()) for who in known))
