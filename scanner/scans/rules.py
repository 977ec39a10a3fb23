"""What pages are searched by: where that changes, pages that have not changed have to be searched again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from scanner import __version__
from scanner.extract import missing_parts
from scanner.model import Unit

_LENGTH = 12


def rules_of(units: Iterable[Unit]) -> str:
    """Name the rules that these Units are searched by; equal names mean that a page yields the same again.

    They are this version of Lychgate, the hosts that the settings call an organisation's own, and what can
    be read on this machine: a picture that could not be looked into may hold a link.
    """
    own = sorted({(slug, host) for unit in units for slug, hosts in unit.platforms.items() for host in hosts})
    rest = json.dumps([own, missing_parts()])
    return f"{__version__}+{sha256(rest.encode()).hexdigest()[:_LENGTH]}"
