"""What is wrong with a pack, in words: the place in the file, and the nearest right word."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from storage.fields import Field
from storage.kinds import Ends, Horizon, Kind, LinkPrompt, Marks, Measured, Relation, RitualPlan, nearest
from storage.moves import Move, Pitch

_ENTRIES: dict[str, type[BaseModel]] = {
    "kinds": Kind,
    "relations": Relation,
    "rituals": RitualPlan,
    "link_fields": Field,
    "horizons": Horizon,
}
_PARTS: dict[str, type[BaseModel]] = {"fields": Field, "links": LinkPrompt, "ends": Ends, "moves": Move}
_NOT_WRITTEN = {"name", "retired", "retired_statuses", "retired_choices"}  # what no pack says of itself
_WORDS = {
    "string_type": "should be text; a word such as yes or 2026 needs quotes",
    "dict_type": "should be a table of names and what they mean",
    "mapping_type": "should be a table of names and what they mean",
    "model_type": "should be a table of names and what they mean",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "bool_parsing": "should be true or false",
    "string_pattern_mismatch": "should be two to six capital letters, such as BET",
    "too_short": "should not be empty",
}


def in_words(error: ValidationError, whole: type[BaseModel], base: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each thing that is wrong. `whole`: the model of the file. `base`: the pack that it extends, if any."""
    for each in error.errors():
        place = " → ".join(str(part) for part in each["loc"])
        yield f"{place or 'pack'}: {_sentence(each, whole)}{_misspelled(each, base)}"


def _sentence(error: ErrorDetails, whole: type[BaseModel]) -> str:
    match error["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            word = str(error["loc"][-1])
            return f'unknown word "{word}"{nearest(word, _words_at(error["loc"], whole))}'
        case "literal_error":
            return f'should be {error["ctx"]["expected"]}, not "{error["input"]}"'
    return _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")


def _words_at(place: tuple[int | str, ...], whole: type[BaseModel]) -> list[str]:
    """Return the words that may stand where the last of `place` does."""
    model = whole if len(place) == 1 else _ENTRIES[str(place[0])]
    if "measured" in place[2:-1]:
        model = Measured
    elif "marks" in place[2:-1]:
        model = Marks
    elif "pitch" in place[2:-1]:
        model = Pitch
    elif len(place) > 4:  # kinds → bet → fields → risk → lable
        model = _PARTS[str(place[2])]
    return [field.alias or name for name, field in model.model_fields.items() if name not in _NOT_WRITTEN]


def _misspelled(error: ErrorDetails, base: Mapping[str, Any]) -> str:
    """Offer the entry of the extended pack that a new one, which is not whole, may have meant."""
    part, entry = (*error["loc"], "", "")[:2]
    known = base.get(str(part), {})
    if error["type"] != "missing" or not isinstance(known, Mapping) or entry in known:
        return ""
    hint = nearest(str(entry), known)
    return f'; "{entry}" is new{hint.replace("; did", ", or did")}' if hint else ""
