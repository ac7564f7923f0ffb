"""Composition objects: text, options, confirmation, filters, files.

Limits: https://docs.slack.dev/reference/block-kit/composition-objects and its pages
(text-object, option-object, option-group-object, confirmation-dialog-object, conversation-filter-object,
dispatch-action-configuration-object, slack-file-object, trigger-object, workflow-object, slack-icon-object).
"""

from __future__ import annotations

import re
from functools import cache

from sandbox.strict.rules import (
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    one_of,
    record,
    string,
)

URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
WEB_URL = re.compile(r"https?://\S+", re.IGNORECASE)
SECURE_URL = re.compile(r"https://\S+", re.IGNORECASE)


def url(longest: int = 3000, scheme: re.Pattern[str] = URL) -> Rule:
    return string(longest, shortest=1, like=scheme, form="a valid URL")


def _plain(longest: int) -> Rule:
    return record({"type": anything, "text": string(longest, shortest=1)}, {"emoji": boolean})


def _mrkdwn(longest: int) -> Rule:
    return record({"type": anything, "text": string(longest, shortest=1)}, {"verbatim": boolean})


@cache
def plain_text(longest: int = 3000) -> Rule:
    """A plain_text object of 1 to this many characters."""
    return by_type({"plain_text": _plain(longest)})


@cache
def text(longest: int = 3000) -> Rule:
    """A plain_text or mrkdwn object of 1 to this many characters."""
    return by_type({"plain_text": _plain(longest), "mrkdwn": _mrkdwn(longest)})


_OPTION_VALUE = string(150)
PLAIN_OPTION = record({"text": plain_text(75), "value": _OPTION_VALUE}, {"description": plain_text(75)})
FORMATTED_OPTION = record({"text": text(75), "value": _OPTION_VALUE}, {"description": text(75)})
LINK_OPTION = record({"text": plain_text(75), "value": _OPTION_VALUE}, {"description": plain_text(75), "url": url(3000)})
OPTION_GROUP = record({"label": plain_text(75), "options": array(PLAIN_OPTION, least=1, most=100)})

STYLE = one_of("primary", "danger")
CONFIRM = record(
    {"title": plain_text(100), "text": text(300), "confirm": plain_text(30), "deny": plain_text(30)}, {"style": STYLE}
)
CONVERSATION_FILTER = record(
    optional={
        "include": array(one_of("im", "mpim", "private", "public"), least=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    checks=[at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users")],
)
DISPATCH_CONFIG = record(
    optional={"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), least=1, most=2)}
)
SLACK_FILE = record(optional={"id": string(shortest=1), "url": url()}, checks=[exactly_one("id", "url")])
WORKFLOW = record(
    {
        "trigger": record(
            {"url": url()},
            {"customizable_input_parameters": array(record({"name": string(shortest=1), "value": string()}))},
        )
    }
)
_ICON_NAMES = (
    "archive|book|bookmark|bot|bug|calendar|call|caret-left|caret-right|check|clipboard|code|comment|compass|copy|cube|"
    "download|edit|email|eye-closed|eye-open|file|flag|folder|gear|globe|heart|help|image|info|key|lightbulb|link|map|"
    "mobile|new-window|pin|plus|refine|refresh|rocket|save|screen|share|sparkle|star|star-filled|tag|thumbs-down|"
    "thumbs-up|trash|upload|user|warning"
)
_ICON_NAME = string(like=re.compile(_ICON_NAMES), form="a valid enum value")
SLACK_ICON = by_type({"icon": record({"type": anything, "name": _ICON_NAME})})
