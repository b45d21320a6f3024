"""The main job, end to end, as four people do it in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browsing import Site

from planner.services.filing.requests import LineValues

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OFFER = "Offer for the second hall"
AUDIT = "Safety audit"
GIANT = "Everything at once"


def test_from_a_request_to_the_board(site: Site) -> None:
    """Nora files, Lukas plans, Hana approves one and rejects one, the approval survives, the board reads."""
    rivals(site)
    nora, hana, lukas = site.visit("nora"), site.visit("hana"), site.visit("lukas")
    file_and_submit(nora, site)
    make_a_plan(lukas, site, number=1)

    decide(hana, site, OFFER, reject=False)
    decide(hana, site, AUDIT, reject=True)
    make_a_plan(lukas, site, number=2)
    # What was approved and is untouched is not asked for again; what was rejected comes back in other weeks.
    hana.goto(f"{site.address}/inbox")
    assert [AUDIT in text for text in hana.locator(".list-row").all_inner_texts()] == [True]
    hana.goto(f"{site.address}/outbox")
    assert hana.get_by_text("kept from an earlier plan").count() == 1

    publish_too_early(lukas)
    decide(hana, site, AUDIT, reject=False)
    hana.goto(f"{site.address}/inbox")
    assert hana.get_by_role("heading", name="Everything is decided").is_visible()
    publish(lukas, site)
    read_the_board(lukas, site)
    why_not(site)
    assert site.complaints == []


def rivals(site: Site) -> None:
    """Kai asks for 16 h within four weeks; Sven for 150 h of Ann's 160, worth next to nothing."""
    lines = (LineValues("architecture", 64, min_level=3),)
    site.world.submitted("kai", "gamma", title=AUDIT, lines=lines, benefits=((0, 90_000),))
    lines = (LineValues("architecture", 600, min_level=3),)
    site.world.submitted("sven", "beta", title=GIANT, lines=lines, benefits=((0, 4_000),))


def file_and_submit(page: Page, site: Site) -> None:
    """Fill in the form, see the draft saved by itself, submit it."""
    page.get_by_role("link", name="New request").click()
    page.locator("#account_id").select_option(label="Alfa")
    page.get_by_label("Title").fill(OFFER)
    page.get_by_label("What is it for?").select_option("win")
    page.get_by_label("Kind of work").select_option("tender")
    page.locator("#lines-0-skill").select_option("architecture")
    page.locator("#lines-0-hours").fill("16")
    page.locator("#earliest_week").select_option("2027-W01")
    page.locator("#latest_week").select_option("2027-W04")
    # Ann has 40 h in each of four weeks.
    page.locator("#hints").get_by_text("160 h are free in these weeks.").wait_for()
    page.locator("#benefits-0-amount").fill("1 000")
    page.locator("#curve-0").fill("20")
    page.locator("#curve-1000").fill("50")
    page.locator("#evidence-0-kind").select_option("own_estimate")
    page.locator("#evidence-0-text").fill("Three offers like this one.")
    page.locator("#evidence-0-text").blur()
    page.locator("#draft-status").get_by_text("Draft saved at").wait_for()
    page.get_by_text("Everything needed is there.").wait_for()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("The request is submitted.").wait_for()
    assert page.locator(".stepper [aria-current]").inner_text().strip() == "Submitted"
    assert page.url.startswith(f"{site.address}/requests/")


def make_a_plan(page: Page, site: Site, number: int) -> None:
    """Start a run and wait on its page until its result appears by itself."""
    page.goto(f"{site.address}/runs")
    page.get_by_role("button", name="Make a plan").click()
    page.get_by_role("heading", name="Granted and refused").wait_for(timeout=40_000)
    assert page.get_by_role("heading", level=1).inner_text() == f"Run {number}"


def decide(page: Page, site: Site, title: str, *, reject: bool) -> None:
    """Open the proposal of that title and answer it."""
    page.goto(f"{site.address}/inbox")
    page.locator(".list-row", has_text=title).first.click()
    page.get_by_text("If you reject:").wait_for()
    if not reject:
        page.get_by_role("button", name="Approve", exact=True).click()
        page.get_by_text("Approved. Under “Decided” you can take it back.").wait_for()
        return
    page.get_by_role("button", name="Reject", exact=True).click()
    # Without a reason nothing is stored, and the fault stands beside the field.
    assert page.locator("#reason-error").inner_text()
    page.locator("#reason").select_option("overload")
    page.locator("#text").fill("The commissioning in Gdynia takes these weeks.")
    page.get_by_role("button", name="Reject", exact=True).click()
    page.get_by_text("Rejected. The next plan respects it.").wait_for()


def publish_too_early(page: Page) -> None:
    """While a head still decides, the page lists what hinders."""
    page.reload()
    page.get_by_label("I want to publish this plan").check()
    page.get_by_role("button", name="Publish this plan").click()
    page.get_by_text("Heads have not decided").wait_for()
    assert page.get_by_text(f"{AUDIT}: Engineering").is_visible()


def publish(page: Page, site: Site) -> None:
    """Confirm and publish."""
    page.goto(f"{site.address}/runs")
    page.get_by_role("link", name="Run 2").click()
    page.get_by_role("button", name="Publish this plan").click()
    page.get_by_text("Tick this to publish.").wait_for()
    page.get_by_label("I want to publish this plan").check()
    page.get_by_role("button", name="Publish this plan").click()
    page.wait_for_url(f"{site.address}/board/1")


def unfolded(page: Page) -> str:
    """All that can be read once every fold is opened."""
    for summary in page.locator("main details:not([open]) > summary").element_handles():
        summary.click()
    return page.locator("main").inner_text()


def read_the_board(page: Page, site: Site) -> None:
    """Exceptions, hours and the hash stand there; a link shows the same without an account."""
    text = unfolded(page)
    assert "none. Every grant follows from worth alone." in text
    assert re.search(r"sha256:[0-9a-f]{64}", text)
    for title in (OFFER, AUDIT, GIANT):
        assert title in text
    # 16 h + 16 h of Engineering are lent.
    assert "32 h" in text
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("Secret address").input_value()
    reader = site.visit()
    answer = reader.goto(address)
    assert answer is not None
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "no-store" in answer.headers["cache-control"]
    assert GIANT in unfolded(reader)
    assert reader.get_by_role("navigation").count() == reader.get_by_label("On this page").count() == 1


def why_not(site: Site) -> None:
    """Sven reads why the giant is refused, without anybody else's figures."""
    sven = site.visit("sven")
    sven.get_by_role("link", name=re.compile(GIANT)).first.click()
    card = sven.locator("#card")
    card.get_by_text("What you can do:").wait_for()
    card.get_by_text(
        re.compile("Proven by planning again|This is an interval|No value would be enough")
    ).wait_for(timeout=30_000)
    text = card.inner_text()
    assert "These hours are worth more elsewhere." in text
    assert "Alfa" not in text
    assert OFFER not in text
