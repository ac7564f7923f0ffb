"""Whatever the bot says reads well where only its text is read: in a notification, by a screen reader, without colours."""

import re
from collections.abc import Iterator
from typing import Any

from prompts.escape import plain
from sandbox.server import Sandbox

Json = dict[str, Any]
SAYING = ("chat.postMessage", "chat.postEphemeral", "chat.update", "response_url")
SHOWING = ("views.open", "views.push", "views.update", "views.publish")
BARE_KEY = re.compile(r"\W*[A-Z]{2,6}-\d+\W*")
EMPTY_TOKEN = re.compile(r"<!date\^[^|>]*>")  # a moment with nothing to read where Slack's tokens are not understood
OF_A_ZONE = re.compile(r"\d\d:\d\d(?::\d\d)? (?:UTC|GMT|CES?T)|\d{4}-\d\d-\d\d \d\d:\d\d")
LEFT_OVER = re.compile(r"^§ ", re.MULTILINE)  # of a template; what a person typed is escaped there
LETTERS = re.compile(r"[^\W\d_]")


def check_spoken(slack: Sandbox) -> None:
    """Raise AssertionError where a message of the bot's says nothing by its text alone, or anything shows a moment in no zone
    of its reader's, an image without words, or a colour.
    """
    for message in _messages(slack):
        if problem := _problem_of(message):
            raise AssertionError(f"{problem}: {message}")
    for each in slack.log:
        if each.direction == "from app" and each.what in SHOWING and (problem := _shown(each.request.get("view"))):
            raise AssertionError(f"{problem}: {each.request}")


def _messages(slack: Sandbox) -> Iterator[Json]:
    """Yield all that was posted, edited or answered, as far as it is remembered, and what stands there now."""
    for each in slack.log:
        said = each.request if each.direction == "from app" else each.response
        is_answer = each.direction == "to app" and isinstance(said, dict) and "text" in said
        if (is_answer or each.what in SAYING) and isinstance(said, dict) and not said.get("delete_original"):
            yield said
    for channel in slack.workspace().channels.values():
        for message in channel.by_ts.values():
            if message.app_id and not message.deleted:
                yield {"text": message.text, "blocks": message.blocks, "attachments": message.attachments}


def _problem_of(message: Json) -> str:
    said = str(message.get("text") or "")
    read = plain(EMPTY_TOKEN.sub("", said))
    if len(LETTERS.findall(read)) < 3:
        return "its text says nothing"
    if BARE_KEY.fullmatch(read):
        return "its text is a key alone"
    if LEFT_OVER.search(said):
        return "its text is no text"
    if message.get("attachments"):
        return "what stands in an attachment has a colour, and no words in a notification"
    return _shown([said, message.get("blocks")])


def _shown(value: Any) -> str:
    """Return what is wrong with anything that is shown, or nothing."""
    if isinstance(value, str):
        return "a moment in one zone for all" if OF_A_ZONE.search(re.sub(r"<!date\^[^>]*>", "", value)) else ""
    if isinstance(value, dict):
        if value.get("type") == "image" and not str(value.get("alt_text") or "").strip():
            return "an image without words"
        value = [part for name, part in value.items() if name not in ("value", "private_metadata", "metadata")]
    return next(filter(None, map(_shown, value)), "") if isinstance(value, list) else ""
