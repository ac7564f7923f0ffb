"""Reading a pack: the YAML file that declares kinds, relations and rituals, whole or as what it changes of the starter."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from storage.fields import Field
from storage.kinds import Kinds, named
from storage.packs.errors import in_words
from storage.packs.merge import CannotExtend, extended

PACK_LIMIT = 1_000_000  # bytes; the starter pack has 20,000
STARTER = "starter"
_EFFECTIVE = '{"effective pack": 1, '  # how the text begins of a pack as it is in use


class PackError(Exception):
    """A pack file that cannot be used, with the places where it is wrong."""


class _PackFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int
    extends: str | None = None
    horizons: list[str | dict[str, object]]
    kinds: dict[str, dict[str, object]]
    relations: dict[str, dict[str, object]]
    link_fields: dict[str, Field] = {}
    rituals: dict[str, dict[str, object]] = {}


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases: 306 bytes of them are enough to exhaust the memory of a process. And no name twice in a table."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise PackError("aliases (*name) are not allowed in a pack; please write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise PackError(f'line {key.start_mark.line + 1}: "{key.value}" is there twice')
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_pack(text: str) -> Kinds:
    """Return what the YAML `text` declares, or what it makes of the starter pack; raise PackError with the wrong places."""
    if len(text.encode()) > PACK_LIMIT:
        raise PackError("the file is larger than a pack can be (1 MB)")
    try:
        content = yaml.load(text, _PlainLoader)  # noqa: S506  # a SafeLoader without aliases
    except yaml.YAMLError as error:
        raise PackError(f"this is not YAML that I can read{_place(error)}") from error
    if not isinstance(content, Mapping):
        raise PackError("a pack is a table with version, horizons, kinds and relations, or with version and extends")
    return _declared(_whole(content) if "extends" in content else content)


def _place(error: yaml.YAMLError) -> str:
    """Return where YAML came to a stop and over what, without the excerpt that a terminal would fold."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f": line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {error.problem}"
    return f": {error}"


@cache
def starter() -> Kinds:
    """Return the starter operating system."""
    return read_pack(_starter_text())


def effective_text(kinds: Kinds) -> str:
    """Return `kinds` as the text from which `read_stored` makes them again, with what is retired."""
    text = json.dumps(kinds.model_dump(mode="json", by_alias=True, exclude_defaults=True), ensure_ascii=False)
    return f"{_EFFECTIVE}{text[1:]}"


def as_file(kinds: Kinds) -> str:
    """Return `kinds` as the YAML of a whole pack, from which `read_pack` makes them again, with what is retired."""
    content = kinds.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    entries = {part: {name: _unnamed(entry) for name, entry in table.items()} for part, table in content.items()}
    horizons = [_horizon_as_written(horizon) for horizon in content["horizons"].values()]
    return yaml.safe_dump({"version": 1, **entries, "horizons": horizons}, allow_unicode=True, sort_keys=False, width=128)


def _unnamed(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "name"}


def _horizon_as_written(horizon: Mapping[str, Any]) -> dict[str, Any]:
    was = {} if horizon["label"] == horizon["name"] else {"was": horizon["name"]}
    return {
        "name": horizon["label"],
        **was,
        **{name: value for name, value in horizon.items() if name not in ("name", "label")},
    }


def read_stored(text: str) -> Kinds:
    """Return the kinds of a pack as a workspace keeps it: as it is in use, or, from before that was kept, as a file."""
    if not text.startswith(_EFFECTIVE):
        return read_pack(text)
    return Kinds.model_validate({name: value for name, value in json.loads(text).items() if name in Kinds.model_fields})


def _starter_text() -> str:
    return files("storage").joinpath("packs/starter.yaml").read_text("utf-8")


@cache
def _starter_content() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load(_starter_text(), _PlainLoader)  # noqa: S506  # as in read_pack
    return content


def _whole(content: Mapping[str, Any]) -> Mapping[str, Any]:
    if content["extends"] != STARTER:
        raise PackError(f"extends: should be {STARTER}, the only pack that can be extended; without it the pack is a whole one")
    if type(content.get("version")) is not int:
        raise PackError('"version" is missing; it should be 1')
    try:
        return extended(_starter_content(), content)
    except CannotExtend as error:
        raise PackError(str(error)) from error


def _declared(content: Mapping[str, Any]) -> Kinds:
    known = _starter_content() if "extends" in content else {}
    try:
        file = _PackFile.model_validate(content)
        return Kinds.model_validate(
            {
                "horizons": _horizons(file.horizons),
                "kinds": named(file.kinds),
                "relations": named(file.relations),
                "link_fields": file.link_fields,
                "rituals": named(file.rituals),
            }
        )
    except ValidationError as error:
        raise PackError("\n".join(in_words(error, _PackFile, known))) from error


def _horizons(given: list[str | dict[str, object]]) -> dict[str, dict[str, object]]:
    """Return the horizons by the name under which objects keep them: that of before, where there `was` one."""
    found: dict[str, dict[str, object]] = {}
    for entry in ({"name": each} if isinstance(each, str) else dict(each) for each in given):
        name = str(entry.get("name", ""))
        stored = str(entry.pop("was", name))
        if not name:
            raise PackError('horizons: each needs a "name"')
        if stored in found:
            raise PackError(f'horizons: "{stored}" is there twice')
        found[stored] = {**entry, "name": stored, "label": name}
    return found
