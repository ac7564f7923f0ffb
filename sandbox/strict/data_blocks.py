"""Blocks that show data: table, data_table, data_visualization.

Limits: https://docs.slack.dev/reference/block-kit/blocks/table-block, /data-table-block, /data-visualization-block.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.strict.block import MESSAGE, MESSAGE_HOME, Block, block
from sandbox.strict.rich_text import RICH_TEXT
from sandbox.strict.rules import (
    FINE,
    Finding,
    Rule,
    anything,
    array,
    boolean,
    by_type,
    integer,
    number,
    one_of,
    or_null,
    record,
    string,
    wrong,
)

_WORD = string(shortest=1)
_HEADER_CELLS: dict[str, Rule] = {
    "raw_text": record({"type": anything, "text": _WORD}),
    "raw_number": record({"type": anything, "value": number}, {"text": _WORD}),
}
_CELL = by_type({**_HEADER_CELLS, "rich_text": RICH_TEXT})
_HEADER = array(by_type(_HEADER_CELLS))
_COLUMN = record(optional={"align": one_of("left", "center", "right"), "is_wrapped": boolean})
_ROW = array(_CELL, least=1, most=20)


def _even_rows(table: Mapping[str, Any]) -> Sequence[Finding]:
    width = len(table["rows"][0])
    uneven = [index for index, row in enumerate(table["rows"]) if len(row) != width]
    return [(f"/rows/{index}", "must have the same number of cells as the first row") for index in uneven]


def _plain_header(table: Mapping[str, Any]) -> Sequence[Finding]:
    return [(f"/rows/0{pointer}", message) for pointer, message in _HEADER(table["rows"][0])]


def _weight(value: Any) -> Sequence[Finding]:
    return number(value) or (FINE if value > 0 else wrong("must be greater than 0"))


_LABEL = string(20, shortest=1)
_SERIES = record(
    {"name": _LABEL, "data": array(record({"label": _LABEL, "value": number}), least=1, most=20)},
)
_AXIS = record({"categories": array(_LABEL, least=1, most=20)}, {"x_label": string(50), "y_label": string(50)})


def _points_fit(chart: Mapping[str, Any]) -> Sequence[Finding]:
    """Every series has one point for each category."""
    wanted = sorted(chart["axis_config"]["categories"])
    return [
        (f"/series/{index}/data", "must contain exactly one entry for every label in `axis_config.categories`")
        for index, series in enumerate(chart["series"])
        if sorted(point["label"] for point in series["data"]) != wanted
    ]


def _names_differ(chart: Mapping[str, Any]) -> Sequence[Finding]:
    names = [series["name"] for series in chart["series"]]
    return [
        (f"/series/{index}/name", "must be unique across all series")
        for index, name in enumerate(names)
        if name in names[:index]
    ]


_PLOT = record(
    {"type": anything, "series": array(_SERIES, least=1, most=12), "axis_config": _AXIS},
    checks=[_points_fit, _names_differ],
)
_SEGMENT = record({"label": _LABEL, "value": _weight})
_CHART = by_type(
    {
        "pie": record({"type": anything, "segments": array(_SEGMENT, least=1, most=12)}),
        "bar": _PLOT,
        "area": _PLOT,
        "line": _PLOT,
    }
)

DATA_BLOCKS: dict[str, Block] = {
    "table": block(
        {"rows": array(_ROW, least=1, most=100)}, {"column_settings": array(or_null(_COLUMN), most=20)}, on=MESSAGE_HOME
    ),
    "data_table": block(
        {"rows": array(_ROW, least=2, most=201), "caption": _WORD},
        {"page_size": integer(1, 100), "row_header_column_index": integer(0, 19)},
        [_even_rows, _plain_header],
        MESSAGE_HOME,
    ),
    "data_visualization": block({"title": string(50, shortest=1), "chart": _CHART}, on=MESSAGE),
}
