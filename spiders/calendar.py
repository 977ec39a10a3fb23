"""Read public calendars (.ics)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from scanner.model import Document
from spiders.options import Address, StartOptions
from spiders.spider import SourceSpider
from spiders.visit import Visit

NO_CALENDAR = "no calendar stands there"

_BEGIN = b"begin:vcalendar"
_HEAD_BYTES = 64 * 1024


def _over_https(address: object) -> object:
    """Spell a calendar subscription as what it is: ``webcal`` means the same file over the web."""
    for scheme in ("webcal://", "webcals://"):
        if isinstance(address, str) and address.strip().lower().startswith(scheme):
            return f"https://{address.strip()[len(scheme) :]}"
    return address


class Options(StartOptions):
    """Which calendars to read."""

    start: tuple[Annotated[Address, BeforeValidator(_over_https)], ...] = Field(
        min_length=1, description="Public addresses of calendars, as https:// or webcal://."
    )


class Calendar(SourceSpider):
    """Hand over calendars as they are, and follow no link in them."""

    options: Options

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield nothing; say so if what stands there is no calendar."""
        if _BEGIN not in document.body[:_HEAD_BYTES].replace(b"\0", b"").lower():
            self._fail(visit, NO_CALENDAR)
        yield from ()
