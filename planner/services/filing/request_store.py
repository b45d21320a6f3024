"""From typed values to rows and back, and what a request looks like in the audit log."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from planner import checks
from planner.audit import state_of
from planner.clock import now, today
from planner.records import (
    Benefit,
    Evidence,
    EvidenceKind,
    Preference,
    Proposal,
    PublishedHours,
    Purpose,
    RequestLine,
    RequestType,
    ResourceRequest,
    ResponsePoint,
    Skill,
    SkillFamily,
    Specialist,
    SpecialistSkill,
    Stage,
    StrategicGoal,
    ValueSource,
)
from planner.services.filing.request_values import LineValues, RequestValues
from planner.verdict import Problem
from planner.worth import Shape, UrgencyKind


@dataclass(frozen=True, slots=True)
class References:
    """The rows that a request's keys and codes stand for."""

    skills: dict[str, Skill]
    specialists: dict[str, Specialist]
    goal: StrategicGoal | None = None


def resolve(session: Session, values: RequestValues, language: str) -> tuple[References, list[Problem]]:
    """Find the skills, people and goal that well-formed values name; problems for what cannot be."""
    keys = {line.skill_key for line in values.lines}
    keys |= {line.language_key for line in values.lines if line.language_key}
    codes = {line.specialist_code for line in values.lines if line.specialist_code}
    skills = {s.key: s for s in session.scalars(select(Skill).where(Skill.key.in_(keys)))}
    people = {
        p.code: p for p in session.scalars(select(Specialist).where(Specialist.code.in_(codes), employed()))
    }
    found: list[Problem] = []
    for i, line in enumerate(values.lines):
        where = f"lines/{i}"
        if line.skill_key not in skills:
            found.append(_unknown_skill(session, f"{where}/skill_key", line.skill_key, language))
        if line.language_key and line.language_key not in skills:
            found.append(_unknown_skill(session, f"{where}/language_key", line.language_key, language))
        elif line.language_key and skills[line.language_key].family != SkillFamily.LANGUAGE:
            reason, remedy = "This skill is no language.", "Choose a language."
            found.append(checks.problem(f"{where}/language_key", "E_LANGUAGE", reason, remedy))
        if line.specialist_code and line.specialist_code not in people:
            names = session.scalars(select(Specialist.code).where(employed()))
            found.append(checks.unknown(f"{where}/specialist_code", line.specialist_code, names))
        elif line.preference == Preference.REQUIRE and line.specialist_code and line.skill_key in skills:
            found += _lacking(session, where, line, people[line.specialist_code], skills)
    goal = _goal(session, values.goal_code, found)
    return References(skills, people, goal), found


def _goal(session: Session, code: str | None, found: list[Problem]) -> StrategicGoal | None:
    """The goal by its code; a goal that was given up may stay where it stands."""
    if not code:
        return None
    goals = {row.code: row for row in session.scalars(select(StrategicGoal))}
    if checks.tidy(code) not in goals:
        found.append(checks.unknown("goal_code", code, (row.code for row in goals.values() if row.active)))
    return goals.get(checks.tidy(code))


def employed() -> ColumnElement[bool]:
    """Condition on Specialist: works here today or later."""
    return or_(Specialist.active_to.is_(None), Specialist.active_to >= today())


def _unknown_skill(session: Session, where: str, key: str, language: str) -> Problem:
    names = [name for s in session.scalars(select(Skill)) for name in {s.key, s.label(language)}]
    return checks.unknown(where, key, names)


def _lacking(
    session: Session, where: str, line: LineValues, person: Specialist, skills: dict[str, Skill]
) -> list[Problem]:
    """A required person must have the skill and the language, at the level, attested still."""
    needs = {skills[line.skill_key].id: line.min_level}
    if line.language_key in skills:
        needs[skills[line.language_key].id] = line.language_level or 1
    levels = {
        s.skill_id: s.level
        for s in session.scalars(select(SpecialistSkill).where(SpecialistSkill.specialist_id == person.id))
        if s.expires_on is None or s.expires_on >= today()
    }
    if all(levels.get(skill, 0) >= level for skill, level in needs.items()):
        return []
    reason = "%(person)s does not have what this line needs at that level."
    remedy = "Name somebody else, lower the level, or leave the person open."
    return [
        checks.problem(
            f"{where}/specialist_code", "E_SPECIALIST_SKILL", reason, remedy, person=person.display_name
        )
    ]


