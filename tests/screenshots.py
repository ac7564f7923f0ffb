"""Makes the pictures in docs/images anew, from the demo as it is now: `python -m tests.screenshots` (needs Chromium)."""

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, expect
from rich.console import Console

from tests.support.browser import PATIENCE, Desktop, browsing, chromium_path, desktop
from tests.support.story import free_port

IMAGES = Path(__file__).parent.parent / "docs" / "images"
LARGEST = 300_000  # bytes
GROWTH, APP = "C01GROWTH", "A01THREAD"
BELIEF = "We believe that a second guided board brings small teams back, because the first one did."

console = Console(stderr=True, highlight=False)

Scene = Callable[[Desktop], Awaitable[None]]


async def main() -> int:
    """Take all pictures and return the exit code."""
    chromium = chromium_path()
    if chromium is None:
        console.print("No Chromium found; install it, or say where it is in CHROMIUM.")
        return 1
    expect.set_options(timeout=PATIENCE)
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with demo() as url, browsing(chromium) as browser:
        for name, place, part, scene in SCENES:
            await _take(browser, f"{url}/as/U01ANA/{place}", name, part, scene)
    return 0


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Run the demo in a folder of its own and give its address."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("throughline")), "demo", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=quiet, stderr=quiet)
        try:
            url = f"http://127.0.0.1:{port}"
            await _up(url)
            yield url
        finally:
            process.terminate()
            await process.wait()


async def _up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
    raise TimeoutError(f"the demo never answered at {url}")


async def _take(browser: Browser, address: str, name: str, part: str, scene: Scene) -> None:
    window = await desktop(browser, address)
    await window.press("Put the list away", window.page.locator(".tour"))
    await scene(window)
    await window.page.mouse.move(0, 0)
    await window.page.wait_for_timeout(500)  # what still moves comes to rest
    path = IMAGES / f"{name}.png"
    await window.page.locator(part).screenshot(path=path)
    await _put_away(window)
    await window.page.context.close()
    size = path.stat().st_size
    assert size < LARGEST, f"{path.name} has {size:,} bytes; at most {LARGEST:,} are kept in the repository"
    console.print(f"{path.name}: {size:,} bytes")


async def _put_away(window: Desktop) -> None:
    """Close what is open, since a form stays open for its person."""
    if await window.dialog.count():
        await window.press("Cancel", window.dialog)
        await expect(window.dialog).to_have_count(0)


async def lineage(ana: Desktop) -> None:
    """A card in its channel, and beside it the answer to where it came from."""
    card = ana.message("BET-12 · ")
    await card.hover()
    await card.get_by_role("link", name="Reply in thread").click()
    await ana.write("@throughline where did this come from?", "Reply…")
    await expect(ana.thread).to_contain_text("BET-12 Guide the first board came from")
    await card.evaluate("card => card.scrollIntoView({block: 'center'})")


async def bet_form(ana: Desktop) -> None:
    await ana.write("/bet Guide the second board")
    await ana.dialog.get_by_label("We believe that").fill(BELIEF)
    await ana.dialog.get_by_label("What should it move?").press_sequentially("sess")
    await expect(ana.page.get_by_role("option", name="INP-2")).to_be_visible()


async def home(ana: Desktop) -> None:
    await expect(ana.page.locator("#messages")).to_contain_text("Waiting for you")


async def pom_help(ana: Desktop) -> None:
    await ana.write("/pom help")
    await expect(ana.message("Only visible to you")).to_contain_text("/pom help bet")


async def review(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 920})
    await ana.jump_to("Growth’s weekly review, Friday 15:00")
    await expect(ana.message("One question for all of us")).to_be_visible()


async def check_in(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 640})
    await ana.jump_to("Bet check-in, Monday 09:30 Berlin")
    await expect(ana.message("Your two bets this week")).to_be_visible()


# Name, place, what of the page is shown, and what happens there; in the order of the week, since the clock goes forward only.
SCENES: list[tuple[str, str, str, Scene]] = [
    ("demo", GROWTH, "body", lineage),
    ("bet-form", GROWTH, "body", bet_form),
    ("home", APP, "body", home),
    ("help", GROWTH, "body", pom_help),
    ("review", GROWTH, "main", review),
    ("check-in", f"{APP}/messages", "main", check_in),
]

if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
