"""The table of drills: rehearsals of an alarm, with what became of each of their steps."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.tables import Moment, metadata, owner_column

drills = Table(
    "drills",
    metadata,
    # The meeting is there only while a drill goes on: what it planted is put away at its end.
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("meeting_id", ForeignKey("meetings.id", ondelete="SET NULL")),
    Column("seal", LargeBinary, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("began", Moment),
    Column("ended", Moment),
    Column("state", String, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    Column("story", LargeBinary, nullable=False),
    Index(None, "organisation_id", "id"),
    Index(None, "meeting_id"),
    sqlite_autoincrement=True,
)
