"""What a person types is shown as typed: nobody is mentioned and nothing becomes markup (FAULTS 68)."""

from datetime import UTC, datetime

from prompts.escape import plain
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader
from storage.audience import ADMINISTRATOR
from storage.objects import get
from tests.support.story import sample_story

ANA, LEA = "U01ANA", "U05LEA"
GROWTH = "C01GROWTH"
TITLE = "<!channel> *bold* <@U01ANA>"
READER = Reader(ANA, datetime(2026, 9, 17, tzinfo=UTC), user_names={ANA: "Ana"}, channel_names={GROWTH: "growth"})


async def test_a_title_that_looks_like_a_mention_is_shown_literally(database_url: str) -> None:
    async with sample_story(database_url) as story:
        lea = story.person(LEA)
        await lea.command(GROWTH, "/insight")
        form = await story.modal(LEA, "Where from?")
        assert (await lea.submit(form, {"title": TITLE, "field.who_is_affected": "> everybody"})).errors == {}
        card = await story.message(ANA, GROWTH, "INS-20")
        stored = await story.read(lambda tx: get(tx, "INS-20", ADMINISTRATOR))
        answer = await lea.command(GROWTH, "/pom", "INS-20")
    assert stored.title == TITLE
    headline = (card.blocks or [])[0]["text"]
    assert plain(headline["text"]) == plain(card.text) == f"💡 INS-20 · {TITLE} – new"
    assert headline["verbatim"]
    drawn = str(mrkdwn(headline["text"], READER, verbatim=True))
    assert drawn.count("<") == 2, "bold, as the headline is, and nothing else"
    assert drawn.startswith("<b>")
    assert drawn.endswith("</b>")
    assert "<!channel>" not in str(answer.text)
