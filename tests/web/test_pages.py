"""Pages through HTTP: forms that keep what was typed, who sees what, nothing that leads astray."""

from __future__ import annotations

import re

import pytest
from clients import browser, csrf
from factories import PASSWORD, World, planned
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from planner.records import ProposalState, RequestStatus, ResourceRequest, User, new_id

COMPLETE = {
    "title": "Tender",
    "purpose": "win",
    "type": "tender",
    "earliest_week": "2027-W01",
    "latest_week": "2027-W04",
    "benefits-0-month": "0",
    "benefits-0-amount": "1000",
    "curve-0": "20",
    "curve-1000": "50",
    "lines-0-skill": "architecture",
    "lines-0-level": "3",
    "lines-0-hours": "16",
    "evidence-0-kind": "own_estimate",
    "evidence-0-text": "Three tenders like this one.",
}


class Person:
    """Somebody at a browser, whose forms carry the token of their pages."""

    def __init__(self, app: Flask, world: World, name: str | None) -> None:
        self.client: FlaskClient = browser(app, world, name)
        self.token = csrf(app)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def post(self, path: str, typed: dict[str, str]) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data=typed, headers=self.token)


@pytest.fixture
def nora(app: Flask, world: World) -> Person:
    """The key account manager of Alfa."""
    return Person(app, world, "nora")


def form_of(world: World, **changes: str) -> dict[str, str]:
    """A complete request of Alfa as its form sends it."""
    return {**COMPLETE, "account_id": world.ids["alfa"], "request_id": new_id(), "version": "", **changes}


def stored(world: World, request_id: str) -> ResourceRequest | None:
    """The stored request of that id."""
    with world.database.reading() as session:
        return session.get(ResourceRequest, request_id)


def test_a_complete_form_is_filed_and_submitted(world: World, nora: Person) -> None:
    """The id that the form carries becomes the request's; sending it again changes nothing."""
    typed = form_of(world, do="submit")
    first, again = nora.post("/requests", typed), nora.post("/requests", typed)
    address = f"/requests/{typed['request_id']}"
    assert [answer.status_code for answer in (first, again)] == [303, 303]
    assert first.headers["Location"] == again.headers["Location"] == address
    request = stored(world, typed["request_id"])
    assert request is not None
    assert request.status is RequestStatus.SUBMITTED
    with world.database.reading() as session:
        assert session.scalar(select(func.count(ResourceRequest.id))) == 1
    assert "The next plan takes it in" in nora.get(address).text


def test_an_incomplete_form_is_kept_as_a_draft(world: World, nora: Person) -> None:
    """Submitting names all that is missing at once, keeps what was typed, and the draft is stored."""
    typed = form_of(world, do="submit", purpose="", **{"curve-0": ""})
    answer = nora.post("/requests", typed)
    assert answer.status_code == 422
    for anchor in ("purpose", "curve-0"):
        assert f'href="#{anchor}"' in answer.text
        assert f'id="{anchor}-error"' in answer.text
    assert 'value="Three tenders like this one."' in answer.text
    draft = stored(world, typed["request_id"])
    assert draft is not None
    assert draft.status is RequestStatus.DRAFT
    assert f'name="version" id="version" value="{draft.version}"' in answer.text


def test_saving_by_itself_stores_and_tells_the_new_version(world: World, nora: Person) -> None:
    """Two saves in a row of one form: the second builds on the version that the first one told."""
    typed = form_of(world, title="Half", purpose="")
    first = nora.post("/requests/draft", typed)
    version = re.search(r'id="version" value="(\d+)" hx-swap-oob', first.text)
    assert version is not None
    assert "The purpose is missing." in first.text
    typed |= {"version": version[1], "title": "Whole"}
    assert "Draft saved at" in nora.post("/requests/draft", typed).text
    draft = stored(world, typed["request_id"])
    assert draft is not None
    assert draft.title == "Whole"


def test_saving_by_itself_never_takes_a_request_out_of_the_plan(world: World, nora: Person) -> None:
    """A planned request is changed on purpose only: typing alone leaves it and its proposal alone."""
    request = world.submitted()
    world.force(request.id, RequestStatus.PLANNED)
    form = form_of(world, request_id=request.id, version=str(request.version + 1), title="Typed")
    assert "Press “Save changes”" in nora.post("/requests/draft", form).text
    left = stored(world, request.id)
    assert left is not None
    assert (left.status, left.title) == (RequestStatus.PLANNED, "Tender")


def test_a_stale_form_shows_both_versions(app: Flask, world: World, nora: Person) -> None:
    """409, the stored text beside the typed one, and the form ready to be saved over it knowingly."""
    draft = world.draft(title="First")
    form = form_of(world, request_id=draft.id, version=str(draft.version), title="Nora's")
    assert Person(app, world, "sven").post("/requests", form | {"title": "Sven's"}).status_code == 303
    answer = nora.post("/requests", form)
    assert answer.status_code == 409
    assert "Sven changed this request" in answer.text
    assert "<td>Sven&#39;s</td><td>Nora&#39;s</td>" in answer.text
    now_stored = stored(world, draft.id)
    assert now_stored is not None
    assert nora.post("/requests", form | {"version": str(now_stored.version)}).status_code == 303
    saved = stored(world, draft.id)
    assert saved is not None
    assert saved.title == "Nora's"


