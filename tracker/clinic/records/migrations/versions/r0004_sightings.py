"""What networks saw in a photo, and how each drawn region came to be: drawn, or a proposal accepted or corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)
WORD = sa.String(40)


def upgrade() -> None:
    """Create ``sightings``; add origin, proposer and source to ``regions``: all drawn so far was drawn by a person."""
    op.create_table(
        "sightings",
        sa.Column("id", ID, nullable=False),
        sa.Column("photo_id", ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("prompt_digest", SHA256, nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("weights_hash", SHA256, nullable=False),
        sa.Column("prompt_id", ID, nullable=True),
        sa.Column("status", WORD, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retake", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_sightings_photo_id")),
        sa.ForeignKeyConstraint(["prompt_id"], ["regions.id"], name=op.f("fk_sightings_prompt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint(
            "photo_id", "kind", "prompt_digest", "version", "weights_hash", name="uq_sightings_identity"
        ),
    )
    op.create_index(op.f("ix_sightings_photo_id"), "sightings", ["photo_id"])
    op.add_column("regions", sa.Column("origin", WORD, nullable=False, server_default="DRAWN"))
    op.add_column("regions", sa.Column("proposer", sa.String(length=120), nullable=False, server_default=""))
    op.add_column("regions", sa.Column("source_id", sa.String(length=32), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away again; every outline stays, an accepted one too: a person answers for it."""
    for name in ("source_id", "proposer", "origin"):
        op.drop_column("regions", name)
    op.drop_table("sightings")
