"""Overrides on E7: priced before they are signed, two people when dear, a lock in the next plan."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from factories import stable_id, user
from scenario import K, Quarrel

from planner.audit import verify
from planner.records import Override, OverrideState, Role
from planner.services.excepting import overrides
from planner.services.excepting.override_prices import PriceView, Target, ask_price, price_view
from planner.verdict import Denied, Kind, Refused

UNTIL = date(2027, 3, 31)
GRANT_R2 = Target("grant", request_id=stable_id("r2"))


def leader(world: Quarrel, name: str = "lars") -> None:
    """Another member of the leadership."""
    with world.database.writing() as session:
        user(session, name, Role.LEADERSHIP, password_hash="-").id = stable_id(name)  # noqa: S106 - nobody signs in


def priced(world: Quarrel, target: Target = GRANT_R2, who: str = "lena") -> PriceView:
    """The price of the target, computed."""
    with world.database.writing() as session:
        asked = ask_price(session, world.actor(who), target)
    world.answer_all()
    with world.database.reading() as session:
        return price_view(session, world.actor(who), asked.question_id)


def signed(
    world: Quarrel, view: PriceView, who: str = "lena", reason: str = "The board wants it."
) -> Override:
    """An override of that price, signed."""
    with world.database.writing() as session:
        return overrides.sign(session, world.actor(who), view.question_id, reason, UNTIL)


def denied(world: Quarrel, who: str, step: object, *args: object) -> Denied:
    """Why a step is refused."""
    with pytest.raises(Refused) as refused, world.database.writing() as session:
        step(session, world.actor(who), *args)  # type: ignore[operator]  # - a use case
    return refused.value.denied


@pytest.mark.acceptance
def test_e7_granting_r2_costs_ten_and_r1_loses(planned: Quarrel) -> None:
    """R2 + R3 = 68 instead of R1 + R3 = 78: price 10 k, loser R1; the next plan is exactly that."""
    view = priced(planned)
    assert (view.low_minor, view.high_minor, view.exact) == (10 * K, 10 * K, True)
    assert view.money_minor == 10 * K
    assert [(e.title, e.before, e.after, e.value_minor) for e in view.losers] == [("R1", 1000, 0, -48 * K)]
    assert [(e.title, e.value_minor) for e in view.winners] == [("R2", 38 * K)]
    # 10 k is 10,000.00, which is the limit and not above it: one signature is enough.
    override = signed(planned, view)
    assert (override.state, override.price_high_minor) == (OverrideState.ACTIVE, 10 * K)
    second = planned.plan()
    assert second.value_minor == 68 * K
    assert set(planned.states(second)) == {"r2", "r3"}
    assert second.snapshot_id is not None
    with planned.database.reading() as session:
        assert verify(session) == []
    told = planned.events("override")
    assert told == ["override.priced", "override.signed"]


def test_a_price_is_asked_once(planned: Quarrel) -> None:
    """The same question gives the same price and leaves one event."""
    first, again = priced(planned), priced(planned)
    assert first.question_id == again.question_id
    assert planned.events("override") == ["override.priced"]


def test_what_the_plan_does_already_costs_nothing(planned: Quarrel) -> None:
    """R1 is granted: granting it costs 0, exactly; refusing R2 as well."""
    for target in (Target("grant", stable_id("r1")), Target("refuse", stable_id("r2"))):
        view = priced(planned, target)
        assert (view.low_minor, view.high_minor, view.exact, view.losers) == (0, 0, True, ())


@pytest.mark.parametrize(
    ("target", "price"),
    [
        # Without R1 the best is R2 + R3 = 68.
        (Target("refuse", stable_id("r1")), 10 * K),
        # 4 h more: R1 + R2 = 86, so 8 k are gained.
        (
            Target("capacity", specialist_id=stable_id("s:ann"), week="2027-W01", quarter_hours=16),
            -8 * K,
        ),
        # 4 h less: R2 + R3 = 68 still fits.
        (
            Target("capacity", specialist_id=stable_id("s:ann"), week="2027-W01", quarter_hours=-16),
            10 * K,
        ),
    ],
)
def test_prices_by_hand(planned: Quarrel, target: Target, price: int) -> None:
    """Each kind of exception has the price that re-solving by hand gives."""
    view = priced(planned, target)
    assert (view.low_minor, view.high_minor) == (price, price)


def test_a_pair_can_be_forbidden_and_ordered(planned: Quarrel) -> None:
    """Ann is the only one who can do R1: forbidding her costs R1, ordering her costs nothing."""
    line = planned.proposal(planned.first, "r1").line_id
    pair: dict[str, Any] = {"line_id": line, "specialist_id": stable_id("s:ann")}
    assert priced(planned, Target("forbid", **pair)).high_minor == 10 * K
    assert priced(planned, Target("forbid", **pair, week="2027-W01")).high_minor == 10 * K
    assert priced(planned, Target("pin", **pair)).high_minor == 0
    signed(planned, priced(planned, Target("forbid", **pair)))
    assert set(planned.states(planned.plan())) == {"r2", "r3"}


def test_nothing_is_signed_without_a_price(planned: Quarrel) -> None:
    """While the price is being computed, and when only one end of it is known."""
    with planned.database.writing() as session:
        view = ask_price(session, planned.actor("lena"), GRANT_R2)
    arguments = (view.question_id, "The board wants it.", UNTIL)
    assert denied(planned, "lena", overrides.sign, *arguments).code == "E_PRICE_MISSING"
    planned.answer_all()
    with planned.database.writing() as session:
        question = session.get_one(type(planned.answer_all()[0]), view.question_id)
        question.high_minor = None
    refusal = denied(planned, "lena", overrides.sign, *arguments)
    assert (refusal.kind, refusal.code) == (Kind.STATE, "E_PRICE_MISSING")
    assert planned.events("override") == ["override.priced"]


def test_a_reason_and_an_end_are_needed(planned: Quarrel) -> None:
    """No reason, today, and a year from now are refused together with their fields."""
    question = priced(planned).question_id
    for until in (date(2027, 1, 4), date(2028, 1, 4)):
        refusal = denied(planned, "lena", overrides.sign, question, "  ", until)
        assert {p.where for p in refusal.problems} == {"reason", "expires_on"}


def test_an_overtaken_price_is_not_signed(planned: Quarrel) -> None:
    """After a newer plan the old price says nothing."""
    view = priced(planned)
    planned.plan()
    refusal = denied(planned, "lena", overrides.sign, view.question_id, "The board wants it.", UNTIL)
    assert refusal.code == "E_PRICE_STALE"


def test_a_dear_one_waits_for_another_person(planned: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit it is no lock until somebody else signs; the sponsor cannot, twice or in disguise."""
    monkeypatch.setenv("PLANNER_OVERRIDE_LIMIT", "9999")
    leader(planned)
    override = signed(planned, priced(planned))
    assert override.state == OverrideState.WAITING
    arguments = (override.id, override.version)
    assert denied(planned, "lena", overrides.second, *arguments).code == "E_SELF_APPROVAL"
    assert set(planned.states(planned.plan())) == {"r1", "r3"}
    # The plan that was priced is overtaken now, so the second signature needs a price of today.
    assert denied(planned, "lars", overrides.second, *arguments).code == "E_PRICE_STALE"
    with planned.database.writing() as session:
        overrides.withdraw(session, planned.actor("lena"), *arguments, "Priced anew.")
    fresh = signed(planned, priced(planned))
    with planned.database.writing() as session:
        overrides.second(session, planned.actor("lars"), fresh.id, fresh.version, "Agreed.")
    done: Override = planned.row(Override, fresh.id)
    assert (done.state, done.second_id) == (OverrideState.ACTIVE, stable_id("lars"))
    assert set(planned.states(planned.plan())) == {"r2", "r3"}


