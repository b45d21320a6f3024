"""What is usual at each stage of cooperation: how the chance answers to hours, and what a claim must rest on.

The chances are in per mille and only a beginning: whoever knows better states others, and says why. Those
here hold until two people of finance or administration agree on others; each version stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import EvidenceKind, ResourceRequest, Stage, UsualChances
from planner.verdict import Message
from planner.worth import Shape


@dataclass(frozen=True, slots=True)
class Template:
    """What is usual at one stage.

    Attributes:
        shape: What may be granted between the points.
        points: Share of the hours and chance of success, per mille.
        top: The ceiling of an ADBUDG curve, per mille.
        evidence: One item of these kinds is needed to submit; empty where any will do.
        remedy: What to add when it is missing.
    """

    shape: Shape
    points: tuple[tuple[int, int], ...]
    top: int | None = None
    evidence: frozenset[EvidenceKind] = frozenset()
    remedy: Message = Message("")  # noqa: RUF009 - a Message never changes


_HEARD: Final = frozenset(
    {
        EvidenceKind.CUSTOMER_STATEMENT,
        EvidenceKind.RECOMMENDATION,
        EvidenceKind.CONTRACT,
        EvidenceKind.PAST_OUTCOME,
    }
)
_SEEN: Final = frozenset({EvidenceKind.CONTRACT, EvidenceKind.PAST_OUTCOME})

TEMPLATES: Final[Mapping[Stage, Template]] = {
    # Hardly anything moves before a good part of the work is done.
    Stage.FIRST_CONTACT: Template(Shape.ADBUDG, ((0, 20), (500, 60), (1000, 200)), 350),
    Stage.PROPOSAL: Template(
        Shape.ADBUDG,
        ((0, 100), (500, 250), (1000, 450)),
        600,
        _HEARD,
        Message("Add what the customer said, who recommended us, or what came of earlier work."),
    ),
    # Most is decided already; the first hours help most.
    Stage.NEGOTIATION: Template(
        Shape.LINEAR,
        ((0, 300), (500, 500), (1000, 600)),
        None,
        frozenset({EvidenceKind.CUSTOMER_STATEMENT, EvidenceKind.CONTRACT}),
        Message("Add what the customer said or signed."),
    ),
    Stage.RUNNING: Template(
        Shape.LINEAR,
        ((0, 600), (500, 800), (1000, 900)),
        None,
        _SEEN,
        Message("Add the contract, or what came of earlier work."),
    ),
    Stage.RENEWAL: Template(
        Shape.LINEAR,
        ((0, 650), (500, 780), (1000, 850)),
        None,
        _SEEN,
        Message("Add the contract, or what came of earlier work."),
    ),
}


Usual = Mapping[Stage, Template]
"""What is usual at every stage."""


def usual_chances(session: Session) -> Usual:
    """What holds now: the newest confirmed version of each stage, else what the planner begins with."""
    rows = session.scalars(
        select(UsualChances)
        .where(UsualChances.confirmed_at.is_not(None))
        .order_by(UsualChances.confirmed_at, UsualChances.id)
    )
    return {**TEMPLATES, **{row.stage: as_template(row) for row in rows}}


def as_template(row: UsualChances) -> Template:
    """A version with what a claim of its stage must rest on."""
    points = ((0, row.at_none), (500, row.at_half), (1000, row.at_full))
    return dataclasses.replace(TEMPLATES[row.stage], shape=row.shape, points=points, top=row.top)


def usual_since(session: Session, request: ResourceRequest) -> tuple[Template, ...]:
    """All that held at the request's stage at any time since it was filed, the oldest first.

    Who took what was usual then need not say why it differs from what two others agreed on since.
    """
    if request.stage is None:
        return ()
    rows = session.scalars(
        select(UsualChances)
        .where(UsualChances.stage == request.stage, UsualChances.confirmed_at.is_not(None))
        .order_by(UsualChances.confirmed_at, UsualChances.id)
    ).all()
    before = [row for row in rows if row.confirmed_at and row.confirmed_at <= request.created_at]
    first = as_template(before[-1]) if before else TEMPLATES[request.stage]
    return (first, *(as_template(row) for row in rows[len(before) :]))


def told(usual: Usual) -> dict[str, Any]:
    """The chances as JSON can hold them, by stage."""
    return {
        stage.value: {
            "shape": each.shape.value,
            "points": [list(point) for point in each.points],
            "top": each.top,
        }
        for stage, each in usual.items()
    }
