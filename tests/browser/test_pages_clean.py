"""Every page, for every role, on a screen and on a phone: nothing blocked, broken or cut off."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from browsing import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ONE = re.compile(r"[0-9a-f-]{36}|\d+|\d{4}-W?\d\d")
PHONE = 390
WORST = ("serious", "critical")

KINDS = """() => [...new Set([...document.querySelectorAll('main a[href^="/"], nav a[href^="/"]')]
  .filter((a) => !a.hasAttribute('download')).map((a) => a.getAttribute('href'))
  .filter((h) => !h.split('?')[0].endsWith('.csv') && !h.includes('#')))]"""


def kind(address: str) -> str:
    """An address without ids, numbers, months and query: one page of each kind is enough."""
    return "/".join("*" if ONE.fullmatch(step) else step for step in urlsplit(address).path.split("/"))


def pages_of(page: Page, site: Site) -> list[str]:
    """One address of every kind of page that a person reaches by following links from the start."""
    found: dict[str, str] = {"/": "/"}
    waiting = ["/"]
    while waiting:
        page.goto(site.address + waiting.pop(0))
        for address in page.evaluate(KINDS):
            if kind(address) not in found:
                found[kind(address)] = address
                waiting.append(address)
    return list(found.values())


def faults(page: Page, source: str) -> list[str]:
    """What a check of accessibility finds serious, as rule and place."""
    # Evaluated through the debugger, which the page's own policy does not bind.
    page.evaluate(source)
    answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['target']} {json.dumps(node['any'][:1])[:200]}"
        for found in answer["violations"]
        if found["impact"] in WORST
        for node in found["nodes"][:3]
    ]


@pytest.mark.parametrize("name", ["nora", "hana", "lukas", "adam"])
def test_pages_are_clean(site: Site, name: str) -> None:
    """No page asks for what the policy forbids, fails a check of accessibility or is wider than a phone."""
    site.complaints.clear()
    page = site.visit(name)
    source = AXE.read_text(encoding="utf-8") if AXE.is_file() else ""
    wrong = []
    addresses = pages_of(page, site)
    assert len(addresses) >= 3
    for address in addresses:
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(site.address + address)
        assert answer is not None
        assert answer.status == 200, address
        if source:
            wrong += [f"{address} {fault}" for fault in faults(page, source)]
        page.set_viewport_size({"width": PHONE, "height": 800})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE:
            wrong.append(f"{address} is {width} wide on a phone of {PHONE}")
        wrong += [f"{address} violates {each}" for each in page.evaluate("window.__violations")]
    assert wrong + site.complaints == []
    page.context.close()
