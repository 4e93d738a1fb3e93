"""Repeatability kits, the clinic's settings, the kit of a series, and by which kit an analysis was judged."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)
IDENTITY = ["baseline_photo_id", "followup_photo_id", "region_digest", "version", "weights_hash"]


def upgrade() -> None:
    """Create ``kits`` and ``settings``; add ``series.kit_id`` and ``analyses.kit_digest``."""
    op.create_table(
        "kits",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("room", sa.String(length=200), nullable=False),
        sa.Column("camera", sa.String(length=200), nullable=False),
        sa.Column("lamp", sa.String(length=200), nullable=False),
        sa.Column("card", sa.String(length=200), nullable=False),
        sa.Column("measured", sa.Date(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("digest", SHA256, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kits")),
        sa.UniqueConstraint("name", name=op.f("uq_kits_name")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    # Plain SQL: Alembic's own step would rebuild `series` in SQLite, and its sessions point to it.
    op.execute("ALTER TABLE series ADD COLUMN kit_id VARCHAR(32) CONSTRAINT fk_series_kit_id REFERENCES kits (id)")
    _identify(["kit_digest"], [])


def downgrade() -> None:
    """Take all of it away again; analyses judged by a kit go, for their numbers were that kit's."""
    op.execute("DELETE FROM analyses WHERE kit_digest <> ''")
    _identify([], ["kit_digest"])
    op.execute("ALTER TABLE series DROP COLUMN kit_id")
    op.drop_table("settings")
    op.drop_table("kits")


def _identify(added: list[str], removed: list[str]) -> None:
    """Another identity of analyses.

    SQLite rebuilds the table and drops the old one, which deletes what hangs on its rows: the artefacts are laid aside
    and put back.
    """
    op.execute("CREATE TABLE artefacts_aside AS SELECT * FROM artefacts")
    with op.batch_alter_table("analyses") as table:
        table.drop_constraint("uq_analyses_identity", type_="unique")
        for name in added:
            table.add_column(sa.Column(name, SHA256, nullable=False, server_default=""))
        for name in removed:
            table.drop_column(name)
        table.create_unique_constraint("uq_analyses_identity", [*IDENTITY, *added])
    op.execute(
        "INSERT INTO artefacts (analysis_id, data) SELECT analysis_id, data FROM artefacts_aside "
        "WHERE analysis_id NOT IN (SELECT analysis_id FROM artefacts)"
    )
    op.execute("DROP TABLE artefacts_aside")
