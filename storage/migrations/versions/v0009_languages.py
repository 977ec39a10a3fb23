"""The language and the time zone that somebody chose for themselves.

What the tables mean stands in ``storage.tables_people``; this module stays as it is for databases made by
it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("language", sa.String()))
    op.add_column("accounts", sa.Column("timezone", sa.String()))