def line_values(line: RequestLine) -> LineValues:
    """A stored line as it would be typed."""
    return LineValues(
        skill_key=line.skill.key,
        quarter_hours=line.quarter_hours,
        min_level=line.min_level,
        language_key=line.language.key if line.language else None,
        language_level=line.language_level,
        customer_facing=line.customer_facing,
        activity=line.activity,
        specialist_code=line.specialist.code if line.specialist else None,
        preference=line.preference.value,
        max_specialists=line.max_specialists,
        weekly_min=line.weekly_min,
        weekly_max=line.weekly_max,
        after=tuple(line.after),
        alternative=line.alternative,
        outside_cost_minor=line.outside_cost_minor,
        outside_source=line.outside_source,
    )


def values_of(request: ResourceRequest) -> RequestValues:
    """A stored request as it would be typed: what a form shows and what an edit is compared with."""
    return RequestValues(
        account_id=request.account_id,
        title=request.title,
        purpose=request.purpose.value if request.purpose else None,
        type=request.type.value if request.type else None,
        earliest_week=request.earliest_week,
        latest_week=request.latest_week,
        deadline=request.deadline,
        deadline_source=request.deadline_source,
        offer_valid_until=request.offer_valid_until,
        need_statement=request.need_statement,
        benefits=tuple((b.month_offset, b.amount_minor) for b in request.benefits),
        avoidable_cost_minor=request.avoidable_cost_minor,
        money_budget_minor=request.money_budget_minor,
        obligation=request.obligation,
        contract_reference=request.contract_reference,
        lines=tuple(line_values(line) for line in request.lines),
        curve=tuple((p.fraction, p.probability) for p in request.curve),
        evidence=tuple((e.kind.value, e.text, e.link) for e in request.evidence),
        curve_shape=request.curve_shape.value,
        curve_top=request.curve_top,
        urgency=request.urgency.value,
        urgency_week=request.urgency_week,
        urgency_pace=request.urgency_pace,
        value_source=request.value_source.value,
        stage=request.stage.value if request.stage else None,
        curve_reason=request.curve_reason,
        goal_code=request.goal.code if request.goal else None,
    )


def state(request: ResourceRequest) -> dict[str, Any]:
    """The whole request as JSON can hold it: its columns and its parts."""
    values = values_of(request)
    return {
        **state_of(request),
        "goal_code": values.goal_code,
        "benefits": [list(b) for b in values.benefits],
        "curve": [list(p) for p in values.curve],
        "evidence": [list(e) for e in values.evidence],
        "lines": [{**asdict(line), "after": list(line.after)} for line in values.lines],
    }


def store(session: Session, request: ResourceRequest, values: RequestValues, references: References) -> None:
    """Write tidy, well-formed values into the request and raise its version."""
    if request.obligation_confirmed_by_id and _promise(values) != _promise(values_of(request)):
        request.obligation_confirmed_by_id = None
    request.account_id = values.account_id
    request.title = values.title
    request.purpose = Purpose(values.purpose) if values.purpose else None
    request.type = RequestType(values.type) if values.type else None
    request.earliest_week, request.latest_week = values.earliest_week, values.latest_week
    request.deadline, request.deadline_source = values.deadline, values.deadline_source
    request.offer_valid_until = values.offer_valid_until
    request.need_statement = values.need_statement
    request.avoidable_cost_minor = values.avoidable_cost_minor
    request.money_budget_minor = values.money_budget_minor
    request.obligation, request.contract_reference = values.obligation, values.contract_reference
    request.curve_shape, request.curve_top = Shape(values.curve_shape), values.curve_top
    request.urgency, request.urgency_week = UrgencyKind(values.urgency), values.urgency_week
    request.urgency_pace = values.urgency_pace
    request.value_source = ValueSource(values.value_source)
    request.stage = Stage(values.stage) if values.stage else None
    request.curve_reason, request.goal = values.curve_reason, references.goal
    # The parts have rows of their own; this raises the version even when only they change.
    request.updated_at = now()
    session.add(request)
    _store_benefits(request, values)
    _store_curve(request, values)
    _store_evidence(request, values)
    _store_lines(session, request, values, references)


