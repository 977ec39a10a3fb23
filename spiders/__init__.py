"""Spiders: what reads public places. Each module with ``Options`` and one Spider is a kind of source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from inspect import getdoc
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spiders.options import Options
    from spiders.spider import SourceSpider


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of source: its name in ``schedules.yaml``, its options, and the spider that reads it."""

    name: str
    options: type[Options]
    spider: type[SourceSpider]
    summary: str


@cache
def kinds() -> Mapping[str, Kind]:
    """Return all kinds by name, ``zoom-risk`` for ``zoom_risk.py``. They are found in this folder."""
    found = map(_kind_in, sorted(module.name for module in iter_modules(__path__)))
    return {kind.name: kind for kind in found if kind is not None}


@cache
def kind(name: str) -> Kind | None:
    """Return the kind of a name, or None if there is none; no other kind is imported."""
    file = name.replace("-", "_")
    is_there = "_" not in name and file.isidentifier() and find_spec(f"{__name__}.{file}") is not None
    return _kind_in(file) if is_there else None


def _kind_in(file: str) -> Kind | None:
    from spiders.spider import SourceSpider

    module = import_module(f"{__name__}.{file}")
    options = vars(module).get("Options")
    if options is None or options.__module__ != module.__name__:
        return None
    for member in vars(module).values():
        if (
            isinstance(member, type)
            and issubclass(member, SourceSpider)
            and member.__module__ == module.__name__
        ):
            summary = (getdoc(module) or "").partition("\n")[0]
            return Kind(file.replace("_", "-"), options, member, summary)
    return None
