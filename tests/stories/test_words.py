"""What a person types is shown as typed: nobody is mentioned and nothing becomes markup (FAULTS 68)."""

from datetime import UTC, datetime

from prompts.escape import plain
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader
from storage.audience import ADMINISTRATOR
from storage.objects import get
from tests.support.story import sample_story, words_of

ANA, JONAS, LEA = "U01ANA", "U04JONAS", "U05LEA"
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


async def test_figures_follow_their_reader_and_a_channel_has_one_way_for_all(database_url: str) -> None:
    async with sample_story(database_url) as story:
        ana, jonas = story.person(ANA), story.person(JONAS)
        kept = await jonas.command(GROWTH, "/pom", "value INP-1 43,5 %")
        assert "43,5 %" in kept.text  # de-DE
        for person, written in ((ana, "43.5"), (jonas, "43,5")):  # en-GB and de-DE
            shown = (await person.command(GROWTH, "/pom", "INP-1")).message
            assert shown is not None
            assert written in words_of(shown)
        direct = await jonas.open_messages()
        await jonas.say(direct, "which bets target INP-1?")
        await story.message(JONAS, direct, "bets")
        said = await jonas.say(GROWTH, "@throughline how is INP-1 doing?")
        told = await story.message(ANA, GROWTH, "INP-1", thread_ts=said.ts)
        assert "43,5" not in words_of(told)
