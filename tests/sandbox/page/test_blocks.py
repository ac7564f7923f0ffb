import json
import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given

from sandbox.page.drawing import draw_blocks, safe_url
from sandbox.page.reader import Reader
from sandbox.page.state import Field, by_id, with_state
from tests.sandbox.page.gallery import CARD, COLOURS, FORM, TEXTS, Json, labelled, mrkdwn, option, plain
from tests.sandbox.page.safe import hostile_text
from tests.sandbox.page.test_mrkdwn import READER


def drawn(*blocks: Json, reader: Reader, **rest: Any) -> str:
    return re.sub(r"\s+", " ", draw_blocks(blocks, reader, prefix="p", **rest)).strip()


def element(kind: str, **rest: Any) -> Json:
    return {"type": "actions", "block_id": "b", "elements": [{"type": kind, "action_id": "a", **rest}]}


def attributes(html: str, name: str) -> list[Any]:
    return [json.loads(unescape(found)) for found in re.findall(rf'{name}="([^"]*)"', html)]


def test_draws_every_block_of_the_gallery(reader: Reader) -> None:
    html = drawn(*CARD, *TEXTS, *FORM, reader=reader)
    assert "not-drawn" not in html
    assert html.count('class="block') == len(CARD) + len(TEXTS) + len(FORM)


def test_says_what_it_does_not_draw(reader: Reader) -> None:
    html = drawn({"type": "carousel"}, reader=reader)
    assert html == '<p class="block not-drawn">A “carousel” block is here. Slack shows it; this page does not draw it.</p>'


def test_a_section_has_text_fields_and_accessory(reader: Reader) -> None:
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "style": "danger"}
    html = drawn(
        {"type": "section", "block_id": "s", "text": mrkdwn("*a*"), "fields": [plain("*b*")], "accessory": button},
        reader=reader,
    )
    assert html == (
        '<div class="block section"> <div class="section-body"> <div class="rich"><b>a</b></div>'
        '<div class="fields"><div class="rich">*b*</div></div> </div> <div class="accessory"> '
        '<button type="button" class="btn btn-danger" data-act="button" data-block="s" data-action="go">Go</button>'
        " </div> </div>"
    )  # fmt: skip


def test_a_button_carries_its_question(reader: Reader) -> None:
    confirm = {"title": plain("Sure?"), "text": mrkdwn('It is "gone".'), "confirm": plain("Yes"), "deny": plain("No")}
    html = drawn(element("button", text=plain("Drop"), confirm=confirm), reader=reader)
    assert attributes(html, "data-confirm") == [
        {"title": "Sure?", "text": 'It is "gone".', "confirm": "Yes", "deny": "No", "style": ""}
    ]


def test_a_link_button_leads_only_where_a_browser_may_go(reader: Reader) -> None:
    assert 'href="https://a.b"' in drawn(element("button", text=plain("Go"), url="https://a.b"), reader=reader)
    assert 'href="#"' in drawn(element("button", text=plain("Go"), url="javascript:alert(1)"), reader=reader)
    assert safe_url("http://[") == "#"


def test_a_select_offers_groups_and_knows_what_is_chosen(reader: Reader) -> None:
    groups = [{"label": plain("Warm"), "options": COLOURS[:1]}, {"label": plain("Cold"), "options": COLOURS[2:]}]
    html = drawn(element("static_select", option_groups=groups, initial_option=COLOURS[2]), reader=reader)
    assert attributes(html, "data-options") == [
        [
            {"label": "Warm", "options": [{"value": "red", "text": "Red", "description": ""}]},
            {"label": "Cold", "options": [{"value": "blue", "text": "Blue 🔵", "description": ""}]},
        ]
    ]
    assert attributes(html, "data-initial") == [[{"value": "blue", "text": "Blue 🔵", "raw": COLOURS[2]}]]


@pytest.mark.parametrize(
    ("block", "chosen"),
    [
        (element("users_select", initial_user="U01ANA"), [{"value": "U01ANA", "text": "Ana Ruiz"}]),
        (element("multi_channels_select", initial_channels=["C01GROWTH"]), [{"value": "C01GROWTH", "text": "#growth"}]),
        (element("conversations_select"), []),
        (
            element("multi_external_select", initial_options=[option("Activation", "INP-1")]),
            [{"value": "INP-1", "text": "Activation", "raw": option("Activation", "INP-1")}],
        ),
    ],
)
def test_a_select_shows_names_for_what_is_chosen(block: Json, chosen: list[Json], reader: Reader) -> None:
    assert attributes(drawn(block, reader=reader), "data-initial") == [chosen]


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (element("datepicker", initial_date="2026-11-30"), 'type="date" value="2026-11-30"'),
        (element("timepicker", initial_time="09:30"), 'type="time" value="09:30"'),
        (element("datetimepicker", initial_date_time=1789632000), 'type="datetime-local" value="2026-09-17T10:00"'),
    ],
)
def test_dates_and_times_are_fields_in_the_readers_zone(block: Json, field: str, reader: Reader) -> None:
    assert field in drawn(block, reader=reader)


