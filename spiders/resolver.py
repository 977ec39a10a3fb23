"""Look up names so that nothing inside is reached by a name outside."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

from scanner.guard import LOOPBACK, REFUSED, Refused, check_ip
from scanner.platforms import is_meeting_address

Lookup = Callable[[str], Sequence[str]]


def look_up(host: str) -> Sequence[str]:
    """Ask the system for all addresses of a name. Raises OSError if there are none."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class GuardedResolver(AbstractResolver):
    """Look up names for the connector: one address that is not public, and the whole name is refused.

    Connections are opened to the very addresses that were checked, so a name that changes its answer a
    moment later (rebinding) gains nothing.
    """

    def __init__(self, allow: Sequence[str], lookup: Lookup) -> None:
        self._allow = allow
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the checked addresses of a name. Raises Refused, or OSError if it has none."""
        if is_meeting_address(f"https://{host}/"):
            raise Refused(f"{REFUSED}: meeting host")
        addresses: Sequence[str]
        if host == "localhost":
            addresses = LOOPBACK
        elif _is_number(host):
            addresses = (host,)
        else:
            addresses = await asyncio.get_running_loop().run_in_executor(None, self._lookup, host)
        if not addresses:
            raise OSError("no address")
        for address in addresses:
            reason = check_ip(address, port, self._allow)
            if reason is not None:
                raise Refused(reason)
        return [_resolved(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held open."""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
