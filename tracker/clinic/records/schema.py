"""The tables, portable between SQLite and PostgreSQL.

Ids are random text, so an address never tells how many patients there are. Enums are stored by name, times as UTC.
``sequence`` counts the children of one parent in the order of their arrival: a clock that is set back changes nothing.
"""

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from tracker.clinic.types import (
    AnalysisStatus,
    BodySite,
    Indication,
    Moment,
    RegionOrigin,
    RegionRole,
    SessionKind,
    SightingKind,
    View,
)
from tracker.imaging.types import Metric

REVISION = "0004"
"""The migration these tables stand at; a test holds it against the migrations' own head."""

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


def _words(enum: type[Enum]) -> sa.Enum:
    return sa.Enum(enum, native_enum=False, create_constraint=False, length=40)


def _id() -> sa.Column[Any]:
    return sa.Column("id", ID, primary_key=True)


def _parent(name: str, table: str) -> sa.Column[Any]:
    return sa.Column(name, ID, sa.ForeignKey(f"{table}.id"), nullable=False, index=True)


def _sequence() -> sa.Column[Any]:
    return sa.Column("sequence", sa.Integer, nullable=False)


def _created() -> sa.Column[Any]:
    return sa.Column("created", UtcTime, nullable=False)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


patients = sa.Table(
    "patients",
    metadata,
    _id(),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    _text("name", 200),
    _created(),
)
kits = sa.Table(
    "kits",
    metadata,
    _id(),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    _text("room", 200),
    _text("camera", 200),
    _text("lamp", 200),
    _text("card", 200),
    sa.Column("measured", sa.Date, nullable=False),
    _text("version", 40),
    sa.Column("digest", SHA256, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    _created(),
)
settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
series = sa.Table(
    "series",
    metadata,
    _id(),
    _parent("patient_id", "patients"),
    _sequence(),
    sa.Column("indication", _words(Indication), nullable=False),
    sa.Column("site", _words(BodySite), nullable=False),
    _text("detail", 200),
    sa.Column("planned_sessions", sa.Integer, nullable=False),
    sa.Column("interval_days", sa.Integer, nullable=False),
    sa.Column("primary_metric", _words(Metric), nullable=False),
    _created(),
    sa.Column("kit_id", ID, sa.ForeignKey("kits.id")),
    sa.UniqueConstraint("patient_id", "sequence"),
)
sessions = sa.Table(
    "sessions",
    metadata,
    _id(),
    _parent("series_id", "series"),
    _sequence(),
    sa.Column("date", sa.Date, nullable=False),
    sa.Column("kind", _words(SessionKind), nullable=False),
    _text("device", 200),
    sa.Column("needle_depth_mm", sa.Float),
    _text("serum", 200),
    sa.Column("notes", sa.Text, nullable=False),
    _created(),
    sa.UniqueConstraint("series_id", "sequence"),
)
photos = sa.Table(
    "photos",
    metadata,
    _id(),
    _parent("session_id", "sessions"),
    _sequence(),
    sa.Column("view", _words(View), nullable=False),
    sa.Column("moment", _words(Moment), nullable=False),
    sa.Column("sha256", SHA256, nullable=False, index=True),
    _text("name", 255),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("captured_at", sa.DateTime),
    _text("camera", 200),
    sa.Column("flags", sa.JSON, nullable=False),
    _created(),
    sa.UniqueConstraint("session_id", "sha256"),
    sa.UniqueConstraint("session_id", "sequence"),
)
regions = sa.Table(
    "regions",
    metadata,
    _id(),
    _parent("photo_id", "photos"),
    _sequence(),
    sa.Column("mask", sa.LargeBinary, nullable=False),
    sa.Column("polygon", sa.JSON(none_as_null=True)),
    _text("author", 200),
    sa.Column("digest", SHA256, nullable=False),
    _created(),
    sa.Column("role", _words(RegionRole), nullable=False, server_default="TREATED"),
    sa.Column("origin", _words(RegionOrigin), nullable=False, server_default="DRAWN"),
    sa.Column("proposer", sa.String(120), nullable=False, server_default=""),
    sa.Column("source_id", ID, nullable=False, server_default=""),
    sa.UniqueConstraint("photo_id", "sequence"),
)
sightings = sa.Table(
    "sightings",
    metadata,
    _id(),
    _parent("photo_id", "photos"),
    _sequence(),
    sa.Column("kind", _words(SightingKind), nullable=False),
    sa.Column("prompt_digest", SHA256, nullable=False),
    _text("version", 40),
    sa.Column("weights_hash", SHA256, nullable=False),
    sa.Column("prompt_id", ID, sa.ForeignKey("regions.id")),
    sa.Column("status", _words(AnalysisStatus), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("retake", sa.Text, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
    _created(),
    sa.UniqueConstraint("photo_id", "kind", "prompt_digest", "version", "weights_hash", name="uq_sightings_identity"),
)
analyses = sa.Table(
    "analyses",
    metadata,
    _id(),
    _parent("baseline_photo_id", "photos"),
    _parent("followup_photo_id", "photos"),
    _sequence(),
    sa.Column("baseline_sha256", SHA256, nullable=False),
    sa.Column("followup_sha256", SHA256, nullable=False),
    sa.Column("region_digest", SHA256, nullable=False),
    _text("version", 40),
    sa.Column("weights_hash", SHA256, nullable=False),
    sa.Column("status", _words(AnalysisStatus), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("retake", sa.Text, nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),
    sa.Column("flags", sa.JSON, nullable=False),
    _created(),
    sa.Column("kit_digest", SHA256, nullable=False, server_default=""),
    sa.UniqueConstraint(
        "baseline_photo_id",
        "followup_photo_id",
        "region_digest",
        "version",
        "weights_hash",
        "kit_digest",
        name="uq_analyses_identity",
    ),
)
artefacts = sa.Table(
    "artefacts",  # alignment and regions of an analysis; apart, so that lists stay small
    metadata,
    sa.Column("analysis_id", ID, sa.ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
