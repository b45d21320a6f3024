"""What one change alone would do for a request that is short: six families, as far as the reader may know.

Leadership reads them whole. A key account manager reads steps of the own request: a share of the own hours,
weeks of the own window, a colleague who is nearly able. Nobody's leave, nobody's worth, and others only from
three on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.actor import Actor
from planner.clock import add_weeks
from planner.permissions import Action, may
from planner.records import JobState, Preference, Question, QuestionKind, ResourceRequest, Skill, Specialist
from planner.scope import sees_all
from planner.services.filing.request_store import values_of
from planner.services.filing.request_values import HOURS_LOW, RequestValues
from planner.services.filing.stories import story
from planner.solving.demand import line_id
from planner.solving.one_line import subject_of
from planner.solving.questions import find_question
from planner.verdict import Message, not_found, require

FAMILIES: Final = ("value", "level", "window", "people", "hours", "yield")
OUTSIDE: Final = "outside"
"""A way that the card does not have to seek: what is bought whole competes with nobody for hours."""

COUNTERS: Final = frozenset({"value", "level", "window", "people", OUTSIDE})
"""Families that a changed own request answers."""

STEP_PERCENT: Final = 10
MOST_PERCENT: Final = 100
"""A gap above the own worth, or above the own hours, is only called more than double."""

SMALLEST_GROUP: Final = 3
QUARTERS: Final = 4


@dataclass(frozen=True, slots=True)
class Way:
    """One way forward.

    Attributes:
        family: One of FAMILIES, or OUTSIDE.
        words: What would be enough.
        proven: Whether the change and that one step less is not enough were both proven.
        counter: Whether the own request can be changed to it with one click.
        displaced: Titles of requests that would then get less; leadership only.
        displaced_count: How many; told to others only from three on.
        price_minor: What it may cost at most, minor units; None when no price is meant.
    """

    family: str
    words: Message
    proven: bool
    counter: bool
    displaced: tuple[str, ...] = ()
    displaced_count: int | None = None
    price_minor: int | None = None


def steps_up(part: int, whole: int) -> int | None:
    """`part` in steps of 10 % of `whole`, rounded up; None above 100 %, or when there is no whole."""
    if whole <= 0:
        return None
    percent = STEP_PERCENT * -(-max(0, part) * 100 // (whole * STEP_PERCENT))
    return percent if percent <= MOST_PERCENT else None


def ways(session: Session, actor: Actor, request: ResourceRequest, card: Question | None) -> tuple[Way, ...]:
    """The ways forward that a computed card names; empty before."""
    if card is None or card.state != JobState.DONE:
        return ()
    families: Mapping[str, Any] = card.answer["families"]
    told = _Told(session, actor, request, card.answer)
    found = []
    for name in FAMILIES:
        family = families.get(name)
        words = told.words(name, family) if family else None
        if family and words:
            displaced = family["displaced"]
            whole = sees_all(actor)
            found.append(
                Way(
                    family=name,
                    words=words,
                    proven=family["method"] == "exact",
                    counter=name in COUNTERS and not (name == "people" and told.released(family)),
                    displaced=told.titles(displaced) if whole else (),
                    displaced_count=len(displaced) if whole or len(displaced) >= SMALLEST_GROUP else None,
                )
            )
    return (*found, *_outside(request, card.answer), *_outside_lines(session, actor, request, card))


def _outside(request: ResourceRequest, card: Mapping[str, Any]) -> tuple[Way, ...]:
    """The price for which all of it could be bought: the own worth, which takes nothing from anybody.

    The worth is the request's own and known to its manager, so nothing of others' figures is told.
    """
    worth = card["own_value"]
    budget = request.money_budget_minor
    if worth <= 0 or not request.lines:
        return ()
    most = worth if budget is None else min(worth, budget)
    words = Message("If somebody outside did all of it for less than this price, it would be done:")
    return (Way(family=OUTSIDE, words=words, proven=True, counter=True, price_minor=most),)


def _outside_lines(session: Session, actor: Actor, request: ResourceRequest, card: Question) -> Iterator[Way]:
    """The price for which one line of several could be bought, its others being done by own people.

    Its manager reads it rounded down to steps of the own worth, as it tells what others' hours cost.
    """
    for line in request.lines:
        subject = subject_of(line.id)
        question = find_question(session, card.run_id, QuestionKind.BREAK_EVEN, subject)
        if question is None or question.state != JobState.DONE or question.high_minor is None:
            continue
        worth, budget = question.answer["own_value"], request.money_budget_minor
        most = worth - question.high_minor
        if not sees_all(actor):
            most = worth * (most * 100 // worth // STEP_PERCENT * STEP_PERCENT) // 100 if worth > 0 else 0
        most = most if budget is None else min(most, budget)
        if not question.answer["possible"] or most <= 0:
            continue
        words = Message(
            "If somebody outside did %(skill)s alone for less than this price, it would be done:",
            {"skill": line.skill.label(actor.language)},
        )
        yield Way(OUTSIDE, words, proven=bool(question.exact), counter=True, price_minor=most)


class _Told:
    """Families in words for one reader."""

    def __init__(
        self, session: Session, actor: Actor, request: ResourceRequest, card: Mapping[str, Any]
    ) -> None:
        self.session = session
        self.whole = sees_all(actor)
        self.language = actor.language
        self.request = request
        self.card = card
        self.lines = {line_id(request, line): line for line in request.lines}

    def words(self, name: str, family: Mapping[str, Any]) -> Message | None:
        """What would be enough; None when the reader may not know, or nothing can be said."""
        tell = {
            "value": self._value,
            "level": self._level,
            "window": self._window,
            "people": self._people,
            "hours": self._hours,
            "yield": self._yield,
        }[name]
        return tell(family)

    def _value(self, family: Mapping[str, Any]) -> Message | None:
        percent = steps_up(family["change"], self.card["own_value"])
        if percent is None:
            return Message("More than double its worth would be needed.")
        return Message(
            "With %(percent)d %% more worth, or a better chance, it would be granted.", {"percent": percent}
        )

    def _level(self, family: Mapping[str, Any]) -> Message | None:
        percent = self.level_percent(family)
        if not percent:
            return None
        return Message(
            "With %(percent)d %% of the hours, for the same worth, it would be granted.", {"percent": percent}
        )

    def level_percent(self, family: Mapping[str, Any]) -> int:
        """The share of the hours that is enough; a manager is told whole steps, rounded down."""
        percent = int(family["change"]["percent"])
        return percent if self.whole else percent // STEP_PERCENT * STEP_PERCENT

    def _window(self, family: Mapping[str, Any]) -> Message:
        weeks, later = family["change"]["weeks"], family["change"]["side"] == "later"
        if weeks == 1:
            return Message(
                "If it may end a week later, it would be granted."
                if later
                else "If it may begin a week earlier, it would be granted."
            )
        text = (
            "If it may end %(weeks)d weeks later, it would be granted."
            if later
            else "If it may begin %(weeks)d weeks earlier, it would be granted."
        )
        return Message(text, {"weeks": weeks})

    def released(self, family: Mapping[str, Any]) -> bool:
        """Whether the change frees somebody of leave or other work, which the request cannot ask for."""
        return bool(family["change"]["kind"] == "released")

    def _people(self, family: Mapping[str, Any]) -> Message | None:
        change = family["change"]
        line = self.lines.get(change["line"])
        if line is None:
            return None
        skill = line.skill.label(self.language)
        if self.released(family) and not self.whole:
            # Who is away, and why, is known in the own department only.
            return Message("If a person with %(skill)s were freed, it would be granted.", {"skill": skill})
        person = self._person(change["specialist"])
        if person is None:
            return None
        text = (
            "If %(person)s were freed of other work, it would be granted."
            if self.released(family)
            else "With %(person)s for %(skill)s, who is nearly able, it would be granted."
        )
        return Message(
            text, {"person": person} if self.released(family) else {"person": person, "skill": skill}
        )

    def _person(self, code: str) -> str | None:
        return self.session.scalar(select(Specialist.display_name).where(Specialist.code == code))

    def _hours(self, family: Mapping[str, Any]) -> Message:
        change = family["change"]
        skills = self._skills(change["needs"])
        if self.whole:
            hours = f"{change['hours'] / QUARTERS:g}"
            return Message(
                "With %(hours)s hours more of %(skills)s it would be granted.",
                {"hours": hours, "skills": skills},
            )
        asked = sum(line.quarter_hours for line in self.request.lines)
        percent = steps_up(change["hours"], asked)
        if percent is None:
            return Message("More of %(skills)s than it asks for would be needed.", {"skills": skills})
        return Message(
            "With more time of %(skills)s, up to %(percent)d %% of what it asks for, it would be granted.",
            {"percent": percent, "skills": skills},
        )

    def _skills(self, needs: Sequence[Mapping[str, int]]) -> str:
        keys = {key for need in needs for key in need}
        rows = self.session.scalars(select(Skill).where(Skill.key.in_(keys)).order_by(Skill.key))
        return ", ".join(skill.label(self.language) for skill in rows)

    def _yield(self, family: Mapping[str, Any]) -> Message:
        requests = [row["request"] for row in family["change"]["requests"]]
        if self.whole:
            return Message("If this yields: %(titles)s", {"titles": ", ".join(self.titles(requests))})
        return Message("If others yielded, it would be granted.")

    def titles(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Titles of requests by filing order."""
        return tuple(
            self.session.scalars(
                select(ResourceRequest.title)
                .where(ResourceRequest.id.in_(set(ids)))
                .order_by(ResourceRequest.filing_order)
            )
        )


