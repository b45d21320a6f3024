"""More innovators than can be: a warning that small numbers do not set off, told before one is stated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from factories import World, account, refused
from test_standing import PARTNER, confirm, state

from planner.records import Account, AccountStatus, AccountTrait, Trait, User
from planner.services.customers import innovators as counting
from planner.services.customers import traits
from planner.worth import innovators

INNOVATOR = replace(PARTNER, trait="innovator", signs=())


@pytest.mark.parametrize(
    ("stated", "customers", "tail", "too_many"),
    [
        # 1 - .975^20 = 1 - .6027.
        (1, 20, 0.3973, False),
        # Less 20 x .025 x .975^19 = .3091.
        (2, 20, 0.0882, False),
        # Less 190 x .025^2 x .975^18 = .0753.
        (3, 20, 0.0130, True),
        (0, 20, 1.0, False),
        (1, 1, 0.025, False),
        # Poisson with mean 10 gives .5421.
        (10, 400, 0.5437, False),
        (0, 0, 1.0, False),
    ],
)
def test_the_tail_by_hand(stated: int, customers: int, tail: float, too_many: bool) -> None:
    """As many as expected is no news, nor is one of twenty, nor a single one of any number."""
    found = innovators(stated, customers)
    assert float(found.tail) == pytest.approx(tail, abs=5e-5)
    assert found.too_many is too_many
    assert found.chance.value is not None
    assert float(found.chance.value) == pytest.approx(tail, abs=5e-5)


def test_the_chances_of_every_count_sum_to_one() -> None:
    """Exactly, so the tail is no approximation: P(X >= n) - P(X >= n + 1) = P(X = n)."""
    parts = [innovators(n, 7).tail - innovators(n + 1, 7).tail for n in range(7)]
    assert sum(parts) + innovators(7, 7).tail == 1
    assert innovators(7, 7).tail == Fraction(1, 40) ** 7
    with pytest.raises(ValueError, match="3 of 2"):
        innovators(3, 2)


def _crowd(world: World, count: int) -> None:
    """More active customers of Kai."""
    with world.database.writing() as session:
        kai = session.get_one(User, world.ids["kai"])
        for number in range(count):
            account(session, f"Customer {number}", kai)


def _counted(world: World, name: str = "lukas", with_account: str | None = None) -> tuple[int, int, bool]:
    with world.database.reading() as session:
        found = counting.count_innovators(session, world.actor(name), with_account=with_account)
    return found.stated, found.customers, found.too_many


def test_customers_are_counted_whole_and_only_while_they_are_ones(world: World) -> None:
    """Alfa, Beta, Gamma and the blocked one; the lost one and Beta as a branch of Gamma are none."""
    assert _counted(world) == (0, 4, False)
    with world.database.writing() as session:
        session.get_one(Account, world.ids["beta"]).parent_id = world.ids["gamma"]
        for name in ("beta", "gamma", "lost"):
            session.add(
                AccountTrait(
                    account_id=world.ids[name],
                    trait=Trait.INNOVATOR,
                    evidence="Tried it first.",
                    checklist=[],
                    stated_by_id=world.ids["lukas"],
                    stated_on=date(2026, 12, 1),
                )
            )
        assert session.get_one(Account, world.ids["lost"]).status is AccountStatus.LOST
    assert _counted(world) == (1, 3, False)


def test_waiting_and_counting_are_said_and_what_is_over_is_not(world: World) -> None:
    """Two of 22 are no news; who is about to state a third reads that it would be one."""
    _crowd(world, 18)
    row = confirm(world, state(world, values=INNOVATOR))
    with world.database.writing() as session:
        lydia = world.actor("lydia")
        traits.state_trait(session, lydia, world.ids["gamma"], INNOVATOR)
    assert _counted(world) == (2, 22, False)
    assert _counted(world, "sven", world.ids["beta"]) == (3, 22, True)
    assert _counted(world, "nora", world.ids["alfa"]) == (2, 22, False)
    with world.database.writing() as session:
        traits.end_trait(
            session, world.actor("lukas"), row.account_id, row.id, row.version, reason="They wait now."
        )
    assert _counted(world) == (1, 22, False)


def test_only_who_may_state_one_reads_the_count(world: World) -> None:
    """A head, the planner and finance do not."""
    for name in ("hana", "petra", "filip"):
        assert refused(world, name, counting.count_innovators).code == "E_FORBIDDEN"
