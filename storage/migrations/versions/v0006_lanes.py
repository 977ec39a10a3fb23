"""Why units are due and in which lane, pauses that servers asked for, heartbeats, fast scans, canaries.

What the tables mean stands in ``storage.tables_lanes``; this module stays as it is for databases made by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "unit_plans",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("nearest", sa.DateTime(timezone=True)),
        sa.Column("claimed", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["due_units.id"], name="fk_unit_plans_unit_id_due_units", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("unit_id", name="pk_unit_plans"),
    )
    op.create_table(
        "pauses",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_pauses"),
    )
    op.create_table(
        "heartbeats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_heartbeats"),
    )
    op.create_table(
        "fast_scans",
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["scans.id"], name="fk_fast_scans_scan_id_scans", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scan_id", name="pk_fast_scans"),
    )
    op.create_table(
        "canaries",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_canaries"),
    )
