"""Meeting platforms, one small module each: data with its proof beside it.

A module in this folder that exports ``PLATFORM`` is a platform; there is no list to keep.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from scanner.platforms.address import Address, parse_address
from scanner.platforms.platform import Found, Hit, NearMiss, Platform, Shape
from scanner.platforms.table import PlatformTable


def _discover() -> tuple[Platform, ...]:
    """Import every module of this folder and collect what it exports, in order of slug."""
    names = sorted(module.name for module in iter_modules(__path__))
    modules = (import_module(f"{__name__}.{name}") for name in names)
    return tuple(module.PLATFORM for module in modules if hasattr(module, "PLATFORM"))


BUILT_IN = PlatformTable(_discover())
"""The platforms that ship with Lychgate."""


def is_meeting_address(url: str) -> bool:
    """Tell addresses that must never be requested: meeting hosts, and room links on any other host."""
    return BUILT_IN.is_meeting_address(url)


__all__ = [
    "BUILT_IN",
    "Address",
    "Found",
    "Hit",
    "NearMiss",
    "Platform",
    "PlatformTable",
    "Shape",
    "is_meeting_address",
    "parse_address",
]
