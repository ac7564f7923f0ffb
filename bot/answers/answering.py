"""Answers → words: what was found, the path that proves it, the gaps with a way to fill each. And the JSON of an answer."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answers.effects import effect_lines, keys_in
from bot.answers.paths import Line, lines_of
from prompts import Words, labels, parts, text
from prompts.blocks import BUTTON_LABEL, Block, actions, button, section, shortened
from prompts.escape import escape, plain
from prompts.render import day, first_capital
from storage.asking import answers
from storage.asking.answers import Answer
from storage.audience import Audience
from storage.database import Transaction
from storage.gaps import Gap
from storage.kinds import Ends, Kind, Kinds, LinkPrompt, Relation
from storage.objects import Object, links_of
from storage.people import names_of
from storage.permalinks import permalinks

MOST_NAMED = 4  # objects asked about, in a headline
TITLE_SHOWN = 120  # characters of a title in a line of an answer
REASON_SHOWN = 200
ANSWERED = ("learned", "options")  # ways whose headlines speak of a list, too
FOLLOW_UPS = {"origin": "answer_outcome", "outcome": "answer_origin", "purpose": "answer_outcome"}


@dataclass(frozen=True)
class Reply:
    """An answer in words. `text`: all of it, ready for Slack. `blocks`: the same, with buttons."""

    answer: Answer
    text: Words
    blocks: list[Block]
    gaps: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The text as a reader sees it: for the command line."""
        return plain(self.text)

    @property
    def json(self) -> dict[str, Any]:
        """The answer for programs; its keys never change."""
        found = self.answer
        return {
            "understood": found.understood,
            "objects": [item.key for item in found.objects],
            "paths": found.paths,
            "count": found.count,
            "gaps": list(self.gaps),
            "suggestions": list(found.suggestions),
            "text": self.plain,
        }


async def ask(
    tx: Transaction, kinds: Kinds, words: str, *, about: str | None, audience: Audience, asker: str | None = None
) -> Reply:
    """Answer `words` from what `audience` may see. `about`: the key that "this" means. `asker`: the user that "my" means."""
    found = await answers.ask(tx, kinds, words, about=about, audience=audience, asker=asker)
    if not found.understood:
        return _not_understood(found, about)
    lines, more = lines_of(kinds, found) if not found.effects else ([], 0)
    links = await permalinks(tx, [*{line.item.key for line in lines}, *keys_in(found.effects)])
    names = await names_of(tx, [*found.people, *(line.item.owner for line in lines)])
    whys = await _whys(tx, kinds, found, audience)
    said = parts(
        "answer",
        asks=found.question.asks if found.question else "list",
        way=_way(found),
        counts=_counts(kinds, found.objects),
        total=found.count,
        owners=[*(names.get(user, user) for user in found.people), *(item.title for item in found.objects)],
        lines=[_shown(kinds, found, line, links, names, whys) for line in lines],
        more=more,
        gaps=found.gaps,
        weakest=_weakest(kinds, found),
        **_about(kinds, found),
    )
    if found.effects:
        said["tree"] = effect_lines(kinds, found.effects, (item.key for item in found.about), links)
    gaps = tuple(f"{gap.key}: {_gap_words(gap)}" for gap in found.gaps)
    shown = [
        said["headline"],
        said.get("tree", Words("")),
        said.get("weakest", Words("")),
        *(_gap_line(found, gap) for gap in found.gaps),
    ]
    return Reply(found, Words("\n".join(each for each in shown if each)), _blocks(kinds, found, said), gaps)


def _not_understood(found: Answer, about: str | None) -> Reply:
    words = text("not_understood", unclear=found.unclear, candidates=found.is_unclear)
    more = {"key": about} if about else {}
    offers = [actions([button(shortened(offer, BUTTON_LABEL), "ask", question=offer, **more)]) for offer in found.suggestions]
    listed = Words("\n".join([words, *(f"• {escape(offer)}" for offer in found.suggestions)]))
    return Reply(found, listed, [section(words), *offers])


def _about(kinds: Kinds, found: Answer) -> dict[str, Any]:
    """Return what was asked about, for the headline: one object with its title and standing, or several by their keys."""
    if len(found.about) == 1:
        item = found.about[0]
        named = f"{item.key} {shortened(item.title, TITLE_SHOWN)}"
        return {"about": named, "status": item.status, "reason": kinds.kind(item.kind).reason_in(item.fields)}
    keys = [item.key for item in found.about]
    return {"about": ", ".join(keys[:MOST_NAMED]) + (" …" if len(keys) > MOST_NAMED else ""), "status": "", "reason": None}


def _weakest(kinds: Kinds, found: Answer) -> dict[str, Any] | None:
    """Return the weakest link as it is told: its ends, how sure it is and what speaks for it."""
    if found.weakest is None:
        return None
    weak, link = found.weakest, found.weakest.link
    ends = [f"{key} {shortened(found.steps[key].title, TITLE_SHOWN)}" for key in (link.from_key, link.to_key)]
    return {
        "from": ends[0],
        "words": kinds.relations[link.relation].words[0],
        "to": ends[1],
        "because": weak.because,
        "confidence": weak.confidence,
        "has_evidence": weak.has_evidence,
        "evidence_day": weak.evidence_at and f"{day(weak.evidence_at)} {weak.evidence_at.year}",
    }


def _way(found: Answer) -> str:
    related = found.question.related if found.question else ()
    if not related or (found.question and found.question.nouns and related[0].way not in ANSWERED):
        return ""
    return related[0].way or ""


def _counts(kinds: Kinds, items: Sequence[Object]) -> list[str]:
    """Return "one insight", "two options", in the order of the items."""
    return [called(kinds.kind(name), count) for name, count in Counter(item.kind for item in items).items()]


