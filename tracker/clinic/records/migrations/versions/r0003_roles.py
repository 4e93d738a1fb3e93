"""What a drawn region stands for: the treated area, or untreated skin to measure colour against."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add ``regions.role``; everything drawn so far is a treated area."""
    op.add_column("regions", sa.Column("role", sa.String(length=40), nullable=False, server_default="TREATED"))


def downgrade() -> None:
    """Take the role away again; reference skin goes, for the old program would measure it as treated."""
    op.execute("DELETE FROM regions WHERE role <> 'TREATED'")
    op.drop_column("regions", "role")
