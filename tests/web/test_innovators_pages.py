"""The warning that too many customers are called innovators, on the page and over the API."""

from __future__ import annotations

from collections.abc import Callable

from clients import Program, browser
from factories import World, account
from flask import Flask

from planner.records import AccountTrait, Trait, User

Client = Callable[[str], Program]


def _innovators(world: World, count: int) -> None:
    """Sixteen more customers of Kai make twenty; some of them are said to be innovators."""
    with world.database.writing() as session:
        kai = session.get_one(User, world.ids["kai"])
        for number in range(16):
            row = account(session, f"Customer {number}", kai)
            session.flush()
            if number < count:
                session.add(
                    AccountTrait(
                        account_id=row.id,
                        trait=Trait.INNOVATOR,
                        evidence="Tried it first.",
                        checklist=[],
                        stated_by_id=kai.id,
                        stated_on=row.created_at.date(),
                    )
                )


def test_the_warning_on_the_page(app: Flask, world: World) -> None:
    """With 2 of 20 leadership reads the count; a third one would be too many, and its KAM reads so."""
    _innovators(world, 2)
    place = f"/accounts/{world.ids['alfa']}/standing"
    led = browser(app, world, "lukas").get(place).get_data(as_text=True)
    assert "2 of 20 customers are said to be innovators" in led
    assert "would happen by chance" not in led
    own = browser(app, world, "nora").get(place).get_data(as_text=True)
    assert "with this customer 3 of 20 would be said to be innovators" in own
    assert "2 of 20" not in own
    assert "innovators" not in browser(app, world, "filip").get(place).get_data(as_text=True)


def test_leadership_is_warned_of_three_in_twenty(app: Flask, client: Client, world: World) -> None:
    """The page and the API tell the chance: 1.3 %."""
    _innovators(world, 3)
    led = browser(app, world, "lukas").get(f"/accounts/{world.ids['alfa']}/standing").get_data(as_text=True)
    assert "would happen by chance in 1.2" in led or "would happen by chance in 1.3" in led
    told = client("lukas").get("/innovators").get_json()
    assert (told["stated"], told["customers"], told["too_many"]) == (3, 20, True)
    assert told["chance"]["value"].startswith("0.01")


def test_one_more_is_asked_of_customers_in_sight_only(client: Client, world: World) -> None:
    """Nora cannot ask about Gamma, which is not there for her."""
    _innovators(world, 0)
    assert client("nora").get(f"/innovators?with_account={world.ids['alfa']}").get_json()["stated"] == 1
    assert client("nora").get(f"/innovators?with_account={world.ids['gamma']}").status_code == 404
    assert client("filip").get("/innovators").status_code == 403
