"""The models of Slack's own SDK make payloads that pass."""

from __future__ import annotations

import pytest
from slack_sdk.models import blocks as sdk
from slack_sdk.models.blocks import basic_components as objects
from slack_sdk.models.blocks import block_elements as parts
from slack_sdk.models.views import View

from sandbox.strict import Surface, check_blocks, check_view

OPTIONS = [sdk.Option(text="One", value="1"), sdk.Option(text="Two", value="2", description="the second")]
CONFIRM = sdk.ConfirmObject(title="Sure?", text="Really?", confirm="Yes", deny="No", style="danger")
GROUPS = [sdk.OptionGroup(label="Numbers", options=OPTIONS)]
WORDS = parts.RichTextElementParts
RICH = sdk.RichTextBlock(
    elements=[
        sdk.RichTextSectionElement(
            elements=[
                WORDS.Text(text="hi", style=WORDS.TextStyle(bold=True)),
                WORDS.User(user_id="U1"),
                WORDS.Channel(channel_id="C1"),
                WORDS.UserGroup(usergroup_id="S1"),
                WORDS.Emoji(name="tada", skin_tone=2),
                WORDS.Link(url="https://example.com", text="there"),
                WORDS.Broadcast(range="here"),
                WORDS.Color(value="#ff0000"),
                WORDS.Date(timestamp=1628633820, format="{date}", fallback="a day"),
            ]
        ),
        sdk.RichTextListElement(
            style="bullet", indent=1, border=0, elements=[sdk.RichTextSectionElement(elements=[WORDS.Text(text="a")])]
        ),
        sdk.RichTextPreformattedElement(elements=[WORDS.Text(text="a = 1")]),
        sdk.RichTextQuoteElement(elements=[WORDS.Text(text="said")]),
    ]
)
CARD = sdk.CardBlock(title="A card", body="with *words*", actions=[sdk.ButtonElement(text="Go", action_id="go")])
TASK = sdk.TaskCardBlock(task_id="t", title="Look", status="complete", details=RICH.to_dict())
INTERACTIVE = [
    sdk.ButtonElement(text="Go", action_id="b", value="1", style="primary", confirm=CONFIRM),
    sdk.LinkButtonElement(text="See", action_id="l", url="https://example.com"),
    sdk.StaticSelectElement(action_id="s", placeholder="Pick", options=OPTIONS, initial_option=OPTIONS[0]),
    sdk.ExternalDataSelectElement(action_id="e", placeholder="Find", min_query_length=2, initial_option=OPTIONS[1]),
    sdk.UserSelectElement(action_id="u", placeholder="Who", initial_user="U1"),
    sdk.ConversationSelectElement(action_id="c", filter=sdk.ConversationFilter(include=["im", "public"])),
    sdk.ChannelSelectElement(action_id="ch", placeholder="Where"),
    sdk.OverflowMenuElement(action_id="o", options=OPTIONS),
    sdk.DatePickerElement(action_id="d", initial_date="2026-09-17", placeholder="When"),
    sdk.TimePickerElement(action_id="t", initial_time="08:30"),
    sdk.DateTimePickerElement(action_id="dt", initial_date_time=1628633820),
    sdk.CheckboxesElement(action_id="k", options=OPTIONS, initial_options=OPTIONS),
    sdk.RadioButtonsElement(action_id="r", options=OPTIONS, initial_option=OPTIONS[1]),
]
INPUTS = [
    sdk.PlainTextInputElement(action_id="p", multiline=True, min_length=1, max_length=3000, placeholder="Say"),
    sdk.EmailInputElement(action_id="m", initial_value="ana@acme.example"),
    sdk.UrlInputElement(action_id="u", initial_value="https://acme.example"),
    sdk.NumberInputElement(action_id="n", is_decimal_allowed=True, initial_value="1.5", min_value="0"),
    sdk.RichTextInputElement(action_id="r", initial_value=RICH),
    parts.FileInputElement(action_id="f", filetypes=["pdf"], max_files=2),
    sdk.StaticMultiSelectElement(action_id="s", option_groups=GROUPS, initial_options=OPTIONS, max_selected_items=2),
    sdk.ExternalDataMultiSelectElement(action_id="e", initial_options=OPTIONS),
    sdk.UserMultiSelectElement(action_id="us", initial_users=["U1"]),
    sdk.ConversationMultiSelectElement(action_id="c", default_to_current_conversation=True),
    sdk.ChannelMultiSelectElement(action_id="ch", initial_channels=["C1"]),
    *INTERACTIVE[2:7],
    *INTERACTIVE[8:],
]
BLOCKS: list[tuple[Surface, sdk.Block]] = [
    ("message", sdk.SectionBlock(text="*hi*", fields=["one", "two"], accessory=INTERACTIVE[0], expand=True)),
    ("message", sdk.DividerBlock(block_id="line")),
    ("message", sdk.ImageBlock(image_url="https://example.com/a.png", alt_text="a", title="A")),
    ("message", sdk.ImageBlock(slack_file=objects.SlackFile(id="F1"), alt_text="a")),
    ("message", sdk.ActionsBlock(elements=INTERACTIVE)),
    (
        "message",
        sdk.ContextBlock(
            elements=[
                sdk.MarkdownTextObject(text="*hi*"),
                sdk.PlainTextObject(text="hi", emoji=True),
                sdk.ImageElement(image_url="https://example.com/a.png", alt_text="a"),
            ]
        ),
    ),
    (
        "message",
        sdk.ContextActionsBlock(
            elements=[
                sdk.FeedbackButtonsElement(
                    action_id="f",
                    positive_button=sdk.FeedbackButtonObject(text="Good", value="+"),
                    negative_button=sdk.FeedbackButtonObject(text="Bad", value="-"),
                ),
                sdk.IconButtonElement(action_id="i", icon="trash", text="Delete", value="x"),
            ]
        ),
    ),
    ("message", sdk.FileBlock(external_id="E1")),
    ("message", sdk.CallBlock(call_id="R1")),
    ("message", sdk.HeaderBlock(text="Head")),
    ("message", sdk.MarkdownBlock(text="# Head")),
    (
        "message",
        sdk.VideoBlock(
            alt_text="a",
            video_url="https://example.com/v",
            thumbnail_url="https://example.com/t.png",
            title="How",
            title_url="https://example.com",
            author_name="Ana",
            description="why",
        ),
    ),
    ("message", RICH),
    (
        "message",
        sdk.TableBlock(rows=[[{"type": "raw_text", "text": "a"}, RICH.to_dict()]], column_settings=[{"align": "right"}]),
    ),
    ("message", TASK),
    ("message", sdk.PlanBlock(title="Plan", tasks=[TASK.to_dict()])),
    ("modal", sdk.AlertBlock(text=sdk.PlainTextObject(text="Careful"), level="info")),
    ("message", CARD),
    ("message", sdk.CarouselBlock(elements=[CARD])),
    ("message", sdk.ContainerBlock(title="Box", child_blocks=[sdk.SectionBlock(text="hi")], width="wide")),
    ("home", sdk.AuthProviderBlock(value="gh", name="GitHub", is_connected=True, auth_url="https://example.com/in")),
]


@pytest.mark.parametrize(("surface", "block"), BLOCKS, ids=lambda part: getattr(part, "type", part))
def test_a_block_of_the_sdk_is_accepted(surface: Surface, block: sdk.Block) -> None:
    assert check_blocks([block.to_dict()], surface=surface) == []


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: element.type)
def test_an_input_of_the_sdk_is_accepted(element: sdk.InputInteractiveElement) -> None:
    block = sdk.InputBlock(label="Label", element=element, hint="Help", optional=True, dispatch_action=False)
    view = View(type="modal", title="A bet", submit="Save", close="Cancel", callback_id="bet", blocks=[block])
    assert check_view(view.to_dict(), surface="modal") == []
