from datetime import UTC, datetime

import pytest
from hypothesis import given

from sandbox.page.mrkdwn import mrkdwn, plain
from sandbox.page.reader import Reader
from tests.sandbox.page.safe import bad_parts, hostile_text

BLANK = 'target="_blank" rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("*bold* _italic_ ~gone~ `code`", "<b>bold</b> <i>italic</i> <s>gone</s> <code>code</code>"),
        ("a*b*c snake_case_name 2 * 3 * 4", "a*b*c snake_case_name 2 * 3 * 4"),
        ("_*both*_", "<i><b>both</b></i>"),
        ("*with `*` code*", "<b>with <code>*</code> code</b>"),
        ("*not\nover lines*", "*not\nover lines*"),
        ("before\n```\n*raw* &lt;b&gt;\n```\nafter", "before<pre>*raw* &lt;b&gt;</pre>after"),
        ("> one\n&gt; two\nthree", "<blockquote>one\ntwo</blockquote>three"),
        ("a\n>>> b\nc", "a<blockquote>b\nc</blockquote>"),
        ("• one\n• two\n1. three", "• one\n• two\n1. three"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
        ("unescaped <b> & >", "unescaped &lt;b&gt; &amp; &gt;"),
        ("<https://a.b/?x=1&amp;y=2|label>", f'<a href="https://a.b/?x=1&amp;y=2" {BLANK}>label</a>'),
        ("(see https://a.b/c_d_e.)", f'(see <a href="https://a.b/c_d_e" {BLANK}>https://a.b/c_d_e</a>.)'),
        ("<mailto:a@b.c|write>", f'<a href="mailto:a@b.c" {BLANK}>write</a>'),
        ("<javascript:alert(1)|press>", "press"),
        ("<@U02IVO>", '<span class="mention" data-user="U02IVO">@Ivo Marin</span>'),
        ("<@U01ANA>", '<span class="mention mention-me" data-user="U01ANA">@Ana Ruiz</span>'),
        ("<@U9>", '<span class="mention" data-user="U9">@U9</span>'),
        ("<#C01GROWTH>", '<a class="mention" href="/as/U01ANA/C01GROWTH">#growth</a>'),
        ("<#C9SECRET|secret>", '<span class="mention">🔒 private channel</span>'),
        ("<!here>", '<span class="mention mention-me">@here</span>'),
        ("<!subteam^S1|@design>", '<span class="mention mention-me">@design</span>'),
        (
            ":tada: :unknown: 10:30:40",
            '<span class="emoji" role="img" aria-label="tada" title=":tada:">🎉</span> :unknown: 10:30:40',
        ),
        (
            "<!date^1789632000^{date_short_pretty} at {time}|then>",
            '<time title="Thursday, September 17th, 2026 10:00:00">Today at 10:00</time>',
        ),
        ("<!date^soon^{date}|then>", "then"),
        ("<!date^99999999999999999^{date}|then>", "then"),
        ("<https://acme.slack.com/archives/C1/p17|there>", '<a href="/as/U01ANA/archives/C1/p17">there</a>'),
    ],
)
def test_draws_what_slack_draws(written: str, drawn: str, reader: Reader) -> None:
    assert str(mrkdwn(written, reader)) == drawn


def test_leaves_bare_addresses_alone_where_text_is_verbatim(reader: Reader) -> None:
    assert str(mrkdwn("https://a.b", reader, verbatim=True)) == "https://a.b"


def test_plain_text_knows_emoji_and_nothing_else() -> None:
    assert str(plain("*a* <@U1> :+1:")) == (
        '*a* &lt;@U1&gt; <span class="emoji" role="img" aria-label="+1" title=":+1:">👍</span>'
    )
    assert str(plain(":+1:", emoji=False)) == ":+1:"


READER = Reader("U1", now=datetime(2026, 9, 17, tzinfo=UTC), base="/as/U1")


@given(hostile_text)
def test_no_text_becomes_markup_of_its_own(text: str) -> None:
    assert bad_parts(mrkdwn(text, READER)) == []
    assert bad_parts(plain(text)) == []
