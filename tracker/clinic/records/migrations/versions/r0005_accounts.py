"""Practices, accounts, sign-ins and the audit log. Names of patients are sealed from here on."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from tracker.clinic.records.sealing import Sealer

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.String(32)
SHA256 = sa.String(64)
WORD = sa.String(40)
TABLES = ("audit", "attempts", "sign_ins", "invitations", "practice_settings", "users", "practices")


def upgrade() -> None:
    """Create the tables; everything stored so far belongs to the first practice."""
    op.create_table(
        "attempts",
        sa.Column("key", SHA256, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempts")),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("practice_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("sign_in", ID, nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("objects", sa.String(length=400), nullable=False),
        sa.Column("previous", SHA256, nullable=False),
        sa.Column("digest", SHA256, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_patient_id"), "audit", ["patient_id"], unique=False)
    op.create_index(op.f("ix_audit_practice_id"), "audit", ["practice_id"], unique=False)
    op.create_table(
        "practices",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
    )
    op.create_table(
        "practice_settings",
        sa.Column("practice_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_practice_settings_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "name", name=op.f("pk_practice_settings")),
    )
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice_id", ID, nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("hide_numbers", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("disabled", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_users_patient_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_users_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
        sa.UniqueConstraint("subject", name=op.f("uq_users_subject")),
    )
    op.create_index(op.f("ix_users_patient_id"), "users", ["patient_id"], unique=False)
    op.create_index(op.f("ix_users_practice_id"), "users", ["practice_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", SHA256, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("used", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_user_id"), "invitations", ["user_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", SHA256, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index(op.f("ix_sign_ins_user_id"), "sign_ins", ["user_id"], unique=False)
    op.add_column("patients", sa.Column("practice_id", ID, server_default="first", nullable=False))
    op.add_column("patients", sa.Column("name_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("patients", sa.Column("birth_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("patients", sa.Column("fitzpatrick", WORD, nullable=True))
    op.create_index(op.f("ix_patients_practice_id"), "patients", ["practice_id"], unique=False)
    practices = sa.table(
        "practices", sa.column("id", ID), sa.column("name", sa.String), sa.column("created", sa.DateTime)
    )
    first = {"id": "first", "name": "", "created": datetime.now(UTC).replace(tzinfo=None)}
    op.execute(sa.insert(practices).values(first))
    for row in _named():
        sealed = _sealer().seal(row.name, f"patients.name {row.id}")
        op.execute(sa.update(PATIENTS).where(PATIENTS.c.id == row.id).values(name_sealed=sealed))
    op.drop_column("patients", "name")


def downgrade() -> None:
    """Take them away again; the names of patients are opened, all else that only this version knows is lost."""
    op.add_column("patients", sa.Column("name", sa.String(200), nullable=False, server_default=""))
    for row in op.get_bind().execute(sa.select(PATIENTS.c.id, PATIENTS.c.name_sealed)):
        if row.name_sealed is not None:
            name = _sealer().open(row.name_sealed, f"patients.name {row.id}")
            op.execute(sa.update(PATIENTS).where(PATIENTS.c.id == row.id).values(name=name))
    for table in TABLES:
        op.drop_table(table)
    op.drop_index(op.f("ix_patients_practice_id"), "patients")
    for name in ("fitzpatrick", "birth_sealed", "name_sealed", "practice_id"):
        op.drop_column("patients", name)


PATIENTS = sa.table(
    "patients", sa.column("id", ID), sa.column("name", sa.String), sa.column("name_sealed", sa.LargeBinary)
)


def _named() -> Sequence[sa.Row[Any, Any]]:
    return op.get_bind().execute(sa.select(PATIENTS.c.id, PATIENTS.c.name).where(PATIENTS.c.name != "")).all()


def _sealer() -> Sealer:
    sealer = context.config.attributes.get("sealer")
    if not isinstance(sealer, Sealer):
        raise RuntimeError("names of patients are sealed by this step: it needs the key of the store")
    return sealer
