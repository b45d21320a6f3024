"""Traits and strategic factors by hand: who may, the second person, what they change before and after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from factories import World, events, refused
from judged import criterion, defined, rated, year
from translating import translated

from planner.judging import KeyReason, judge
from planner.records import AccountTrait, StrategicFactor, Trait
from planner.services.customers import definition_effects, definitions, factors, goals, traits
from planner.services.customers.factors import FactorValues
from planner.services.customers.statements import StandingState, state_of
from planner.services.customers.traits import TraitValues

TODAY, END = date(2027, 1, 4), date(2027, 12, 1)
PARTNER = TraitValues("partner", "Shares its three-year plan.", END, ("budget", "future_plans"))
HALF_MORE = FactorValues(1500, "The door to the north.", TODAY, END)


def state(world: World, name: str = "nora", values: TraitValues = PARTNER) -> AccountTrait:
    """Somebody states a trait of Alfa."""
    with world.database.writing() as session:
        return traits.state_trait(session, world.actor(name), world.ids["alfa"], values)


def confirm(world: World, row: AccountTrait, name: str = "lukas") -> AccountTrait:
    """Leadership confirms it."""
    with world.database.writing() as session:
        return traits.confirm_trait(session, world.actor(name), row.account_id, row.id, row.version)


def propose(world: World, values: FactorValues = HALF_MORE) -> StrategicFactor:
    """Lukas proposes a factor on Alfa."""
    with world.database.writing() as session:
        return factors.set_factor(session, world.actor("lukas"), world.ids["alfa"], values)


def approve(world: World, row: StrategicFactor) -> StrategicFactor:
    """Lydia approves it."""
    with world.database.writing() as session:
        return factors.approve_factor(session, world.actor("lydia"), row.account_id, row.id, row.version)


def reasons(world: World) -> tuple[KeyReason, ...]:
    """Why Alfa is key today."""
    with world.database.reading() as session:
        return judge(session, TODAY).judged[world.ids["alfa"]].reasons


def test_a_trait_counts_once_leadership_confirmed_it(world: World) -> None:
    """Stated by the KAM, confirmed by Lukas, ended with a reason: key in between only."""
    row = state(world)
    assert (reasons(world), state_of(row)) == ((), StandingState.WAITING)
    row = confirm(world, row)
    assert (reasons(world), state_of(row)) == ((KeyReason.PARTNER,), StandingState.COUNTS)
    with world.database.writing() as session:
        lydia = world.actor("lydia")
        row = traits.end_trait(session, lydia, row.account_id, row.id, row.version, reason="They left us.")
    assert (reasons(world), state_of(row)) == ((), StandingState.ENDED)
    assert [e.action for e in events(world)][-3:] == ["trait.stated", "trait.confirmed", "trait.ended"]
    assert events(world)[-1].reason == "They left us."


def test_who_stated_or_keeps_the_customer_never_confirms(world: World) -> None:
    """Lukas stated it, so Lydia must; a KAM cannot confirm at all."""
    row = state(world, "lukas")
    place = (row.account_id, row.id, row.version)
    assert refused(world, "lukas", traits.confirm_trait, *place).code == "E_SECOND_PERSON"
    assert refused(world, "nora", traits.confirm_trait, *place).code == "E_FORBIDDEN"
    assert state_of(confirm(world, row, "lydia")) is StandingState.COUNTS
    assert refused(world, "lydia", traits.confirm_trait, *place).code == "E_VERSION_STALE"


def test_somebody_elses_customer_is_not_there(world: World) -> None:
    """Kai does not see Alfa; finance sees it and still states nothing."""
    alfa = world.ids["alfa"]
    assert refused(world, "kai", traits.state_trait, alfa, PARTNER).code == "E_NOT_FOUND"
    assert refused(world, "filip", traits.state_trait, alfa, PARTNER).code == "E_FORBIDDEN"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"trait": "friend"}, "trait"),
        ({"evidence": " "}, "evidence"),
        ({"signs": ("image",)}, "signs"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": date(2029, 6, 1)}, "expires_on"),
    ],
)
def test_a_trait_needs_evidence_and_an_end(world: World, changes: dict[str, Any], where: str) -> None:
    """A sign of another trait is none of this one."""
    denied = refused(world, "nora", traits.state_trait, world.ids["alfa"], replace(PARTNER, **changes))
    assert [p.where for p in denied.problems] == [where]


def test_a_trait_is_stated_once_and_anew_after_it_expired(world: World) -> None:
    """The expired one is ended and stays in the list."""
    row = state(world)
    assert refused(world, "nora", traits.state_trait, world.ids["alfa"], PARTNER).code == "E_TRAIT_STATED"
    with world.database.writing() as session:
        session.get_one(AccountTrait, row.id).expires_on = date(2027, 1, 3)
    again = state(world)
    with world.database.reading() as session:
        found = traits.list_traits(session, world.actor("nora"), world.ids["alfa"])
    assert {(each.id, state_of(each)) for each in found} == {
        (row.id, StandingState.ENDED),
        (again.id, StandingState.WAITING),
    }


def test_the_preview_tells_before_it_is_done_what_is_true_after(world: World) -> None:
    """Confirming makes Alfa key as a partner; once it counts, the preview is of ending it."""
    row = state(world)
    with world.database.reading() as session:
        (change,) = definitions.account_changes(session, session.get_one(AccountTrait, row.id))
    assert (change.before.reasons, change.after.reasons) == ((), (KeyReason.PARTNER,))
    confirm(world, row)
    with world.database.reading() as session:
        (change,) = definitions.account_changes(session, session.get_one(AccountTrait, row.id))
    assert (change.before.reasons, change.after.reasons) == ((KeyReason.PARTNER,), ())


def _rivals(world: World) -> tuple[str, str]:
    """Alfa's request is worth 300, Gamma's 360: Gamma's stands first."""
    defined(world, criterion("reference"))
    for name in ("alfa", "gamma"):
        rated(world, name, "reference", 50)
    first = world.submitted("kai", "gamma", benefits=((0, 120_000),))
    return world.submitted().id, first.id


