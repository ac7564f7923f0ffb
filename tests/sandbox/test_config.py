from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sandbox.config import Config
from tests.sandbox.acme import CONFIG

WORKSPACE: dict[str, Any] = CONFIG["workspaces"][0]


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(
        """
        workspaces:
          - id: T01
            name: One
            domain: one
            users: [{id: U01, name: ana, tz: Europe/Berlin}]
            channels: [{id: C01, name: all, is_general: true, members: [U01]}]
        """
    )
    config = Config.read(file)
    assert config.workspaces[0].users[0].tz == "Europe/Berlin"
    assert (config.apps, config.clock.runs) == ((), True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clokc": {}}, "clokc"),
        ({"workspaces": []}, "at least 1 item"),
        ({"apps": [{**CONFIG["apps"][0], "bot_tokens": {"T09": "xoxb"}}]}, "T09, which is no workspace"),
        ({"workspaces": [{**WORKSPACE, "users": []}]}, "members that are no users: U01ANA, U02BEN"),
        ({"workspaces": [{**WORKSPACE, "users": [{"id": "U01", "name": "x", "tz": "Mars/Base"}]}]}, "no time zone"),
        ({"clock": {"starts": "2026-09-17T08:00:00"}}, "timezone"),
    ],
)
def test_mistakes_are_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Config.model_validate({**CONFIG, **change})