def test_many_small_ones_add_up(planned: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of 10,000 are above a quarter's 15,000, although each is within the limit of one."""
    monkeypatch.setenv("PLANNER_OVERRIDE_QUARTER_LIMIT", "15000")
    first = signed(planned, priced(planned))
    assert first.state == OverrideState.ACTIVE
    second = signed(planned, priced(planned, Target("refuse", stable_id("r1"))))
    assert second.state == OverrideState.WAITING
    with planned.database.reading() as session:
        register = overrides.register(session, 2027, 1)
        assert overrides.register(session, 2027, 2).rows == []
    assert [(t.sponsor, t.count, t.low_minor, t.high_minor) for t in register.tallies] == [
        ("Lena", 2, 20 * K, 20 * K)
    ]
    # A declined one costs nothing; a withdrawn one has had its effect and still counts.
    leader(planned)
    with planned.database.writing() as session:
        overrides.decline(session, planned.actor("lars"), second.id, second.version, "Not for this.")
    with planned.database.writing() as session:
        overrides.withdraw(session, planned.actor("lena"), first.id, first.version, "Changed my mind.")
        assert overrides.spent(session, stable_id("lena"), first.signed_at) == 10 * K


def test_the_same_is_not_signed_twice(planned: Quarrel) -> None:
    """A second override of the same thing is refused while the first holds."""
    view = priced(planned)
    signed(planned, view)
    refusal = denied(planned, "lena", overrides.sign, view.question_id, "Again.", UNTIL)
    assert refusal.code == "E_OVERRIDE_EXISTS"


def test_an_expired_one_binds_nothing(planned: Quarrel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day after its end the plan is the best one again; the register keeps it."""
    view = priced(planned)
    with planned.database.writing() as session:
        override = overrides.sign(
            session, planned.actor("lena"), view.question_id, "This week only.", date(2027, 1, 5)
        )
        assert overrides.holds(override)
    monkeypatch.setenv("PLANNER_TODAY", "2027-01-06")
    assert set(planned.states(planned.plan())) == {"r1", "r3"}
    with planned.database.reading() as session:
        assert [o.id for o in overrides.register(session, 2027, 1).rows] == [override.id]


@pytest.mark.parametrize("who", ["lee", "eva", "fin"])
def test_only_leadership_prices_and_signs(planned: Quarrel, who: str) -> None:
    """Neither the account manager who gains, nor a head, nor finance."""
    assert denied(planned, who, ask_price, GRANT_R2).kind == Kind.FORBIDDEN
    question = priced(planned).question_id
    assert denied(planned, who, overrides.sign, question, "Mine.", UNTIL).kind == Kind.FORBIDDEN


def test_what_is_named_must_be_in_the_plan(planned: Quarrel) -> None:
    """Missing values are told by field; a request the plan does not know is not found."""
    refusal = denied(planned, "lena", ask_price, Target("capacity"))
    assert {p.where for p in refusal.problems} == {"specialist_id", "week", "quarter_hours"}
    assert denied(planned, "lena", ask_price, Target("boss")).code == "E_INVALID"
    unknown = Target("grant", request_id="no-such-request")
    assert denied(planned, "lena", ask_price, unknown).kind == Kind.NOT_FOUND
