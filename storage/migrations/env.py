"""Alembic's entry point; ``storage.schema.migrate`` is the only caller.

A new migration is a new module in ``versions`` with the next number as its revision, written by hand;
``tests/storage/test_schema.py`` fails until migrations and ``storage.tables`` agree.
"""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
