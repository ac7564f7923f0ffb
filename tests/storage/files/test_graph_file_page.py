"""The page on the graph file shows all that can stand in one, and what it shows can be read."""

import json
import re
from pathlib import Path

import pytest

from storage.files.graph_file import read
from storage.files.graph_shapes import NEEDED, READERS

PAGE = (Path(__file__).parents[3] / "docs" / "graph-file.md").read_text("utf-8")
[EXAMPLE] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
LISTS = [name for name in READERS if name != "history"]


def test_the_example_is_a_graph_file() -> None:
    file = read(EXAMPLE.encode())
    try:
        assert not file.findings
        assert file.count() == 7
    finally:
        file.close()


@pytest.mark.parametrize("name", LISTS)
def test_everything_that_an_entry_can_say_is_shown_and_what_it_needs_is_named(name: str) -> None:
    first = json.loads(EXAMPLE)[name][0]
    assert set(first) == set(READERS[name])
    assert all(f"`{part}`" in PAGE for part in NEEDED[name])
