"""Requests over JSON: filed once, seen by who may, changed only by who saw the present version."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from clients import Program, code_of, codes_of, request_body
from factories import World

from planner.records import RequestStatus

Client = Callable[[str], Program]


def test_a_request_is_filed_read_changed_and_submitted(client: Client, world: World) -> None:
    """The whole path of a key account manager; each answer carries the version for the next step."""
    nora = client("nora")
    filed = nora.post("/requests", request_body(world, title="Žižka"))
    assert filed.status_code == 201, filed.text
    draft = filed.get_json()
    assert (draft["status"], draft["title"], draft["missing"]) == ("draft", "Žižka", [])
    assert filed.headers["ETag"] == f'"{draft["version"]}"'

    read = nora.get(f"/requests/{draft['id']}").get_json()
    assert read == draft

    body = request_body(world, title="Longer tender")
    changed = nora.put(f"/requests/{draft['id']}", body, version=draft["version"])
    assert changed.get_json()["title"] == "Longer tender"

    submitted = nora.post(f"/requests/{draft['id']}/submit", version=changed.get_json()["version"])
    assert (submitted.status_code, submitted.get_json()["status"]) == (200, "submitted")

    rows = nora.get("/requests?status=submitted").get_json()
    assert (rows["total"], rows["page"], rows["per_page"]) == (1, 1, 50)
    assert rows["rows"][0]["quarter_hours"] == 64


def test_what_was_read_can_be_sent_back(client: Client, world: World) -> None:
    """The answer names its content as the request does, so an editor needs no translation."""
    nora = client("nora")
    draft = nora.post("/requests", request_body(world)).get_json()
    body = {name: draft[name] for name in request_body(world)}
    again = nora.put(f"/requests/{draft['id']}", body, version=draft["version"])
    assert again.status_code == 200
    assert again.get_json()["version"] == draft["version"]


def test_a_draft_may_lack_everything_and_says_what_is_missing(client: Client, world: World) -> None:
    """Submitting it names every gap at once, each with its remedy."""
    nora = client("nora")
    draft = nora.post("/requests", {"account_id": world.ids["alfa"]}).get_json()
    places = {gap["where"] for gap in draft["missing"]}
    assert {"purpose", "type", "lines", "earliest_week", "latest_week", "benefits", "curve"} <= places
    refused = nora.post(f"/requests/{draft['id']}/submit", version=draft["version"])
    assert (refused.status_code, code_of(refused)) == (422, "E_INCOMPLETE")
    assert {error["where"] for error in refused.get_json()["errors"]} == places
    assert all(error["fix"] for error in refused.get_json()["errors"])


def test_the_same_key_files_once(client: Client, world: World) -> None:
    """Sent three times under one key, a request exists once and each answer is the same byte for byte."""
    nora, key = client("nora"), {"Idempotency-Key": "order 17"}
    answers = [nora.post("/requests", request_body(world), headers=key) for _ in range(3)]
    assert {a.status_code for a in answers} == {201}
    assert len({a.data for a in answers}) == 1
    assert nora.get("/requests").get_json()["total"] == 1


def test_a_key_belongs_to_one_content_and_one_person(client: Client, world: World) -> None:
    """Other content under a used key is refused; the same key of somebody else is another key."""
    nora, sven, key = client("nora"), client("sven"), {"Idempotency-Key": "order 17"}
    nora.post("/requests", request_body(world), headers=key)
    other = nora.post("/requests", request_body(world, title="Other"), headers=key)
    assert (other.status_code, code_of(other)) == (422, "E_IDEMPOTENCY_MISMATCH")
    theirs = sven.post("/requests", request_body(world, "beta"), headers=key)
    assert theirs.status_code == 201
    assert nora.get("/requests").get_json()["total"] == 1


@pytest.mark.parametrize("key", ["", "x" * 300, "caf\u00e9"])
def test_an_unusable_key_is_refused(client: Client, world: World, key: str) -> None:
    """Nothing is filed under a key that another client could not repeat."""
    nora = client("nora")
    refused = nora.post("/requests", request_body(world), headers={"Idempotency-Key": key})
    assert (refused.status_code, code_of(refused)) == (422, "E_IDEMPOTENCY_KEY")
    assert nora.get("/requests").get_json()["total"] == 0


@pytest.mark.parametrize("step", ["", "/submit", "/withdraw"])
def test_a_change_needs_the_version_it_means(client: Client, world: World, step: str) -> None:
    """Without If-Match 428; with an old, weak or invented one 412 that says who changed what."""
    nora, request = client("nora"), world.draft()
    nora.put(f"/requests/{request.id}", request_body(world, title="Newer"), version=request.version)
    body = {"reason": "No longer needed."} if step == "/withdraw" else None
    body = request_body(world) if not step else body

    def send(headers: dict[str, str]) -> tuple[int, str]:
        method = "PUT" if not step else "POST"
        answer = nora.call(method, f"/requests/{request.id}{step}", json=body, headers=headers)
        return answer.status_code, code_of(answer)

    if step == "/submit":
        body = {}
    assert send({}) == (428, "E_VERSION_REQUIRED")
    for tag in (
        f'"{request.version}"',
        f'W/"{request.version + 1}"',
        "*",
        '"',
        '"x"',
        '"' + "9" * 30 + '"',
        "2",
    ):
        assert send({"If-Match": tag}) == (412, "E_VERSION_STALE"), tag


def test_a_stale_version_tells_who_changed_what(client: Client, world: World) -> None:
    """Sven, deputy for Nora's Alfa, changed the title; Nora sees both titles and his name."""
    request = world.draft()
    client("sven").put(
        f"/requests/{request.id}", request_body(world, title="Sven's"), version=request.version
    )
    late = client("nora").put(
        f"/requests/{request.id}", request_body(world, title="Nora's"), version=request.version
    )
    details = late.get_json()["details"]
    assert details["changed_by"] == "Sven"
    assert details["fields"]["title"] == {"before": "Tender", "after": "Sven's"}


