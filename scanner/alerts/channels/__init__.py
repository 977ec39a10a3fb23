"""The ways out. Each file here is one kind: its ``Options``, ``send`` and ``reach``.

One that sends mail says to whom: ``recipients``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from pydantic import BaseModel

from scanner.alerts.channel import Channel, ChannelKind, Missed
from scanner.errors import ConfigError, DeliveryError
from scanner.model import Message


@cache
def kinds() -> Mapping[str, ChannelKind]:
    """Return every channel kind of this folder by its name in ``schedules.yaml``."""
    found = {}
    for entry in iter_modules(__path__):
        module = import_module(f"{__name__}.{entry.name}")
        found[entry.name] = ChannelKind(
            name=entry.name,
            options=module.Options,
            send=module.send,
            reach=module.reach,
            recipients=getattr(module, "recipients", _nobody),
        )
    return MappingProxyType(found)


def send(message: Message, channel: Channel, *, now: datetime) -> tuple[Missed, ...]:
    """Send a message by a channel, or raise DeliveryError. Returns who did not get it although others did."""
    with _secrets_missing_for_now(channel):
        return kinds()[channel.kind].send(message, channel.options, now=now, allow=channel.allow)


def recipients(message: Message, channel: Channel) -> tuple[str, ...]:
    """Return the e-mail addresses that a message goes to by a channel, none if that is no mail."""
    return kinds()[channel.kind].recipients(message, channel.options)


def try_to_reach(channel: Channel) -> None:
    """See whether a channel would work, as far as that shows without sending; raise DeliveryError if not."""
    with _secrets_missing_for_now(channel):
        kinds()[channel.kind].reach(channel.options, allow=channel.allow)


def _nobody(message: Message, options: BaseModel) -> tuple[str, ...]:
    return ()


@contextmanager
def _secrets_missing_for_now(channel: Channel) -> Iterator[None]:
    """Take a secret that cannot be read for a failure that passes: somebody will put it back."""
    try:
        yield
    except ConfigError as error:
        raise DeliveryError(f"channel {channel.name}: {error}", permanent=False) from error
