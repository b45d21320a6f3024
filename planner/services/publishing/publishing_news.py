"""Who learns of a published plan, and what: everybody whose requests, people or weeks it touches."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import Department, NotificationKind, Publication, ResourceRequest, Specialist
from planner.services.staff.notifying import notify
from planner.verdict import Message

QUARTERS_PER_HOUR = 4


def tell(session: Session, publication: Publication) -> None:
    """Notify account managers, heads and specialists; each once per publication, about the own part only.

    Args:
        session: The unit of work that publishes.
        publication: New, with its content; effort in it is in quarter-hours.
    """
    content: Mapping[str, Any] = json.loads(publication.content)
    _account_managers(session, publication, content)
    _heads(session, publication, content)
    _specialists(session, publication, content)


def _account_managers(session: Session, publication: Publication, content: Mapping[str, Any]) -> None:
    state = {
        row["request_id"]: name
        for name in ("granted", "refused", "undecided", "rejected")
        for row in content[name]
    }
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for request, kam in session.execute(
        select(ResourceRequest.id, ResourceRequest.kam_id).where(ResourceRequest.id.in_(state))
    ):
        counts[kam][state[request]] += 1
    for kam, found in counts.items():
        text = Message(
            "Plan %(number)s is published. Of your requests, granted: %(granted)s, not granted: %(others)s.",
            {
                "number": publication.number,
                "granted": found["granted"],
                "others": found.total() - found["granted"],
            },
        )
        _send(session, {kam}, text, "/requests")


def _heads(session: Session, publication: Publication, content: Mapping[str, Any]) -> None:
    lent = {row["code"]: row["quarter_hours"] for row in content["departments"]}
    touched = {row["code"] for row in content["departments"] if row["quarter_hours"] or row["rejections"]}
    for department in session.scalars(select(Department).where(Department.code.in_(touched))):
        text = Message(
            "Plan %(number)s is published. %(department)s lends %(hours)s h.",
            {
                "number": publication.number,
                "department": department.name,
                "hours": _hours(lent[department.code]),
            },
        )
        _send(session, {department.head_id, department.deputy_head_id}, text, "/plan")


def _specialists(session: Session, publication: Publication, content: Mapping[str, Any]) -> None:
    promised: Counter[str] = Counter()
    for row in content["granted"]:
        for hour in row["hours"]:
            promised[hour["specialist_code"]] += hour["quarter_hours"]
    for person in session.scalars(select(Specialist).where(Specialist.code.in_(promised))):
        text = Message(
            "Plan %(number)s is published. Promised of your time: %(hours)s h.",
            {"number": publication.number, "hours": _hours(promised[person.code])},
        )
        _send(session, {person.user_id}, text, "/my-weeks")


def _send(session: Session, users: set[str | None], text: Message, link: str) -> None:
    notify(session, users=users, kind=NotificationKind.PUBLISHED, text=text, link=link)


def _hours(quarters: int) -> str:
    return f"{quarters / QUARTERS_PER_HOUR:g}"