def test_a_wrong_state_is_a_conflict(client: Client, world: World) -> None:
    """A published request cannot be withdrawn: 409 with the state and what is possible."""
    request = world.submitted()
    published = world.force(request.id, RequestStatus.PUBLISHED)
    refused = client("nora").post(
        f"/requests/{request.id}/withdraw", {"reason": "No longer needed."}, version=published.version
    )
    assert (refused.status_code, code_of(refused)) == (409, "E_STATE")


def test_a_head_sees_the_outline_and_no_money(client: Client, world: World) -> None:
    """Naming Ann puts a request in sight of her head: title, customer and hours, nothing of its worth."""
    from planner.services.filing.requests import LineValues

    line = LineValues("architecture", 64, specialist_code="ann", preference="require")
    request = world.submitted(lines=(line,))
    seen = client("hana").get(f"/requests/{request.id}").get_json()
    assert (seen["title"], seen["account"]["name"], seen["lines"][0]["quarter_hours"]) == (
        "Tender",
        "Alfa",
        64,
    )
    hidden = {"benefits", "curve", "evidence", "avoidable_cost_minor", "contract_reference", "obligation"}
    assert not hidden & seen.keys()
    assert client("lukas").get(f"/requests/{request.id}").get_json()["benefits"][0]["amount_minor"] == 100_000


@pytest.mark.parametrize("name", ["kai", "lena"])
def test_somebody_elses_request_does_not_exist(client: Client, world: World, name: str) -> None:
    """Reading or changing it gives the same answer as an id that nobody ever gave."""
    request = world.submitted()
    for method, step in (("GET", ""), ("PUT", ""), ("POST", "/submit")):
        who, tag = client(name), {"If-Match": f'"{request.version}"'}
        body = request_body(world, "gamma") if method == "PUT" else None
        theirs = who.call(method, f"/requests/{request.id}{step}", headers=tag, json=body)
        nobodys = who.call(method, f"/requests/{uuid.uuid4()}{step}", headers=tag, json=body)
        assert (theirs.status_code, theirs.data) == (nobodys.status_code, nobodys.data)
        assert theirs.status_code in {403, 404}


def test_a_foreign_customer_in_the_body_does_not_exist(client: Client, world: World) -> None:
    """Kai can neither file for Alfa nor move an own request to it."""
    kai, mine = client("kai"), world.draft("kai", "gamma")
    filed = kai.post("/requests", request_body(world, "alfa"))
    moved = kai.put(f"/requests/{mine.id}", request_body(world, "alfa"), version=mine.version)
    nobody = kai.post("/requests", request_body(world, "alfa") | {"account_id": str(uuid.uuid4())})
    assert {filed.status_code, moved.status_code, nobody.status_code} == {404}
    assert filed.data == moved.data == nobody.data


