"""What a page's bytes may show at a glance, so that only the few that do show it are parsed."""

from __future__ import annotations

import re
from functools import cached_property

from scanner.detect.database import Database, is_installed


class Mark:
    """An expression in small letters that is looked for without regard to case.

    Nearly every page is looked over whole for a mark that it has not. Hyperscan takes a quarter of the time
    for that; without it (``fast=False``, or where it is missing) the answer is the same.
    """

    def __init__(self, expression: str, *, fast: bool = True) -> None:
        self._expression = expression
        self._fast = fast and is_installed()

    def stands_in(self, body: bytes) -> bool:
        """Tell whether the mark stands anywhere in a page."""
        if self._database is not None:
            return bool(self._database.within(body))
        return self._pattern.search(body.lower()) is not None

    @cached_property
    def _database(self) -> Database | None:
        return Database({"mark": [self._expression]}) if self._fast else None

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        return re.compile(self._expression.encode("ascii"))
