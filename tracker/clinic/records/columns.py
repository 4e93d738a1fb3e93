"""What columns are made of: types that SQLite and PostgreSQL both know, and the conventions for names."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

ID = sa.String(32)
SHA256 = sa.String(64)
metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware time, stored as naive UTC because SQLite keeps no zone."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive UTC of an aware time."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The aware time back."""
        return None if value is None else value.replace(tzinfo=UTC)


def words_of(enum: type[Enum]) -> sa.Enum:
    """A column type for the names of an enumeration."""
    return sa.Enum(enum, native_enum=False, create_constraint=False, length=40)


def identity() -> sa.Column[Any]:
    """The random id of a row."""
    return sa.Column("id", ID, primary_key=True)


def parent(name: str, table: str) -> sa.Column[Any]:
    """The id of a row in another table that must exist."""
    return sa.Column(name, ID, sa.ForeignKey(f"{table}.id"), nullable=False, index=True)


def sequence() -> sa.Column[Any]:
    """Counts the children of one parent."""
    return sa.Column("sequence", sa.Integer, nullable=False)


def created() -> sa.Column[Any]:
    """When the row was made."""
    return sa.Column("created", UtcTime, nullable=False)


def text(name: str, length: int) -> sa.Column[Any]:
    """A text that is never null."""
    return sa.Column(name, sa.String(length), nullable=False)