def test_an_input_has_label_hint_and_its_error(reader: Reader) -> None:
    block = labelled(
        "title", "Title", {"type": "plain_text_input", "initial_value": 'a "b"'}, optional=True, hint=plain("Short.")
    )
    assert drawn(block, reader=reader, errors={"title": "Too <long>."}) == (
        '<div class="block input has-error" data-key="p-title plain_text_input title_value" data-input="title" data-optional>'
        ' <label for="p-title" id="p-title-label">Title <span class="optional">(optional)</span></label>'
        ' <input type="text" id="p-title" class="field" data-value-holder data-act="plain_text_input" data-block="title"'
        ' data-action="title_value" data-initial="a &#34;b&#34;" placeholder="" value="a &#34;b&#34;" autocomplete="off">'
        ' <p class="field-error" id="p-title-error" role="alert">Too &lt;long&gt;.</p>'
        ' <p class="hint" id="p-title-hint">Short.</p> </div>'
    )


def test_radio_buttons_and_checkboxes_are_checked_as_chosen(reader: Reader) -> None:
    html = drawn(element("checkboxes", options=COLOURS, initial_options=COLOURS[:2]), reader=reader)
    assert re.findall(r'value="(\w+)"( checked)?', html) == [("red", " checked"), ("green", " checked"), ("blue", "")]


def test_a_table_has_a_head_and_its_alignment(reader: Reader) -> None:
    assert drawn(TEXTS[2], reader=reader) == (
        '<div class="block table-scroll" tabindex="0" role="region" aria-label="Table"><table>'
        ' <tr> <th class="align-left wrapped">Input</th> <th class="align-right">Now</th></tr>'
        ' <tr> <td class="align-left wrapped">Activation rate</td> <td class="align-right">43 %</td></tr> </table></div>'
    )


def test_a_picture_may_be_a_file_of_the_workspace(reader: Reader) -> None:
    html = drawn({"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A chart"}, reader=reader)
    assert 'src="/as/U01ANA/files/F1" alt="A chart"' in html


def test_the_present_state_stands_over_what_the_app_sent() -> None:
    state: dict[str, dict[str, Json]] = {
        "b": {"a": {"type": "static_select", "selected_option": COLOURS[1]}},
        "title": {"title_value": {"type": "plain_text_input", "value": None}},
    }
    select = element("static_select", initial_option=COLOURS[0])
    title = labelled("title", "Title", {"type": "plain_text_input", "initial_value": "old"})
    assert with_state([select, title], state) == [
        element("static_select", initial_option=COLOURS[1]),
        labelled("title", "Title", {"type": "plain_text_input"}),
    ]


def test_fields_come_back_by_block_or_by_action_where_a_block_has_several(reader: Reader) -> None:
    fields = [
        Field("title", "value", "plain_text_input", "Guide"),
        Field("when", "value", "datetimepicker", "2026-09-17T10:00"),
        Field("none", "value", "datepicker", ""),
        Field("b", "one", "static_select", "red"),
        Field("b", "two", "multi_static_select", ["red", "blue"]),
    ]
    assert by_id(fields, reader.zone) == {
        "title": "Guide",
        "when": 1789632000,
        "none": None,
        "one": "red",
        "two": ["red", "blue"],
    }


@given(hostile_text)
def test_no_words_of_an_app_become_markup(text: str) -> None:
    blocks = [
        {"type": "header", "text": plain(text)},
        element("button", text=plain(text), value=text, url=text),
        element("static_select", placeholder=plain(text), options=[option(text, text, text)]),
        labelled(text, text, {"type": "plain_text_input", "initial_value": text}),
        {"type": "image", "image_url": text, "alt_text": text, "title": plain(text)},
    ]
    html = draw_blocks(blocks, READER, prefix="p", errors={text: text})
    assert not re.search(r"<(script|img src=x)|<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*\son\w+=", html)
