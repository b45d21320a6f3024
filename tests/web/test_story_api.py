"""The main job over JSON: file, submit, plan, approve, reject, plan again, publish, read as the board."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clients import Program, code_of, request_body
from factories import World
from werkzeug.test import TestResponse

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


@dataclass
class Play:
    """The main job half done: its people, and what was filed."""

    world: World
    worker: Worker
    people: dict[str, Program]
    won: str = ""
    lost: str = ""
    law: str = ""

    def __getattr__(self, name: str) -> Program:
        """A person by first name."""
        return self.people[name]

    def file(self) -> None:
        """Two requests for all of Ann's third week, worth 300.00 and 30.00; one for a lawyer."""
        week = {"earliest_week": "2027-W03", "latest_week": "2027-W03"}
        ann = [{"skill_key": "architecture", "quarter_hours": 160, "min_level": 3}]
        cheap = [{"month": 0, "amount_minor": 10_000}]
        law = [{"skill_key": "law", "quarter_hours": 40}]
        self.won = filed(self.nora, request_body(self.world, lines=ann, **week))
        self.lost = filed(
            self.kai, request_body(self.world, "gamma", lines=ann, **{**week, "benefits": cheap})
        )
        self.law = filed(self.kai, request_body(self.world, "gamma", title="Law", lines=law))

    def explain(self) -> None:
        """The loser is told the own gap, never what the winner is worth; leadership is told both."""
        card = self.kai.get(f"/requests/{self.lost}/refusal").get_json()
        # 0.3 of 100.00 is 30.00.
        assert (card["level"], card["state"], card["own_value_minor"]) == (-1, "done", 3_000)
        assert card["break_even_high_minor"] is None
        all_of_it = self.lukas.get(f"/requests/{self.lost}/refusal").get_json()
        assert all_of_it["break_even_high_minor"] in {30_000, 30_001}

    def approve(self) -> None:
        """Hana approves; once more is the same answer; it is nobody else's to do."""
        (mine,) = self.hana.get("/inbox").get_json()["items"]
        assert (mine["title"], mine["quarter_hours"], mine["state"]) == ("Tender", 160, "proposed")
        address = f"/proposals/{mine['id']}/approve"
        approved = self.hana.post(address, version=mine["version"])
        assert (approved.status_code, approved.get_json()["state"]) == (200, "approved")
        again = self.hana.post(address, version=mine["version"])
        assert again.get_json()["id"] == approved.get_json()["id"]
        assert self.lena.post(address, version=mine["version"]).status_code == 404

    def reject(self) -> set[str]:
        """Lena sees the consequence without money, then rejects; the weeks that were proposed."""
        (theirs,) = self.lena.get("/inbox").get_json()["items"]
        loss = self.lena.get(f"/proposals/{theirs['id']}/consequence?reason=overload").get_json()
        assert loss["low_minor"] is None
        assert loss["quarter_hours"] == 40
        body = {"reason": "overload", "text": "Court week."}
        rejected = self.lena.post(f"/proposals/{theirs['id']}/reject", body, version=theirs["version"])
        assert (rejected.status_code, rejected.get_json()["state"]) == (200, "rejected")
        late = self.lena.post(f"/proposals/{theirs['id']}/approve", version=rejected.get_json()["version"])
        assert (late.status_code, code_of(late)) == (409, "E_STATE")
        return {hour["week"] for hour in theirs["hours"]}

    def decide_anew(self, run_id: str, refused: set[str]) -> None:
        """The new plan keeps the approval and puts the law work into other weeks; Lena approves it whole."""
        (kept,) = self.hana.get("/inbox").get_json()["items"]
        assert (kept["request_id"], kept["state"]) == (self.won, "approved")
        (moved,) = self.lena.get("/inbox").get_json()["items"]
        assert refused.isdisjoint({hour["week"] for hour in moved["hours"]})
        parts = [{"proposal_id": moved["id"], "version": moved["version"]}]
        whole = {"run_id": run_id, "outcome": "approved", "parts": parts}
        assert self.lena.post(f"/requests/{self.law}/decision", whole).status_code == 200

    def read_as_board(self) -> None:
        """The published plan holds together, and a link opens it to a reader without an account."""
        board = self.lukas.get("/publications/1").get_json()
        assert {row["request_id"] for row in board["content"]["granted"]} == {self.won, self.law}
        assert {row["request_id"] for row in board["content"]["refused"]} == {self.lost}
        assert board["content_hash"] == "sha256:" + canonical_hash(board["content"])
        path = self.lukas.post("/publications/1/links", {"days": 7}).get_json()["path"]
        reader = self.nora.client.get(path)
        assert reader.status_code == 200
        assert board["content_hash"][:19] in reader.get_data(as_text=True)
        assert reader.headers["Referrer-Policy"] == "no-referrer"


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Status and code."""
    return answer.status_code, code_of(answer)


def test_the_main_job(client: Client, world: World, engine: Engine) -> None:
    """Every step by who does it in the company, and some that come too early, too late or twice."""
    people = {name: client(name) for name in ("nora", "kai", "hana", "lena", "lukas", "adam")}
    play = Play(world, Worker(world.database, engine=engine), people)
    play.file()
    first = planned(play.lukas, world, play.worker)
    assert (first["granted"], first["refused"], first["run"]["number"]) == (2, 1, 1)
    # 0.3 of 1,000.00 twice; proven, so the bound is the same.
    assert (first["value_minor"], first["bound_minor"], first["gap"]) == (60_000, 60_000, 0.0)
    assert {waiting["department"] for waiting in first["waits_for"]} == {"Engineering", "Legal"}
    play.explain()
    early = play.lukas.post(f"/runs/{first['run']['id']}/publish")
    assert refusal(early) == (409, "E_UNDECIDED")
    assert len(early.get_json()["details"]["waiting"]) == 2
    play.approve()
    refused = play.reject()

    second = planned(play.lukas, world, play.worker)["run"]["id"]
    fresh = play.lukas.get(f"/runs/{second}/changes").get_json()
    assert fresh == {"requests": [], "people": [], "decisions": [], "rest": []}
    assert refusal(play.kai.get(f"/runs/{second}/changes")) == (403, "E_FORBIDDEN")
    # Ten thousand and twenty-five thousand whole units, as the settings say.
    limits = play.lukas.get("/overrides/limits").get_json()
    assert limits == {"one_minor": 1_000_000, "quarter_minor": 2_500_000}
    play.decide_anew(second, refused)
    compared = play.lukas.get(f"/runs/{second}/comparison").get_json()
    assert (compared["published_number"], len(compared["requests"])) == (None, 2)

    assert refusal(play.lukas.post(f"/runs/{first['run']['id']}/publish")) == (409, "E_PLAN_SUPERSEDED")
    published = play.lukas.post(f"/runs/{second}/publish")
    assert (published.status_code, published.get_json()["number"]) == (201, 1)
    assert refusal(play.lukas.post(f"/runs/{second}/publish")) == (409, "E_PUBLISHED")
    assert play.nora.get(f"/requests/{play.won}").get_json()["status"] == "published"
    play.read_as_board()
    too_long = play.lukas.post("/publications/1/links", {"days": 31})
    assert refusal(too_long) == (422, "E_INVALID")

    log = {event["action"] for event in play.adam.get("/audit?per_page=200").get_json()["rows"]}
    assert {"request.filed", "run.finished", "decision.rejected", "plan.published"} <= log
    rows = play.hana.get("/loads").get_json()["rows"]
    (cells,) = [row["cells"] for row in rows if row["code"] == "ann"]
    assert [c["booked_quarter_hours"] for c in cells if c["week"] == "2027-W03"] == [160]


def canonical_hash(content: dict[str, Any]) -> str:
    """SHA-256 of canonical JSON, computed by the reader alone."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