def counter_values(session: Session, actor: Actor, request_id: str, family: str) -> RequestValues:
    """The own request as the counter-request that a family of its card suggests; nothing is stored.

    A claim is never raised by itself: for "value" the request comes back as it is, to be argued anew.

    Raises:
        Refused: E_FORBIDDEN; E_NOT_FOUND, also when the card names no such way.
    """
    require(may(actor, Action.EDIT_REQUEST))
    told = story(session, actor, request_id)
    card = find_question(session, told.run.id, QuestionKind.CARD, request_id) if told.run else None
    if not told.whole or family not in COUNTERS or card is None or card.state != JobState.DONE:
        raise not_found()
    found = card.answer["families"].get(family)
    values = values_of(told.request)
    if family == OUTSIDE and card.answer["own_value"] > 0:
        return values
    if found is None:
        raise not_found()
    if family == "window":
        return _other_window(values, found["change"])
    if family == "level":
        percent = _Told(session, actor, told.request, card.answer).level_percent(found)
        return _fewer_hours(values, percent)
    if family == "people":
        return _other_person(told.request, values, found["change"])
    return values


def _other_window(values: RequestValues, change: Mapping[str, Any]) -> RequestValues:
    weeks = change["weeks"]
    if change["side"] == "earlier" and values.earliest_week:
        return replace(values, earliest_week=add_weeks(values.earliest_week, -weeks))
    more = timedelta(weeks=weeks)
    deadline = values.deadline + more if values.deadline else None
    offer = values.offer_valid_until + more if values.offer_valid_until else None
    latest = add_weeks(values.latest_week, weeks) if values.latest_week else None
    return replace(values, latest_week=latest, deadline=deadline, offer_valid_until=offer)


def _fewer_hours(values: RequestValues, percent: int) -> RequestValues:
    lines = tuple(
        replace(line, quarter_hours=max(HOURS_LOW, line.quarter_hours * percent // 100))
        for line in values.lines
    )
    return replace(values, lines=lines)


def _other_person(
    request: ResourceRequest, values: RequestValues, change: Mapping[str, Any]
) -> RequestValues:
    """The line open to the person who is nearly able, at the level that person has."""
    if change["kind"] == "released":
        raise not_found()
    changed = []
    for record, line in zip(request.lines, values.lines, strict=True):
        if line_id(request, record) != change["line"]:
            changed.append(line)
            continue
        lacks = change["lacks"]
        level = max(1, line.min_level - lacks.get(line.skill_key, 0))
        language = line.language_level
        if language is not None and line.language_key in lacks:
            language = max(1, language - lacks[line.language_key])
        changed.append(
            replace(
                line,
                min_level=level,
                language_level=language,
                specialist_code=change["specialist"],
                preference=Preference.REQUIRE.value,
            )
        )
    return replace(values, lines=tuple(changed))
