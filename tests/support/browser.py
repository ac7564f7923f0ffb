"""A person at the local workspace's page, in a real browser: what they type, press and read."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = (1280, 800), (390, 844)  # pixels
PATIENCE = 10_000  # milliseconds


def chromium_path() -> str | None:
    """Return where Chromium is: what CHROMIUM says, or what is installed; None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def chromium_or_skip() -> str:
    """Return where Chromium is. Without it the test is skipped, but not on the machine that decides."""
    path = chromium_path()
    if path:
        return path
    reason = "no Chromium found; install it, or say where it is in CHROMIUM"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@asynccontextmanager
async def browsing(path: str) -> AsyncIterator[Browser]:
    """Start the browser at `path` without a window, and end it with the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@dataclass
class Desktop:
    """The page of one workspace. `faults`: what its script complained of."""

    page: Page
    faults: list[str]

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log", name="Thread")

    def message(self, words: str) -> Locator:
        """The latest message of the place that is open which holds `words`."""
        return self.page.locator("#messages article.message").filter(has_text=words).last

    async def write(self, words: str, where: str = "Message #growth") -> None:
        """Type into a composer, take what it suggests for a command, and send it."""
        composer = self.page.get_by_label(where, exact=True)
        first, space, rest = words.partition(" ")
        if words.startswith("/"):
            await composer.press_sequentially(first[:-1])
            await self.page.get_by_role("option", name=first).click()
            words = rest
        elif space:
            await composer.fill("")
        await composer.press_sequentially(words)
        await composer.press("Enter")

    async def press(self, button: str, within: Locator) -> None:
        await within.get_by_role("button", name=button, exact=True).click()

    async def choose_in_menu(self, entry: str, within: Locator) -> None:
        """Open the `⋯` menu and choose an entry of it."""
        await self.press("More options", within)
        await within.get_by_role("menuitem", name=entry, exact=True).click()

    async def choose(self, label: str, typed: str, option: str) -> None:
        """Type into a select of the modal and take the option that it finds."""
        await self.dialog.get_by_label(label).press_sequentially(typed)
        await self.page.get_by_role("option", name=option).click()
        await self.page.keyboard.press("Tab")

    async def save(self) -> None:
        """Submit the modal and wait until it is gone."""
        await self.press("Save", self.dialog)
        await expect(self.dialog).to_have_count(0, timeout=PATIENCE)

    async def act_as(self, name: str) -> None:
        await self.page.get_by_role("button", name="Acting as").click()
        await self.page.get_by_role("menuitem", name=name).click()
        await expect(self.page.get_by_role("button", name=f"Acting as {name}")).to_be_visible()

    async def go_to(self, place: str) -> None:
        await self.page.locator(".sidebar .item", has_text=place).first.click()

    async def jump_to(self, moment: str) -> None:
        """Move the workspace's clock to one of the moments that its menu offers."""
        await self.page.locator(".clock-button").click()
        await self.page.get_by_role("menuitem", name=moment).first.click()

    async def open_messages(self) -> None:
        """Open the app's messages to the person."""
        await self.go_to("Throughline")
        await self.page.get_by_role("link", name="Messages", exact=True).click()


async def desktop(
    browser: Browser, address: str, size: tuple[int, int] = WIDE, scheme: Literal["light", "dark"] = "light"
) -> Desktop:
    """Open `address` in a window of its own, with cookies of its own."""
    window = await browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = await window.new_page()
    page.set_default_timeout(PATIENCE)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto(address)
    return Desktop(page, faults)
