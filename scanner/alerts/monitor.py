"""Tell an outside monitor that Lychgate lives: a dead-man's switch in the way of Healthchecks.

The monitor raises an alarm when it hears nothing, so a ping that fails is no error here: that it is missed is
the whole point.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

from scanner.alerts.channel import SecretReference
from scanner.alerts.posting import post
from scanner.errors import LychgateError

PATIENCE = timedelta(seconds=10)

log = logging.getLogger("lychgate")


class Ping(StrEnum):
    """What is told, as the end of the address: a scan begins, came to its end, or failed."""

    START = "/start"
    SUCCESS = ""
    FAIL = "/fail"


def ping(monitor: SecretReference | None, what: Ping, *, says: str = "", allow: Collection[str] = ()) -> bool:
    """Tell the monitor, if there is one; ``says`` is a line of counts. Returns whether it heard us."""
    if monitor is None:
        return False
    try:
        address = monitor.resolve().reveal().rstrip("/") + what
        headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "Lychgate"}
        post(address, says.encode(), headers, allow=allow, patience=PATIENCE)
    except LychgateError as error:
        log.warning("the outside monitor did not hear us: %s", error)
        return False
    return True
