"""Who gets mail, and who has stopped it.

What the table means stands in ``storage.tables_alerts``; this module stays as it is for databases made by
it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("token_fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("mailed", _MOMENT, nullable=False),
        sa.Column("stopped", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name="fk_recipients_organisation_id_organisations",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recipients"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recipients_organisation_id_channel", "recipients", ["organisation_id", "channel"])
    op.create_index("ix_recipients_token_fingerprint", "recipients", ["token_fingerprint"], unique=True)
