"""Try an address that somebody would like to have looked at, before it stands in the settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scanner.actions.scans import check_sources
from scanner.errors import InputError
from scanner.model import Coverage, Limits, Unit
from scanner.settings import Settings

_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How an address answered, and the lines for ``schedules.yaml`` that have it looked at."""

    coverage: Coverage
    lines: str

    @property
    def readable(self) -> bool:
        return bool(self.coverage.read)


def try_address(settings: Settings, address: str) -> Tried:
    """Read the page at an address with every guard of a scan. InputError for what is no web address."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    plain = address.isprintable() and not re.search(r"[\s\"'\\<>{}|^`]", address)
    if not host or not plain or parts.scheme not in ("http", "https") or len(address) > _LONGEST:
        raise InputError("That is no web address. Write it like https://forum.example/ (with https://).")
    name = _free_name(host, settings)
    unit = Unit(
        source=name,
        kind="site",
        options={"start": [address]},
        limits=Limits(pages=1, depth=0),
        allow=settings.allow,
        contact=settings.contact,
        platforms=settings.platforms,
    )
    (coverage,) = check_sources([unit])
    return Tried(coverage=coverage, lines=f'  {name}:\n    kind: site\n    start: ["{address}"]')


def _free_name(host: str, settings: Settings) -> str:
    """Return a name for a source that is not taken: the host without its common parts."""
    stem = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.").lower()).strip("-")[:40] or "page"
    if not stem[0].isalpha():
        stem = f"page-{stem}"
    name, number = stem, 1
    while name in settings.sources:
        number += 1
        name = f"{stem}-{number}"
    return name
