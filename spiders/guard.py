"""The guards of the network, as spiders know them. They live in ``scanner.guard``: channels need them too."""

from __future__ import annotations

from scanner.guard import (
    LOOPBACK,
    REFUSED,
    GuardsMissing,
    IPAddress,
    Refused,
    check_address,
    check_ip,
    check_pairs,
    install,
    is_public,
    prove,
)

__all__ = [
    "LOOPBACK",
    "REFUSED",
    "GuardsMissing",
    "IPAddress",
    "Refused",
    "check_address",
    "check_ip",
    "check_pairs",
    "install",
    "is_public",
    "prove",
]
