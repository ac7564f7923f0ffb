"""People among themselves, and what Slack's client would not let them do."""

import pytest

from sandbox.outcomes import NotAllowed, Unknown
from sandbox.person import Upload
from sandbox.server import Sandbox
from sandbox.typed import as_sent


async def test_private_channels_are_for_their_members(slack: Sandbox) -> None:
    await slack.person("U01ANA").say("secret", "Ssh")
    assert [each.text for each in slack.person("U01ANA").sees("secret")] == ["Ssh"]
    assert slack.person("U02BEN").sees("secret") == []
    with pytest.raises(NotAllowed, match="no channel secret"):
        await slack.person("U02BEN").say("secret", "x")


async def test_a_channel_is_joined_before_one_speaks(slack: Sandbox) -> None:
    cho = slack.person("U03CHO")
    with pytest.raises(NotAllowed, match="not in #growth"):
        await cho.say("growth", "x")
    await cho.join("growth")
    assert (await cho.say("growth", "x")).user == "U03CHO"
    with pytest.raises(NotAllowed, match="archived"):
        await slack.person("U01ANA").say("past", "x")


async def test_only_ones_own_words_can_be_changed(slack: Sandbox) -> None:
    message = await slack.person("U01ANA").say("growth", "x")
    with pytest.raises(NotAllowed, match="wrote yourself"):
        await slack.person("U02BEN").delete(message)


async def test_answers_go_to_the_thread_of_what_they_answer(slack: Sandbox) -> None:
    ana = slack.person("U01ANA")
    parent = await ana.say("growth", "Parent")
    first = await ana.say("growth", "First", thread_ts=parent.ts)
    second = await ana.say("growth", "Second", thread_ts=first.ts)
    assert ana.sees("growth", parent.ts) == [parent, first, second]
    assert ana.sees("growth") == [parent]
    with pytest.raises(NotAllowed, match="gone"):
        await ana.say("growth", "x", thread_ts="1.000000")


async def test_files_come_with_words(slack: Sandbox) -> None:
    message = await slack.person("U01ANA").say("growth", "See", files=[Upload("a.png", b"...")])
    file = slack.workspace().files[message.files[0]]
    assert (file.mimetype, file.content, file.channels) == ("image/png", b"...", ["C01GROWTH"])


async def test_a_shortcut_that_no_app_has(slack: Sandbox) -> None:
    with pytest.raises(Unknown, match="nothing"):
        await slack.person("U01ANA").shortcut("nothing")


async def test_nobody_acts_as_a_bot_or_a_stranger(slack: Sandbox) -> None:
    for unknown in ("U0BOT", "U0NOBODY"):
        with pytest.raises(KeyError):
            slack.person(unknown)


async def test_waiting_ends(slack: Sandbox) -> None:
    with pytest.raises(TimeoutError):
        await slack.person("U01ANA").wait_for(lambda: False, timeout=0.05)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("@helper where from?", "<@U0BOT> where from?"),
        ("@ana and @nobody", "<@U01ANA> and @nobody"),
        ("see #growth, not #gone", "see <#C01GROWTH|growth>, not #gone"),
        ("@here: a < b & c", "<!here>: a &lt; b &amp; c"),
        ("see https://acme.example/a?b=1&c=2.", "see <https://acme.example/a?b=1&amp;c=2>."),
        ("<@U01ANA> <https://acme.example|site>", "<@U01ANA> <https://acme.example|site>"),
        ("<!channel> <script>", "<!channel> &lt;script&gt;"),
        ("mail ana@acme.example", "mail ana@acme.example"),
    ],
)
def test_what_is_typed_is_sent_as_slacks_client_sends_it(slack: Sandbox, typed: str, sent: str) -> None:
    assert as_sent(slack.workspace(), typed) == sent
