"""The board through HTTP: review, resolutions, links that lead nowhere else, the survey by form and API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from clients import Program, browser, code_of
from factories import World
from flask import Flask
from sqlalchemy import select
from stage import decide_all, solve
from test_pages import Person

from planner.clock import today
from planner.records import Element, Question, Resolution, SurveyAnswer, SurveyRound
from planner.services.filing.requests import LineValues
from planner.services.publishing import board, publishing
from planner.services.reviewing import review, surveys
from planner.solving.engine import Engine
from planner.solving.worker import Worker
from web.pages.board import given_up

Client = Callable[[str], Program]


@pytest.fixture
def published(world: World, engine: Engine) -> str:
    """Plan 1, with a request of Alfa; the secret of a link that opens it."""
    world.submitted(
        "nora", "alfa", title="Alfa's tender", lines=(LineValues("architecture", 40, min_level=3),)
    )
    run = solve(world, Worker(world.database, engine=engine))
    decide_all(world, run)
    with world.database.writing() as session:
        publishing.publish(session, world.actor("lukas"), run)
        return board.create_board_link(session, world.actor("lukas"), 1, 7)


@pytest.fixture
def lukas(app: Flask, world: World) -> Person:
    """Leadership."""
    return Person(app, world, "lukas")


def opened(world: World) -> str:
    """A round that asks everybody; its id."""
    with world.database.writing() as session:
        lukas = world.actor("lukas")
        asked = [group.key for group in surveys.groups(session, lukas)]
        return surveys.open_round(session, lukas, "2027 Q1", today() + timedelta(days=7), asked).id


def marks(value: str = "3") -> dict[str, str]:
    """Every field of the survey's form."""
    return {f"{element.value}-{side}": value for element in Element for side in ("current", "target")}


def test_before_the_first_plan_the_review_says_what_to_do(lukas: Person) -> None:
    """An empty page leads on."""
    answer = lukas.get("/review")
    assert answer.status_code == 200
    assert 'href="/runs"' in answer.text


def test_decisions_stand_before_figures(published: str, lukas: Person) -> None:
    """The board reads what to decide first; figures, customers and departments follow."""
    text = lukas.get("/board/1/review").text
    places = [text.index(f'id="{name}-title"') for name in ("decide", "customers", "refused", "promised")]
    assert places == sorted(places)
    assert text.index('id="decide-title"') < text.index("tiles-kpi")
    assert "Alfa" in text
    assert published


def test_a_resolution_is_recorded_and_nothing_typed_is_lost(
    published: str, world: World, lukas: Person
) -> None:
    """A day that is none: 422 with all that was typed; corrected: stored and shown at its item."""
    typed = {"item": "general", "title": "The plan", "text": "Look again in May.", "responsible": "Nora"}
    wrong = lukas.post("/board/1/resolutions", {**typed, "due_on": "soon"})
    assert wrong.status_code == 422
    assert "Look again in May." in wrong.text
    assert 'value="Nora"' in wrong.text
    right = lukas.post("/board/1/resolutions", {**typed, "due_on": "2027-05-01"})
    assert right.status_code == 303
    with world.database.reading() as session:
        row = session.scalars(select(Resolution)).one()
    assert (row.text, str(row.due_on)) == ("Look again in May.", "2027-05-01")
    assert "Look again in May." in lukas.get("/board/1/review").text
    assert lukas.post(f"/resolutions/{row.id}/done", {"plan": "1"}).headers["Location"] == "/board/1/review"
    assert published


