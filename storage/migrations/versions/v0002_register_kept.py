"""Keys that are replaced, rooms that are retired, allowances, declarations, people to tell, the audit.

What the tables mean stands in ``storage.tables``; this module stays as it is for databases made by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "rotations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("next_check", sa.LargeBinary(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_rotations_one_row")),
        sa.PrimaryKeyConstraint("id", name="pk_rotations"),
    )
    op.create_table(
        "earlier_data_keys",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("data_key", sa.LargeBinary(), nullable=False),
        _belongs("earlier_data_keys", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_earlier_data_keys"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        _belongs("audit", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_organisation_id_at", "audit", ["organisation_id", "at"], unique=False)
    op.create_table(
        "retirements",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("retired", sa.DateTime(timezone=True), nullable=False),
        sa.Column("watched_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        _belongs("retirements", "room_id", "rooms"),
        sa.PrimaryKeyConstraint("room_id", name="pk_retirements"),
    )
    op.create_table(
        "declarations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("safeguard", sa.String(), nullable=False),
        sa.Column("answer", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        _belongs("declarations", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("id", name="pk_declarations"),
        sa.UniqueConstraint("meeting_id", "safeguard", name="uq_declarations_meeting_id_safeguard"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        _belongs("people", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_people_meeting_id", "people", ["meeting_id"], unique=False)
    op.create_table(
        "allowances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        _belongs("allowances", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("id", name="pk_allowances"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_allowances_meeting_id", "allowances", ["meeting_id"], unique=False)
    op.create_table(
        "allowed_exposures",
        sa.Column("exposure_id", sa.Integer(), nullable=False),
        _belongs("allowed_exposures", "exposure_id", "exposures"),
        sa.PrimaryKeyConstraint("exposure_id", name="pk_allowed_exposures"),
    )


def _belongs(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}", ondelete="CASCADE"
    )