def test_a_factor_moves_values_and_ranks_only_after_the_second_person(world: World) -> None:
    """1.5 x 300 = 450 overtakes 360: shown before, true after, gone when it ends."""
    alfa, gamma = _rivals(world)
    row = propose(world)
    with world.database.reading() as session:
        tried = session.get_one(StrategicFactor, row.id)
        (change,) = definitions.account_changes(session, tried)
        waiting, ranks = definition_effects.rank_changes(session, tried)
    assert [figure.value for figure in change.weights] == [Decimal(1), Decimal("1.5")]
    assert waiting == 2
    assert [(r.request.id, r.rank_before, r.rank_after, r.value_after) for r in ranks] == [
        (alfa, 2, 1, 45_000),
        (gamma, 1, 2, 36_000),
    ]
    levels = translated(world).inputs["requests"][alfa]["levels"]
    assert levels[0]["value_minor"] == 30_000
    row = approve(world, row)
    told = translated(world).inputs["requests"][alfa]
    assert told["levels"][0]["value_minor"] == 45_000
    assert "leadership_factor" in {each["name"] for each in told["factors"]["strategy"]["inputs"]}
    with world.database.writing() as session:
        lukas = world.actor("lukas")
        factors.end_factor(session, lukas, row.account_id, row.id, row.version, reason="No more.")
    assert translated(world).inputs["requests"][alfa]["levels"][0]["value_minor"] == 30_000


def test_who_proposed_a_factor_never_approves_it(world: World) -> None:
    """And only leadership proposes one."""
    row = propose(world)
    place = (row.account_id, row.id, row.version)
    assert refused(world, "lukas", factors.approve_factor, *place).code == "E_SECOND_PERSON"
    for name in ("nora", "filip", "petra"):
        assert refused(world, name, factors.set_factor, world.ids["alfa"], HALF_MORE).code == "E_FORBIDDEN"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"factor": 499}, "factor"),
        ({"factor": 2001}, "factor"),
        ({"reason": ""}, "reason"),
        ({"valid_from": date(2027, 1, 3)}, "valid_from"),
        ({"expires_on": date(2027, 1, 3)}, "expires_on"),
        ({"expires_on": date(2028, 3, 1)}, "expires_on"),
    ],
)
def test_a_factor_has_limits(world: World, changes: dict[str, Any], where: str) -> None:
    """Half to double, with a reason, from today on, for a year at most."""
    denied = refused(world, "lukas", factors.set_factor, world.ids["alfa"], replace(HALF_MORE, **changes))
    assert [p.where for p in denied.problems] == [where]


def test_two_factors_never_hold_at_once(world: World) -> None:
    """One that follows the other may be proposed."""
    propose(world)
    alfa = world.ids["alfa"]
    assert refused(world, "lydia", factors.set_factor, alfa, HALF_MORE).code == "E_FACTOR_SET"
    later = replace(HALF_MORE, valid_from=date(2027, 12, 2), expires_on=date(2028, 2, 1))
    assert state_of(approve(world, propose(world, later))) is StandingState.AHEAD


def test_an_unconfirmed_trait_may_be_taken_back_by_who_stated_it(world: World) -> None:
    """A confirmed one only by leadership."""
    row = state(world)
    with world.database.writing() as session:
        nora = world.actor("nora")
        traits.end_trait(session, nora, row.account_id, row.id, row.version, reason="My mistake.")
    row = confirm(world, state(world, values=replace(PARTNER, trait="teacher", signs=())))
    assert row.trait is Trait.TEACHER
    denied = refused(
        world, "nora", traits.end_trait, row.account_id, row.id, row.version, reason="My mistake."
    )
    assert denied.code == "E_FORBIDDEN"


def test_goals_are_leaderships_to_word(world: World) -> None:
    """A code is used once; giving one up keeps it for the plans that name it."""
    year(world, "alfa", 12)
    with world.database.writing() as session:
        lukas = world.actor("lukas")
        row = goals.add_goal(session, lukas, "energy", "Be first in hydropower")
        goals.change_goal(session, lukas, row.id, row.version, title="Be first in energy", active=False)
    denied = refused(world, "lydia", goals.add_goal, "energy", "Again")
    assert [(p.where, p.code) for p in denied.problems] == [("code", "E_DUPLICATE")]
    assert refused(world, "nora", goals.add_goal, "mine", "Mine").code == "E_FORBIDDEN"
    with world.database.reading() as session:
        assert [(g.title, g.active) for g in goals.list_goals(session, world.actor("nora"))] == [
            ("Be first in energy", False)
        ]
