"""A reader for the pure tests, and a browser for the few that need one."""

import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from sandbox.page.reader import Reader
from sandbox.server import Sandbox
from tests.sandbox.page.demo import demo

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def reader() -> Reader:
    """Ana in Berlin, on a Thursday morning."""
    return Reader(
        user_id="U01ANA",
        now=datetime(2026, 9, 17, 8, tzinfo=UTC),
        zone=ZoneInfo("Europe/Berlin"),
        locale="en-GB",
        user_names={"U01ANA": "Ana Ruiz", "U02IVO": "Ivo Marin"},
        channel_names={"C01GROWTH": "growth"},
        base="/as/U01ANA",
        archive_hosts=frozenset({"acme.slack.com"}),
    )


def _chromium() -> str:
    """Where Chromium is. Without it the test is skipped, but not on the machine that decides."""
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if named and Path(named).exists():
        return named
    if os.environ.get("CI"):
        pytest.fail("Chromium is needed here: install it, or say where it is in CHROMIUM")
    pytest.skip("no Chromium found; install it, or say where it is in CHROMIUM")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = _chromium()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="module")
async def acme() -> AsyncIterator[Sandbox]:
    async with demo() as slack:
        yield slack


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, acme: Sandbox) -> AsyncIterator[Page]:
    """Ana's window on #growth. A fault of the page's script fails the test."""
    expect.set_options(timeout=8_000)
    window = await browser.new_page(viewport={"width": 1200, "height": 800})
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await window.goto(f"{acme.url}/as/U01ANA/C01GROWTH")
    yield window
    await window.close()
    assert faults == []
