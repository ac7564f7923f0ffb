"""Block Kit examples that between them hold every block and element the page draws."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, description: str = "") -> Json:
    return {"text": plain(text), "value": value} | ({"description": plain(description)} if description else {})


COLOURS = [option("Red", "red"), option("Green", "green", "like grass"), option("Blue :large_blue_circle:", "blue")]

CARD: list[Json] = [
    {"type": "header", "text": plain("BET-12 · Guide the first board")},
    {
        "type": "section",
        "block_id": "words",
        "text": mrkdwn(
            "🎲 *running* · <@U01ANA> · confidence 60 % ↗ from ~45~ `60`\n"
            "We bet that a guided first board brings new teams back, <https://acme.example/why|because> they _stall_.\n"
            "> Said in <#C01GROWTH> on <!date^1789632000^{date_short_pretty} at {time}|Thursday>\n"
            "```\nactivation = 0.41\n```"
        ),
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("Link…", "link"), option("Archive", "archive")],
        },
    },
    {"type": "section", "fields": [mrkdwn("*Owner*\nAna Ruiz"), mrkdwn("*Horizon*\n1–3 months")]},
    {"type": "divider"},
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {"type": "button", "action_id": "update", "text": plain("Update"), "style": "primary", "value": "BET-12"},
            {"type": "button", "action_id": "why", "text": plain("Why?"), "value": "BET-12"},
            {
                "type": "button",
                "action_id": "drop",
                "text": plain("Drop"),
                "style": "danger",
                "confirm": {
                    "title": plain("Drop this bet?"),
                    "text": plain("Its history stays."),
                    "confirm": plain("Drop it"),
                    "deny": plain("Keep it"),
                    "style": "danger",
                },
            },
            {"type": "static_select", "action_id": "colour", "placeholder": plain("Colour"), "options": COLOURS},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-09-30"},
        ],
    },
    {"type": "context", "elements": [mrkdwn("_Not said yet: what would make us stop_")]},
]

TEXTS: list[Json] = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Rich "},
                    {"type": "text", "text": "bold", "style": {"bold": True}},
                    {"type": "text", "text": ", "},
                    {"type": "user", "user_id": "U01ANA"},
                    {"type": "text", "text": " "},
                    {"type": "emoji", "name": "tada"},
                    {"type": "text", "text": " "},
                    {"type": "link", "url": "https://acme.example", "text": "a link"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "a quote"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]},
        ],
    },
    {
        "type": "markdown",
        "text": (
            "## A week\n\n**Learned** second sessions rose\n\n- [x] guided board\n- [ ] sample data\n\n"
            "| input | now |\n|---|--:|\n| Activation | 43 % |"
        ),
    },
    {
        "type": "table",
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "Input"}, {"type": "raw_text", "text": "Now"}],
            [{"type": "raw_text", "text": "Activation rate"}, {"type": "raw_text", "text": "43 %"}],
        ],
    },
    {
        "type": "video",
        "title": plain("How it works"),
        "title_url": "https://acme.example/video",
        "video_url": "https://acme.example/embed",
        "thumbnail_url": "https://acme.example/thumb.png",
        "alt_text": "A film",
    },
]


def labelled(block_id: str, label: str, element: Json, **rest: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": f"{block_id}_value"} | element,
    } | rest


FORM: list[Json] = [
    labelled("title", "Title", {"type": "plain_text_input", "placeholder": plain("In a few words")}),
    labelled("story", "Story", {"type": "plain_text_input", "multiline": True}, optional=True, hint=plain("Who, what, why.")),
    labelled("colour", "Colour", {"type": "static_select", "options": COLOURS}, optional=True),
    labelled("colours", "Colours", {"type": "multi_static_select", "options": COLOURS}, optional=True),
    labelled("target", "Should move", {"type": "external_select", "min_query_length": 1}, optional=True),
    labelled("targets", "Also moves", {"type": "multi_external_select", "min_query_length": 0}, optional=True),
    labelled("who", "Owner", {"type": "users_select", "initial_user": "U01ANA"}, optional=True),
    labelled("where", "Where", {"type": "conversations_select"}, optional=True),
    labelled("when", "Look again", {"type": "datepicker", "initial_date": "2026-11-30"}, optional=True),
    labelled("at", "At", {"type": "timepicker", "initial_time": "09:30"}, optional=True),
    labelled("moment", "Moment", {"type": "datetimepicker", "initial_date_time": 1789632000}, optional=True),
    labelled("sure", "Sure?", {"type": "radio_buttons", "options": COLOURS[:2]}, optional=True),
    labelled("parts", "Parts", {"type": "checkboxes", "options": COLOURS, "initial_options": [COLOURS[1]]}, optional=True),
    labelled(
        "share",
        "Share",
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "0", "max_value": "100"},
        optional=True,
    ),
    labelled("mail", "Mail", {"type": "email_text_input"}, optional=True),
    labelled("page", "Page", {"type": "url_text_input"}, optional=True),
]