def _promise(values: RequestValues) -> tuple[object, ...]:
    """What somebody confirmed when they confirmed an obligation; other words change nothing."""
    return (
        *(values.account_id, values.obligation, values.contract_reference),
        *(values.lines, values.curve, values.earliest_week, values.latest_week, values.deadline),
        values.offer_valid_until,
    )


def _store_benefits(request: ResourceRequest, values: RequestValues) -> None:
    kept = {row.month_offset: row for row in request.benefits}
    rows = []
    for month, amount in values.benefits:
        row = kept.get(month) or Benefit(month_offset=month)
        row.amount_minor = amount
        rows.append(row)
    request.benefits = rows


def _store_curve(request: ResourceRequest, values: RequestValues) -> None:
    # Rows are kept by fraction: a new one beside the old would break uniqueness before the old one goes.
    kept = {row.fraction: row for row in request.curve}
    rows = []
    for fraction, probability in values.curve:
        row = kept.get(fraction) or ResponsePoint(fraction=fraction)
        row.probability = probability
        rows.append(row)
    request.curve = rows


def _store_evidence(request: ResourceRequest, values: RequestValues) -> None:
    kept = list(request.evidence)
    rows = []
    for i, (kind, text, link) in enumerate(values.evidence):
        row = kept[i] if i < len(kept) else Evidence(position=i)
        row.kind, row.text, row.link = EvidenceKind(kind), text, link
        rows.append(row)
    request.evidence = rows


def _store_lines(
    session: Session, request: ResourceRequest, values: RequestValues, references: References
) -> None:
    """Keep the rows of unchanged lines, so that what was decided on them stays; replace the others."""
    old = list(request.lines)
    unused = [(line_values(row), row) for row in old]
    rows: list[RequestLine] = []
    for position, line in enumerate(values.lines):
        same = next((pair for pair in unused if pair[0] == line), None)
        if same:
            unused.remove(same)
            row = same[1]
        else:
            row = _new_line(line, references)
        row.position = position
        rows.append(row)
    gone = [row for _, row in unused]
    used = _used(session, gone)
    # A plan refers to these; they leave the request but stay in the database.
    retired = [row for row in gone if row.id in used]
    for row in retired:
        row.retired = True
    request.lines = rows + retired
    session.flush()
    session.expire(request, ["lines"])


def _used(session: Session, lines: list[RequestLine]) -> set[str]:
    """Ids of the lines that a plan or a publication refers to."""
    ids = [line.id for line in lines]
    if not ids:
        return set()
    proposed = session.scalars(select(Proposal.line_id).where(Proposal.line_id.in_(ids)))
    published = session.scalars(select(PublishedHours.line_id).where(PublishedHours.line_id.in_(ids)))
    return {*proposed, *published}


def _new_line(line: LineValues, references: References) -> RequestLine:
    specialist = references.specialists[line.specialist_code] if line.specialist_code else None
    return RequestLine(
        skill=references.skills[line.skill_key],
        min_level=line.min_level,
        quarter_hours=line.quarter_hours,
        language=references.skills[line.language_key] if line.language_key else None,
        language_level=line.language_level if line.language_key else None,
        customer_facing=line.customer_facing,
        activity=line.activity,
        specialist=specialist,
        preference=Preference(line.preference),
        max_specialists=line.max_specialists,
        weekly_min=line.weekly_min,
        weekly_max=line.weekly_max,
        after=list(line.after),
        alternative=line.alternative,
        outside_cost_minor=line.outside_cost_minor,
        outside_source=line.outside_source,
    )
