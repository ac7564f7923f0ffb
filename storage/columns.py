"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import JSON, DateTime, Dialect, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_text(moment: datetime) -> str:
    """Return `moment`, which must be aware, as SQLite keeps it: in UTC, so that the order of the texts is the order in time."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be stored")
    return _text_of_utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=10_000)  # what comes in bulk often has the same moment; in other zones two that differ may be equal
def _text_of_utc(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite would hand a naive one back, hours wrong, so there it is sortable text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))  # type: ignore[arg-type]
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return as_text(value)
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)
