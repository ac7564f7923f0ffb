"""Objects as values, for tests that need no database."""

from datetime import UTC, datetime
from typing import Any

from storage.objects import Object
from storage.packs.pack import starter

NOW = datetime(2026, 9, 17, 8, tzinfo=UTC)


def an_item(key: str, **parts: Any) -> Object:
    """Return the object `key`, in the first status of its kind, with `parts` as they are given."""
    kind = starter().of_key(key)
    assert kind is not None
    values: dict[str, Any] = dict.fromkeys(Object.__dataclass_fields__)
    values |= {"key": key, "kind": kind.name, "title": key, "description": "", "status": kind.first_status}
    values |= {"tags": [], "fields": {}, "visibility": "workspace", "version": 1}
    values |= {"created_by": "U01ANA", "created_at": NOW, "updated_at": NOW}
    return Object(**{**values, **parts})
