"""Bring a database to the schema of this version of Lychgate, and tell whether it is there.

Alembic takes seconds to import, so only what migrates imports it; opening compares one row with ``HEAD``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

HEAD: Final = "0004"
"""The newest migration in ``migrations/versions``."""

_MIGRATIONS = Path(__file__).parent / "migrations"


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


def migrate(connection: Connection) -> None:
    """Run the migrations that a database lacks, inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
