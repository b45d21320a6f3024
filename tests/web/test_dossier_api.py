"""What we know of a customer, what "key" means and what was worked, over the API as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from clients import Program, code_of, codes_of
from factories import World
from judged import criterion, defined, rated, year

from planner.clock import now
from planner.records import CriterionAxis, CriterionKind, RequestStatus, ResourceRequest, WorkLog

Client = Callable[[str], Program]

CONTACT = {"person_name": "Uma", "function": "purchasing", "role": "decider", "our_strength": 2}


@pytest.fixture
def rateable(world: World) -> World:
    """Alfa and Gamma earn the same; Alfa refers us to others. Image is a matter of relations."""
    image = criterion("image", axis=CriterionAxis.RELATIONSHIP)
    money = criterion("profit", kind=CriterionKind.MONETARY, enters_strategic_weight=False)
    defined(world, criterion("reference"), image, money)
    for account, value in (("alfa", 100), ("gamma", 0)):
        rated(world, account, "reference", value)
        year(world, account, 1_200_000)
    return world


def test_a_contact_from_first_talk_to_forgotten(client: Client, world: World) -> None:
    """Added, changed against its version, rated by a second person, and forgotten with its numbers kept."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/contacts"
    added = nora.post(place, {**CONTACT, "in_decision_group": True})
    assert (added.status_code, added.headers["ETag"]) == (201, '"1"')
    one = f"{place}/{added.get_json()['id']}"
    changed = nora.put(one, {**CONTACT, "our_strength": 4, "last_contact_on": "2026-12-18"}, version=1)
    assert changed.get_json()["our_strength"] == 4
    stale = nora.put(one, CONTACT, version=1)
    assert (stale.status_code, code_of(stale)) == (412, "E_VERSION_STALE")
    # Nora keeps Alfa, so what Alfa thinks of us is not for her to say.
    assert nora.post(f"{one}/image", {"image": 5}).status_code == 403
    assert client("lukas").post(f"{one}/image", {"image": 3}).get_json()["image"] == 3
    forgotten = nora.post(f"{one}/erase").get_json()
    assert (forgotten["person_name"], forgotten["image"], forgotten["active"]) == ("", 3, False)
    assert code_of(nora.put(one, CONTACT, version=forgotten["version"])) == "E_STATE"
    assert [row["our_strength"] for row in nora.get(place).get_json()["rows"]] == [4]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"our_strength": 6}, ("our_strength", "E_NUMBER_RANGE")),
        ({"our_strength": "3"}, ("our_strength", "E_INTEGER")),
        ({"role": "friend"}, ("role", "E_CHOICE")),
        ({"person_name": " "}, ("person_name", "E_TEXT_BLANK")),
        ({"last_contact_on": "2027-02-30"}, ("last_contact_on", "E_DATE")),
        ({"last_contact_on": "2027-02-01"}, ("last_contact_on", "E_DATE")),
        ({"birthday": "1990-01-01"}, ("birthday", "E_FIELD_UNKNOWN")),
    ],
)
def test_what_is_no_contact_is_refused(
    client: Client, world: World, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    """Each fault by place and code; a day to come is one; private life has no field."""
    refused = client("nora").post(f"/accounts/{world.ids['alfa']}/contacts", {**CONTACT, **change})
    assert refused.status_code == 422
    assert [(e["where"], e["code"]) for e in refused.get_json()["errors"]] == [fault]


def test_a_rating_counts_once_a_second_person_confirms(client: Client, rateable: World) -> None:
    """Nora's word on relations with her own customer waits; confirmed by herself it stays refused."""
    nora, lukas = client("nora"), client("lukas")
    assert [row["key"] for row in nora.get("/criteria").get_json()["rows"]] == [
        "reference",
        "image",
        "profit",
    ]
    place = f"/accounts/{rateable.ids['alfa']}"
    body = {"criterion": "image", "current_milli": 80_000, "evidence": "Survey", "expires_on": "2027-12-31"}
    given = nora.post(f"{place}/ratings", body)
    assert given.status_code == 201
    assert given.get_json()["waits_for_second"] is True
    known = lukas.get(f"{place}/worth").get_json()["figures"]
    confirm = f"{place}/ratings/{given.get_json()['id']}/confirm"
    assert nora.post(confirm).status_code == 403
    assert lukas.post(confirm).get_json()["confirmed_by"]["name"] == "Lukas"
    assert code_of(lukas.post(confirm)) == "E_STATE"
    assert lukas.get(f"{place}/worth").get_json()["figures"] != known
    old = nora.post(f"{place}/ratings", {**body, "expires_on": "2026-12-31", "criterion": "mood"})
    assert codes_of(old) >= {"E_INVALID", "E_DATE"}


def test_an_account_plan_is_drafted_submitted_and_seen(client: Client, world: World) -> None:
    """One draft per period; without a target it is not submitted; what was submitted does not change."""
    nora, place = client("nora"), f"/accounts/{world.ids['alfa']}/plans"
    body: dict[str, Any] = {"period": "2027-H1", "goals": "A second plant."}
    draft = nora.post(place, body).get_json()
    assert code_of(nora.post(place, body)) == "E_VERSION_STALE"
    one = f"{place}/{draft['id']}"
    early = nora.post(f"{one}/submit", version=draft["version"])
    assert (early.status_code, code_of(early)) == (409, "E_PLAN_EMPTY")
    other = nora.put(one, {**body, "period": "2028"}, version=draft["version"])
    assert [e["where"] for e in other.get_json()["errors"]] == ["period"]
    step = {"title": "Pilot", "due_on": "2027-03-01", "stage": "cooperative"}
    full = {
        **body,
        "sales_minor": 5_000_000,
        "retention_permille": 900,
        "target_rationale": "Their own plan.",
        "milestones": [step],
    }
    saved = nora.put(one, full, version=draft["version"]).get_json()
    assert (saved["sales_minor"], saved["retention_permille"], saved["contribution_minor"]) == (
        *(5_000_000, 900),
        None,
    )
    assert saved["milestones"] == [{**step, "done_on": None}]
    submitted = nora.post(f"{one}/submit", version=saved["version"]).get_json()
    assert submitted["state"] == "submitted"
    assert code_of(nora.put(one, full, version=submitted["version"])) == "E_STATE"
    reviewed = client("lukas").post(f"{one}/review", version=submitted["version"]).get_json()
    assert reviewed["state"] == "board_reviewed"
    assert nora.post(place, full).get_json()["revision"] == 2


@pytest.mark.usefixtures("rateable")
def test_a_definition_is_tried_before_a_second_person_approves(client: Client) -> None:
    """What is read can be sent back changed; the preview tells who changes; nobody approves the own one."""
    lukas, lydia = client("lukas"), client("lydia")
    draft = lukas.post("/definitions").get_json()
    assert lukas.post("/definitions").get_json()["id"] == draft["id"]
    one = f"/definitions/{draft['id']}"
    assert client("nora").get(one).status_code == 404
    kept = ("basis", "window_months", "valid_from", "flags", "mono_warning", "mono_severe")
    names = ("key", "swing_points", "anchor_low_milli", "anchor_high_milli", "forecast_blend")
    criteria = [
        {name: row[name] for name in (*names, "enters_strategic_weight")} for row in draft["criteria"]
    ]
    body = {
        **{name: draft[name] for name in kept},
        "key_share_permille": 600,
        "critical_share_permille": 600,
        "kappa": 0,
        "criteria": criteria,
    }
    falling = lukas.put(one, {**body, "critical_share_permille": 100}, version=draft["version"])
    assert [e["where"] for e in falling.get_json()["errors"]] == ["critical_share_permille"]
    saved = lukas.put(one, body, version=draft["version"]).get_json()
    told = {row["name"]: row for row in lukas.get(f"{one}/preview").get_json()["accounts"]}
    # Half of all profit is no longer above the bar of 60 %; without reach strategy moves nothing.
    assert (told["Alfa"]["before"]["dependency"], told["Alfa"]["after"]["dependency"]) == (
        "critical",
        "ordinary",
    )
    assert told["Alfa"]["after"]["strategic_weight"] == "1.000000"
    proposed = lukas.post(f"{one}/propose", version=saved["version"]).get_json()
    own = lukas.post(f"{one}/approve", version=proposed["version"])
    assert (own.status_code, code_of(own)) == (403, "E_SECOND_PERSON")
    back = lydia.post(f"{one}/return", {"reason": "Say why."}, version=proposed["version"]).get_json()
    assert back["state"] == "draft"
    again = lukas.post(f"{one}/propose", version=back["version"]).get_json()
    approved = lydia.post(f"{one}/approve", version=again["version"]).get_json()
    assert approved["state"] == "active"
    assert client("nora").get(one).get_json()["key_share_permille"] == 600


def test_a_dossier_says_how_complete_it_is(client: Client, rateable: World) -> None:
    """Of Alfa one thing after another is known; the figure says of how many."""
    place = f"/accounts/{rateable.ids['alfa']}"
    before = client("nora").get(f"{place}/dossier").get_json()
    assert before["dossier"]["account_plan"] is False
    plan = {
        "period": "2026",
        "goals": "Grow.",
        "target_rationale": "Two lines.",
        "contribution_minor": 2_400_000,
    }
    draft = client("nora").post(f"{place}/plans", plan).get_json()
    client("nora").post(f"{place}/plans/{draft['id']}/submit", version=draft["version"])
    after = client("nora").get(f"{place}/dossier").get_json()
    assert after["dossier"] == {**before["dossier"], "account_plan": True}
    assert float(after["completeness"]["value"]) > float(before["completeness"]["value"])
    (target,) = after["targets"]
    # Twelve months of 1,000.00 are half of 24,000.00.
    assert (target["kind"], target["aim_minor"], target["reached"]["value"]) == (
        *("contribution", 2_400_000),
        "0.500000",
    )
    assert client("kai").get(f"{place}/dossier").status_code == 404
    assert [row["name"] for row in client("nora").get("/delegations/colleagues").get_json()["rows"]] == [
        "Kai",
        "Sven",
    ]


def test_work_is_entered_once(client: Client, world: World) -> None:
    """Ann corrects a past week; the same again changes nothing; nobody else's head may."""
    row = world.submitted()
    cell = {"line_id": row.lines[0].id, "specialist_id": world.ids["s:ann"], "week": "2027-W01"}
    with world.database.writing() as session:
        plan = {"planned_quarter_hours": 32, "worked_quarter_hours": 30}
        who = {"confirmed_by_id": world.ids["hana"], "confirmed_at": now()}
        session.add(WorkLog(request_id=row.id, **cell, **plan, **who))
    body = {"entries": [{**cell, "worked_quarter_hours": 20, "note": "Half a day less"}]}
    assert client("ann").put("/work", body).get_json() == {"changed": 1}
    assert client("ann").put("/work", body).get_json() == {"changed": 0}
    (seen,) = client("hana").get("/work").get_json()["rows"]
    assert (seen["planned_quarter_hours"], seen["worked_quarter_hours"], seen["entered_by"]) == (
        32,
        20,
        "Ann",
    )
    assert client("lena").get("/work").get_json()["total"] == 0
    assert client("lena").put("/work", body).status_code == 404
    too_much = {"entries": [{**cell, "worked_quarter_hours": 321}]}
    assert codes_of(client("ann").put("/work", too_much)) == {"E_INVALID", "E_HOURS_RANGE"}


def test_an_outcome_is_recorded_returned_and_confirmed(client: Client, world: World) -> None:
    """Nora says how it ended, finance asks back once, then it counts and may be told to others."""
    nora, filip = client("nora"), client("filip")
    row = world.submitted()
    with world.database.writing() as session:
        stored = session.get_one(ResourceRequest, row.id)
        stored.status, stored.earliest_week, stored.latest_week = (
            RequestStatus.EXPIRED,
            "2026-W40",
            "2026-W45",
        )
    (due,) = nora.get("/outcomes/due").get_json()["rows"]
    assert (due["request_id"], due["state"]) == (row.id, "due")
    place = f"/requests/{row.id}/outcomes"
    body: dict[str, Any] = {"result": "won", "delivered_quarter_hours": 48, "ended_on": "2026-12-20"}
    wrong = {"result": "maybe", "delivered_quarter_hours": "48", "ended_on": "20.12.2026", "feedback": 6}
    refused = nora.post(place, wrong)
    assert [(e["where"], e["code"]) for e in refused.get_json()["errors"]] == [
        ("delivered_quarter_hours", "E_INTEGER"),
        ("ended_on", "E_DATE"),
        ("feedback", "E_NUMBER_RANGE"),
        ("result", "E_CHOICE"),
    ]
    told = {"reference_text": "In half the time.", "realised_value_minor": 90_000, "punctual_start": True}
    first = nora.post(place, {**body, **told}).get_json()
    assert (first["state"], first["delivered_permille"]) == ("recorded", 750)
    assert nora.post(f"{place}/confirm", version=first["version"]).status_code == 403
    back = filip.post(f"{place}/return", {"reason": "Which invoice?"}, version=first["version"]).get_json()
    assert (back["state"], back["return_reason"]) == ("returned", "Which invoice?")
    again = nora.post(place, {**body, **told, "realised_value_minor": 80_000}).get_json()
    assert filip.post(f"{place}/confirm", version=first["version"]).status_code == 412
    confirmed = filip.post(f"{place}/confirm", version=again["version"]).get_json()
    assert (confirmed["state"], confirmed["realised_value_minor"]) == ("confirmed", 80_000)
    (reference,) = filip.get("/references").get_json()["rows"]
    assert reference["reference_text"] == "In half the time."
    assert client("kai").get("/references").get_json()["total"] == 0


def test_a_file_is_checked_again_and_thrown_away(client: Client) -> None:
    """The own files are listed without their errors; a template can be handed in as it is."""
    lukas = client("lukas")
    template = lukas.get("/templates/accounts.csv")
    assert template.mimetype == "text/csv"
    query = {"kind": "accounts", "name": "new.csv"}
    headers = {"Content-Type": "text/csv"}
    handed = lukas.call(
        "POST", "/imports", query_string=query, data=template.data, headers=headers
    ).get_json()
    (row,) = lukas.get("/imports").get_json()["rows"]
    assert (row["id"], row["name"]) == (handed["id"], "new.csv")
    assert "faults" not in row
    again = lukas.post(f"/imports/{row['id']}/check?encoding=cp1250").get_json()
    assert (again["rows"], again["state"]) == (handed["rows"], handed["state"])
    assert lukas.post(f"/imports/{row['id']}/discard").get_json()["state"] == "discarded"
    assert code_of(lukas.post(f"/imports/{row['id']}/check")) == "E_STATE"
    assert client("lydia").get("/imports").get_json()["total"] == 0


def test_people_are_given_access_and_lose_it(client: Client) -> None:
    """A new person, another role against the version, an own language."""
    adam = client("adam")
    body = {"email": "una@example.com", "name": "Una", "password": "a long password", "roles": ["kam"]}
    una = adam.post("/users", body).get_json()
    assert (una["roles"], una["active"]) == (["kam"], True)
    assert "E_EXISTS" in codes_of(adam.post("/users", body))
    changed = {"name": "Una", "roles": ["head"], "active": False}
    gone = adam.put(f"/users/{una['id']}", changed, version=una["version"]).get_json()
    assert (gone["roles"], gone["active"]) == (["head"], False)
    assert adam.put(f"/users/{una['id']}", changed, version=una["version"]).status_code == 412
    nora = client("nora")
    assert nora.put("/me", {"language": "nb"}).get_json()["language"] == "nb"
    assert codes_of(nora.put("/me", {"language": "xx"})) == {"E_INVALID", "E_CHOICE"}
    assert adam.get("/audit/chain").get_json() == {"intact": True, "problems": []}


def test_what_helps_to_ask(client: Client) -> None:
    """Leo alone has law: two full weeks of 40 h less what departments keep back, nobody else asking."""
    query = "skill_key=law&earliest_week=2027-W02&latest_week=2027-W03"
    told = client("nora").get(f"/hints?{query}").get_json()
    weeks = [row["free_quarter_hours"] for row in told["weeks"]]
    assert (told["people"], told["contention"], told["free_quarter_hours"]) == (1, None, sum(weeks))
    assert len(weeks) == 2
    assert all(weeks)
    (own,) = client("nora").get("/kams").get_json()["rows"]
    assert own["name"] == "Nora"
    assert {row["name"] for row in client("lukas").get("/kams").get_json()["rows"]} == {"Nora", "Kai", "Sven"}
    loads = client("filip").get("/kam-loads").get_json()["rows"]
    assert {row["kam"]["name"]: row["accounts"] for row in loads}["Nora"] == 3
