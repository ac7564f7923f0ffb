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
    wanted = sys.argv[1:] or [scene.__name__.replace("_", "-") for *_, scene in SCENES]
    async with demo() as url, browsing(chromium) as browser:
        for who, place, part, scene in SCENES:
            name = scene.__name__.replace("_", "-")
            if name in wanted:
                await _take(browser, f"{url}/as/{who}/{place}", name, part, scene)
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
        await window.page.keyboard.press("Tab")  # a list that is open would lie over the button
        await window.press("Close", window.dialog)
        await expect(window.dialog).to_have_count(0)


async def week(ana: Desktop) -> None:
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


async def bet_form_more(ana: Desktop) -> None:
    """The whole form, by its sections."""
    await ana.page.set_viewport_size({"width": 1080, "height": 1500})
    await ana.write("/bet Guide the second board")
    await ana.press("More", ana.dialog)
    await expect(ana.dialog).to_contain_text("What could go wrong?")


async def card(ana: Desktop) -> None:
    """A card with its moves, gaps and menu, and its story in the thread."""
    await ana.page.set_viewport_size({"width": 1180, "height": 760})
    await ana.write("/bet Send the summary on Mondays")
    await ana.dialog.get_by_label("We believe that").fill(BELIEF)
    await ana.save()
    shown = ana.message("Send the summary on Mondays")
    await ana.press("Place", shown)
    await ana.press("Save", ana.dialog)
    await expect(ana.message("placed")).to_be_visible()
    await shown.hover()
    await shown.get_by_role("link", name="Reply in thread").click()
    await expect(ana.thread).to_contain_text("proposed → placed")


async def pitch(ana: Desktop) -> None:
    """A pitch in its channel."""
    await ana.page.set_viewport_size({"width": 1080, "height": 900})
    await ana.write("/bet Guide the third board")
    await ana.dialog.get_by_label("We believe that").fill(BELIEF)
    await ana.save()
    await ana.message("Guide the third board").get_by_role("button", name="More options").click()
    await ana.page.get_by_role("menuitem", name="Pitch…").click()
    await ana.dialog.get_by_label("Why now?").fill("The season of new teams begins in three weeks.")
    await ana.press("Pitch it", ana.dialog)
    await expect(ana.message("pitches BET-")).to_be_visible()


async def pitch_form(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 900})
    await ana.write("/bet Guide the fourth board")
    await ana.dialog.get_by_label("We believe that").fill(BELIEF)
    await ana.save()
    await ana.message("Guide the fourth board").get_by_role("button", name="More options").click()
    await ana.page.get_by_role("menuitem", name="Pitch…").click()
    await expect(ana.dialog).to_contain_text("Why now?")


async def home(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 1500})
    await expect(ana.page.locator("#messages")).to_contain_text("Waiting for you")


async def home_empty(yuki: Desktop) -> None:
    await expect(yuki.page.locator("#messages")).to_contain_text("Log an insight")


async def home_phone(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 390, "height": 844})
    await expect(ana.page.locator("#messages")).to_contain_text("Waiting for you")


async def board(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 900})
    await ana.write("/pom board growth")
    await expect(ana.message("Only visible to you")).to_contain_text("Possible")


async def setup(nora: Desktop) -> None:
    await nora.page.set_viewport_size({"width": 1080, "height": 900})
    await nora.write("/pom setup")
    await expect(nora.dialog).to_be_visible()


async def help(ana: Desktop) -> None:  # noqa: A001  # the picture's name
    await ana.page.set_viewport_size({"width": 1080, "height": 900})
    await ana.write("/pom help")
    await expect(ana.message("Only visible to you")).to_contain_text("/pom help bet")


async def review(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 920})
    await ana.jump_to("Growth’s weekly review, Friday 15:00")
    await expect(ana.message("One question for all of us")).to_be_visible()


async def check_in(ana: Desktop) -> None:
    await ana.page.set_viewport_size({"width": 1080, "height": 640})
    await ana.jump_to("Bet check-in, Monday 09:30 Berlin")
    await expect(ana.message("bets this week")).to_be_visible()


# Who, where, what of the page is shown, and what happens there; in the order of the week, since the clock goes forward only.
ANA, NORA, SAM = "U01ANA", "U15NORA", "U16SAM"
SCENES: list[tuple[str, str, str, Scene]] = [
    (ANA, GROWTH, "body", week),
    (ANA, GROWTH, "body", bet_form),
    (ANA, GROWTH, "body", bet_form_more),
    (SAM, APP, "main", home_empty),
    (ANA, APP, "main", home),
    (ANA, APP, "body", home_phone),
    (ANA, GROWTH, "main", help),
    (ANA, GROWTH, "main", board),
    (ANA, GROWTH, "body", card),
    (ANA, GROWTH, "body", pitch_form),
    (ANA, GROWTH, "main", pitch),
    (NORA, GROWTH, "body", setup),
    (ANA, GROWTH, "main", review),
    (ANA, f"{APP}/messages", "main", check_in),
]

if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
