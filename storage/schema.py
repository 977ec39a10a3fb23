"""Bring a database to the schema of this version of Lychgate, and tell whether it is there.

Alembic takes seconds to import, so only what migrates imports it; opening compares one row with ``HEAD``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, inspect, select, text

HEAD: Final = "0013"
"""The newest migration in ``migrations/versions``."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING: Final = 0x6C79636867617465
"""Names Lychgate's lock among the advisory locks of a PostgreSQL database: "lychgate" in ASCII."""


def revision(connection: Connection) -> str | None:
    """Return the migration that a database is at, or None if it was never Lychgate's."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def is_known(revision: str) -> bool:
    """Tell whether a migration is this version's or an older one's. Names ascend."""
    return revision <= HEAD


def wait_for_turn(connection: Connection) -> None:
    """Keep others from making or migrating this database until the connection's transaction ends.

    On SQLite the transaction itself does, since it is immediate.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))


def migrate(connection: Connection) -> None:
    """Run the migrations that a database lacks, inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
