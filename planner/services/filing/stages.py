"""What is usual at each stage of cooperation: how the chance answers to hours, and what a claim must rest on.

The chances are in per mille and only a beginning: whoever knows better states others, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner import checks
from planner.records import EvidenceKind, ResourceRequest, Stage
from planner.verdict import Message, Problem
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


def is_usual(request: ResourceRequest) -> bool:
    """Whether the chances are those of the request's stage; without a stage nothing is unusual."""
    if request.stage is None:
        return True
    usual = TEMPLATES[request.stage]
    points = tuple((point.fraction, point.probability) for point in request.curve)
    return (request.curve_shape, points, request.curve_top) == (usual.shape, usual.points, usual.top)


def stage_problems(request: ResourceRequest) -> list[Problem]:
    """What the stage asks for before the request can be submitted; nothing without a stage."""
    if request.stage is None:
        return []
    found: list[Problem] = []
    if request.curve and not is_usual(request) and not request.curve_reason:
        reason = "The chances differ from those usual at this stage, and nothing says why."
        remedy = "Say in a sentence what is different here, or take the usual chances."
        found.append(checks.missing("curve_reason", reason, remedy))
    wanted = TEMPLATES[request.stage]
    if request.evidence and wanted.evidence and not wanted.evidence & {e.kind for e in request.evidence}:
        words = Message("At this stage the claim must rest on more.")
        found.append(Problem("evidence", "E_STAGE_EVIDENCE", words, wanted.remedy))
    return found
