from __future__ import annotations

import re
import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from scanner.secret import KeyRing
from storage import schema, tables
from storage.store import create_store


def test_the_migrations_make_the_tables_that_the_code_uses(store):
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_migrations_agree_in_what_alembic_does_not_compare(file_url, keys):
    """Key order, delete rules, checks, and SQLite's own table options."""

    def definitions(connection):
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {
            row.name: sorted(re.sub(r",?\s*\n\s*|, (?=\w+ [A-Z])", "\n", row.sql.strip()).split("\n"))
            for row in rows
            if row.name != "alembic_version"
        }

    metadata = create_engine("sqlite://")
    with metadata.begin() as connection:
        tables.metadata.create_all(connection)
        expected = definitions(connection)
    with create_store(file_url, keys) as store, store._engine.connect() as connection:
        assert definitions(connection) == expected


def test_head_is_the_newest_migration_and_names_ascend():
    config = Config()
    config.set_main_option("script_location", str(schema._MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert newest_first[0] == schema.HEAD
    assert newest_first == sorted(newest_first, reverse=True)


def test_opening_a_store_does_not_import_alembic(file_url, tmp_path):
    create_store(file_url, KeyRing.create(tmp_path / "key")).close()
    script = """if True:
        import sys
        from pathlib import Path
        from scanner.secret import KeyRing
        from storage.store import open_store
        with open_store(sys.argv[1], KeyRing.from_file(Path(sys.argv[2]))).begin() as work:
            assert work.organisations.all() == []
        sys.exit("alembic" in sys.modules)
    """
    command = [sys.executable, "-c", script, file_url, tmp_path / "key"]
    assert subprocess.run(command, check=False).returncode == 0


def test_every_text_column_is_plain_on_purpose():
    """A new text column is either sealed (LargeBinary) or named here with the others in plain."""
    plain = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if str(column.type) in {"VARCHAR", "JSON", "TEXT"}
    }
    assert plain == {
        "accounts.language",
        "accounts.role",
        "accounts.timezone",
        "addresses.source",
        "audit.what",
        "chores.name",
        "canaries.source",
        "coverages.failed",
        "coverages.rooms_seen",
        "coverages.skipped",
        "coverages.source",
        "coverages.state",
        "declarations.safeguard",
        "drills.state",
        "due_units.schedule",
        "due_units.source",
        "exposure_events.what",
        "exposures.severity",
        "exposures.state",
        "invites.role",
        "meetings.protections",
        "meetings.repeats",
        "meetings.timezone",
        "organisations.timezone",
        "outbox.channel",
        "outbox.key",
        "outbox.news",
        "outbox.state",
        "passcodes.kind",
        "paused_sources.source",
        "pauses.source",
        "people.role",
        "recipients.channel",
        "rooms.platform",
        "scans.sources",
        "scans.trigger",
        "sightings.form",
        "sightings.passcode",
        "sightings.platform",
        "sightings.risk",
        "sightings.severity",
        "sightings.source",
        "sightings.state",
        "silences.channel",
        "unit_plans.lane",
        "unit_plans.reason",
    }
