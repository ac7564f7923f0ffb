"""What lies around an object, as GraphML that networkx reads, and as Mermaid in which any title is only a title."""

import html
import io
import re

import networkx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.errors import NotFound
from storage.objects import Link, Object
from storage.packs.pack import starter
from storage.pictures import graphml, mermaid
from storage.pictures.neighbourhood import Neighbourhood, neighbourhood
from tests.storage.graphs import NOW, drawn

KINDS = starter()
CHAIN = """
INS-1 informs OPP-1
OPP-1 frames OPT-1
OPT-1 becomes BET-1
BET-1 targets INP-1
INP-1 contributes to DRV-1
BET-1 yields INS-1
"""
MARKS = [
    *"\"'`[]{}()<>|;:%#&\\/@-=~^*_.,\n\t\ufeff\uffff\x85\u2028",
    "end",
    "%%{init: {}}%%",
    "click A call x()",
    "<b>",
    "]]>",
    "&#34;",
]
TITLES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from([mark for mark in MARKS if len(mark) == 1])
) | st.sampled_from(MARKS)


def near(title: str, why: str = "", status: str | None = None) -> Neighbourhood:
    """Return a bet of this title, and an input that it targets."""
    objects = {
        key: Object(key, kind, title, "", "active", None, None, None, [], {}, None, None, "workspace", 1, "U01ANA", NOW, NOW)
        for key, kind in (("BET-1", "bet"), ("INP-1", "input"))
    }
    fields = {"status": status} if status else {}
    return Neighbourhood("BET-1", objects, [Link("BET-1", "targets", "INP-1", why, 70, dict(fields))])


@pytest.mark.parametrize(
    ("steps", "keys"),
    [
        (1, ["BET-1", "OPT-1", "INP-1", "INS-1"]),
        (2, ["BET-1", "OPT-1", "INP-1", "INS-1", "OPP-1", "DRV-1"]),
        (6, ["BET-1", "OPT-1", "INP-1", "INS-1", "OPP-1", "DRV-1"]),
    ],
)
async def test_it_goes_along_every_link_in_both_directions(database_url: str, steps: int, keys: list[str]) -> None:
    async with drawn(database_url, CHAIN) as tx:
        found = await neighbourhood(tx, "bet-1", ADMINISTRATOR, steps=steps, objects_at_most=100, links_at_most=100)
    assert (sorted(found.objects), found.is_cut) == (sorted(keys), False)
    assert next(iter(found.objects)) == "BET-1"
    assert all({link.from_key, link.to_key} <= found.objects.keys() for link in found.links)
    assert len(found.links) == {1: 3}.get(steps, 6)


async def test_it_never_leads_through_what_its_readers_may_not_see(database_url: str) -> None:
    hidden = {"visibility": "channel", "channel": "C09SECRET"}
    async with drawn(database_url, CHAIN, OPT_1=hidden, INS_1=hidden) as tx:
        found = await neighbourhood(tx, "BET-1", EVERYBODY, steps=6, objects_at_most=100, links_at_most=100)
        assert sorted(found.objects) == ["BET-1", "DRV-1", "INP-1"]
        with pytest.raises(NotFound):
            await neighbourhood(tx, "OPT-1", EVERYBODY, steps=1, objects_at_most=100, links_at_most=100)


async def test_of_too_many_the_nearest_are_shown(database_url: str) -> None:
    hub = "\n".join(f"BET-{number} targets INP-1" for number in range(1, 60)) + "\nINS-1 informs BET-1"
    async with drawn(database_url, hub) as tx:
        cut = await neighbourhood(tx, "INP-1", ADMINISTRATOR, steps=2, objects_at_most=10, links_at_most=5)
        whole = await neighbourhood(tx, "INP-1", ADMINISTRATOR, steps=2, objects_at_most=100, links_at_most=100)
    assert (len(cut.objects), len(cut.links), cut.is_cut) == (10, 5, True)
    assert (len(whole.objects), len(whole.links), whole.is_cut) == (61, 60, False)
    assert "INS-1" not in cut.objects


