"""Is this what the kinds allow? Each check returns clean values and every problem at once, in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from storage.errors import Problem
from storage.fields import Field, Value, read_number
from storage.kinds import Kind, Kinds, Relation, nearest
from storage.objects import Draft
from storage.text import LINE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, folded, storable, storable_line

VISIBILITIES = ("workspace", "channel")


def check_draft(kinds: Kinds, draft: Draft) -> tuple[Draft, list[Problem]]:
    """Return `draft` in the form that is stored, and what is wrong with it. Its kind must exist."""
    kind = kinds.kind(draft.kind)
    problems: list[Problem] = []
    title = _checked_title(draft.title, problems)
    description = check_text("description", draft.description, problems)
    fields = check_fields(kind.fields, draft.fields, problems)
    status = _checked_status(kind, draft.status or kind.first_status, problems)
    horizon = _checked_horizon(kinds, draft.horizon, problems)
    tags = _checked_tags(draft.tags, problems)
    if draft.visibility not in VISIBILITIES:
        problems.append(Problem("visibility", f'unknown visibility "{draft.visibility}"; it is workspace or channel'))
    if draft.visibility == "channel" and not draft.channel:
        problems.append(Problem("visibility", "visibility channel needs a channel"))
    clean = replace(draft, title=title, description=description, fields=fields, status=status, horizon=horizon, tags=tags)
    return clean, problems


def check_fields(known: Mapping[str, Field], given: Mapping[str, object], problems: list[Problem]) -> dict[str, Value]:
    """Return the fields in stored form without the empty ones, and add to `problems` what is wrong."""
    clean: dict[str, Value] = {}
    for name, value in given.items():
        field = known.get(name)
        if field is None:
            problems.append(Problem(name, f'unknown field "{name}"{nearest(name, known)}'))
        elif not _is_empty(value):
            try:
                clean[name] = field.read(value)
            except ValueError as error:
                problems.append(Problem(name, f"{field.label.rstrip('?…')} {error}"))
    return clean


def check_text(name: str, text: str, problems: list[Problem]) -> str:
    """Return `text` as it is stored, and add to `problems` what is wrong with it. `name`: the word for it, such as "why"."""
    return _checked(name, text, partial(storable, text, TEXT_LIMIT), problems)


def check_line(name: str, text: str, problems: list[Problem]) -> str:
    """Return one line of text as it is stored, otherwise as `check_text`."""
    return _checked(name, text, partial(storable_line, text, LINE_LIMIT), problems)


def _checked(name: str, text: str, stored: Callable[[], str], problems: list[Problem]) -> str:
    try:
        return stored()
    except ValueError as error:
        problems.append(Problem(name, f"The {name} {error}"))
        return text


def check_confidence(value: object, problems: list[Problem]) -> float | None:
    """Return a percentage, or None where there is none."""
    if _is_empty(value):
        return None
    try:
        number = read_number(value)
    except ValueError as error:
        problems.append(Problem("confidence", f"Confidence {error}"))
        return None
    if not 0 <= number <= 100:
        problems.append(Problem("confidence", "Confidence should be between 0 and 100."))
        return None
    return number


def check_transition(kind: Kind, before: str, after: str) -> list[Problem]:
    """Return a problem where an object of `kind` can't get from status `before` to `after`, with what may follow."""
    if kind.may_follow(before, after):
        return []
    following = [status for status in kind.offered if status != before and kind.may_follow(before, status)]
    what = f"{with_article(before)} {kind.label.lower()}".capitalize()
    if not following:
        return [Problem("status", f"{what} stays as it is.")]
    return [Problem("status", f"{what} can become {_or(following)}.")]


def check_in_use(kinds: Kinds, name: str) -> list[Problem]:
    """Return a problem where nothing new is made of the kind `name`, because a pack dropped it; the import makes it still."""
    kind = kinds.kind(name)
    if not kind.retired:
        return []
    return [Problem("kind", f"{kind.label} is out of use here: what there is stays, and nothing new is made of it.")]


def check_offered(kinds: Kinds, relation: Relation, from_kind: str, to_kind: str) -> list[Problem]:
    """As `check_ends`, for a link that is new: what a pack dropped is no more to be had."""
    if not relation.allows(from_kind, to_kind) or kinds.offers(relation, from_kind, to_kind):
        return check_ends(kinds, relation, from_kind, to_kind)
    ends = f"from {_one(kinds, from_kind)} to {_one(kinds, to_kind)}"
    return [Problem(relation.name, f'"{relation.name}" {ends} is out of use here: such links stay, and no new one is made.')]


def check_ends(kinds: Kinds, relation: Relation, from_kind: str, to_kind: str) -> list[Problem]:
    """Return a problem where `relation` does not take these ends, with the relations that would."""
    if relation.allows(from_kind, to_kind):
        return []
    fitting = [other.name for other in kinds.relations.values() if kinds.offers(other, from_kind, to_kind)]
    hint = f" Between them fit: {', '.join(fitting)}." if fitting else ""
    sentence = f'"{relation.name}" does not lead from {_one(kinds, from_kind)} to {_one(kinds, to_kind)}.{hint}'
    return [Problem(relation.name, sentence)]


def unknown_object(key: str) -> str:
    """Return the sentence for a link to what is not there, or not for this person: the same for both."""
    return f"I don't know {key}. Please choose another."


def unknown_relation(kinds: Kinds, name: str) -> str:
    return f'unknown relation "{name}"{nearest(name, kinds.relations)}'


def _one(kinds: Kinds, kind: str) -> str:
    return with_article(kinds.kind(kind).label.lower())


def with_article(word: str) -> str:
    """Return "a bet", "an option"."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _or(words: list[str]) -> str:
    return " or ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | tuple) and not value)


def _checked_title(title: str, problems: list[Problem]) -> str:
    try:
        clean = storable_line(title, TITLE_LIMIT)
    except ValueError as error:
        problems.append(Problem("title", f"The title {error}"))
        return title
    if not clean:
        problems.append(Problem("title", "Please give it a title; everything else can wait."))
    return clean


def _checked_status(kind: Kind, status: str, problems: list[Problem]) -> str:
    if status in kind.lifecycle:
        return status
    for allowed in kind.lifecycle:
        if folded(allowed) == folded(status):
            return allowed
    problems.append(
        Problem("status", f'unknown status "{status}"{nearest(status, kind.offered)} {kind.label}: {", ".join(kind.offered)}')
    )
    return status


def _checked_horizon(kinds: Kinds, horizon: str | None, problems: list[Problem]) -> str | None:
    if not horizon:
        return None
    known = kinds.horizon(horizon)
    if known is None:
        labels = ", ".join(each.label for each in kinds.offered_horizons)
        problems.append(Problem("horizon", f'unknown horizon "{horizon}"; known: {labels}'))
    return known


def _checked_tags(tags: tuple[str, ...], problems: list[Problem]) -> tuple[str, ...]:
    clean: list[str] = []
    for tag in tags:
        try:
            clean.append(storable_line(tag, 60))
        except ValueError as error:
            problems.append(Problem("tags", f"A tag {error}"))
    return tuple(dict.fromkeys(tag for tag in clean if tag))
