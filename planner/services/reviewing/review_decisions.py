"""What the board has to decide about a plan: each question with two or three ways, their price and risk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from planner.records import (
    JobState,
    Override,
    OverrideState,
    PlanRun,
    PlanStatus,
    Publication,
    Question,
    QuestionKind,
    ResourceRequest,
    Scenario,
    ScenarioState,
)
from planner.services.planning.plan_facts import Facts, facts_of, plan_of, problem_of
from planner.services.publishing.board_overrides import target_of
from planner.services.reviewing.review_view import DecisionItem, Option, Words

CLOSE_CALLS = 3
"""How many refusals are put to the board: those that cost least to reverse."""

MOST_SCENARIOS = 3
"""With the plan itself these are the four options that a question may have."""

ANY_TIME = Words("At any time.")
NEXT_PLAN = Words("With the next plan.")
UNTIL_FROZEN = Words("Until its weeks are frozen.")

Row = Mapping[str, Any]


def decisions(session: Session, publication: Publication, content: Mapping[str, Any]) -> list[DecisionItem]:
    """The questions, the gravest first: broken promises, signatures, silence, refusals, other rules."""
    return [
        *_obligations(content),
        *_signatures(session),
        *_undecided(content["undecided"]),
        *_rejected(content["rejected"]),
        *_close_calls(session, publication, content),
        *_other_rules(session, publication),
    ]


def _obligations(content: Mapping[str, Any]) -> Iterator[DecisionItem]:
    for number, title in enumerate(content["broken_obligations"], start=1):
        yield DecisionItem(
            key=f"obligation:{number}",
            title=title,
            question=Words("How do we answer for a promise that the plan does not keep?"),
            background=(
                Words("A contract promises this work and a second person confirmed it."),
                Words("The people it needs are not there in its weeks, so no plan can keep it."),
            ),
            options=(
                Option(
                    Words("Speak with the customer about another date"),
                    None,
                    None,
                    Words("The contract's penalty may fall due."),
                    ANY_TIME,
                    "/obligations",
                ),
                Option(
                    Words("Add hours by an override"),
                    None,
                    None,
                    Words("Work of others moves; the price is computed before anybody signs."),
                    UNTIL_FROZEN,
                    "/overrides",
                ),
            ),
            recommended=0,
        )


def _signatures(session: Session) -> Iterator[DecisionItem]:
    waiting = select(Override).where(Override.state == OverrideState.WAITING).order_by(Override.signed_at)
    for override in session.scalars(waiting):
        losers = [effect["title"] for effect in override.effects.get("losers", ())]
        background = [
            Words(
                "%(sponsor)s signed it and gives as reason: %(reason)s",
                {"sponsor": override.sponsor.display_name, "reason": override.reason},
            )
        ]
        if losers:
            background.append(Words("Would lose: %(losers)s.", {"losers": ", ".join(losers)}))
        yield DecisionItem(
            key=f"override:{override.id}",
            title=target_of(override),
            question=Words("Does a second person sign this override?"),
            background=tuple(background),
            options=(
                Option(Words("Decline it"), 0, 0, Words("The sponsor's reason stays unanswered."), ANY_TIME),
                Option(
                    Words("Sign it"),
                    override.price_low_minor,
                    override.price_high_minor,
                    Words("Who loses by it has to be told."),
                    UNTIL_FROZEN,
                    "/overrides",
                ),
            ),
            recommended=0,
        )


def _undecided(rows: Sequence[Row]) -> Iterator[DecisionItem]:
    for row in rows:
        worth = row["value_minor"] + row["bonus_minor"]
        yield DecisionItem(
            key=f"undecided:{row['request_id']}",
            title=f"{row['title']} ({row['account']})",
            question=Words("Who decides what nobody has decided?"),
            background=(
                Words(
                    "The plan grants it. It waits for %(departments)s.",
                    {"departments": ", ".join(row["waits_for"])},
                ),
                Words("Silence neither approves nor refuses, so it is not published."),
            ),
            options=(
                Option(
                    Words("Name somebody who decides in the head's place"),
                    0,
                    0,
                    Words("Who is named knows the people less."),
                    ANY_TIME,
                    "/waiting",
                ),
                Option(
                    Words("Let it wait for the next plan"),
                    0,
                    max(0, worth),
                    Words("Its window goes on while it waits."),
                    NEXT_PLAN,
                ),
            ),
            recommended=0,
        )


def _rejected(rows: Sequence[Row]) -> Iterator[DecisionItem]:
    for row in rows:
        low = sum(r["lost_low_minor"] or 0 for r in row["rejections"])
        highs = [r["lost_high_minor"] for r in row["rejections"]]
        high = None if None in highs else sum(highs)
        yield DecisionItem(
            key=f"rejected:{row['request_id']}",
            title=f"{row['title']} ({row['account']})",
            question=Words("Does the refusal by the department stand?"),
            background=tuple(
                Words(
                    "%(head)s of %(department)s refused the hours that the plan grants.",
                    {"head": r["decided_by"], "department": r["department"]},
                )
                for r in row["rejections"]
            ),
            options=(
                Option(
                    Words("Let it stand"),
                    low,
                    high,
                    Words("The request waits or gets other people."),
                    NEXT_PLAN,
                ),
                Option(
                    Words("Order the hours by an override"),
                    None,
                    None,
                    Words("A refusal with a cause is set aside; the price is computed before anybody signs."),
                    UNTIL_FROZEN,
                    "/overrides",
                ),
            ),
            recommended=0,
        )


def _close_calls(
    session: Session, publication: Publication, content: Mapping[str, Any]
) -> Iterator[DecisionItem]:
    rows = {row["request_id"]: row for row in content["refused"]}
    asked = select(Question).where(
        Question.run_id == publication.run_id,
        Question.kind == QuestionKind.BREAK_EVEN,
        Question.state == JobState.DONE,
    )
    priced = []
    for question in session.scalars(asked):
        price = _price(question)
        if question.request_id in rows and price is not None:
            priced.append((price, question))
    # What was judged to cost least comes first; where nothing better is known, what can cost least.
    order = sorted(priced, key=lambda p: (p[0].estimate or p[0].high, p[0].high, p[1].request_id or ""))
    for price, question in order[:CLOSE_CALLS]:
        displaced = _titles(session, question.answer.get("displaced", ()))
        yield _close_call(rows[question.request_id or ""], price, displaced)


@dataclass(frozen=True, slots=True)
class _Price:
    """What granting a refused request costs the plan: limits, and the best plans' word."""

    low: int
    high: int
    estimate: int | None


