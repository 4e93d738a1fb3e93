"""Tables of practices, accounts, sign-ins and what was done by whom."""

import sqlalchemy as sa

from tracker.clinic.records.columns import ID, SHA256, UtcTime, created, identity, metadata, parent, text

practices = sa.Table("practices", metadata, identity(), text("name", 200), created())
users = sa.Table(
    "users",
    metadata,
    identity(),
    parent("practice_id", "practices"),
    sa.Column("login", sa.String(100), nullable=False, unique=True),
    text("name", 200),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("patient_id", ID, sa.ForeignKey("patients.id"), index=True),
    text("password_hash", 200),
    sa.Column("totp_sealed", sa.LargeBinary),
    sa.Column("totp_step", sa.Integer, nullable=False),  # the last step that was used: a code works once
    text("language", 8),
    sa.Column("hide_numbers", sa.Boolean, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("subject", sa.String(300), unique=True),  # "issuer subject" of an identity provider
    sa.Column("disabled", UtcTime),
    created(),
)
invitations = sa.Table(
    "invitations",
    metadata,
    identity(),
    sa.Column("token_hash", SHA256, nullable=False, unique=True),
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), index=True),
    sa.Column("expires", UtcTime, nullable=False),
    sa.Column("used", UtcTime),
    created(),
)
sign_ins = sa.Table(
    "sign_ins",
    metadata,
    identity(),
    sa.Column("token_hash", SHA256, nullable=False, unique=True),
    parent("user_id", "users"),
    sa.Column("seen", UtcTime, nullable=False),
    sa.Column("ended", UtcTime),
    created(),
)
attempts = sa.Table(
    "attempts",  # failed sign-ins, by a hash of the login or of the address they came from
    metadata,
    sa.Column("key", SHA256, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last", UtcTime, nullable=False),
)
audit = sa.Table(
    "audit",  # append-only; each row holds the hash of the one before
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("practice_id", ID, nullable=False, index=True),
    text("user_id", 32),
    text("sign_in", 32),
    text("action", 80),
    text("result", 20),
    sa.Column("patient_id", ID, nullable=False, index=True),
    text("objects", 400),
    text("previous", 64),
    text("digest", 64),
)
practice_settings = sa.Table(
    "practice_settings",
    metadata,
    sa.Column("practice_id", ID, sa.ForeignKey("practices.id"), primary_key=True),
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)
