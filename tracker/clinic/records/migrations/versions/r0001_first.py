"""The first tables: patients, series, sessions, photos, regions, analyses, artefacts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)
WORD = sa.String(40)


def upgrade() -> None:
    """Create every table."""
    _people()
    _photos()
    _regions()
    _analyses()


def _people() -> None:
    op.create_table(
        "patients",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("code", name=op.f("uq_patients_code")),
    )
    op.create_table(
        "series",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("indication", WORD, nullable=False),
        sa.Column("site", WORD, nullable=False),
        sa.Column("detail", sa.String(length=200), nullable=False),
        sa.Column("planned_sessions", sa.Integer(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("primary_metric", WORD, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_series_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("patient_id", "sequence", name=op.f("uq_series_patient_id_sequence")),
    )
    op.create_index(op.f("ix_series_patient_id"), "series", ["patient_id"])
    op.create_table(
        "sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("needle_depth_mm", sa.Float(), nullable=True),
        sa.Column("serum", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_sessions_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_sessions_series_id_sequence")),
    )
    op.create_index(op.f("ix_sessions_series_id"), "sessions", ["series_id"])


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("view", WORD, nullable=False),
        sa.Column("moment", WORD, nullable=False),
        sa.Column("sha256", SHA256, nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("captured_at", sa.DateTime(), nullable=True),
        sa.Column("camera", sa.String(length=200), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_photos_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
        sa.UniqueConstraint("session_id", "sequence", name=op.f("uq_photos_session_id_sequence")),
        sa.UniqueConstraint("session_id", "sha256", name=op.f("uq_photos_session_id_sha256")),
    )
    op.create_index(op.f("ix_photos_session_id"), "photos", ["session_id"])
    op.create_index(op.f("ix_photos_sha256"), "photos", ["sha256"])


def _analyses() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", ID, nullable=False),
        sa.Column("baseline_photo_id", ID, nullable=False),
        sa.Column("followup_photo_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("baseline_sha256", SHA256, nullable=False),
        sa.Column("followup_sha256", SHA256, nullable=False),
        sa.Column("region_digest", SHA256, nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("weights_hash", SHA256, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retake", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["baseline_photo_id"], ["photos.id"], name=op.f("fk_analyses_baseline_photo_id")),
        sa.ForeignKeyConstraint(["followup_photo_id"], ["photos.id"], name=op.f("fk_analyses_followup_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analyses")),
        sa.UniqueConstraint(
            "baseline_photo_id",
            "followup_photo_id",
            "region_digest",
            "version",
            "weights_hash",
            name="uq_analyses_identity",
        ),
    )
    op.create_index(op.f("ix_analyses_baseline_photo_id"), "analyses", ["baseline_photo_id"])
    op.create_index(op.f("ix_analyses_followup_photo_id"), "analyses", ["followup_photo_id"])
    op.create_table(
        "artefacts",
        sa.Column("analysis_id", ID, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["analysis_id"], ["analyses.id"], name=op.f("fk_artefacts_analysis_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("analysis_id", name=op.f("pk_artefacts")),
    )


def _regions() -> None:
    op.create_table(
        "regions",
        sa.Column("id", ID, nullable=False),
        sa.Column("photo_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("mask", sa.LargeBinary(), nullable=False),
        sa.Column("polygon", sa.JSON(), nullable=True),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("digest", SHA256, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_regions_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("photo_id", "sequence", name=op.f("uq_regions_photo_id_sequence")),
    )
    op.create_index(op.f("ix_regions_photo_id"), "regions", ["photo_id"])
