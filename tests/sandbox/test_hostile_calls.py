"""Whatever arguments a call brings, it is answered as Slack answers, never by a traceback."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.config import Config
from sandbox.gateway import Gateway
from sandbox.seed import seed
from sandbox.server import Sandbox
from sandbox.webapi import METHODS
from tests.sandbox.acme import CONFIG
from tests.sandbox.helper import CARD, QUESTION

NAMES = """
    channel channel_id channels user user_id users ts thread_ts message_ts timestamp text blocks attachments metadata
    view view_id external_id trigger_id hash files name types limit cursor oldest latest inclusive filename length
    markdown_text username
"""
IDS = ("C01GROWTH", "C02RANDOM", "U01ANA", "U0BOT", "1789632000.000000", "U01ANA,U02BEN", "#growth", "-1", "true", "[]", "{")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(IDS)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
right = st.sampled_from([CARD, QUESTION, [{"id": "F0"}], {"event_type": "x", "event_payload": {}}])
Json = dict[str, Any]


@pytest.fixture(scope="module")
def answer() -> Callable[[str, Json], Json]:
    slack = Sandbox(Config.model_validate(CONFIG))
    seed(slack.workspace(), slack.config)
    gateway = Gateway(slack.context)
    return lambda method, arguments: gateway.answer(method, arguments, "xoxb-acme")


@settings(max_examples=500)
@given(st.sampled_from(sorted(METHODS)), st.dictionaries(st.sampled_from(NAMES.split()), values | right, max_size=8))
def test_any_arguments(answer: Callable[[str, Json], Json], method: str, arguments: Json) -> None:
    body = answer(method, arguments)
    assert body["ok"] is True or isinstance(body["error"], str)
    assert json.dumps(body)
