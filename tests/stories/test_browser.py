"""The first week as a new user lives it, in a real browser on the local workspace's page."""

import re

import pytest
from playwright.async_api import expect

from tests.support.browser import PATIENCE, PHONE, Desktop, browsing, chromium_or_skip, desktop
from tests.support.story import sample_story

pytestmark = pytest.mark.browser

BELIEF = "We believe that a second guided board brings small teams back, because the first one did."
CHANGED = "The guide is live for one team in five."
SURPRISE = "Teams finish it and skip the tips."
CAME_FROM = "From BET-15 Invite from the first card → REL-3 Invite from the first card"


@pytest.fixture(autouse=True)
def _patience() -> None:
    expect.set_options(timeout=PATIENCE)


async def test_a_new_user_lives_the_first_week(database_url: str) -> None:
    path = chromium_or_skip()
    async with sample_story(database_url) as story, browsing(path) as browser:
        lea = await desktop(browser, f"{story.slack.url}/as/U05LEA/C01GROWTH")
        await log_an_insight(lea)
        await propose_a_bet(lea)
        await place_and_begin_it(lea)
        await ask_in_its_thread(lea)
        await check_in_on_monday(lea)
        await read_the_review_on_friday(lea)
        assert lea.faults == []


async def log_an_insight(lea: Desktop) -> None:
    await lea.write("/insight Small teams ask for a second guide")
    await expect(lea.dialog.get_by_label("Title")).to_have_value("Small teams ask for a second guide")
    await lea.choose("Where from?", "user", "user research")
    await lea.save()
    await expect(lea.message("INS-20 · Small teams ask for a second guide – new")).to_contain_text("Léa Moreau · Growth")


async def propose_a_bet(ana: Desktop) -> None:
    await ana.act_as("Ana Ruiz")
    await ana.write("/bet Guide the second board")
    await ana.dialog.get_by_label("We believe that").fill(BELIEF)
    await ana.choose("What should it move?", "activ", "INP-1 Activation rate")
    await ana.press("More", ana.dialog)
    await ana.choose("Which insights speak for it?", "second guide", "INS-20")
    await expect(ana.dialog.get_by_label("We believe that")).to_have_value(BELIEF)
    await ana.dialog.get_by_label("Confidence").fill("very")
    await ana.press("Save", ana.dialog)
    await expect(ana.dialog.get_by_role("alert").or_(ana.dialog.locator(".error")).first).to_be_visible()
    await ana.dialog.get_by_label("Confidence").fill("50")
    await ana.save()
    card = ana.message("BET-20 · Guide the second board – proposed")
    await expect(card).to_contain_text(BELIEF)
    await expect(card).to_contain_text("Should move INP-1 Activation rate")
    await expect(card).to_contain_text("From INS-20 Small teams ask for a second guide")


async def place_and_begin_it(ana: Desktop) -> None:
    await ana.press("Place", ana.message("BET-20 · Guide the second board – proposed"))
    await ana.dialog.get_by_label("When shall we look again?").fill("2026-10-30")
    await ana.save()
    placed = ana.message("BET-20 · Guide the second board – placed")
    await expect(placed.get_by_role("button", name="+ What could go wrong?", exact=True)).to_be_visible()
    await ana.press("Begin", placed)
    running = ana.message("BET-20 · Guide the second board – running")
    await ana.choose_in_menu("More…", running)
    await expect(ana.dialog.get_by_role("button", name="+ What would make us stop?", exact=True)).to_be_visible()
    await ana.press("Status…", ana.dialog)
    await expect(ana.dialog.get_by_label("Where does it stand?")).to_have_value("running")
    await ana.press("Close", ana.dialog)
    await expect(ana.dialog).to_have_count(0)


async def ask_in_its_thread(ana: Desktop) -> None:
    card = ana.message("BET-20 · ")
    await ana.press("Why?", card)
    await card.locator(".thread-line").click()
    await expect(ana.thread).to_contain_text("targets 🎚 INP-1 Activation rate")
    await ana.write("@throughline where did this come from?", "Reply…")
    answer = ana.thread.locator("article.message").last
    await expect(answer).to_contain_text("BET-20 Guide the second board came from one insight.")
    await expect(answer.get_by_role("link", name="INS-20")).to_have_attribute("href", re.compile("/archives/|/C01GROWTH"))
    await ana.page.get_by_role("link", name="Close the thread").click()


async def check_in_on_monday(ana: Desktop) -> None:
    await ana.jump_to("Bet check-in, Monday 09:30 Berlin")
    await ana.open_messages()
    asked = ana.message("Your three bets this week")
    await expect(asked).to_contain_text("last time 60 %")
    await asked.get_by_role("link", name="BET-20").locator("xpath=following::button[.='Update…'][1]").click()
    await expect(ana.dialog).to_contain_text("BET-20")
    await ana.dialog.get_by_label("What changed?").fill(CHANGED)
    await ana.dialog.get_by_label("How sure are you now?").fill("65")
    await ana.dialog.get_by_label("What surprised you?").fill(SURPRISE)
    await ana.save()
    await expect(ana.message("50 → 65 %")).to_contain_text("INS-21")
    await expect(ana.page.locator("#messages article.message")).to_have_count(1)


async def read_the_review_on_friday(ana: Desktop) -> None:
    await ana.go_to("growth")
    await ana.jump_to("Growth’s weekly review, Friday 15:00")
    review = ana.message("week 39")
    await expect(review).to_contain_text("INS-21")
    await expect(review).to_contain_text("BET-20")
    await ana.press("Say what came of it", review)
    await ana.dialog.get_by_label("Title").fill("Invitations rose by a tenth")
    await expect(ana.dialog).to_contain_text("REL-3 Invite from the first card")
    await ana.save()
    await expect(ana.message("Invitations rose by a tenth")).to_contain_text(CAME_FROM)
    await expect(review).not_to_contain_text("Say what came of it")


async def test_home_and_help_are_at_hand_on_a_phone(database_url: str) -> None:
    path = chromium_or_skip()
    async with sample_story(database_url) as story, browsing(path) as browser:
        await home_offers_what_waits(await desktop(browser, f"{story.slack.url}/as/U01ANA/A01THREAD", PHONE, "dark"))
        await help_fits_on_a_screen(await desktop(browser, f"{story.slack.url}/as/U01ANA/C01GROWTH", PHONE))


async def home_offers_what_waits(ana: Desktop) -> None:
    home = ana.page.locator("#messages")
    await expect(home).to_contain_text("BET-12 Guide the first board Nobody has said what would make us stop")
    await ana.press("Say it", home)
    await ana.dialog.get_by_label("What would make us stop?").fill("Fewer than one team in ten finishes it.")
    await ana.save()
    await expect(home).not_to_contain_text("Nobody has said")


async def help_fits_on_a_screen(ana: Desktop) -> None:
    await ana.write("/pom help")
    told = ana.message("Only visible to you")
    await expect(told).to_contain_text("/pom help commands")
    await expect(told).to_contain_text("Where did this bet come from?")
    await ana.write("/pom BET-12")
    await expect(ana.message("BET-12 · Guide the first board – running")).to_contain_text("Only visible to you")
