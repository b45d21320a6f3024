"""What a counter-offer must keep to: the department's own people, able, free, and a level that can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner import checks
from planner.capacity import skills_on
from planner.clock import horizon, monday
from planner.records import Preference, Proposal, Specialist
from planner.solving.holding import room
from planner.solving.lasting import window
from planner.solving.parameters import Parameters
from planner.supply import specialists
from planner.verdict import Problem

FULL = 1000
MOST_ROWS = 200
MOST_HOURS = 672
"""Quarter-hours in a week; nobody can offer more."""


@dataclass(frozen=True, slots=True)
class OfferedHours:
    """Quarter-hours of one specialist in one ISO week."""

    specialist_id: str
    week: str
    quarter_hours: int


def in_hours(quarters: int) -> str:
    """Quarter-hours as hours for people, without needless zeros: "10", "2.75"."""
    return f"{quarters / 4:g}"


def fraction_of(proposal: Proposal, total: int) -> int:
    """The share of the line's full hours, per mille, whose whole quarter-hours are `total`; 0 when none."""
    full = proposal.line.quarter_hours
    for point in sorted(proposal.request.curve, key=lambda p: p.fraction):
        if point.fraction and -(-full * point.fraction // FULL) == total:
            return point.fraction
    fraction = total * FULL // full
    return fraction if total < full and -(-full * fraction // FULL) == total else 0


def offer_problems(session: Session, proposal: Proposal, rows: Sequence[OfferedHours]) -> list[Problem]:
    """Everything wrong with an offer; `where` is "hours" or "hours/0/week" and so on."""
    if not 0 < len(rows) <= MOST_ROWS:
        reason, remedy = "An offer names who works when.", "Give hours for at least one person and week."
        return [checks.problem("hours", "E_OFFER_EMPTY", reason, remedy)]
    found = _each(session, proposal, rows)
    return found or _together(session, proposal, rows)


def _each(session: Session, proposal: Proposal, rows: Sequence[OfferedHours]) -> list[Problem]:
    people = {p.id: p for p in _own_people(session, proposal)}
    weeks = weeks_for(proposal)
    found: list[Problem] = []
    for i, row in enumerate(rows):
        person = people.get(row.specialist_id)
        if person is None:
            reason, remedy = "This is nobody of your department.", "Choose one of your people."
            found.append(checks.problem(f"hours/{i}/specialist_id", "E_OFFER_PERSON", reason, remedy))
        elif not able(proposal, person, row.week):
            reason = "%(person)s does not have what this line needs at that level."
            remedy = "Offer somebody who has, or reject because of the skill."
            words = {"person": person.display_name}
            found.append(checks.problem(f"hours/{i}/specialist_id", "E_OFFER_SKILL", reason, remedy, **words))
        if row.week not in weeks:
            reason = "The request can only be worked on from %(first)s to %(last)s."
            remedy = "Choose one of these weeks, or write the account manager a comment."
            span = {"first": weeks[0], "last": weeks[-1]} if weeks else {"first": "-", "last": "-"}
            found.append(checks.problem(f"hours/{i}/week", "E_OFFER_WEEK", reason, remedy, **span))
        if not 0 < row.quarter_hours <= MOST_HOURS:
            reason = "These are no hours that could be worked in a week."
            remedy = "Give more than 0 and at most %(most)s hours, in steps of a quarter."
            words = {"most": in_hours(MOST_HOURS)}
            found.append(checks.problem(f"hours/{i}/quarter_hours", "E_OFFER_HOURS", reason, remedy, **words))
    twice = [cell for cell, n in Counter((r.specialist_id, r.week) for r in rows).items() if n > 1]
    if twice:
        reason, remedy = "A person and week stands twice.", "Give each person and week once."
        found.append(checks.problem("hours", "E_OFFER_TWICE", reason, remedy))
    return found


def weeks_for(proposal: Proposal) -> Sequence[str]:
    """ISO weeks in which the line may be worked on."""
    parameters = Parameters.of(proposal.run.parameters)
    span = window(proposal.request, parameters)
    if isinstance(span, str):
        return ()
    every = horizon(parameters.first_week, parameters.weeks)
    return every[span[0] : span[1] + 1]


def able(proposal: Proposal, person: Specialist, week: str) -> bool:
    """Whether the person has the skill, the level and the language, and may be the one who is named."""
    line = proposal.line
    try:
        day = monday(week)
    except ValueError:
        return True
    levels = skills_on(day, [(s.skill.key, s.level, s.expires_on) for s in person.skills])
    needs = {line.skill.key: line.min_level}
    if line.language:
        needs[line.language.key] = max(line.language_level or 1, needs.get(line.language.key, 0))
    named = line.preference == Preference.REQUIRE and line.specialist_id not in (None, person.id)
    facing = person.customer_facing or not line.customer_facing
    return facing and not named and all(levels.get(key, 0) >= level for key, level in needs.items())


def _together(session: Session, proposal: Proposal, rows: Sequence[OfferedHours]) -> list[Problem]:
    line, total = proposal.line, sum(row.quarter_hours for row in rows)
    found: list[Problem] = []
    if fraction_of(proposal, total) == 0:
        reason = "These are more hours than the line asks for."
        remedy = "Offer at most %(hours)s h, or as many as one of its levels asks for."
        found.append(
            checks.problem("hours", "E_OFFER_TOTAL", reason, remedy, hours=in_hours(line.quarter_hours))
        )
    if len({row.specialist_id for row in rows}) > line.max_specialists:
        reason = "At most %(people)s people may share this line."
        remedy = "Offer fewer people."
        found.append(checks.problem("hours", "E_OFFER_TEAM", reason, remedy, people=line.max_specialists))
    found += _weekly(proposal, rows)
    same = {(a.specialist_id, a.week, a.quarter_hours) for a in proposal.allocations}
    if same == {(r.specialist_id, r.week, r.quarter_hours) for r in rows}:
        reason, remedy = "This is what the plan proposes.", "Approve it, or change the offer."
        found.append(checks.problem("hours", "E_OFFER_SAME", reason, remedy))
    return found or _short(session, proposal, rows)


def _weekly(proposal: Proposal, rows: Sequence[OfferedHours]) -> list[Problem]:
    line = proposal.line
    by_week: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        by_week[row.week] += row.quarter_hours
    over = line.weekly_max is not None and any(hours > line.weekly_max for hours in by_week.values())
    under = bool(line.weekly_min) and any(
        by_week[week] < (line.weekly_min or 0) for week in weeks_for(proposal)
    )
    if not (over or under):
        return []
    reason = "The line wants %(least)s to %(most)s h in every week of its window."
    remedy = "Spread the hours accordingly."
    words = {
        "least": in_hours(line.weekly_min or 0),
        "most": in_hours(line.weekly_max) if line.weekly_max is not None else "-",
    }
    return [checks.problem("hours", "E_OFFER_PACE", reason, remedy, **words)]


def _short(session: Session, proposal: Proposal, rows: Sequence[OfferedHours]) -> list[Problem]:
    """Person-weeks with less time than offered, other approvals taken off."""
    free = room(session, proposal, {(row.specialist_id, row.week) for row in rows})
    found = []
    for i, row in enumerate(rows):
        left = free[row.specialist_id, row.week]
        if row.quarter_hours > left:
            reason = "Only %(hours)s h are left in this week."
            remedy = "Offer that, or another week."
            found.append(
                checks.problem(
                    f"hours/{i}/quarter_hours", "E_OFFER_CAPACITY", reason, remedy, hours=in_hours(left)
                )
            )
    return found


def able_people(session: Session, proposal: Proposal) -> list[Specialist]:
    """People of the proposal's department who could work on the line in some of its weeks, by name."""
    weeks = weeks_for(proposal)
    able_ones = [p for p in _own_people(session, proposal) if any(able(proposal, p, week) for week in weeks)]
    return sorted(able_ones, key=lambda p: (p.display_name, p.id))


def _own_people(session: Session, proposal: Proposal) -> Sequence[Specialist]:
    """The people of the proposal's department alone: a company has many times as many."""
    own = select(Specialist.id).where(Specialist.department_id == proposal.department_id)
    return specialists(session, set(session.scalars(own)))
