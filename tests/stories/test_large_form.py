"""A form that one modal cannot hold: page after page, and all that was said is stored."""

from pathlib import Path

from sandbox.server import Sandbox
from storage.audience import ADMINISTRATOR
from storage.objects import get
from storage.packs.pack import read_pack
from tests.support.packs import apply
from tests.support.pressing import press
from tests.support.sample import sample_config
from tests.support.spoken import check_spoken
from tests.support.story import Story, free_port, load_sample, settings_for, working_bot

LEA, GROWTH = "U05LEA", "C01GROWTH"
SURVEY = "\n".join(
    [
        "version: 1",
        "extends: starter",
        "kinds:",
        "  survey:",
        "    prefix: SUR",
        "    label: Survey",
        '    emoji: "📋"',
        "    lifecycle: [open, done]",
        "    fields:",
        *(
            f'      q{number}: {{label: "Question {number}", type: line, section: Part {number // 20}}}'
            for number in range(150)
        ),
    ]
)


async def test_a_kind_of_150_fields_is_filled_page_by_page_and_changed_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'throughline.db'}"
    async with Sandbox(sample_config(), retry_factor=0.01) as slack:
        await load_sample(url, slack)
        await apply(read_pack(SURVEY), url)
        settings = settings_for(slack, url, "socket", free_port())
        async with working_bot(settings):
            await fill_and_change(Story(slack, settings))
        check_spoken(slack)


async def fill_and_change(story: Story) -> None:
    lea = story.person(LEA)
    await lea.command(GROWTH, "/pom", "log survey What schools need")
    await lea.click(await story.modal(LEA, "In a few words"), "form.more")
    form = await story.modal(LEA, "Question 3")
    await lea.click(form, "form.more:next", values={"field.q3": "three", "field.q9": "nine"})
    form = await story.modal(LEA, "Question 149")
    assert "Question 3'" not in str(form.blocks)
    await lea.click(form, "form.more:back", values={"field.q149": "the last"})
    form = await story.modal(LEA, "Question 3'")
    assert form.values["field.q3"]["value"]["value"] == "three"
    assert (await lea.submit(form, {"field.q9": "nine, rather"})).errors == {}
    card = await story.message(LEA, GROWTH, "SUR-1")
    stored = await story.read(lambda tx: get(tx, "SUR-1", ADMINISTRATOR))
    assert (stored.title, stored.fields) == (
        "What schools need",
        {"q3": "three", "q9": "nine, rather", "q149": "the last"},
    )
    await press(story, LEA, card, "object.edit")
    form = await story.modal(LEA, "Question 3'")
    await lea.click(form, "form.more:next", values={"field.q3": ""})
    assert (await lea.submit(await story.modal(LEA, "Question 149"), {"field.q149": "not the last"})).errors == {}
    stored = await story.read(lambda tx: get(tx, "SUR-1", ADMINISTRATOR))
    assert stored.fields == {"q9": "nine, rather", "q149": "not the last"}
