"""A what-if run: the inputs of a plan under what a scenario supposes, frozen like those of any run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from planner.records import JobState, PlanRun, RunPurpose, Snapshot
from planner.solving import jobs, start
from planner.solving.alterations import supposed
from planner.solving.translate import SEEDS
from planner.verdict import Denied, Kind, Message, Problem, Refused


def what_if(base: PlanRun, number: int, created_by_id: str | None, changes: Mapping[str, Any]) -> PlanRun:
    """A queued run beside `base`: its inputs under `changes`; whoever adds it adds its snapshot too.

    The seed follows from the inputs, as for every run, so nobody can try seeds.

    Raises:
        Refused: E_PROBLEM; the suppositions make no problem that can be solved, with every reason.
    """
    from solver.files import problem_hash, read_problem, write_problem
    from solver.validate import ProblemErrors

    assert base.snapshot is not None  # noqa: S101 - a finished run has its snapshot
    bent, inputs = supposed(json.loads(base.snapshot.problem), base.snapshot.inputs, changes)
    try:
        problem = read_problem(json.dumps(bent))
    except ProblemErrors as faults:
        raise Refused(_impossible(faults)) from faults
    text = problem_hash(problem)
    parameters = {key: value for key, value in base.parameters.items() if key != jobs.CYCLE_WAS}
    return PlanRun(
        cycle_id=base.cycle_id,
        number=number,
        purpose=RunPurpose.WHAT_IF,
        state=JobState.QUEUED,
        parameters={
            **parameters,
            "changes": dict(changes),
            "most_moves": changes.get("most_moves"),
            "seed": int(hashlib.sha256(text.encode()).hexdigest(), 16) % SEEDS,
            start.START: {"run": base.id, "shift": 0},
        },
        snapshot=Snapshot(problem=write_problem(problem), problem_hash=text, inputs=inputs),
        created_by_id=created_by_id,
    )


def _impossible(faults: Any) -> Denied:
    return Denied(
        Kind.INVALID,
        "E_PROBLEM",
        Message("What is supposed does not make a problem that can be solved."),
        Message("Change the scenario and try again."),
        problems=tuple(
            Problem(fault.where, fault.code, Message(fault.message), Message(fault.remedy))
            for fault in faults.errors
        ),
    )
