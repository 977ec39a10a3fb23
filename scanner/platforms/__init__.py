"""Meeting platforms, one small module each: data with its proof beside it.

A module in this folder that exports ``PLATFORM`` is a platform; there is no list to keep.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules

from scanner.platforms.address import Address, parse_address
from scanner.platforms.platform import Found, Hit, NearMiss, Platform, Shape
from scanner.platforms.table import HostClaimedTwice, PlatformTable


def _discover() -> tuple[Platform, ...]:
    """Import every module of this folder and collect what it exports, in order of slug."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return tuple(module.PLATFORM for module in modules if hasattr(module, "PLATFORM"))


BUILT_IN = PlatformTable(_discover())
"""The platforms that ship with Lychgate."""


def table_with(hosts: Mapping[str, Iterable[str]]) -> PlatformTable:
    """Return the platforms that ship with Lychgate, some with hosts that an organisation runs itself.

    ``hosts`` are by slug. Raises HostClaimedTwice and KeyError as ``PlatformTable.with_hosts`` does.
    """
    table = BUILT_IN
    for slug, own in hosts.items():
        table = table.with_hosts(slug, own)
    return table


_guarded = BUILT_IN


def guard_with(table: PlatformTable) -> None:
    """Let ``is_meeting_address`` know these platforms, in this process from now on.

    For processes made for fetching: every guard asks that question, wherever an address came from.
    """
    global _guarded
    _guarded = table


def is_meeting_address(url: str) -> bool:
    """Tell addresses that must never be requested: meeting hosts, and room links on any other host."""
    return _guarded.is_meeting_address(url)


__all__ = [
    "BUILT_IN",
    "Address",
    "Found",
    "Hit",
    "HostClaimedTwice",
    "NearMiss",
    "Platform",
    "PlatformTable",
    "Shape",
    "guard_with",
    "is_meeting_address",
    "parse_address",
    "table_with",
]
