"""What surrounds the photos: candidacy, bookings, comments, grades, releases, consents, exports, ratings, diary."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)
WORD = sa.String(40)
TABLES = ("releases", "exports", "consents", "gradings", "comments", "bookings", "ratings", "diary", "candidacies")


def upgrade() -> None:
    """Create the tables; add what is written down about a session and the end of a series."""
    op.create_table(
        "candidacies",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_candidacies_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacies")),
        sa.UniqueConstraint("patient_id", "sequence", name=op.f("uq_candidacies_patient_id_sequence")),
    )
    op.create_index(op.f("ix_candidacies_patient_id"), "candidacies", ["patient_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("how", sa.String(length=200), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_consents_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("patient_id", "sequence", name=op.f("uq_consents_patient_id_sequence")),
    )
    op.create_index(op.f("ix_consents_patient_id"), "consents", ["patient_id"], unique=False)
    op.create_table(
        "diary",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("photo_sha256", SHA256, nullable=True),
        sa.Column("photo_name", sa.String(length=255), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_diary_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
        sa.UniqueConstraint("patient_id", "sequence", name=op.f("uq_diary_patient_id_sequence")),
    )
    op.create_index(op.f("ix_diary_patient_id"), "diary", ["patient_id"], unique=False)
    op.create_index(op.f("ix_diary_photo_sha256"), "diary", ["photo_sha256"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(length=5), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_bookings_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_bookings_series_id_sequence")),
    )
    op.create_index(op.f("ix_bookings_day"), "bookings", ["day"], unique=False)
    op.create_index(op.f("ix_bookings_series_id"), "bookings", ["series_id"], unique=False)
    op.create_table(
        "exports",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("consent_id", ID, nullable=False),
        sa.Column("analysis_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("sha256", SHA256, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_exports_consent_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_exports_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
        sa.UniqueConstraint("patient_id", "sequence", name=op.f("uq_exports_patient_id_sequence")),
    )
    op.create_index(op.f("ix_exports_patient_id"), "exports", ["patient_id"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("gais", WORD, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_ratings_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_ratings_series_id_sequence")),
    )
    op.create_index(op.f("ix_ratings_series_id"), "ratings", ["series_id"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("photo_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("withdrawn", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_comments_photo_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_comments_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_comments_series_id_sequence")),
    )
    op.create_index(op.f("ix_comments_photo_id"), "comments", ["photo_id"], unique=False)
    op.create_index(op.f("ix_comments_series_id"), "comments", ["series_id"], unique=False)
    op.create_table(
        "gradings",
        sa.Column("id", ID, nullable=False),
        sa.Column("series_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("baseline_photo_id", ID, nullable=False),
        sa.Column("followup_photo_id", ID, nullable=False),
        sa.Column("scale", sa.String(length=20), nullable=False),
        sa.Column("later_shown_left", sa.Boolean(), nullable=False),
        sa.Column("grades", sa.JSON(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("author", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["baseline_photo_id"], ["photos.id"], name=op.f("fk_gradings_baseline_photo_id")),
        sa.ForeignKeyConstraint(["followup_photo_id"], ["photos.id"], name=op.f("fk_gradings_followup_photo_id")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_gradings_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gradings")),
        sa.UniqueConstraint("series_id", "sequence", name=op.f("uq_gradings_series_id_sequence")),
    )
    op.create_index(op.f("ix_gradings_baseline_photo_id"), "gradings", ["baseline_photo_id"], unique=False)
    op.create_index(op.f("ix_gradings_followup_photo_id"), "gradings", ["followup_photo_id"], unique=False)
    op.create_index(op.f("ix_gradings_series_id"), "gradings", ["series_id"], unique=False)
    op.create_table(
        "releases",
        sa.Column("id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("photo_id", ID, nullable=True),
        sa.Column("analysis_id", ID, nullable=True),
        sa.Column("metric", WORD, nullable=True),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("change", sa.JSON(), nullable=True),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("withdrawn", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_by", ID, nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analyses.id"], name=op.f("fk_releases_analysis_id")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_releases_patient_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_releases_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
        sa.UniqueConstraint("patient_id", "sequence", name=op.f("uq_releases_patient_id_sequence")),
    )
    op.create_index(op.f("ix_releases_analysis_id"), "releases", ["analysis_id"], unique=False)
    op.create_index(op.f("ix_releases_patient_id"), "releases", ["patient_id"], unique=False)
    op.create_index(op.f("ix_releases_photo_id"), "releases", ["photo_id"], unique=False)
    op.add_column("series", sa.Column("maintenance_days", sa.Integer(), server_default="91", nullable=False))
    op.add_column("series", sa.Column("ended", sa.Date(), nullable=True))
    op.add_column("series", sa.Column("end_reason", sa.String(length=200), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("sector", WORD, server_default="COSMETIC", nullable=False))
    op.add_column("sessions", sa.Column("zones", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("sessions", sa.Column("booster", WORD, server_default="NONE", nullable=False))
    op.add_column("sessions", sa.Column("anaesthetic", sa.String(length=200), server_default="", nullable=False))
    op.add_column("sessions", sa.Column("reaction", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take them away again, with what only this version knows."""
    for table in TABLES:
        op.drop_table(table)
    for name in ("reaction", "anaesthetic", "booster", "zones", "sector"):
        op.drop_column("sessions", name)
    for name in ("end_reason", "ended", "maintenance_days"):
        op.drop_column("series", name)
