"""Before a mail goes out: whoever stopped such mail is left out, the others are told where they can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from scanner.alerts.channel import Channel
from scanner.alerts.channels import recipients
from scanner.model import Message
from storage.store import Store, Work

PAGE = "/stop/"
"""Where the desk's pages are on which people stop mail; the token of each follows."""
_ANYTHING = Message(key="", subject="", text="", html="")


def addressed(
    message: Message, channel: Channel, *, store: Store, organisation: int, desk: str, now: datetime
) -> Message:
    """Return the message as it goes out by a channel about an organisation.

    ``desk`` is the public address of the review desk; without one nobody is told where to stop such mail,
    and whoever stopped it before still gets none.
    """
    addresses = recipients(message, channel)
    if not addresses:
        return message
    with store.begin() as work:
        tokens = work.recipients.tokens(organisation, channel.name, addresses, now)
    return replace(
        message, leave={address: f"{desk}{PAGE}{token}" if desk else "" for address, token in tokens.items()}
    )


def deserted(work: Work, organisation: int, channels: Mapping[str, Channel]) -> list[str]:
    """Return the channels that write to people of whom every one has stopped their mail."""
    stopped = {(each.channel, each.address.casefold()) for each in work.recipients.stopped(organisation)}
    return [
        name
        for name, channel in channels.items()
        if (named := recipients(_ANYTHING, channel))
        and all((name, address.casefold()) in stopped for address in named)
    ]
