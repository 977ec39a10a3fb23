"""What holds alerts back, what people decided about exposures, what was done when.

What the tables mean stands in ``storage.tables_alerts``; this module stays as it is for databases made by
it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "silences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("even_critical", sa.Boolean(), nullable=False),
        sa.Column("made", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        _belongs("silences", "organisation_id", "organisations"),
        _belongs("silences", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_silences_organisation_id", "silences", ["organisation_id"])
    op.create_table(
        "holds",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("silence_id", sa.Integer(), nullable=True),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("looked", _MOMENT, nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        _belongs("holds", "delivery_id", "outbox"),
        _belongs("holds", "organisation_id", "organisations"),
        _belongs("holds", "silence_id", "silences", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("delivery_id", name="pk_holds"),
    )
    op.create_index("ix_holds_silence_id", "holds", ["silence_id"])
    op.create_table(
        "waits",
        sa.Column("exposure_id", sa.Integer(), nullable=False),
        sa.Column("until", _MOMENT, nullable=True),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        _belongs("waits", "exposure_id", "exposures"),
        sa.PrimaryKeyConstraint("exposure_id", name="pk_waits"),
    )
    op.create_table(
        "ignores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.Integer(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("made", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sa.LargeBinary(), nullable=False),
        _belongs("ignores", "organisation_id", "organisations"),
        _belongs("ignores", "sighting_id", "sightings"),
        sa.PrimaryKeyConstraint("id", name="pk_ignores"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ignores_sighting_id", "ignores", ["sighting_id"])
    op.create_table(
        "absences",
        sa.Column("sighting_id", sa.Integer(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        _belongs("absences", "sighting_id", "sightings"),
        sa.PrimaryKeyConstraint("sighting_id", name="pk_absences"),
    )
    op.create_table(
        "chores",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("done", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_chores"),
    )


def _belongs(table: str, column: str, owner: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}", ondelete=ondelete
    )
