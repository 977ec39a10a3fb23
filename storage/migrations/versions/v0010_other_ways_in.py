"""Other ways in than a password: passkeys, and who an OpenID provider says somebody is.

What the tables mean stands in ``storage.tables_entry``; this module stays as it is for databases made by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("credential_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("handle", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("made", _MOMENT, nullable=False),
        sa.Column("used", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_passkeys_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_passkeys_account_id", "passkeys", ["account_id"])
    op.create_index("ix_passkeys_credential_fingerprint", "passkeys", ["credential_fingerprint"], unique=True)
    op.create_table(
        "passkey_sessions",
        sa.Column("token_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("passkey_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passkey_id"],
            ["passkeys.id"],
            name="fk_passkey_sessions_passkey_id_passkeys",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["token_fingerprint"],
            ["web_sessions.token_fingerprint"],
            name="fk_passkey_sessions_token_fingerprint_web_sessions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_fingerprint", name="pk_passkey_sessions"),
    )
    op.create_index("ix_passkey_sessions_passkey_id", "passkey_sessions", ["passkey_id"])
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("by_rule", sa.Boolean(), nullable=False),
        sa.Column("made", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_identities_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identities_account_id", "identities", ["account_id"], unique=True)
