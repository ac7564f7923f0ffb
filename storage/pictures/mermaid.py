"""A neighbourhood as a Mermaid flowchart, which GitHub, GitLab, Notion and others draw.

https://mermaid.js.org/syntax/flowchart.html
"""

from collections.abc import Iterator

from storage.kinds import Altitude, Kind, Kinds
from storage.objects import Link, Object
from storage.pictures.neighbourhood import Neighbourhood

# Mermaid draws no more than 500 links and 50,000 characters by itself ("maxEdges", "maxTextSize").
OBJECTS_AT_MOST, LINKS_AT_MOST = 120, 250
_LONGEST_TITLE, _LONGEST_WORDS = 60, 40

_SAFE = " -_,.!?()+/"  # of ASCII; all else that is no letter and no digit means something to Mermaid, Markdown or HTML
_SHAPES: dict[Altitude | None, tuple[str, str]] = {
    "possible": ("([", "])"),
    "prioritised": ("{{", "}}"),
    "doing": ("[", "]"),
    "working": ("[/", "/]"),
    None: ("[[", "]]"),
}
_COLOURS: dict[Altitude | None, str] = {
    "possible": "fill:#fff6db,stroke:#b58a00,color:#222222",
    "prioritised": "fill:#fde3e3,stroke:#b03a3a,color:#222222",
    "doing": "fill:#e3ecfd,stroke:#3a5fb0,color:#222222",
    "working": "fill:#e2f5e6,stroke:#2f8544,color:#222222",
    None: "fill:#f0f0f0,stroke:#777777,color:#222222",
}


def drawn(kinds: Kinds, near: Neighbourhood) -> str:
    """Return `near` as the text of a flowchart, left to right: each kind a class, each altitude a shape.

    A hypothesised link is dashed, a refuted one ends in a cross.
    """
    return "\n".join(["flowchart LR", *_lines(kinds, near)]) + "\n"


def _lines(kinds: Kinds, near: Neighbourhood) -> Iterator[str]:
    used = dict.fromkeys(item.kind for item in near.objects.values())
    for item in near.objects.values():
        yield f"  {_node(kinds.kind(item.kind), item)}"
    for link in near.links:
        words = escaped(kinds.relations[link.relation].words[0], _LONGEST_WORDS)
        yield f'  {_id(link.from_key)} {_arrow(link)}|"{words}"| {_id(link.to_key)}'
    for name in used:
        yield f"  classDef {_class(kinds.kind(name))} {_COLOURS[kinds.kind(name).altitude]}"
    yield f"  style {_id(near.centre)} stroke-width:4px"


def _node(kind: Kind, item: Object) -> str:
    begin, end = _SHAPES[kind.altitude]
    words = f"{escaped(kind.emoji, 20)} {item.key} · {escaped(item.title, _LONGEST_TITLE)}"
    return f'{_id(item.key)}{begin}"{words} ({escaped(item.status, _LONGEST_WORDS)})"{end}:::{_class(kind)}'


def _arrow(link: Link) -> str:
    match link.fields.get("status"):
        case "hypothesised":
            return "-.->"
        case "refuted":
            return "--x"
        case _:
            return "-->"


def _id(key: str) -> str:
    return key.replace("-", "_")


def _class(kind: Kind) -> str:
    return f"kind_{kind.prefix}"


def escaped(text: str, longest: int) -> str:
    """Return `text` on one line and cut, so that Mermaid shows it as it is, whatever it says."""
    line = " ".join(text.split())
    short = line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
    return "".join(letter if _is_safe(letter) else f"#{ord(letter)};" for letter in short)


def _is_safe(letter: str) -> bool:
    return letter.isalnum() or letter in _SAFE if letter.isascii() else letter.isprintable()
