"""The tables of those who sign in. ``storage.tables`` says what is sealed and what stands in plain.

A token (of a session or an invitation) is 256 random bits. Its SHA-256 is its fingerprint here: nobody can
try that many, so it needs no key, and it outlives a change of the instance key.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from storage.tables import Moment, metadata, owner_column

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("role", String, nullable=False),
    Column("email", LargeBinary, nullable=False),
    Column("password", LargeBinary, nullable=False),
    # Empty until a second factor is set up.
    Column("second_factor", LargeBinary, nullable=False),
    # The 30-second step of the last code that was taken: none is taken twice.
    Column("code_taken", Integer, nullable=False),
    Column("made", Moment, nullable=False),
    Column("disabled", Moment),
    # What they chose for themselves: a code such as "de", a zone such as "Europe/Berlin"; none where they
    # chose nothing.
    Column("language", String),
    Column("timezone", String),
    Index(None, "organisation_id"),
    sqlite_autoincrement=True,
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_fingerprint", LargeBinary, primary_key=True),
    owner_column("accounts", "account_id"),
    Column("started", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    # False while the second factor is still asked for.
    Column("proven", Boolean, nullable=False),
    Index(None, "account_id"),
)

invites = Table(
    "invites",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("organisations", "organisation_id"),
    # Whose new password this is for; none where it makes an account.
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("seal", LargeBinary, nullable=False),
    Column("token_fingerprint", LargeBinary, nullable=False),
    Column("role", String, nullable=False),
    Column("email", LargeBinary, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "organisation_id"),
    Index(None, "token_fingerprint", unique=True),
    sqlite_autoincrement=True,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("accounts", "account_id"),
    Column("seal", LargeBinary, nullable=False),
    Column("token_fingerprint", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("may_write", Boolean, nullable=False),
    Column("made", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Index(None, "account_id"),
    Index(None, "token_fingerprint", unique=True),
    sqlite_autoincrement=True,
)

api_answers = Table(
    "api_answers",
    metadata,
    # What was answered to a request with an idempotency key, to be answered again.
    owner_column("accounts", "account_id"),
    Column("key_fingerprint", LargeBinary, primary_key=True),
    Column("request_fingerprint", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
