"""What a stage of cooperation asks of a request: usual chances or a reason, and evidence that fits."""

from __future__ import annotations

from collections.abc import Sequence

from planner import checks
from planner.records import ResourceRequest
from planner.usual import TEMPLATES, Template
from planner.verdict import Message, Problem


def is_usual(request: ResourceRequest, known: Sequence[Template]) -> bool:
    """Whether the chances are among those `known` at the request's stage; without one all are usual."""
    points = tuple((point.fraction, point.probability) for point in request.curve)
    stated = (request.curve_shape, points, request.curve_top)
    return request.stage is None or any(stated == (each.shape, each.points, each.top) for each in known)


def stage_problems(request: ResourceRequest, known: Sequence[Template]) -> list[Problem]:
    """What the stage asks for before the request can be submitted; nothing without a stage.

    Args:
        request: The request.
        known: What was usual at its stage since it was filed.
    """
    if request.stage is None:
        return []
    found: list[Problem] = []
    if request.curve and not is_usual(request, known) and not request.curve_reason:
        reason = "The chances differ from those usual at this stage, and nothing says why."
        remedy = "Say in a sentence what is different here, or take the usual chances."
        found.append(checks.missing("curve_reason", reason, remedy))
    wanted = TEMPLATES[request.stage]
    if request.evidence and wanted.evidence and not wanted.evidence & {e.kind for e in request.evidence}:
        words = Message("At this stage the claim must rest on more.")
        found.append(Problem("evidence", "E_STAGE_EVIDENCE", words, wanted.remedy))
    return found
