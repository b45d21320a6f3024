"""Typing: without a mouse, in two tabs, twice, without scripts. Nothing typed is ever lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from browsing import Site
from sqlalchemy import func, select

from planner.records import ResourceRequest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def count(site: Site, title: str) -> int:
    """How many requests of that title are stored."""
    with site.world.database.reading() as session:
        query = select(func.count()).where(ResourceRequest.title == title)
        return session.scalar(query) or 0


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field of that id has the focus, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    pytest.fail(f"Tab never reaches {name}")


def test_a_request_is_filed_by_keyboard_alone(site: Site) -> None:
    """Shortcut, Tab, letters and Enter are enough; the focus is visible and the content can be skipped to."""
    site.complaints.clear()
    page = site.visit("nora")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url("**/requests/new")
    tab_to(page, "account_id")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.type("Alf")
    tab_to(page, "title")
    page.keyboard.type("Typed by hand")
    page.keyboard.press("Enter")
    page.get_by_text("Saved.", exact=True).wait_for()
    assert count(site, "Typed by hand") == 1
    assert site.complaints == []
    page.context.close()


def test_the_faults_are_listed_and_lead_to_their_fields(site: Site) -> None:
    """An incomplete request stays a draft; the summary has the focus and each entry leads to its field."""
    page = site.visit("nora")
    page.goto(f"{site.address}/requests/new")
    page.locator("#account_id").select_option(label="Alfa")
    page.locator("#title").fill("Half a request")
    page.locator("#lines-0-skill").select_option("architecture")
    page.locator("#lines-0-hours").fill("a few")
    page.get_by_role("button", name="Submit").click()
    page.locator("[data-error-summary]").wait_for()
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    assert page.locator("#lines-0-hours").input_value() == "a few"
    assert page.locator("#lines-0-hours-error").is_visible()
    page.locator("[data-error-summary] a").first.click()
    assert page.evaluate("document.activeElement.id") == "lines-0-hours"
    page.locator("#lines-0-hours").fill("16")
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Answer: and if you get nothing?").first.wait_for()
    assert page.locator("#curve-0-error").is_visible()
    assert count(site, "Half a request") == 1
    page.context.close()


def test_two_tabs_lose_nothing(site: Site) -> None:
    """Who saves second sees what was stored meanwhile beside what they typed, which is still in the form."""
    draft = site.world.draft(title="Two tabs")
    first, second = site.visit("nora"), site.visit("sven")
    for page in (first, second):
        page.goto(f"{site.address}/requests/{draft.id}/edit")
    second.locator("#need_statement").fill("Sven's words")
    second.get_by_role("button", name="Save draft").click()
    second.get_by_text("Saved.", exact=True).wait_for()
    first.locator("#need_statement").fill("Nora's words")
    first.get_by_role("button", name="Save draft").click()
    conflict = first.get_by_text("Sven changed this request while you were editing.")
    conflict.wait_for()
    assert first.locator("#need_statement").input_value() == "Nora's words"
    assert "Sven's words" in first.locator(".notice-warn").inner_text()
    first.get_by_role("button", name="Save draft").click()
    first.get_by_text("Saved.", exact=True).wait_for()
    assert "Nora's words" in first.locator("main").inner_text()
    first.context.close()
    second.context.close()


def test_a_double_click_files_once(site: Site) -> None:
    """Two clicks in a row are one request."""
    page = site.visit("nora")
    page.goto(f"{site.address}/requests/new")
    page.locator("#account_id").select_option(label="Alfa")
    page.locator("#title").fill("Clicked twice")
    page.get_by_role("button", name="Save draft").dblclick()
    page.get_by_text("Saved.", exact=True).wait_for()
    assert count(site, "Clicked twice") == 1
    page.context.close()


def test_rows_are_added_and_removed_without_scripts(site: Site) -> None:
    """With scripts off the form still grows and shrinks, keeps what was typed and saves."""
    page = site.visit("nora", java_script_enabled=False)
    page.goto(f"{site.address}/requests/new")
    page.locator("#account_id").select_option(label="Alfa")
    page.locator("#title").fill("No scripts")
    page.locator("#lines-0-skill").select_option("architecture")
    page.locator("#lines-0-hours").fill("16")
    page.get_by_role("button", name="Add another skill").click()
    page.locator("#lines-1-skill").select_option("law")
    page.locator("#lines-1-hours").fill("8")
    page.get_by_role("button", name="Remove line 1").click()
    assert page.locator("#lines-0-hours").input_value() == "8"
    assert page.locator("#title").input_value() == "No scripts"
    page.get_by_role("button", name="Save draft").click()
    assert "8 h" in page.locator("main").inner_text()
    assert count(site, "No scripts") == 1
    page.context.close()
