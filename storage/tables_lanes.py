"""The tables of planning: why a unit is due and in which lane, who asked for a pause, and who was awake."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table

from storage.tables import Moment, metadata

unit_plans = Table(
    "unit_plans",
    metadata,
    # ``claimed`` is the time of the clock that took the lease, by which a clock that was wrong is known.
    Column("unit_id", ForeignKey("due_units.id", ondelete="CASCADE"), primary_key=True),
    Column("lane", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("nearest", Moment),
    Column("claimed", Moment),
)

pauses = Table(
    "pauses",
    metadata,
    # Until when a server asked to be left alone.
    Column("source", String, primary_key=True),
    Column("until", Moment, nullable=False),
    Column("asked", Moment, nullable=False),
)

paused_sources = Table(
    "paused_sources",
    metadata,
    # What somebody does not want looked at for now, since when, and why.
    Column("source", String, primary_key=True),
    Column("seal", LargeBinary, nullable=False),
    Column("since", Moment, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("actor", LargeBinary, nullable=False),
)

paused_calendars = Table(
    "paused_calendars",
    metadata,
    Column("calendar_id", ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Moment, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    # When ``serve`` was last seen awake.
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

fast_scans = Table(
    "fast_scans",
    metadata,
    # Scans that read only what was new: what they did not see says nothing.
    Column("scan_id", ForeignKey("scans.id", ondelete="CASCADE"), primary_key=True),
)

canaries = Table(
    "canaries",
    metadata,
    Column("source", String, primary_key=True),
    Column("seal", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
)