def called(kind: Kind, count: int, *, in_digits: bool = False) -> str:
    """Return the count and the kind's word for so many: "two bets" ("2 bets"), "work", "three pieces of work"."""
    numbers = labels()["answer_numbers"].split()
    number = numbers[count - 1] if count <= len(numbers) and not in_digits else f"{count:,}"
    if kind.many != kind.label.lower():
        return f"{number} {kind.label.lower() if count == 1 else kind.many}"
    return kind.many if count == 1 else labels()["answer_pieces"].format(number=number, kind=kind.many)


async def _whys(tx: Transaction, kinds: Kinds, found: Answer, audience: Audience) -> dict[str, str]:
    """Return what the links of rejected options say; few, and only where options were asked for."""
    keys = [item.key for item in found.objects if kinds.kind(item.kind).marks.rejected]
    if not keys:
        return {}
    links = await links_of(tx, keys, audience)
    on_paths = {(edge.from_key, edge.relation, edge.to_key) for edge in found.edges}
    kept = [link for link in links if link.why and (link.from_key, link.relation, link.to_key) in on_paths]
    return {key: link.why for link in kept for key in (link.from_key, link.to_key) if key in keys}


def _shown(
    kinds: Kinds, found: Answer, line: Line, links: Mapping[str, str], names: Mapping[str, str], whys: Mapping[str, str]
) -> dict[str, Any]:
    item, kind = line.item, kinds.kind(line.item.kind)
    why = kind.reason_in(item.fields) or whys.get(item.key) if item.status in kind.closed else None
    standing = item.status if item.status != kind.first_status or _leads_on(kinds, kind) else ""
    status = f"{standing}: “{shortened(str(why), REASON_SHOWN)}”" if why else standing
    is_then = found.question is not None and found.question.asks == "believed"
    made = [names.get(item.owner or ""), str(day(item.created_at))] if line.depth == 0 else []
    more = _belief(kind, item) if is_then else made
    return {
        "depth": line.depth,
        "is_last": line.is_last,
        "under": line.under,
        "words": line.words,
        "emoji": kind.emoji,
        "key": item.key,
        "title": shortened(item.title, TITLE_SHOWN),
        "url": links.get(item.key),
        "details": [each for each in (status, *more) if each],
        "to": _this(kinds, found, [asked for asked, _ in line.to]),
        "to_words": line.to[0][1] if line.to else "",
    }


def _belief(kind: Kind, item: Object) -> list[str]:
    """Return what an object says of what was believed: what is asked of it from its first status on, and how sure that was."""
    said = [
        f"“{shortened(str(item.fields[name]), REASON_SHOWN)}”"
        for name, field in kind.fields.items()
        if field.type == "text" and field.wanted_from == kind.first_status and name in item.fields
    ]
    sure = [
        f"{field.label.lower()} {item.fields[name]:g} %"
        for name, field in kind.fields.items()
        if field.type == "percent" and isinstance(item.fields.get(name), int | float)
    ]
    return [*sure, *said]


def _leads_on(kinds: Kinds, kind: Kind) -> bool:
    """Tell whether things come of such objects. Where none do, as with inputs, the first status says only: it is there."""
    upstream = (name for each in kinds.relations.values() for ends in each.ends for name in _upstream(each, ends))
    return not kind.anchor and kind.name in upstream


def _upstream(relation: Relation, ends: Ends) -> tuple[str, ...]:
    return {"forward": ends.from_, "backward": ends.to}.get(relation.flow or "", ())


def _this(kinds: Kinds, found: Answer, to: Sequence[str]) -> str | None:
    if not to:
        return None
    if len(found.about) == 1:
        return labels()["answer_this"].format(kind=kinds.kind(found.about[0].kind).label.lower())
    return ", ".join(to)


def _gap_words(gap: Gap) -> str:
    return gap.words or labels()["answer_gap"].format(label=gap.label)


def _gap_line(found: Answer, gap: Gap) -> Words:
    """Return the words for a gap, without the key where there is one object that they can be about."""
    words = escape(_gap_words(gap))
    return Words(f"_{first_capital(words)}_" if [item.key for item in found.about] == [gap.key] else f"_{gap.key}: {words}_")


def _blocks(kinds: Kinds, found: Answer, said: Mapping[str, Words]) -> list[Block]:
    origin = _origin_prompt(kinds, found)
    blocks = [section(said["headline"], _fill(found.about[0].key, origin) if origin else None)]
    if "tree" in said:
        blocks.append(section(said["tree"]))
    if "weakest" in said:
        blocks.append(section(said["weakest"]))
    blocks += [section(_gap_line(found, gap), _fill(gap.key, gap.name)) for gap in found.gaps]
    follow_up = FOLLOW_UPS.get(_way(found))
    if follow_up and len(found.about) == 1:
        question = labels()[follow_up]
        blocks.append(actions([button(question, "ask", question=question, key=found.about[0].key)]))
    return blocks


def _origin_prompt(kinds: Kinds, found: Answer) -> str | None:
    """Return the name of the link by which a form asks where an object came from, if nobody has said it and no gap asks it."""
    if _way(found) != "origin" or found.objects or len(found.about) != 1:
        return None
    prompts = [each for each in kinds.kind(found.about[0].kind).links if _is_upstream(kinds, each)]
    asked = {gap.name for gap in found.gaps}
    return prompts[0].name if prompts and not any(each.name in asked for each in prompts) else None


def _is_upstream(kinds: Kinds, prompt: LinkPrompt) -> bool:
    return kinds.relations[prompt.relation].flow == ("forward" if prompt.backward else "backward")


def _fill(key: str, name: str) -> Block:
    return button(labels()["answer_fill"], "object.fill", key=key, field=name)