@pytest.mark.parametrize(
    "field",
    ["id", "version", "status", "kam_id", "filing_order", "created_at", "score", "obligation_confirmed"],
)
def test_what_is_not_for_the_client_to_set_is_refused(client: Client, world: World, field: str) -> None:
    """Unknown and read-only fields are one and the same: errors, and nothing is stored."""
    nora = client("nora")
    refused = nora.post("/requests", {**request_body(world), field: "x"})
    assert refused.status_code == 422
    assert [(e["where"], e["code"]) for e in refused.get_json()["errors"]] == [(field, "E_FIELD_UNKNOWN")]
    assert nora.get("/requests").get_json()["total"] == 0


def test_faults_found_by_the_planner_are_named_as_in_json(client: Client, world: World) -> None:
    """A falling curve is found behind the schema; its place carries the name the client sent."""
    points = [
        {"fraction_permille": 0, "probability_permille": 500},
        {"fraction_permille": 1000, "probability_permille": 400},
    ]
    refused = client("nora").post("/requests", request_body(world, curve=points))
    assert codes_of(refused) == {"E_INVALID", "E_CURVE_FALLING"}
    assert refused.get_json()["errors"][0]["where"] == "curve/1/probability_permille"


def test_a_search_is_literal(client: Client, world: World) -> None:
    """Neither % nor a regular expression means anything."""
    world.draft(title="100 % sure")
    nora = client("nora")
    totals = {
        text: nora.get("/requests", query_string={"text": text}).get_json()["total"]
        for text in ("%", "_", "(a+)+$", "100 %")
    }
    assert totals == {"%": 1, "_": 0, "(a+)+$": 0, "100 %": 1}


def test_a_request_that_no_plan_has_seen_has_no_refusal(client: Client, world: World) -> None:
    """Neither by itself nor for a run that does not exist."""
    request, nobodys = world.submitted(), uuid.uuid4()
    for query in ("", f"?run_id={nobodys}"):
        answer = client("nora").get(f"/requests/{request.id}/refusal{query}")
        assert (answer.status_code, code_of(answer)) == (404, "E_NOT_FOUND")


def test_one_cycle_follows_the_other(client: Client, world: World) -> None:
    """A second one is refused while the first is open, by name; once that is closed it opens."""
    lukas = client("lukas")
    body = {
        "name": "February",
        "first_week": "2027-W06",
        "request_cutoff": "2027-02-08T12:00:00Z",
        "decision_deadline": "2027-02-10T19:00:00+01:00",
        "publish_at": "2027-02-11T12:00:00Z",
    }
    refused = lukas.post("/cycles", body)
    assert (refused.status_code, code_of(refused)) == (409, "E_CYCLE_OPEN")
    assert "January" in refused.get_json()["detail"]
    (present,) = lukas.get("/cycles").get_json()["rows"]
    closed = lukas.post(f"/cycles/{world.ids['cycle']}/close", version=present["version"])
    assert closed.get_json()["status"] == "closed"
    opened = lukas.post("/cycles", body)
    assert opened.status_code == 201
    # Times come back in UTC: 19:00 in Oslo is 18:00.
    assert opened.get_json()["decision_deadline"] == "2027-02-10T18:00:00+00:00"
    assert opened.get_json()["status"] == "collecting"


def test_stage_and_goal_travel_with_a_request(client: Client, world: World) -> None:
    """The usual chances come with the stage; the list is filtered by the goal, which counts it."""
    nora, lukas = client("nora"), client("lukas")
    assert lukas.post("/goals", {"code": "north", "title": "Go north"}).status_code == 201
    (usual,) = [row for row in nora.get("/stages").get_json()["rows"] if row["stage"] == "running"]
    body = request_body(world, stage="running", goal_code="north", curve=[])
    draft = nora.post("/requests", body).get_json()
    assert (draft["stage"], draft["goal_code"], draft["curve"]) == ("running", "north", usual["curve"])
    assert {gap["code"] for gap in draft["missing"]} == {"E_STAGE_EVIDENCE"}
    nora.post("/requests", request_body(world))
    assert nora.get("/requests?goal_code=north").get_json()["total"] == 1
    (goal,) = nora.get("/goals").get_json()["rows"]
    assert (goal["requests"], goal["quarter_hours"]) == (1, 0)
