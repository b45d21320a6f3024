"""A stored plan is checked again by the referee before it becomes a promise."""

from __future__ import annotations


def faults(problem_text: str, plan_text: str) -> tuple[str, ...]:
    """What the referee finds wrong with a stored plan and its stated worth; empty when all is well.

    The referee shares no code with the search, counts in whole numbers and loads no solver.
    """
    from solver.files import ProblemErrors, problem_hash, read_plan, read_problem
    from solver.plan import Plan
    from solver.referee import measure, violations

    try:
        problem, file = read_problem(problem_text), read_plan(plan_text)
    except ProblemErrors as errors:
        return tuple(str(error) for error in errors.errors)
    plan = file.plan or Plan()
    found = [f"{v.rule}: {v.message}" for v in violations(problem, plan)]
    measures = measure(problem, plan)
    if file.problem_hash != problem_hash(problem):
        found.append("The plan was made for another problem.")
    for name, claim in file.claims.items():
        measured = getattr(measures, name)
        if (list(measured) if isinstance(measured, tuple) else measured) != _plain(claim):
            found.append(f"{name} is {measured}, not {claim}.")
    return tuple(found)


def _plain(claim: object) -> object:
    return list(claim) if isinstance(claim, tuple | list) else claim


def not_held(problem_text: str, plan_text: str) -> set[str]:
    """Requests about which the problem's locks decide something else than the plan has.

    Args:
        problem_text: A problem with the same requests and lines as the one that was solved.
        plan_text: The plan of that one.
    """
    from solver.files import read_plan, read_problem
    from solver.plan import Plan
    from solver.rules.decided import violations

    problem, plan = read_problem(problem_text), read_plan(plan_text).plan or Plan()
    found = set()
    for violation in violations(problem, plan):
        request, line = violation.where.get("request"), violation.where.get("line")
        found.add(str(request) if request is not None else problem.request_of[str(line)].id)
    return found
