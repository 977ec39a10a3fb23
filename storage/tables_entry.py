"""The tables of other ways in than a password. ``storage.tables`` says what is sealed and what is in plain.

Of a passkey only the public key is kept: whoever reads it can sign in nowhere with it. It is sealed all the
same, so that somebody who can write here, but has no key, cannot put theirs in its place.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table

from storage.tables import Moment, metadata, owner_column

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("accounts", "account_id"),
    Column("seal", LargeBinary, nullable=False),
    # Of the credential's identity, which its authenticator chose at random.
    Column("credential_fingerprint", LargeBinary, nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("handle", LargeBinary, nullable=False),
    Column("name", LargeBinary, nullable=False),
    # 32 bits without a sign.
    Column("sign_count", BigInteger, nullable=False),
    Column("made", Moment, nullable=False),
    Column("used", Moment),
    Index(None, "account_id"),
    Index(None, "credential_fingerprint", unique=True),
    sqlite_autoincrement=True,
)

passkey_sessions = Table(
    "passkey_sessions",
    metadata,
    # The sessions that began with a passkey: they end with it.
    Column(
        "token_fingerprint",
        ForeignKey("web_sessions.token_fingerprint", ondelete="CASCADE"),
        primary_key=True,
    ),
    owner_column("passkeys", "passkey_id"),
    Index(None, "passkey_id"),
)

identities = Table(
    "identities",
    metadata,
    Column("id", Integer, primary_key=True),
    owner_column("accounts", "account_id"),
    Column("seal", LargeBinary, nullable=False),
    # Whom an OpenID provider means: the issuer, a line end, the subject.
    Column("subject", LargeBinary, nullable=False),
    # Whether a rule of the settings let them in, which then decides about their role too.
    Column("by_rule", Boolean, nullable=False),
    Column("made", Moment, nullable=False),
    Index(None, "account_id", unique=True),
    sqlite_autoincrement=True,
)