def test_a_link_opens_its_plan_and_its_sent_review_and_leads_nowhere_else(
    published: str, app: Flask, world: World, lukas: Person
) -> None:
    """No draft; once sent, the review; every address on both pages is theirs or a file; nothing is kept."""
    reader = browser(app, world, None)
    assert reader.get(f"/board/link/{published}/review").status_code == 404
    assert lukas.post("/board/1/review", {}).status_code == 303
    own = {f"/board/link/{published}", f"/board/link/{published}/review"}
    for address in sorted(own):
        answer = reader.get(address)
        assert answer.status_code == 200
        links = set(re.findall(r'(?:href|action|hx-get|hx-post)="(/[^"#?]*)', answer.text))
        assert {link for link in links if not link.startswith("/static/")} <= own
        assert "<form" not in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer.headers["Cache-Control"]
        assert "noindex" in answer.headers["X-Robots-Tag"]
    for address in ("/review", "/board/1", "/board/1/review", "/publications", "/alignment"):
        assert reader.get(address).status_code == 303
    with world.database.writing() as session:
        board.revoke_board_link(
            session, world.actor("lukas"), board.list_board_links(session, world.actor("lukas"), 1)[0].id
        )
    assert [reader.get(address).status_code for address in sorted(own)] == [404, 404]


def test_what_was_written_without_a_name_stays_with_leadership(
    published: str, app: Flask, world: World, lukas: Person
) -> None:
    """A comment of the survey stands on the alignment page, not in the review that goes to the board."""
    round_id = opened(world)
    for name in ("nora", "sven", "kai"):
        Person(app, world, name).post(f"/surveys/{round_id}", {**marks(), "comment": "Nobody answers mail."})
    assert "Nobody answers mail." not in lukas.get("/alignment").text
    lukas.post(f"/surveys/{round_id}/close", {})
    assert "Nobody answers mail." in lukas.get("/alignment").text
    lukas.post("/board/1/review", {})
    assert "Nobody answers mail." not in browser(app, world, None).get(f"/board/link/{published}/review").text


def test_the_survey_by_form(app: Flask, world: World) -> None:
    """Six of seven: 422, each missing mark named, the others still chosen; complete: kept, once only."""
    round_id, nora = opened(world), Person(app, world, "nora")
    assert nora.get("/notices").text.count("2027 Q1")
    typed = marks("4")
    del typed["skills-target"]
    wrong = nora.post(f"/surveys/{round_id}", typed)
    assert wrong.status_code == 422
    assert 'href="#skills-target"' in wrong.text
    assert wrong.text.count("checked") == 13
    assert nora.post(f"/surveys/{round_id}", marks("4")).status_code == 303
    assert nora.post(f"/surveys/{round_id}", marks("5")).status_code == 409
    assert '<form class="stack"' not in nora.get(f"/surveys/{round_id}").text
    with world.database.reading() as session:
        assert {a.current for a in session.scalars(select(SurveyAnswer))} == {4}
    assert Person(app, world, "filip").get(f"/surveys/{round_id}").status_code == 404


def test_a_round_is_opened_by_form(world: World, lukas: Person) -> None:
    """Without groups: 422 with the name kept; with one: open, and only one at a time."""
    typed = {"name": "Spring", "closes_on": (today() + timedelta(days=5)).isoformat()}
    wrong = lukas.post("/surveys", typed)
    assert wrong.status_code == 422
    assert 'value="Spring"' in wrong.text
    assert lukas.post("/surveys", {**typed, "closes_on": "May"}).status_code == 422
    assert lukas.post("/surveys", {**typed, "groups": "@kam"}).status_code == 303
    assert lukas.post("/surveys", {**typed, "name": "Again", "groups": "@kam"}).status_code == 409
    with world.database.reading() as session:
        assert session.scalars(select(SurveyRound.name)).all() == ["Spring"]