def read(text: str) -> networkx.Graph:
    return networkx.read_graphml(io.BytesIO(text.encode()))


@given(TITLES, TITLES)
@example("]]>", "\x85\uffff")
def test_graphml_is_read_by_networkx_whatever_the_titles_are(title: str, why: str) -> None:
    graph = read(graphml.drawn(KINDS, near(title, why, "refuted")))
    kept = (
        re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", title).replace("\r\n", "\n").replace("\r", "\n")
    )
    assert graph.nodes["BET-1"].get("title", "") in (kept, kept.strip(), title)
    (edge,) = [data for _, _, data in graph.edges(data=True)]
    assert (edge["relation"], edge["confidence"], edge["status"]) == ("targets", 70.0, "refuted")


async def test_two_links_between_the_same_are_two_edges(database_url: str) -> None:
    async with drawn(database_url, "BET-1 part of BET-2\nBET-1 replaces BET-2") as tx:
        found = await neighbourhood(tx, "BET-1", ADMINISTRATOR, steps=1, objects_at_most=9, links_at_most=9)
    edges = read(graphml.drawn(KINDS, found)).edges(data=True)
    assert sorted(data["relation"] for _, _, data in edges) == ["is part of", "replaces"]


LINE = re.compile(
    r"flowchart LR"
    r"|  [A-Z]+_\d+(?:\(\[|\{\{|\[|\[/|\[\[)\"(?:[^\"\[\]{}<>|`%:;&\\\n]|#\d+;)*\"(?:\]\)|\}\}|\]|/\]|\]\]):::kind_[A-Z]+"
    r"|  [A-Z]+_\d+ (?:-->|-\.->|--x)\|\"(?:[^\"\[\]{}<>|`%:;&\\\n]|#\d+;)*\"\| [A-Z]+_\d+"
    r"|  classDef kind_[A-Z]+ [\w:#,]+"
    r"|  style [A-Z]+_\d+ stroke-width:4px"
)


@given(TITLES)
@example("end")
@example("x\" ]:::y\n%%{init: {'theme':'dark'}}%%")
def test_any_title_is_only_a_title_in_mermaid(title: str) -> None:
    text = mermaid.drawn(KINDS, near(title))
    assert [line for line in text.split("\n")[:-1] if not LINE.fullmatch(line)] == []
    shown = html.unescape(re.sub(r"#(\d+);", r"&#\1;", mermaid.escaped("x" + title, 10_000)))
    assert shown == html.unescape("".join(f"&#{ord(letter)};" for letter in " ".join(("x" + title).split())))


def test_mermaid_shows_kinds_and_what_is_only_believed() -> None:
    text = mermaid.drawn(KINDS, near("Start\nfast", status="hypothesised"))
    assert text.splitlines() == [
        "flowchart LR",
        '  BET_1{{"🎲 BET-1 · Start fast (active)"}}:::kind_BET',
        '  INP_1[/"🎚 INP-1 · Start fast (active)"/]:::kind_INP',
        '  BET_1 -.->|"targets"| INP_1',
        "  classDef kind_BET fill:#fde3e3,stroke:#b03a3a,color:#222222",
        "  classDef kind_INP fill:#e2f5e6,stroke:#2f8544,color:#222222",
        "  style BET_1 stroke-width:4px",
    ]
    assert '--x|"targets"|' in mermaid.drawn(KINDS, near("x", status="refuted"))


def test_the_longest_picture_is_one_that_mermaid_draws() -> None:
    many = {f"BET-{number}": near("<" * 300).objects["BET-1"] for number in range(10**6, 10**6 + mermaid.OBJECTS_AT_MOST)}
    objects = {key: Object(**{**vars(item), "key": key}) for key, item in many.items()}
    links = [Link("BET-1000000", "part of", "BET-1000001")] * mermaid.LINKS_AT_MOST
    text = mermaid.drawn(KINDS, Neighbourhood("BET-1000000", objects, links))
    assert 40_000 < len(text) < 50_000
