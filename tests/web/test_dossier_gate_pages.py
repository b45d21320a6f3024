"""What is missing in a dossier is told where a request is filed, and written down on the customer's page."""

from __future__ import annotations

from collections.abc import Callable

from clients import Program, code_of, request_body
from factories import World, events
from flask import Flask
from test_pages import Person, form_of, stored

from planner.records import Account, Channel, RequestStatus

Client = Callable[[str], Program]
FACTS = {
    "channel": "distributor",
    "need": "Lines at night",
    "budget": "1,000.50",
    "contract_end": "2028-06-30",
}


def forget(world: World, **left: object) -> None:
    """A customer of which two facts are known: how the cooperation stands and what it buys from anybody."""
    empty = {"channel": None, "need": "", "budget_minor": None, "threat": None}
    with world.database.writing() as session:
        account = session.get_one(Account, world.ids["alfa"])
        for name, value in {**empty, **left}.items():
            setattr(account, name, value)


def test_who_files_is_shown_the_way_to_the_dossier_and_goes_on(app: Flask, world: World) -> None:
    """Two of twelve facts stop the form with its reason; four more on the customer's page let it pass."""
    forget(world)
    nora = Person(app, world, "nora")
    typed = form_of(world)
    answer = nora.post("/requests", {**typed, "do": "submit"})
    assert answer.status_code == 422
    assert "2 of the 12 facts in the dossier of Alfa are there; 50 % are needed." in answer.text
    assert "Sales channel, What the customer needs, Its budget" in answer.text
    dossier = f"/accounts/{world.ids['alfa']}/dossier"
    assert f'href="{dossier}"' in answer.text
    draft = stored(world, typed["request_id"])
    assert draft is not None
    assert draft.status is RequestStatus.DRAFT
    autosaved = nora.post("/requests/draft", {**typed, "version": str(draft.version)})
    assert f'href="{dossier}"' in autosaved.text
    shown = nora.get(f"/accounts/{world.ids['alfa']}").text
    assert "Requests are planned once 50% of the dossier is there" in shown

    with world.database.reading() as session:
        version = session.get_one(Account, world.ids["alfa"]).version
    wrong = nora.post(f"/accounts/{world.ids['alfa']}/facts", {**FACTS, "budget": "much", "version": "1"})
    assert (wrong.status_code, "This is no number." in wrong.text, "Lines at night" in wrong.text) == (
        422,
        True,
        True,
    )
    saved = nora.post(f"/accounts/{world.ids['alfa']}/facts", {**FACTS, "version": str(version)})
    assert saved.status_code == 303
    with world.database.reading() as session:
        account = session.get_one(Account, world.ids["alfa"])
        known = (account.channel, account.need, account.budget_minor, str(account.contract_end))
    assert known == (Channel.DISTRIBUTOR, "Lines at night", 100_050, "2028-06-30")
    assert "1,000.50" in nora.get(dossier).text or 'value="1000.5' in nora.get(dossier).text

    fresh = stored(world, typed["request_id"])
    assert fresh is not None
    passed = nora.post("/requests", {**typed, "version": str(fresh.version), "do": "submit"})
    assert passed.status_code == 303
    assert "account.changed" in [event.action for event in events(world)]


def test_programs_write_facts_and_are_told_the_same(client: Client, world: World) -> None:
    """The draft's `missing` names the dossier; a stale version and a foreign customer are refused."""
    forget(world)
    nora = client("nora")
    draft = nora.post("/requests", request_body(world)).get_json()
    (gap,) = draft["missing"]
    assert (gap["where"], gap["code"]) == ("account_id", "E_DOSSIER_THIN")
    assert "Its budget" in gap["fix"]
    address = f"/accounts/{world.ids['alfa']}"
    body = {"channel": "direct", "need": "Less waste", "budget_minor": 5, "contract_end": "2028-01-01"}
    version = nora.get(address).get_json()["version"]
    stale = nora.put(f"{address}/facts", body, version=version + 1)
    assert (stale.status_code, code_of(stale)) == (412, "E_VERSION_STALE")
    assert code_of(client("kai").put(f"{address}/facts", body, version=version)) == "E_NOT_FOUND"
    told = nora.put(f"{address}/facts", body, version=version).get_json()
    assert (told["need"], told["budget_minor"]) == ("Less waste", 5)
    assert nora.get(f"/requests/{draft['id']}").get_json()["missing"] == []