def _price(question: Question) -> _Price | None:
    """None when it cannot be granted, or when nothing is known of its price."""
    answer = question.answer
    if not answer.get("possible") or answer.get("cost_high") is None:
        return None
    own, estimate = answer["own_value"], answer.get("estimate")
    return _Price(
        low=max(0, (answer.get("cost_low") or 0) - own),
        high=max(0, answer["cost_high"] - own),
        estimate=None if estimate is None else max(0, estimate - own),
    )


def _close_call(row: Row, price: _Price, displaced: Sequence[str]) -> DecisionItem:
    proven = price.low == price.high
    losers = Words("Would get less: %(losers)s.", {"losers": ", ".join(displaced)})
    return DecisionItem(
        key=f"refused:{row['request_id']}",
        title=f"{row['title']} ({row['account']})",
        question=Words("Does this refusal stand?"),
        background=(
            Words("Of all refusals it is one of the least dear to reverse.")
            if proven
            else Words("By the best plans found it is one of the least dear to reverse; limits are proven."),
            *([losers] if displaced else []),
        ),
        options=(
            Option(
                Words("Keep the refusal"),
                0,
                0,
                Words("The customer hears no; its manager can ask anew with other weeks or hours."),
                NEXT_PLAN,
            ),
            Option(
                Words("Grant it by an override"),
                price.low,
                price.high,
                losers if displaced else Words("Others get less."),
                UNTIL_FROZEN,
                "/overrides",
                None if proven else price.estimate,
            ),
        ),
        recommended=0,
    )


def _other_rules(session: Session, publication: Publication) -> Iterator[DecisionItem]:
    """The shared scenarios that depart from this plan, as one question: which rules the next plan follows."""
    scenarios = session.scalars(
        select(Scenario)
        .join(PlanRun, PlanRun.id == Scenario.run_id)
        .where(
            Scenario.base_run_id == publication.run_id,
            Scenario.shared,
            Scenario.state == ScenarioState.OPEN,
            PlanRun.state == JobState.DONE,
            PlanRun.plan_status.in_((PlanStatus.OPTIMAL, PlanStatus.FEASIBLE)),
        )
        .order_by(Scenario.created_at.desc(), Scenario.id)
        .limit(MOST_SCENARIOS)
    ).all()
    if not scenarios:
        return
    now = _facts(publication.run)
    options = [
        Option(Words("Keep the rules of this plan"), 0, 0, Words("None beyond what is known."), ANY_TIME)
    ]
    for scenario in scenarios:
        facts = _facts(scenario.run)
        cost = now.money - facts.money
        options.append(
            Option(
                Words("Plan as in “%(name)s”", {"name": scenario.name}),
                cost,
                cost,
                Words(
                    "%(granted)s requests whole, %(partly)s in part, %(refused)s refused.",
                    {"granted": facts.granted, "partly": facts.partly, "refused": facts.refused},
                ),
                NEXT_PLAN,
                f"/scenarios/{scenario.id}",
            )
        )
    yield DecisionItem(
        key="rules",
        title=publication.cycle.name,
        question=Words("By which rules do we plan next?"),
        background=(
            Words("Leadership tried these beside the plan; the price is the difference in money alone."),
        ),
        options=tuple(options),
        recommended=0,
    )


def _facts(run: PlanRun) -> Facts:
    return facts_of(*problem_of(run), plan_of(run))


def _titles(session: Session, ids: Sequence[str]) -> list[str]:
    query = select(ResourceRequest.title).where(ResourceRequest.id.in_(ids))
    return list(session.scalars(query.order_by(ResourceRequest.filing_order, ResourceRequest.id)))
