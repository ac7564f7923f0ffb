"""What a text refers to: keys, addresses, messages in Slack. Pure; whether such a thing exists is not asked here."""

import re
from hashlib import blake2b
from typing import Literal, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from storage.fields import Value
from storage.kinds import Kinds
from storage.objects import Link, Object

Sort = Literal["key", "address", "place", "message"]


class Reference(NamedTuple):
    """What a text refers to, by name: a "key"; a digest of an "address"; "CHANNEL TS" of a "message".

    A "place" is the address in a field of type url: there the object itself is, and so may others be.
    """

    sort: Sort
    name: str


References = frozenset[Reference]
NOTHING: References = frozenset()

_TEXTS = ("line", "text", "link")  # types of fields that hold a text; a link is a key
_MAYBE = re.compile(r"[-‐‑‒–:][1-9/]")  # most texts refer to nothing, so they are looked at once, and quickly
_ADDRESS = re.compile(r"https?://[^\s<>|\"]+", re.IGNORECASE)
_ENDS = ".,;:!?'*_~`]}…»”’"  # marks that end a sentence or a bracket
_ONE_KEY = r"[A-Za-z]{2,6}[-‐‑‒–][1-9]\d{0,17}"
# Not inside a word, a path ("docs/BET-12") or a name ("x-BET-12", "BET-12.md"); several may stand together: "BET-1/BET-2".
_KEYS = re.compile(
    rf"(?<![^\W_])(?<![/\\])(?<![^\W_][-‐‑‒–._@&=%+~#]){_ONE_KEY}(?:/{_ONE_KEY})*(?![^\W_])(?![-‐‑‒–._/\\@][^\W_])"
)
_DASH = re.compile("[‐‑‒–]")
# https://docs.slack.dev/reference/methods/chat.getPermalink
_PERMALINK = re.compile(r"/archives/([A-Z0-9]+)/p(\d{10})(\d{6})/?")
_PORTS = {"http": ":80", "https": ":443"}


def of_object(kinds: Kinds, item: Object) -> References:
    """Return what the texts of `item` refer to: title, description, and its own fields that hold a text or an address."""
    fields = kinds.kind(item.kind).fields
    texts, urls = [item.title, item.description], []
    for name, value in item.fields.items():
        if isinstance(value, str) and name in fields:
            if fields[name].type in _TEXTS:
                texts.append(value)
            elif fields[name].type == "url":
                urls.append(value)
    found = of_text("\n".join(texts))
    if urls:
        found |= {Reference("place", each.name) if each.sort == "address" else each for each in of_text("\n".join(urls))}
    return _others(kinds, found, item.key)


def of_link(kinds: Kinds, link: Link) -> References:
    """Return what the texts of `link` (why, evidence …) refer to beside its own two ends."""
    texts = [link.why, *(value for name, value in link.fields.items() if _is_text(kinds, name, value))]
    return _others(kinds, of_text("\n".join(map(str, texts))), link.from_key, link.to_key)


def _is_text(kinds: Kinds, name: str, value: Value) -> bool:
    field = kinds.link_fields.get(name)
    return isinstance(value, str) and field is not None and field.type in (*_TEXTS, "url")


def _others(kinds: Kinds, found: References, *itself: str) -> References:
    """Return `found` without keys that no kind of this pack can have (UTF-8) and without those of `itself`."""
    if not found:
        return found
    return frozenset(
        each for each in found if each.sort != "key" or (each.name not in itself and kinds.of_key(each.name) is not None)
    )


def of_text(text: str) -> References:
    """Return what `text` refers to, as people type it or as Slack writes it (<https://…|label>)."""
    if not _MAYBE.search(text):
        return NOTHING
    found: set[Reference] = set()
    for match in _ADDRESS.finditer(text):
        found |= _of_address(_trimmed(match.group()))
    plain = _ADDRESS.sub(" ", text)
    for match in _KEYS.finditer(plain):
        found |= {Reference("key", _DASH.sub("-", key).upper()) for key in match.group().split("/")}
    return frozenset(found)


def _trimmed(address: str) -> str:
    """Return `address` without the marks that end a sentence or a bracket rather than an address."""
    end, unopened = len(address), address.count(")") - address.count("(")
    while end and (address[end - 1] in _ENDS or (address[end - 1] == ")" and unopened > 0)):
        unopened -= address[end - 1] == ")"
        end -= 1
    return address[:end]


def _of_address(address: str) -> set[Reference]:
    try:
        parts = urlsplit(address.replace("&amp;", "&"))  # so Slack writes an "&"
    except ValueError:  # "http://[": it leads nowhere
        return set()
    scheme = parts.scheme.lower()
    who, at, host = parts.netloc.rpartition("@")
    host = host.lower().removesuffix(_PORTS.get(scheme, ""))
    normal = urlunsplit((scheme, f"{who}{at}{host}", parts.path.rstrip("/"), parts.query, ""))
    # A digest, since no index takes an address of 3,000 characters.
    found = {Reference("address", blake2b(normal.encode(), digest_size=16).hexdigest())}
    message = _PERMALINK.fullmatch(parts.path)
    if message:
        found.add(Reference("message", f"{message[1]} {message[2]}.{message[3]}"))
    return found
