"""Reading and writing planner-plan/1."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, get_args

from solver.files.problems import HOURS
from solver.files.shape import BAD, Field, boolean, many, mapping, maybe, number, record, text, whole
from solver.files.strict_json import parse
from solver.files.writing import layout
from solver.plan import Grant, Plan, Reason, Short
from solver.validate.errors import Faults, ProblemErrors, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from solver.plan import Result

FORMAT = "planner-plan/1"
STATUSES = ("optimal", "feasible", "none")


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan as it stands in a file, with what its writer claimed about it.

    Attributes:
        plan: None when the file says that no plan was found (status "none").
        problem_hash: The problem it was made for; None when the file does not say.
        claims: The measures the file states, by the file's own keys ("value", "churn" ...); only those given.
        short: The reasons the file states.
    """

    plan: Plan | None
    problem_hash: str | None
    claims: Mapping[str, Any]
    short: tuple[Short, ...] = ()


def _anything(value: object, _where: str, _faults: Faults) -> Any:
    """Facts about the search that say nothing about the plan itself."""
    return value


def _reason(value: object, where: str, faults: Faults) -> Any:
    """The code of a reason."""
    if value in get_args(Reason):
        return value
    faults.add(
        "E_SHAPE", where, f"The reason is {show(value)}.", f"Use one of {', '.join(get_args(Reason))}."
    )
    return BAD


GRANT = record({"request": Field(text), "level": Field(whole), "option": Field(whole, 0)}, Grant)
SHORT = record(
    {
        "request": Field(text),
        "level": Field(whole),
        "reason": Field(_reason),
        "params": Field(maybe(mapping), None),
    },
    lambda request, level, reason, params: Short(request, level, reason, params or {}),
)
_CLAIMS = {
    "value": maybe(whole),
    "broken_obligations": maybe(many(text)),
    "floor_share": maybe(whole),
    "floor_shortfall": maybe(whole),
    "churn": maybe(whole),
    "handovers": maybe(whole),
}


_HEAD = {
    "format": Field(text),
    "granted": Field(many(GRANT)),
    "hours": Field(many(HOURS)),
    "problem_hash": Field(maybe(text), None),
    "status": Field(text, "feasible"),
    "problem": Field(maybe(text), None),
    "stopped": Field(maybe(text), None),
    "proven_stages": Field(many(whole), ()),
    "bound": Field(maybe(whole), None),
    "gap": Field(maybe(number), None),
    "seconds": Field(maybe(number), None),
    "reproducible": Field(maybe(boolean), None),
    "settings": Field(_anything, None),
    "short": Field(many(SHORT), ()),
    "conflicts": Field(_anything, None),
    "conflicts_smallest": Field(maybe(boolean), None),
    **{key: Field(read, None) for key, read in _CLAIMS.items()},
}


def read_plan(source: str | bytes) -> PlanFile:
    """The plan in a planner-plan/1 file; only format, granted and hours are mandatory.

    The referee says whether it fits a problem and keeps its rules.

    Raises:
        ProblemErrors: With every error of the file's shape.
    """
    faults = Faults()
    data = parse(source, faults)
    if isinstance(data, dict) and data.get("format", FORMAT) != FORMAT:
        message = f"The format is {show(data['format'])}, not {FORMAT}."
        faults.add("E_FORMAT", "format", message, f'Give a file with "format": "{FORMAT}".')
        raise ProblemErrors(faults.errors)
    fields = record(_HEAD, dict)(data, "", faults)
    if fields is not BAD and fields["status"] not in STATUSES:
        message = f"The status is {show(fields['status'])}."
        faults.add("E_SHAPE", "status", message, f"Use one of {', '.join(STATUSES)}.")
    if faults.errors:
        raise ProblemErrors(faults.errors)
    none = fields["status"] == "none" and not fields["granted"] and not fields["hours"]
    return PlanFile(
        plan=None if none else Plan(granted=fields["granted"], hours=fields["hours"]),
        problem_hash=fields["problem_hash"],
        short=fields["short"],
        claims={key: fields[key] for key in _CLAIMS if isinstance(data, dict) and data.get(key) is not None},
    )


def write_result(result: Result) -> str:
    """`result` as planner-plan/1 text; what is unknown is null."""
    return layout(result_row(result))


def result_row(result: Result) -> dict[str, Any]:
    """`result` as a planner-plan/1 document."""
    measures, settings = result.measures, result.settings
    plan = result.plan or Plan()
    return {
        "format": FORMAT,
        "problem": result.problem,
        "problem_hash": result.problem_hash,
        "status": result.status,
        "stopped": result.stopped,
        "proven_stages": list(result.proven_stages),
        "value": measures and measures.value,
        "bound": result.bound,
        "gap": result.gap,
        "broken_obligations": measures and list(measures.broken_obligations),
        "floor_share": measures and measures.floor_share,
        "floor_shortfall": measures and measures.floor_shortfall,
        "churn": measures and measures.churn,
        "handovers": measures and measures.handovers,
        "seconds": round(result.seconds, 3),
        "reproducible": result.reproducible,
        "settings": {
            "mode": settings.mode,
            "seed": settings.seed,
            "workers": settings.workers,
            "wall_limit_s": settings.wall_limit_s,
            "work_limit": settings.work_limit,
            "ortools": version("ortools"),
            "compiled": not result.uncompiled,
        },
        "granted": [asdict(grant) for grant in plan.granted],
        "hours": [asdict(row) for row in plan.hours],
        "short": [
            {"request": s.request, "level": s.level, "reason": s.reason, "params": dict(s.params)}
            for s in result.short
        ],
        "conflicts": [dict(row) for row in result.conflicts],
        "conflicts_smallest": result.conflicts_smallest,
    }
