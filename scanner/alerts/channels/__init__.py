"""The ways out. Each file here is one kind: its ``Options`` and its ``send``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from scanner.alerts.channel import Channel, ChannelKind
from scanner.errors import ConfigError, DeliveryError
from scanner.model import Message


@cache
def kinds() -> Mapping[str, ChannelKind]:
    """Return every channel kind of this folder by its name in ``schedules.yaml``."""
    found = {}
    for module_info in iter_modules(__path__):
        module = import_module(f"{__name__}.{module_info.name}")
        found[module_info.name] = ChannelKind(name=module_info.name, options=module.Options, send=module.send)
    return MappingProxyType(found)


def send(message: Message, channel: Channel, *, now: datetime) -> tuple[str, ...]:
    """Send a message by a channel, or raise DeliveryError.

    Returns a sentence for each person who did not get it although others did. They are not worth sending
    again for: those others would get it twice. A secret that cannot be read is no permanent failure, since
    somebody will put it back.
    """
    try:
        return kinds()[channel.kind].send(message, channel.options, now=now)
    except ConfigError as error:
        raise DeliveryError(f"channel {channel.name}: {error}", permanent=False) from error