def test_the_same_over_the_api(published: str, world: World, client: Client) -> None:
    """Review, sending, resolution, contribution, survey and the file for a replay."""
    lukas, hana = client("lukas"), client("hana")
    draft = lukas.get("/publications/1/review").get_json()
    assert (draft["number"], draft["content"]["format"]) == (None, "planner-review/1")
    assert lukas.post("/publications/1/reviews").status_code == 201
    sent = lukas.get("/publications/1/reviews/1").get_json()
    assert sent["intact"]
    assert lukas.get("/publications/1/reviews").get_json()["total"] == 1
    body = {"item": "general", "title": "The plan", "text": "Taken note of."}
    recorded = lukas.post("/publications/1/resolutions", body)
    assert recorded.status_code == 201
    done = lukas.post(f"/resolutions/{recorded.get_json()['id']}/done")
    assert done.get_json()["done_at"]
    assert lukas.post("/publications/1/contribution").get_json()["state"] == "queued"
    seen = hana.get("/publications/1/contribution").get_json()
    assert [d["code"] for d in seen["departments"]] == ["engineering"]
    assert (seen["whole"], seen["departments"][0]["value_minor"]) == (None, None)
    assert lukas.get("/publications/1/file").get_json()["file"]["format"] == "planner-publication/1"
    last = (today() + timedelta(days=3)).isoformat()
    opened_ = lukas.post("/surveys", {"name": "Q1", "closes_on": last, "groups": ["@kam", "Engineering"]})
    round_id = opened_.get_json()["id"]
    answer = {element.value: {"current": 2, "target": 5} for element in Element}
    assert client("nora").post(f"/surveys/{round_id}/answer", answer).status_code == 204
    assert code_of(client("nora").post(f"/surveys/{round_id}/answer", answer)) == "E_STATE"
    assert lukas.get("/surveys").get_json()["rows"][0]["answered"] == 1
    assert lukas.post(f"/surveys/{round_id}/close").get_json()["open"] is False
    assert len(lukas.get("/alignment").get_json()["alignment"]["elements"]) == 7
    with world.database.reading() as session:
        assert review.review_by_link(session, published) is not None


def test_a_long_plan_opens_with_what_it_gave_up_and_folds_its_tables(published: str, lukas: Person) -> None:
    """Every link of the contents leads to a part; what is open stands before the tables, which are closed."""
    for text in (lukas.get("/board/1").text, lukas.get(f"/board/link/{published}").text):
        links = re.findall(r'<li><a href="#(\w+)">', text)
        assert links == ["decide", "accounts", "departments", "changed", "proof"]
        assert all(f'id="{part}"' in text for part in links)
        assert text.index("Given up by refusals") < text.index('id="decide"') < text.index('class="fold"')
        assert (text.count('<details class="fold">'), "<details open" in text) == (4, False)
    review_text = lukas.get("/board/1/review").text
    links = re.findall(r'<li><a href="#(\w+)">', review_text)
    assert len(links) == 9
    assert all(f'id="{part}"' in review_text for part in links)


def test_what_was_given_up_is_unknown_where_one_price_is() -> None:
    """10 to 12 for refusals and 5 for an override are 15 to 17; without one price there is no sum."""
    department = {"rejections": 2, "lost_low_minor": 10, "lost_high_minor": 12}
    nothing = {"rejections": 0, "lost_low_minor": None, "lost_high_minor": None}
    override = {"price_low_minor": 5, "price_high_minor": 5}
    content = {"departments": [department, nothing], "overrides": [override]}
    assert given_up(content) == {"rejections": 2, "low": 15, "high": 17}
    unknown = {**content, "overrides": [{**override, "price_high_minor": None}]}
    assert given_up(unknown) == {"rejections": 2, "low": 15, "high": None}


def test_quarters_and_scarce_skills_as_files(published: str, lukas: Person, world: World) -> None:
    """What is unknown is an empty cell in a file, and a dash on the page."""
    assert published
    told = lukas.get("/alignment").text
    assert "Quarter by quarter" in told
    rows = lukas.get("/alignment/quarters.csv").text.splitlines()
    assert '2027-Q1,"Confirmed of what was claimed, %",,' in rows
    assert "Not estimated for run 1 yet." in lukas.get("/scarcity").text
    assert lukas.post("/scarcity", {}).status_code == 303
    assert "being computed" in lukas.get("/scarcity").text
    with world.database.reading() as session:
        assert session.scalars(select(Question).where(Question.subject == "scarcity")).one()
