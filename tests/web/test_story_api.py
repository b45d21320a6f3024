"""The main job over JSON: file, submit, plan, approve, reject, plan again, publish, read as the board."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from clients import Program, code_of, request_body
from factories import World

from planner.solving.engine import Engine
from planner.solving.worker import Worker

Client = Callable[[str], Program]


def filed(who: Program, body: dict[str, Any]) -> str:
    """File and submit a request; its id."""
    draft = who.post("/requests", body).get_json()
    answer = who.post(f"/requests/{draft['id']}/submit", version=draft["version"])
    assert answer.status_code == 200, answer.text
    return str(draft["id"])


def planned(lukas: Program, world: World, worker: Worker) -> dict[str, Any]:
    """Start a run and let the worker finish it; the run as it then stands."""
    started = lukas.post(f"/cycles/{world.ids['cycle']}/runs", {"wall_limit_s": 10})
    assert started.status_code == 202, started.text
    address = f"/runs/{started.get_json()['id']}"
    assert lukas.get(address).get_json()["state"] == "queued"
    busy = lukas.post(f"/cycles/{world.ids['cycle']}/runs", {})
    assert (busy.status_code, code_of(busy)) == (409, "E_RUN_ACTIVE")
    assert busy.get_json()["details"]["run_id"] == started.get_json()["id"]
    while worker.step():
        pass
    ended: dict[str, Any] = lukas.get(address).get_json()
    assert ended["state"] == "done", ended
    return ended


def test_the_main_job(client: Client, world: World, engine: Engine) -> None:
    """Two requests for the architect, one for the lawyer; every step by who does it in the company."""
    nora, kai, hana, lena, lukas = (client(name) for name in ("nora", "kai", "hana", "lena", "lukas"))
    worker = Worker(world.database, engine=engine)
    # All 160 quarter-hours of Ann's third week are worth 300.00 to Alfa and 30.00 to Gamma; one gets them.
    week = {"earliest_week": "2027-W03", "latest_week": "2027-W03"}
    all_of_ann = [{"skill_key": "architecture", "quarter_hours": 160, "min_level": 3}]
    won = filed(nora, request_body(world, lines=all_of_ann, **week))
    cheap = [{"month": 0, "amount_minor": 10_000}]
    lost = filed(kai, request_body(world, "gamma", lines=all_of_ann, benefits=cheap, **week))
    law = filed(
        kai, request_body(world, "gamma", title="Law", lines=[{"skill_key": "law", "quarter_hours": 40}])
    )

    first = planned(lukas, world, worker)
    assert (first["granted"], first["refused"], first["run"]["number"]) == (2, 1, 1)
    # 0.3 of 1,000.00 twice; proven, so the bound is the same.
    assert (first["value_minor"], first["bound_minor"], first["gap"]) == (60_000, 60_000, 0.0)
    assert {w["department"] for w in first["waits_for"]} == {"Engineering", "Legal"}

    card = kai.get(f"/requests/{lost}/refusal").get_json()
    assert (card["level"], card["state"], card["own_value_minor"]) == (-1, "done", 3_000)
    # Kai is told the own gap and chance, never Alfa's 300.00.
    assert card["break_even_high_minor"] is None
    assert lukas.get(f"/requests/{lost}/refusal").get_json()["break_even_high_minor"] in {30_000, 30_001}

    early = lukas.post(f"/runs/{first['run']['id']}/publish")
    assert (early.status_code, code_of(early)) == (409, "E_UNDECIDED")
    assert len(early.get_json()["details"]["waiting"]) == 2

    mine = hana.get("/inbox").get_json()["items"]
    assert [(i["title"], i["quarter_hours"], i["state"]) for i in mine] == [("Tender", 160, "proposed")]
    approved = hana.post(f"/proposals/{mine[0]['id']}/approve", version=mine[0]["version"])
    assert (approved.status_code, approved.get_json()["state"]) == (200, "approved")
    again = hana.post(f"/proposals/{mine[0]['id']}/approve", version=mine[0]["version"])
    assert again.get_json()["id"] == approved.get_json()["id"]
    not_hers = lena.post(f"/proposals/{mine[0]['id']}/approve", version=mine[0]["version"])
    assert not_hers.status_code == 404

    theirs = lena.get("/inbox").get_json()["items"][0]
    loss = lena.get(f"/proposals/{theirs['id']}/consequence?reason=overload").get_json()
    assert loss["low_minor"] is None
    body = {"reason": "overload", "text": "Court week."}
    rejected = lena.post(f"/proposals/{theirs['id']}/reject", body, version=theirs["version"])
    assert (rejected.status_code, rejected.get_json()["state"]) == (200, "rejected")
    late = lena.post(f"/proposals/{theirs['id']}/approve", version=rejected.get_json()["version"])
    assert (late.status_code, code_of(late)) == (409, "E_STATE")

    second = planned(lukas, world, worker)
    kept = hana.get("/inbox").get_json()["items"]
    assert [(i["request_id"], i["state"]) for i in kept] == [(won, "approved")]
    moved = lena.get("/inbox").get_json()["items"][0]
    # Leo was refused in the first weeks; the law work moved to a later one, if there is any, or is refused.
    assert {h["week"] for h in moved["hours"]}.isdisjoint({h["week"] for h in theirs["hours"]})
    parts = [{"proposal_id": moved["id"], "version": moved["version"]}]
    whole = {"run_id": second["run"]["id"], "outcome": "approved", "parts": parts}
    assert lena.post(f"/requests/{law}/decision", whole).status_code == 200

    compared = lukas.get(f"/runs/{second['run']['id']}/comparison").get_json()
    assert (compared["published_number"], len(compared["requests"])) == (None, 2)

    stale = lukas.post(f"/runs/{first['run']['id']}/publish")
    assert (stale.status_code, code_of(stale)) == (409, "E_PLAN_SUPERSEDED")
    published = lukas.post(f"/runs/{second['run']['id']}/publish")
    assert (published.status_code, published.get_json()["number"]) == (201, 1)
    twice = lukas.post(f"/runs/{second['run']['id']}/publish")
    assert (twice.status_code, code_of(twice)) == (409, "E_PUBLISHED")

    board = lukas.get("/publications/1").get_json()
    assert board["intact"]
    assert {row["request_id"] for row in board["content"]["granted"]} == {won, law}
    assert {row["request_id"] for row in board["content"]["refused"]} == {lost}
    assert board["content_hash"] == "sha256:" + canonical_hash(board["content"])
    assert nora.get(f"/requests/{won}").get_json()["status"] == "published"

    path = lukas.post("/publications/1/links", {"days": 7}).get_json()["path"]
    reader = nora.client.get(path)
    assert reader.status_code == 200
    assert board["content_hash"][:19] in reader.get_data(as_text=True)
    assert reader.headers["Referrer-Policy"] == "no-referrer"
    assert code_of(lukas.post("/publications/1/links", {"days": 31})) == "E_INVALID"

    adam = client("adam")
    log = adam.get("/audit?per_page=200").get_json()["rows"]
    assert {"request.filed", "run.finished", "decision.rejected", "plan.published"} <= {
        e["action"] for e in log
    }
    booked = hana.get("/loads").get_json()
    ann = next(row for row in booked["rows"] if row["code"] == "ann")
    assert [c["booked_quarter_hours"] for c in ann["cells"] if c["week"] == "2027-W03"] == [160]


def canonical_hash(content: dict[str, Any]) -> str:
    """SHA-256 of canonical JSON, computed by the reader alone."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
