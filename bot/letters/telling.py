"""What changed, as data for the words of a line: an object's values, a link with its other end, a figure that was measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from prompts import Words, labels
from prompts.blocks import shortened
from prompts.render import day, join_words, percent
from rituals.trends import figure
from storage.fields import Field
from storage.history import Revision
from storage.kinds import Kind, Kinds
from storage.mentions import MENTIONS
from storage.objects import Object
from storage.past.difference import Step, steps

MOST_OF_A_TEXT = 120  # letters
_OWN = {  # what every object has, as fields
    "title": Field(label="", type="line"),
    "description": Field(label="", type="text"),
    "owner": Field(label="", type="person"),
    "archived": Field(label="", type="flag"),
}
_PLAIN = Field(label="", type="url")
_AS_STORED = ("status", "visibility")
_SILENT = ("kind", "created_at", "created_by", "channel")


@dataclass(frozen=True)
class Known:
    """What the words of a change need to know beside it: the names of people, other objects, and where their cards stand.

    `most`: how many letters of a text are told.
    """

    kinds: Kinds
    names: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, Object] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)  # of those that are not there any more
    most: int = MOST_OF_A_TEXT


def changes_of(known: Known, item: Object, revisions: Iterable[Revision]) -> list[dict[str, Any]]:
    """Return what `revisions`, the changes of one act, did to `item` and to its links and values, as a template takes it.

    What follows from a text by itself (its mentions) is left out, and so is what leads to an object that is not among `known`.
    """
    found: list[dict[str, Any]] = []
    for each in revisions:
        if each.relation is not None:
            found += _link(known, item.key, each)
        elif each.key != item.key:
            continue
        elif each.value_at is not None:
            found.append(_measured(known.kinds.kind(item.kind), item, each))
        else:
            found += _of_object(known, item, each)
    return found


def steps_in_words(known: Known, kind: Kind, changed: Sequence[Step], values: Mapping[str, object]) -> list[dict[str, Any]]:
    """Return each of `changed` with its label, and its values before and after as people read them; the status first.

    `values`: the object's fields, beside which a label can be worded in another way.
    """
    said = [_step(known, kind, each, values) for each in changed if each.name not in _SILENT]
    return sorted(said, key=lambda each: each["sort"] != "status")


def value_in_words(declared: Field, value: Any, names: Mapping[str, str] = {}, most: int = MOST_OF_A_TEXT) -> Words | str:
    """Return what a field says as people read it, no longer than `most` letters; empty where it says nothing."""
    if value in (None, "", []):
        return ""
    if declared.type in ("person", "people"):
        return join_words([names.get(user, labels()["somebody"]) for user in (value if isinstance(value, list) else [value])])
    if declared.type == "flag":
        return labels()["yes" if value else "no"]
    if declared.type in ("percent", "number"):
        return percent(value) if declared.type == "percent" else figure(float(value))
    return day(str(value)) if declared.type == "date" else shortened(" ".join(str(value).split()), most)


def _of_object(known: Known, item: Object, revision: Revision) -> list[dict[str, Any]]:
    if revision.before is None or revision.after is None:
        sort = "gone" if revision.after is None else "made" if revision.version == 1 else "back"
        return [{"sort": sort}]
    return steps_in_words(known, known.kinds.kind(item.kind), steps(revision.before, revision.after), item.fields)


def _step(known: Known, kind: Kind, step: Step, values: Mapping[str, object]) -> dict[str, Any]:
    own, _, name = step.name.partition(".")
    before, after = step.before, step.after
    if own == "fields":
        declared = kind.fields.get(name) or Field(label=name.replace("_", " "), type="line")
        label = declared.label_beside(values)
    else:
        declared, label = _OWN.get(own, _PLAIN), labels().get(f"story_{own}", own)
        before, after = (_own_value(known, own, value) for value in (before, after))
    sort = own if own in (*_AS_STORED, "archived") else "text" if declared.type in ("line", "text") else "value"
    was, is_now = (
        each if own in _AS_STORED else value_in_words(declared, each, known.names, known.most) for each in (before, after)
    )
    return {"sort": sort, "label": label, "before": was, "after": is_now}


def _own_value(known: Known, own: str, value: Any) -> Any:
    if own == "horizon" and value:
        return known.kinds.horizon_label(value)
    return ", ".join(value or []) if own == "tags" else value


def _link(known: Known, key: str, revision: Revision) -> list[dict[str, Any]]:
    at_from = revision.key == key
    other = str(revision.to_key) if at_from else revision.key
    title = known.others[other].title if other in known.others else known.titles.get(other)
    relation = known.kinds.relations.get(revision.relation or "")
    if relation is None or title is None or relation.name == MENTIONS or key not in (revision.key, revision.to_key):
        return []
    said = revision.after or revision.before or {}
    made = revision.before is None
    details = [] if made or revision.after is None else steps(revision.before or {}, revision.after)
    return [
        {
            "sort": "link" if revision.after is not None else "unlink",
            "key": key,
            "words": relation.words[0 if at_from else 1],
            "other": other,
            "title": title,
            "url": known.places.get(other),
            "sure": said.get("confidence") if made else None,
            "why": said.get("why", "") if made else "",
            "details": [_of_link(known, each) for each in details],
        }
    ]


def _of_link(known: Known, step: Step) -> dict[str, Any]:
    own, _, name = step.name.partition(".")
    plain = Field(label=labels().get(f"story_{own}", own), type="percent" if own == "confidence" else "text")
    declared = known.kinds.link_fields.get(name, plain) if name else plain
    before, after = (value_in_words(declared, each, known.names) for each in (step.before, step.after))
    return {"sort": "value", "label": declared.label, "before": before, "after": after}


def _measured(kind: Kind, item: Object, revision: Revision) -> dict[str, Any]:
    now = revision.after or revision.before or {}
    was = (revision.before or {}).get("value") if revision.after else None
    return {
        "sort": "measured" if revision.after else "unmeasured",
        "value": figure(float(now["value"])) if "value" in now else None,
        "before": None if was is None else figure(float(was)),
        "unit": now.get("unit") or kind.unit_of(item.fields) or "",
        "at": revision.value_at,
        "note": now.get("note", ""),
    }