def test_a_head_reads_the_request_without_its_worth(app: Flask, world: World) -> None:
    """Hana sees title, customer, hours and need; neither worth, chance, evidence nor history."""
    request = world.submitted(benefits=((0, 98_765_400),), evidence=(("own_estimate", "Whispered", ""),))
    planned(world, request, ProposalState.PROPOSED)
    page = Person(app, world, "hana").get(f"/requests/{request.id}")
    assert page.status_code == 200
    assert "Somebody who has done it before." in page.text
    assert "16 h" in page.text
    for secret in ("987,654", "Whispered", "Business case", "History"):
        assert secret not in page.text


def test_an_edit_page_belongs_to_the_account(app: Flask, world: World, nora: Person) -> None:
    """Sven deputises for Nora and may edit; Kai does not and finds nothing."""
    draft = world.draft()
    assert nora.get(f"/requests/{draft.id}/edit").status_code == 200
    assert Person(app, world, "sven").get(f"/requests/{draft.id}/edit").status_code == 200
    assert Person(app, world, "kai").get(f"/requests/{draft.id}/edit").status_code == 404


def test_the_list_keeps_its_filter_in_the_address(world: World, nora: Person) -> None:
    """Text is looked for as it stands; an unknown state is refused and never ignored."""
    world.draft(title="50 % more")
    world.draft(title="Nothing of that kind")
    found = nora.get("/requests?text=50+%25&status=open").text
    assert "50 % more" in found
    assert "Nothing of that kind" not in found
    assert 'value="50 %"' in found
    assert nora.get("/requests?status=finished").status_code == 422


def test_a_spreadsheet_gets_no_formula(world: World, nora: Person) -> None:
    """A title that begins like a formula arrives as text."""
    world.draft(title='=HYPERLINK("http://evil")')
    table = nora.get("/requests.csv")
    assert table.mimetype == "text/csv"
    assert "'=HYPERLINK" in table.text
    assert "attachment" in table.headers["Content-Disposition"]


def test_hostile_text_stays_text(world: World, nora: Person) -> None:
    """What looks like markup or a template is shown as it was typed."""
    draft = world.draft(title="<script>alert(1)</script> {{ 7*7 }} %(name)s")
    for path in ("/", "/requests", f"/requests/{draft.id}", f"/requests/{draft.id}/edit"):
        text = nora.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} %(name)s" in text


def test_a_zero_character_is_refused(nora: Person) -> None:
    """Databases disagree about it, so it gets no further than the door."""
    assert nora.get("/requests?text=a%00b").status_code == 422


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/requests?page=2", "/requests?page=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_inside_only(app: Flask, world: World, asked: str, given: str) -> None:
    """No address of the form sends anybody to another site."""
    client = browser(app, world, None)
    typed = {"email": "nora@example.com", "password": PASSWORD, "next": asked}
    answer = client.post("/sign-in", data=typed, headers=csrf(app))
    assert answer.status_code == 303
    assert answer.headers["Location"] == given


def test_a_failed_sign_in_keeps_the_address_and_forgets_the_password(app: Flask, world: World) -> None:
    """The same words for a wrong password and for nobody."""
    client = browser(app, world, None)
    answers = [
        client.post("/sign-in", data={"email": email, "password": "wrong-secret"}, headers=csrf(app))
        for email in ("nora@example.com", "nobody@example.com")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert 'value="nora@example.com"' in answers[0].text
    assert "wrong-secret" not in answers[0].text
    words = [re.search(r"do not belong together", answer.text) for answer in answers]
    assert all(words)


def test_the_language_is_kept_with_the_person(world: World, nora: Person) -> None:
    """Choosing Polish changes the page at once and stays with the profile."""
    answer = nora.post("/language", {"language": "pl", "back": "/requests?"})
    assert answer.headers["Location"] == "/requests"
    assert '<html lang="pl">' in nora.get("/requests").text
    with world.database.reading() as session:
        assert session.get_one(User, world.ids["nora"]).language == "pl"


def test_empty_pages_say_what_to_do(app: Flask, world: World, nora: Person) -> None:
    """Nothing there is never a blank page."""
    assert "File the first request" in nora.get("/requests").text
    assert "Proposals arrive here" in Person(app, world, "hana").get("/inbox").text
    lukas = Person(app, world, "lukas")
    assert "Make the first plan" in lukas.get("/runs").text
    assert "Nothing is published yet" in lukas.get("/publications").text


def test_navigation_offers_only_what_is_allowed(app: Flask, world: World) -> None:
    """Every link of the navigation opens for who sees it."""
    for name in ("nora", "hana", "lukas", "petra", "filip", "adam", "ann"):
        person = Person(app, world, name)
        navigation = re.search(r"<nav id=.*?</nav>", person.get("/").text, re.DOTALL)
        assert navigation is not None
        addresses = re.findall(r'<a [^>]*href="([^"]+)"', navigation[0])
        assert "/" in addresses
        assert {address: person.get(address).status_code for address in addresses} == dict.fromkeys(
            addresses, 200
        )


def test_no_page_carries_inline_style_or_script(app: Flask) -> None:
    """The policy would block it; templates do not even try."""
    names = app.jinja_env.list_templates()
    assert len(names) > 20
    for name in names:
        text = app.jinja_env.loader.get_source(app.jinja_env, name)[0]  # type: ignore[union-attr]  # - Flask always has a loader
        assert not re.search(r"\sstyle=|<style|\son\w+=[\"'{]|<script>", text), name
