"""The page as a person uses it: a browser, and an unchanged Bolt app on the other side."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from sandbox.server import Sandbox
from sandbox.webapi.views import new_view, replace_body
from sandbox.workspace import Json

# One loop for the module, so that the browser is started once.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


def composer(page: Page) -> Locator:
    return page.get_by_label("Message #growth")


def message(page: Page, words: str) -> Locator:
    return page.locator("#messages article.message").filter(has_text=words).last


async def say(page: Page, words: str) -> None:
    await composer(page).fill(words)
    await composer(page).press("Enter")


async def test_words_are_sent_and_seen_by_others_at_once(page: Page, acme: Sandbox, browser: Browser) -> None:
    other = await browser.new_page()
    await other.goto(f"{acme.url}/as/U02IVO/C02PLATFORM")
    await say(page, "Hello *team* <b>")
    await expect(message(page, "Hello team <b>").locator("b").last).to_have_text("team")
    await expect(other.locator(".item", has_text="growth")).to_have_class(re.compile("unread"))
    await other.locator(".item", has_text="growth").click()
    await expect(message(other, "Hello team")).to_contain_text("Ana Ruiz")
    await expect(other.get_by_text("New", exact=True)).to_be_visible()
    await expect(other.locator(".item", has_text="growth")).not_to_have_class(re.compile("unread"))
    await other.close()


async def test_shift_and_enter_begin_a_new_line(page: Page, acme: Sandbox) -> None:
    await composer(page).press_sequentially("one")
    await composer(page).press("Shift+Enter")
    await composer(page).press_sequentially("two")
    await composer(page).press("Enter")
    await expect(message(page, "two")).to_be_visible()
    assert acme.person("U01ANA").sees("growth")[-1].text == "one\ntwo"


async def test_a_command_is_completed_and_its_modal_filled_in(page: Page, acme: Sandbox) -> None:
    await composer(page).press_sequentially("/id")
    await expect(page.get_by_role("option", name="/idea")).to_be_visible()
    await composer(page).press("Tab")
    await composer(page).press_sequentially("bad idea")
    await composer(page).press("Enter")
    dialog = page.get_by_role("dialog", name="New idea")
    await expect(dialog.get_by_label("Title")).to_have_value("bad idea")

    await dialog.get_by_label("Should move").press_sequentially("activ")
    await page.get_by_role("option", name="Activation rate").click()
    await dialog.get_by_label("Colours").click()
    await page.get_by_role("option", name="Red").click()
    await page.get_by_role("option", name="Blue").click()
    await page.keyboard.press("Escape")
    await dialog.get_by_label("Moment").fill("2026-11-30T15:00")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("A kinder title, please.")).to_be_visible()
    await expect(dialog.get_by_label("Title")).to_be_focused()

    await dialog.get_by_label("Title").fill("Guide the board")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await expect(message(page, "Guide the board was noted by")).to_contain_text("@Ana Ruiz")
    values = acme.log.of("view_submission")[-1].request["view"]["state"]["values"]
    assert values["target"]["target_value"]["selected_option"]["value"] == "Activation rate"
    assert [each["value"] for each in values["colours"]["colours_value"]["selected_options"]] == ["red", "blue"]
    assert values["moment"]["moment_value"]["selected_date_time"] == 1796047200
    assert values["parts"]["parts_value"]["selected_options"][0]["value"] == "green"


async def test_what_was_typed_stays_under_a_pushed_modal(page: Page) -> None:
    await say(page, "/idea Guide")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Story").fill("A long story")
    await dialog.get_by_role("button", name="More…").click()
    await expect(page.get_by_role("dialog", name="More about it")).to_be_visible()
    await expect(page.get_by_label("Risk")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="New idea").get_by_label("Story")).to_have_value("A long story")


async def test_a_modal_that_is_updated_in_place_has_no_trace_of_what_it_asked_before(page: Page, acme: Sandbox) -> None:
    def asking(*elements: dict[str, object]) -> Json:
        words = {"type": "plain_text", "text": "Asked"}
        inputs = [{"type": "input", "block_id": str(each["action_id"]), "label": words, "element": each} for each in elements]
        return {"type": "modal", "title": words, "submit": words, "blocks": inputs}

    first = asking(
        {"type": "plain_text_input", "action_id": "name"},
        {"type": "channels_select", "action_id": "home", "initial_channel": "C01GROWTH"},
    )
    view = new_view(acme.app().id, "U01ANA", "modal", first)
    acme.workspace().open_modal(view)
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("combobox")).to_have_value("#growth")
    await dialog.get_by_role("textbox").fill("Typed")
    second = asking(
        {"type": "multi_users_select", "action_id": "people", "initial_users": ["U01ANA"]},
        {"type": "users_select", "action_id": "lead", "placeholder": {"type": "plain_text", "text": "Nobody yet"}},
        {"type": "plain_text_input", "action_id": "name:1"},
    )
    replace_body(acme.workspace(), view, second)
    await expect(dialog.locator(".chip")).to_have_text(["Ana Ruiz"])
    await expect(dialog.get_by_placeholder("Nobody yet")).to_have_value("")
    await expect(dialog.get_by_role("textbox")).to_have_value("")


async def test_what_is_typed_just_before_a_modal_is_saved_is_told_no_more(page: Page, acme: Sandbox) -> None:
    words = {"type": "plain_text", "text": "Title"}
    typed = {"type": "plain_text_input", "action_id": "title_value"}
    telling = {**typed, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    asked = {"type": "input", "block_id": "title", "label": words, "element": telling, "dispatch_action": True}
    body = {"type": "modal", "callback_id": "idea", "title": words, "submit": words, "blocks": [asked]}

    told: list[str] = []

    async def slowly(route: Route) -> None:
        answer = await route.fetch()
        await asyncio.sleep(0.6)  # longer than the page waits for more to be typed
        await route.fulfill(response=answer)

    acme.workspace().open_modal(new_view(acme.app().id, "U01ANA", "modal", body))
    await expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await page.route("**/part/modals*", slowly)
    page.on("request", lambda request: told.append(request.url) if request.url.endswith("act/interact") else None)
    await page.get_by_role("dialog").get_by_role("textbox").fill("Typed")
    await page.get_by_role("dialog").get_by_role("button", name="Title").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(message(page, "Typed was noted by")).to_be_visible()
    assert told == []


async def test_required_inputs_are_asked_for_before_the_app_hears(page: Page, acme: Sandbox) -> None:
    await say(page, "/idea")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Story")).to_be_visible()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    assert acme.log.of("view_submission") == []
    await dialog.get_by_label("Title").press_sequentially("A")
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_hidden()


async def test_closing_a_modal_tells_the_app(page: Page, acme: Sandbox) -> None:
    await say(page, "/idea x")
    await expect(page.get_by_label("Story")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(acme.log.of("view_closed")) == 1


async def test_buttons_of_a_card_work_and_its_thread_opens_beside(page: Page, acme: Sandbox) -> None:
    await say(page, "/card")
    card = message(page, "BET-12")
    await expect(card).to_be_visible()
    for block in acme.person("U01ANA").sees("growth")[-1].blocks or []:
        block["block_id"] += "-anew"  # the app has edited it, and the page has not drawn that yet
    await card.get_by_role("button", name="Why?").click()
    await card.get_by_text("1 reply").click()
    thread = page.get_by_role("log", name="Thread")
    await expect(thread).to_contain_text("It came from INS-4.")
    await page.get_by_label("Reply…").fill("@Ideas why?")
    await page.get_by_label("Reply…").press("Enter")
    await expect(thread).to_contain_text("You called?")
    await page.keyboard.press("Escape")
    await expect(thread).to_have_count(0)


async def test_a_select_in_a_message_answers_only_to_its_person(page: Page) -> None:
    await say(page, "/card")
    await message(page, "BET-12").get_by_label("Colour").click()
    await page.get_by_role("option", name="Green").click()
    answer = page.locator("article.ephemeral").filter(has_text="You chose green.")
    await expect(answer).to_contain_text("Only visible to you")


async def test_a_dangerous_button_asks_first(page: Page) -> None:
    await say(page, "/card")
    card = message(page, "BET-12")
    await card.get_by_role("button", name="Drop").click()
    question = page.get_by_role("dialog", name="Drop this bet?")
    await question.get_by_role("button", name="Keep it").click()
    await expect(card).to_be_visible()
    await card.get_by_role("button", name="Drop").click()
    await question.get_by_role("button", name="Drop it").click()
    await expect(message(page, "BET-12 was dropped.")).to_be_visible()


async def test_a_silent_app_is_told_and_the_command_kept(page: Page) -> None:
    await say(page, "/deaf please")
    await expect(page.get_by_role("status").first).to_have_text("/deaf failed because the app did not respond.")
    await expect(composer(page)).to_have_value("/deaf please")


async def test_a_message_has_shortcuts_reactions_and_can_be_edited(page: Page) -> None:
    await say(page, "A thought")
    thought = message(page, "A thought")
    await thought.hover()
    await thought.get_by_role("button", name="React with eyes").click()
    await expect(thought.locator(".reaction")).to_contain_text("1")
    await thought.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Edit message").click()
    await page.get_by_role("textbox", name="Edit message").fill("A better thought")
    await page.get_by_role("button", name="Save").click()
    better = message(page, "A better thought")
    await expect(better).to_contain_text("(edited)")
    await better.hover()
    await better.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Keep this").click()
    await expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("A better thought")


async def test_live_changes_leave_what_one_is_typing_alone(page: Page, acme: Sandbox) -> None:
    await composer(page).press_sequentially("half a sen")
    await acme.person("U02IVO").say("growth", "An interruption")
    await expect(message(page, "An interruption")).to_be_visible()
    await composer(page).press_sequentially("tence")
    await expect(composer(page)).to_be_focused()
    await expect(composer(page)).to_have_value("half a sentence")


async def test_the_home_tab_is_asked_for_and_shown(page: Page) -> None:
    await page.locator(".item", has_text="Ideas").click()
    await expect(page.get_by_text("Waiting for you")).to_be_visible()
    await page.get_by_role("link", name="Messages", exact=True).click()
    await page.get_by_label("Message Ideas").fill("hello app")
    await page.get_by_label("Message Ideas").press("Enter")
    await expect(message(page, "hello app")).to_be_visible()


async def test_the_clock_jumps_and_the_log_shows_what_went_over_the_wire(page: Page, acme: Sandbox) -> None:
    await page.get_by_role("button", name=re.compile("Thu 17 Sep 10:00")).click()
    await page.evaluate("document.getElementById('messages').dispatchEvent(new Event('scroll'))")  # as where somebody writes
    await page.get_by_role("menuitem", name="Next Monday, 09:00").click()
    await expect(page.get_by_role("button", name=re.compile("Mon 21 Sep 09:00"))).to_be_visible()
    await page.get_by_role("button", name="Log").first.click()
    await page.get_by_role("searchbox", name="Filter the log").fill("from connections.open")
    line = page.locator(".exchange").first
    await line.click()
    await expect(line.locator("pre").last).to_contain_text('"ok": true')


async def test_one_acts_as_another_and_joins_a_channel(page: Page) -> None:
    await page.get_by_role("button", name="Acting as Ana Ruiz").click()
    await page.get_by_role("menuitem", name="Cho Min").click()
    await expect(page.get_by_role("button", name="Acting as Cho Min")).to_be_visible()
    await expect(page.locator(".item", has_text="leads")).to_have_count(0)
    await page.get_by_role("button", name="Join channel").click()
    await say(page, "Cho is here")
    await expect(message(page, "Cho is here")).to_contain_text("5:00 PM")


async def test_the_list_of_things_to_try_is_one_line_beside_a_thread(page: Page) -> None:
    tour = page.get_by_role("region", name="Things to try")
    await expect(tour.get_by_text("Note an idea")).to_be_visible()
    await say(page, "/card later")
    await expect(tour).to_contain_text("0 of 2")
    await say(page, "/card please")
    await expect(tour).to_contain_text("1 of 2")
    await message(page, "BET-12").hover()
    await message(page, "BET-12").get_by_role("link", name="Reply in thread").click()
    await expect(tour.get_by_text("Note an idea")).not_to_be_visible()
    await tour.get_by_text("Things to try").click()
    await expect(tour.get_by_text("Note an idea")).to_be_visible()


async def test_the_list_of_things_to_try_is_one_line_on_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    await page.reload()
    tour = page.get_by_role("region", name="Things to try")
    await expect(tour).to_contain_text("0 of 2")
    await expect(tour.get_by_text("Note an idea")).not_to_be_visible()


async def test_a_date_that_is_not_chosen_yet_says_what_to_choose(page: Page) -> None:
    await say(page, "/idea Guide")
    moment = page.get_by_role("dialog").get_by_label("Moment")
    await expect(moment).to_have_attribute("placeholder", "Choose a day and a time")
    await expect(moment).not_to_have_class(re.compile("unset"))
    await moment.fill("")
    await expect(moment).to_have_class(re.compile("unset"))


async def test_a_narrow_window_has_a_drawer_and_threads_cover(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 780})
    await expect(page.get_by_role("navigation", name="Acme")).not_to_be_visible()
    await page.get_by_role("button", name="Channels").click()
    await page.get_by_role("navigation", name="Acme").get_by_text("leads").click()
    await expect(page.get_by_label("Message #leads")).to_be_visible()
    await expect(page.get_by_role("navigation", name="Acme")).not_to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
