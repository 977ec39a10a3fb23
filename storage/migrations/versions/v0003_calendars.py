"""Calendars that are subscribed to, and which meeting each of their events became.

What the columns mean stands in ``storage.tables``; this module stays as it is for databases made by it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("validators", sa.LargeBinary(), nullable=False),
        sa.Column("added", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.LargeBinary(), nullable=False),
        _belongs("calendars", "organisation_id", "organisations"),
        sa.PrimaryKeyConstraint("id", name="pk_calendars"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calendars_organisation_id", "calendars", ["organisation_id"], unique=False)
    op.create_table(
        "calendar_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        _belongs("calendar_events", "organisation_id", "organisations"),
        _belongs("calendar_events", "calendar_id", "calendars"),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name="fk_calendar_events_meeting_id_meetings",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calendar_events_calendar_id", "calendar_events", ["calendar_id"], unique=False)
    op.create_index("ix_calendar_events_meeting_id", "calendar_events", ["meeting_id"], unique=False)


def _belongs(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}", ondelete="CASCADE"
    )
