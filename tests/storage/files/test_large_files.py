"""Graph files that are large, or made to do harm: memory stays flat, time is bounded, and every refusal is in words."""

import tracemalloc
from pathlib import Path

import pytest

from storage.errors import Refused
from storage.files.exporting import export_graph
from storage.files.findings import COUNTED, TOLD, Findings, Place
from storage.files.graph_file import read
from storage.files.strict_json import VALUE_LIMIT, NotJson
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from tests.benchmarks.bench_import import in_a_process, write_file
from tests.storage.graph_files import bet, link, refused, take_in, workplace
from tests.support.postgres import PostgresServer

FEW, MANY = 5_000, 12_500  # objects; of links there are two and a half times as many
SPARE = 12  # MB that an import of many may take beyond that of few


@pytest.mark.slow
@pytest.mark.postgres
def test_the_memory_of_an_import_does_not_grow_with_the_file(tmp_path: Path, postgres_server: PostgresServer) -> None:
    peaks = []  # on SQLite its pages would be among them, up to BULK_CACHE_KB
    for count in (FEW, MANY):
        write_file(tmp_path / "graph.json", count)
        url = postgres_server.url(postgres_server.create_database())
        _, entries, peak = in_a_process(url, tmp_path / "graph.json")
        assert entries == pytest.approx(count * 3.5, rel=0.01)
        peaks.append(peak)
    assert peaks[1] - peaks[0] < SPARE


@pytest.mark.slow
async def test_the_memory_of_an_export_does_not_grow_with_the_graph(database_url: str, tmp_path: Path) -> None:
    write_file(tmp_path / "graph.json", FEW)
    async with workplace(database_url) as database:
        await take_in(database, (tmp_path / "graph.json").read_bytes())
        tracemalloc.start()
        async with database.snapshot(LOCAL_WORKSPACE) as tx:
            size = sum([len(text) async for text in export_graph(tx, starter(), history=True)])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert size > 10_000_000
    assert peak < size * 0.75


async def test_of_very_many_problems_the_first_are_told_and_the_others_counted(tmp_path: Path) -> None:
    wrong = {"objects": [bet(number, sorce="x") for number in range(1, 10_001)]}
    async with workplace(f"sqlite:///{tmp_path / 'throughline.db'}") as database:
        problems = await refused(database, wrong)
    assert problems[:TOLD] == [
        f'objects[{number}] BET-{number + 1}: unknown field "sorce"; did you mean "source"?' for number in range(TOLD)
    ]
    assert problems[TOLD:] == [f"file: 9,700 problems more; these are the first {TOLD}"]


def test_the_first_problems_are_told_in_whichever_order_they_are_found() -> None:
    findings = Findings()
    for number in reversed(range(5_000)):
        findings.add(Place(1, number), "wrong")
    with pytest.raises(Refused) as refusal:
        findings.refuse()
    assert [problem.field for problem in refusal.value.problems[:-1]] == [f"objects[{number}]" for number in range(TOLD)]


def test_nobody_counts_for_ever() -> None:
    findings = Findings()
    for number in range(COUNTED):
        findings.add(Place(1, number), "wrong")
    with pytest.raises(Refused) as refusal:
        findings.add(Place(0, 1), "x" * 10_000)
    assert refusal.value.problems[-1].sentence == f"at least {COUNTED + 1 - TOLD:,} problems more; these are the first {TOLD}"
    assert max(len(problem.sentence) for problem in refusal.value.problems) == 1_000


@pytest.mark.parametrize(
    "beginning",
    [
        b'{"version": 1, "objects": [\n{"kind": "bet", "title": "',
        b'{"version": 1, "objects": [\n{"kind": "bet", "title": "T", "tags": [1',
        b'{"version": 1, "objects": [\n[[[1,2]',
        b'{"version": 1, "rubbish": \n"',
    ],
)
def test_an_entry_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path, beginning: bytes) -> None:
    path = tmp_path / "graph.json"
    with path.open("wb") as file:
        file.write(beginning)
        for _ in range(100):
            file.write(b",123456789012345" * 62_500)
    with path.open("rb") as file:
        with pytest.raises(NotJson) as refusal:
            read(file)
        assert file.tell() < 4 * VALUE_LIMIT
    assert str(refusal.value) == f"What begins in line 2 is larger than I read in one go ({VALUE_LIMIT // 1_000_000} MB)."


async def test_white_space_without_an_end_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    with path.open("wb") as file:
        file.write(b'{"version": 1')
        for _ in range(50):
            file.write(b" \n" * 500_000)
    with path.open("rb") as file, pytest.raises(NotJson) as refusal:
        read(file)
    assert str(refusal.value) == "This is not JSON: Expecting ',' delimiter (line 25000001, column 1)."


async def test_a_long_chain_is_no_loop_and_one_link_back_makes_it_one(tmp_path: Path) -> None:
    objects = [bet(number) for number in range(1, 2_001)]
    chain = [link(f"BET-{number}", "part of", f"BET-{number + 1}") for number in range(1, 2_000)]
    async with workplace(f"sqlite:///{tmp_path / 'throughline.db'}") as database:
        (problem,) = await refused(database, {"objects": objects, "links": [*chain, link("BET-2000", "part of", "BET-1")]})
        assert problem.count(" → ") == 2_000 or len(problem) > 900
        assert (await take_in(database, {"objects": objects, "links": chain})).links_added == 1_999
        (problem,) = await refused(database, {"links": [link("BET-900", "part of", "BET-890")]})
        assert problem.startswith('links[0] BET-900 part of BET-890: "part of" leads back to where it began: ')
