"""A running application as browsers see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from factories import PASSWORD

if TYPE_CHECKING:
    from factories import World
    from playwright.sync_api import Browser, Page

LISTENER = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@dataclass
class Site:
    """A running application: its address, the records behind it, and what browsers complained about."""

    address: str
    world: World
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def visit(self, name: str = "", width: int = 1280, **options: Any) -> Page:
        """A fresh browser window, signed in as the person of that first name."""
        context = self.browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(20_000)
        if options.get("java_script_enabled", True):
            context.add_init_script(LISTENER)
        page = context.new_page()
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        if name:
            page.goto(f"{self.address}/sign-in")
            page.get_by_label("E-mail address").fill(f"{name}@example.com")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{self.address}/")
        return page

    def _note(self, kind: str, text: str) -> None:
        # A form that comes back with its faults has an error status on purpose.
        expected = "Failed to load resource" in text and any(code in text for code in ("409", "422"))
        if kind == "error" and not expected:
            self.complaints.append(text)
