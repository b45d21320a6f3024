"""A company that begins with one administrator reaches its first published plan by pages and files alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from clients import CSRF, csrf
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from planner.actor import SYSTEM
from planner.records import Account, User, new_id
from planner.services.staff import users
from planner.solving.engine import Engine
from planner.solving.worker import Worker
from web.database import KEY

PASSWORD = "a long enough one"  # noqa: S105 - of a test's people
PEOPLE = {
    "kam": ("kam",),
    "head": ("head",),
    "leader": ("leadership",),
    "second": ("leadership",),
    "finance": ("finance",),
}
FILES = {
    "departments": "code,name,head\ndesign,Design,head@new.example\n",
    "holidays": "country,day,name\nNO,2027-05-17,Constitution Day\n",
    "skills": "key,family,en\ndrawing,design,Drawing\n",
    "specialists": (
        "code,name,department,country,hours_mon_to_sun,rate,active_from\n"
        "dora,Dora,design,NO,8 8 8 8 8 0 0,80,2020-01-01\n"
    ),
    "attestations": "specialist,skill,level,attested_by,attested_on\ndora,drawing,4,Head,2026-06-01\n",
}
CUSTOMERS = (
    "code,name,segment,territory,status,kam,credit_status,relationship_stage,wallet\n"
    "acme,Acme,food,Norway,active,kam@new.example,ok,basic,900000\n"
)
CYCLE = {
    "name": "First",
    "kind": "weekly",
    "first_week": "2027-W01",
    "horizon_weeks": "13",
    "frozen_weeks": "0",
    "slushy_weeks": "0",
    "request_cutoff": "2099-01-01T12:00",
    "decision_deadline": "2099-01-02T12:00",
    "publish_at": "2099-01-03T12:00",
}
REQUEST = {
    "title": "Tender",
    "purpose": "win",
    "type": "tender",
    "earliest_week": "2027-W01",
    "latest_week": "2027-W04",
    "benefits-0-month": "0",
    "benefits-0-amount": "90000",
    "curve-0": "20",
    "curve-1000": "50",
    "lines-0-skill": "drawing",
    "lines-0-level": "3",
    "lines-0-hours": "16",
    "evidence-0-kind": "own_estimate",
    "evidence-0-text": "Three tenders like this one.",
    "version": "",
    "do": "submit",
}


class Someone:
    """A person at a browser who signs in with a password and follows what the pages offer."""

    def __init__(self, app: Flask, name: str) -> None:
        self.client: FlaskClient = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["csrf_token"] = CSRF
        self.headers = csrf(app)
        self.send("/sign-in", {"email": f"{name}@new.example", "password": PASSWORD})

    def get(self, path: str) -> str:
        """A page."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(self, path: str, typed: dict[str, object]) -> TestResponse:
        """A form that must be taken."""
        with self.client.session_transaction() as cookie:
            cookie["csrf_token"] = CSRF
        answer = self.client.post(path, data=typed, headers=self.headers)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[-1500:])
        return answer

    def bring_in(self, kind: str, content: str) -> None:
        """A file, looked at and stored."""
        file = (io.BytesIO(content.encode()), f"{kind}.csv")
        address = self.send("/data/imports", {"kind": kind, "file": file}).headers["Location"]
        shown = self.get(address)
        assert "Ready to store" in shown, shown
        self.send(f"{address}/store", {"version": version_in(shown)})

    def steps(self) -> list[str]:
        """What Today asks of the reader."""
        return re.findall(r"<a class=\"list-row task [^>]*href=\"([^\"]+)\"", self.get("/"))


def version_in(shown: str) -> str:
    """The version that a page's form carries."""
    found = re.search(r'name="version" value="(\d+)"', shown)
    assert found
    return found[1]


def test_from_an_empty_database_to_a_published_plan(apps: Callable[..., Flask], engine: Engine) -> None:
    """Every step is one that Today shows to the person who takes it, and the last is a published plan."""
    app = apps()
    database = app.extensions[KEY]
    with database.writing() as session:
        users.create_user(session, SYSTEM, "admin@new.example", "Ada Min", PASSWORD, roles=("admin",))

    admin = Someone(app, "admin")
    assert admin.steps() == ["/users", *(f"/data?kind={kind}" for kind in FILES)]
    for name, roles in PEOPLE.items():
        typed = {"name": name.title(), "email": f"{name}@new.example", "password": PASSWORD, "language": "en"}
        admin.send("/users", {**typed, "roles": list(roles)})
    for kind, content in FILES.items():
        admin.bring_in(kind, content)
    assert admin.steps() == []

    finance = Someone(app, "finance")
    assert finance.steps() == ["/data?kind=accounts"]
    finance.bring_in("accounts", CUSTOMERS)
    assert finance.steps() == []

    leader, second = Someone(app, "leader"), Someone(app, "second")
    assert leader.steps() == ["/definitions", "/cycles"]
    address = leader.send("/definitions", {}).headers["Location"]
    leader.send(f"{address}/propose", {"version": version_in(leader.get(address))})
    second.send(f"{address}/approve", {"version": version_in(second.get(address))})
    leader.send("/cycles", dict(CYCLE))
    assert leader.steps() == ["/runs"]

    kam = Someone(app, "kam")
    with database.reading() as session:
        account = session.scalars(select(Account.id)).one()
        assert len(session.scalars(select(User)).all()) == 6
    # Nobody plans for a customer of which nothing is known: the account manager writes down what is.
    dossier = f"/accounts/{account}/dossier"
    facts = {"channel": "direct", "need": "Packing without stops", "budget": "500000"}
    kam.send(
        f"/accounts/{account}/facts",
        {**facts, "contract_end": "2028-12-31", "version": version_in(kam.get(dossier))},
    )
    kam.send("/requests", {**REQUEST, "account_id": account, "request_id": new_id()})

    started = re.search(r'action="(/cycles/[^"]+/runs)"', leader.get("/runs"))
    assert started
    leader.send(started[1], {})
    worker = Worker(database, engine=engine)
    while worker.step():
        pass
    head = Someone(app, "head")
    # The work begins within days and has no decision, which is told apart.
    assert [address.partition("?")[0] for address in head.steps()] == ["/inbox", "/inbox"]
    proposal = re.search(r'action="(/proposals/[^"]+)/approve"', head.get("/inbox"))
    assert proposal
    head.send(f"{proposal[1]}/approve", {"version": version_in(head.get("/inbox").split('id="answer"')[1])})
    (plan,) = leader.steps()
    leader.send(f"{plan}/publish", {"sure": "1"})
    assert "Tender" in leader.get("/board/1")
    assert "Tender" in kam.get("/requests?status=published")
