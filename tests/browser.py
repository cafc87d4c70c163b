"""A real Chromium for tests: one per session, a fresh context per test, axe, and a record of what the page's console complained about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def opened(chromium: Browser, *, theme: str = "light", width: str = "desk") -> BrowserContext:
    """A fresh visitor: no cookies, British English, London."""
    context = chromium.new_context(viewport=WIDTHS[width], color_scheme=theme, locale="en-GB", timezone_id="Europe/London")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    return context


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A page, and what its console complained about: broken policies, missing files, faults of scripts."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def axe_finds(page: Page) -> list[str]:
    """What axe finds wrong, best practice included: a line each."""
    found: dict[str, Any] = Axe().run(page).response
    return [f"{v['id']} ({v['impact']}): {v['help']} at {v['nodes'][0]['target']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


def totp_code(secret: str, ahead: int = 0) -> str:
    """The six digits of a secret at this moment (RFC 6238), as an authenticator shows them."""
    import base64  # noqa: PLC0415
    import hmac  # noqa: PLC0415
    import time  # noqa: PLC0415

    padded = secret.replace(" ", "").upper()
    key = base64.b32decode(padded + "=" * (-len(padded) % 8))
    digest = hmac.digest(key, (int(time.time()) // 30 + ahead).to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"
