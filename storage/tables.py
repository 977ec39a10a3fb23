"""The tables. A row never leaves this package: repositories take and return ``scanner.model`` values.

In plain stand ids, times, recurrence rules, enums, counts with their reasons, and names that stand in
``schedules.yaml`` too. Every other text is sealed (columns of type ``LargeBinary``) and what must be found
again by equality has a keyed fingerprint beside it.

``seal`` is a random value made by the application before the row is inserted. It is the row's identity in
the associated data of its ciphertexts: ids come from the database, too late to be sealed in.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware time, in UTC in the database and in UTC when read. SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def owner_column(table: str, column: str) -> Column[int]:
    """Make the column by which a row belongs to another and is deleted with it."""
    return Column(column, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False)


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key_check", LargeBinary, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

rotations = Table(
    "rotations",
    metadata,
    Column("id", Integer, primary_key=True),
    # The check value of the next key. The row is there exactly while the instance key is being replaced;
    # everything is written under the next key from the moment it appears.
    Column("next_check", LargeBinary, nullable=False),
    Column("started", Moment, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

organisations = Table(
    "organisations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seal", LargeBinary, nullable=False),
    Column("data_key", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("email", LargeBinary, nullable=False),
    Column("timezone", String, nullable=False),
    Column("rooms_changed", Moment),
    sqlite_autoincrement=True,
)

earlier_data_keys = Table(
    "earlier_data_keys",
    metadata,
    # The data key that a rotation replaces, wrapped like its successor; gone when the rotation ends.
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("data_key", LargeBinary, nullable=False),
)

caps = Table(
    "caps",
    metadata,
    # An organisation without a row here is bound by nothing: the first one, the operator's own.
    Column("organisation_id", ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("meetings", Integer, nullable=False),
    Column("per_hour", Integer, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("what", String, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Index(None, "organisation_id", "at"),
    sqlite_autoincrement=True,
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("title", LargeBinary, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment),
    Column("repeats", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("protections", JSON, nullable=False),
    Column("registered", Moment, nullable=False),
    Index(None, "organisation_id"),
    sqlite_autoincrement=True,
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("meetings", "meeting_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("platform", String, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("key", LargeBinary, nullable=False),
    UniqueConstraint("meeting_id", "fingerprint"),
    Index(None, "fingerprint"),
    sqlite_autoincrement=True,
)

retirements = Table(
    "retirements",
    metadata,
    # A room that its meeting no longer uses; it is watched until its platform forgets it.
    Column("room_id", ForeignKey("rooms.id", ondelete="CASCADE"), primary_key=True),
    Column("retired", Moment, nullable=False),
    Column("watched_until", Moment, nullable=False),
    Column("deleted", Boolean, nullable=False),
)

passcodes = Table(
    "passcodes",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("rooms", "room_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("kind", String, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Index(None, "room_id"),
    sqlite_autoincrement=True,
)

declarations = Table(
    "declarations",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("meetings", "meeting_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("safeguard", String, nullable=False),
    Column("answer", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    UniqueConstraint("meeting_id", "safeguard"),
    sqlite_autoincrement=True,
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("meetings", "meeting_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("role", String, nullable=False),
    Column("email", LargeBinary, nullable=False),
    Index(None, "meeting_id"),
    sqlite_autoincrement=True,
)

allowances = Table(
    "allowances",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("meetings", "meeting_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("until", Moment),
    Column("made", Moment, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Index(None, "meeting_id"),
    sqlite_autoincrement=True,
)

calendars = Table(
    "calendars",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("validators", LargeBinary, nullable=False),
    Column("added", Moment, nullable=False),
    Column("tried", Moment),
    Column("read", Moment),
    Column("failing_since", Moment),
    Column("fault", LargeBinary, nullable=False),
    Index(None, "organisation_id"),
    sqlite_autoincrement=True,
)

calendar_events = Table(
    "calendar_events",
    metadata,
    # An event of a calendar and the meeting it became; no meeting any more where a person removed it.
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    owner_column("calendars", "calendar_id"),
    Column("meeting_id", ForeignKey("meetings.id", ondelete="SET NULL")),
    Column("seal", LargeBinary, nullable=False),
    Column("event", LargeBinary, nullable=False),
    Index(None, "calendar_id"),
    Index(None, "meeting_id"),
    sqlite_autoincrement=True,
)

exposures = Table(
    "exposures",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    owner_column("meetings", "meeting_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("severity", String, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("opened", Moment, nullable=False),
    Index(None, "organisation_id"),
    Index(None, "meeting_id"),
    sqlite_autoincrement=True,
)

allowed_exposures = Table(
    "allowed_exposures",
    metadata,
    # An exposure that is ``intended`` because of an allowance, not by a decision about its places.
    Column("exposure_id", ForeignKey("exposures.id", ondelete="CASCADE"), primary_key=True),
)

sightings = Table(
    "sightings",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("exposures", "exposure_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("source", String, nullable=False),
    Column("address_fingerprint", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("room_fingerprint", LargeBinary, nullable=False),
    Column("platform", String, nullable=False),
    Column("room_key", LargeBinary, nullable=False),
    Column("form", String, nullable=False),
    Column("place", LargeBinary, nullable=False),
    Column("risk", String, nullable=False),
    Column("passcode", String, nullable=False),
    Column("excerpt", LargeBinary, nullable=False),
    Column("severity", String, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    UniqueConstraint("exposure_id", "address_fingerprint", "room_fingerprint"),
    Index(None, "source", "address_fingerprint"),
    sqlite_autoincrement=True,
)

exposure_events = Table(
    "exposure_events",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("exposures", "exposure_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", LargeBinary, nullable=False),
    Column("what", String, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Index(None, "exposure_id"),
    sqlite_autoincrement=True,
)

addresses = Table(
    "addresses",
    metadata,
    Column("source", String, primary_key=True),
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("page", LargeBinary, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("rooms", Integer, nullable=False),
    Column("read", Moment, nullable=False),
    # The primary key is the table: a second copy of it would double the state kept per page.
    sqlite_with_rowid=False,
)

scans = Table(
    "scans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("trigger", String, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    sqlite_autoincrement=True,
)

coverages = Table(
    "coverages",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("scans", "scan_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("source", String, nullable=False),
    Column("state", String, nullable=False),
    Column("read", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("cut", Integer, nullable=False),
    Column("skipped", JSON, nullable=False),
    Column("failed", JSON, nullable=False),
    Column("rooms_seen", JSON, nullable=False),
    Column("notes", LargeBinary, nullable=False),
    UniqueConstraint("scan_id", "source"),
    Index(None, "source", "scan_id"),
    sqlite_autoincrement=True,
)

due_units = Table(
    "due_units",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("schedule", String, nullable=False),
    Column("source", String, nullable=False),
    Column("due", Moment, nullable=False),
    Column("queued", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("finished", Moment),
    UniqueConstraint("schedule", "source", "due"),
    Index(None, "finished", "due"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("exposure_id", ForeignKey("exposures.id", ondelete="CASCADE")),
    Column("seal", LargeBinary, nullable=False),
    Column("key", String, nullable=False),
    Column("news", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("reason", LargeBinary, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("created", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("tried", Moment),
    Column("settled", Moment),
    Column("last_error", LargeBinary, nullable=False),
    UniqueConstraint("organisation_id", "key"),
    Index(None, "state", "due"),
    Index(None, "channel", "tried"),
    Index(None, "exposure_id"),
    sqlite_autoincrement=True,
)

# They share the metadata, which is whole only when they are in it.
from storage import tables_alerts as tables_alerts  # noqa: E402
from storage import tables_drills as tables_drills  # noqa: E402
from storage import tables_entry as tables_entry  # noqa: E402
from storage import tables_lanes as tables_lanes  # noqa: E402
from storage import tables_people as tables_people  # noqa: E402
