"""A real browser; where there is none, its tests do not run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from apex_guardrails.judgement.model import Judgement
from apex_guardrails.reports.review import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

ROOT: Final = Path(__file__).parents[4]

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


# The driver's event loop runs as long as it does: other modules may want one of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, which scripts/chromium finds."""
    script = ROOT / "scripts" / "chromium"
    found = subprocess.run([script, "--no-install"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        reason = f"browser test not run: {found.stderr.strip()}"
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        path = found.stdout.strip()
        started = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@dataclass
class Opened:
    """A page in the browser.

    Attributes:
        violations: what the browser wrote to its console, and the dialogs that came up.
        requests: the addresses that were asked for.
    """

    page: Page
    violations: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def refuse(self, dialog: Dialog) -> None:
        self.violations.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def shown(self) -> list[str]:
        """The ids of the findings that are seen."""
        found: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('.rows > li')]"
            ".filter(item => item.getClientRects().length).map(item => item.id)"
        )
        return found


Open = Callable[..., Opened]


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a document's page, or one's text, from a file."""
    contexts: list[BrowserContext] = []

    def opened(document: Judgement | str, **options: Any) -> Opened:
        file = tmp_path / f"review-{len(contexts)}.html"
        file.write_text(document if isinstance(document, str) else render(document), "utf-8")
        context = browser.new_context(viewport={"width": 1360, "height": 900}, **options)
        contexts.append(context)
        made = Opened(context.new_page())
        page = made.page
        page.on("console", lambda message: made.violations.append(message.text))
        page.on("pageerror", lambda error: made.violations.append(str(error)))
        page.on("dialog", made.refuse)
        page.on("request", lambda request: made.requests.append(request.url))
        page.goto(file.as_uri())
        return made

    yield opened
    for context in contexts:
        context.close()
