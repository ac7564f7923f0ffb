"""Finding objects by what people type."""

from storage.audience import ADMINISTRATOR, EVERYBODY
from storage.search import named, search
from tests.storage.graphs import drawn, sample

TITLES = {
    "BET_1": {"title": "Guide the first board"},
    "BET_12": {"title": "Weekly summary e-mail"},
    "INP_1": {"title": "Activation rate"},
    "INP_2": {"title": "Über 100 % of _everything_"},
    "INS_1": {"title": "Secret", "visibility": "channel", "channel": "C9"},
}


async def test_a_key_a_title_a_part_of_it_and_a_slip_find_an_object(database_url: str) -> None:
    async with drawn(database_url, "BET-1 targets INP-1", **TITLES) as tx:
        found = {words: [item.key for item in await search(tx, words, EVERYBODY)] for words in (
            *("bet-12", "BET 12", "activation rate", "Activ", "rate activation", "activtion rate", "wekly sumary", "first"),
            *("uber 100", "%", "_", "zzzz", "secret"),
        )}  # fmt: skip
    assert found == {
        "bet-12": ["BET-12"],
        "BET 12": ["BET-12"],
        "activation rate": ["INP-1"],
        "Activ": ["INP-1"],
        "rate activation": ["INP-1"],
        "activtion rate": ["INP-1"],
        "wekly sumary": ["BET-12"],
        "first": ["BET-1"],
        "uber 100": ["INP-2"],
        "%": [],
        "_": [],
        "zzzz": [],
        "secret": [],
    }


async def test_without_words_the_most_recent_of_the_kinds_come_first(database_url: str) -> None:
    async with sample(database_url) as tx:
        bets = await search(tx, "", EVERYBODY, kinds=["bet"], limit=3)
        everything = await search(tx, "", EVERYBODY)
    moments = [item.updated_at for item in everything]
    assert [item.kind for item in bets] == ["bet"] * 3
    assert len(everything) == 20
    assert moments == sorted(moments, reverse=True)


async def test_a_name_means_one_object_or_is_unclear(database_url: str) -> None:
    async with sample(database_url) as tx:
        whole = await named(tx, "guide the first board", ADMINISTRATOR)
        part = await named(tx, "first board", ADMINISTRATOR, ["bet", "option"])
        nobody = await named(tx, "qwertz", ADMINISTRATOR)
    assert [item.key for item in whole] == ["BET-12"]
    assert {item.key for item in part} == {"BET-12", "OPT-5"}
    assert nobody == []
