"""Reading a pack: the YAML file that declares kinds, relations and rituals."""

from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from storage.fields import Field
from storage.kinds import Kinds, named

PACK_LIMIT = 1_000_000  # bytes; the starter pack has 20,000


class PackError(Exception):
    """A pack file that cannot be used, with the places where it is wrong."""


class _PackFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: int
    horizons: list[str]
    kinds: dict[str, dict[str, object]]
    relations: dict[str, dict[str, object]]
    link_fields: dict[str, Field] = {}
    rituals: dict[str, dict[str, object]] = {}


class _PlainLoader(yaml.SafeLoader):
    """YAML without aliases: 306 bytes of them are enough to exhaust the memory of a process."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise PackError("aliases (*name) are not allowed in a pack; please write the value out")
        return super().compose_node(parent, index)


def read_pack(text: str) -> Kinds:
    """Return what the YAML `text` declares; raise PackError with every place that is wrong."""
    if len(text.encode()) > PACK_LIMIT:
        raise PackError("the file is larger than a pack can be (1 MB)")
    try:
        content = yaml.load(text, _PlainLoader)  # noqa: S506  # a SafeLoader without aliases
        file = _PackFile.model_validate(content)
        return Kinds.model_validate(
            {
                "horizons": file.horizons,
                "kinds": named(file.kinds),
                "relations": named(file.relations),
                "link_fields": file.link_fields,
                "rituals": named(file.rituals),
            }
        )
    except yaml.YAMLError as error:
        raise PackError(f"this is not YAML that I can read: {error}") from error
    except ValidationError as error:
        raise PackError("\n".join(_in_words(error))) from error


@cache
def starter() -> Kinds:
    """Return the starter operating system."""
    return read_pack(files("storage").joinpath("packs/starter.yaml").read_text("utf-8"))


def _in_words(error: ValidationError) -> list[str]:
    return [f"{' → '.join(str(part) for part in entry['loc']) or 'pack'}: {entry['msg']}" for entry in error.errors()]
