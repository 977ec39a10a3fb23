"""The tables of telling people: what holds an alert back, what people decided, what was done when."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.tables import Moment, metadata, owner_column

silences = Table(
    "silences",
    metadata,
    # No channel: all of them. No meeting: whatever the alert is about.
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("meeting_id", ForeignKey("meetings.id", ondelete="CASCADE")),
    Column("seal", LargeBinary, nullable=False),
    Column("channel", String),
    Column("even_critical", Boolean, nullable=False),
    Column("made", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    Index(None, "organisation_id"),
    sqlite_autoincrement=True,
)

holds = Table(
    "holds",
    metadata,
    # Why a delivery waits although it was due, or was not sent at all.
    Column("delivery_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("silence_id", ForeignKey("silences.id", ondelete="SET NULL")),
    Column("seal", LargeBinary, nullable=False),
    Column("looked", Moment, nullable=False),
    Column("why", LargeBinary, nullable=False),
    Index(None, "silence_id"),
)

missed = Table(
    "missed",
    metadata,
    # Who is still to get a delivery that others have already: e-mail addresses, a line each.
    Column("delivery_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("addresses", LargeBinary, nullable=False),
)

waits = Table(
    "waits",
    metadata,
    # What a snoozed or intended exposure waits for.
    Column("exposure_id", ForeignKey("exposures.id", ondelete="CASCADE"), primary_key=True),
    Column("until", Moment),
    Column("elsewhere", Boolean, nullable=False),
)

ignores = Table(
    "ignores",
    metadata,
    # A sighting is one room at one address of one meeting's exposure: what an ignore is keyed on.
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    owner_column("sightings", "sighting_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("made", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    Index(None, "sighting_id"),
    sqlite_autoincrement=True,
)

absences = Table(
    "absences",
    metadata,
    # A sighting that the last clean reading of its address did not show: one more, and it is gone.
    Column("sighting_id", ForeignKey("sightings.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Moment, nullable=False),
)

recipients = Table(
    "recipients",
    metadata,
    # Who gets mail of a channel. The token leads to the page where they can stop it; it is sealed, and not
    # only fingerprinted like those that let people in, since every mail to them says it again.
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("channel", String, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("token_fingerprint", LargeBinary, nullable=False),
    Column("mailed", Moment, nullable=False),
    Column("stopped", Moment),
    Index(None, "organisation_id", "channel"),
    Index(None, "token_fingerprint", unique=True),
    sqlite_autoincrement=True,
)

chores = Table(
    "chores",
    metadata,
    # When something that is done now and then was done last.
    Column("name", String, primary_key=True),
    Column("done", Moment, nullable=False),
)
