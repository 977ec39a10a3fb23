"""Canaries: a link that an admin plants on a source, so that every scan can prove that it still reads it.

A canary is written like a Teams meeting, because that is read on the same way as a real leak, and is none:
Teams makes the names of its threads itself, so nobody can bring one to life by opening it
(docs/decisions/0012-canaries.md). It is random, so that no owner of a page can know which link to leave in
when everything else is hidden.
"""

from __future__ import annotations

import secrets
from urllib.parse import quote

from scanner.detect import detect_text
from scanner.model import Room
from storage.store import Work

_THREAD_BYTES = 36
_ADDRESS = "https://teams.microsoft.com/l/meetup-join/{thread}/0"


def new_canary() -> str:
    """Return the link of a meeting that does not exist; 288 random bits keep it from ever being another's."""
    thread = f"19:meeting_{secrets.token_urlsafe(_THREAD_BYTES)}@thread.v2"
    return _ADDRESS.format(thread=quote(thread, safe=""))


def room_of(canary: str) -> Room:
    """Return the room that a page with this link shows."""
    (link,) = detect_text(canary, "href").links
    return link.room


def canary_of(work: Work, source: str) -> Room | None:
    """Return the room that stands for a source, or None if nobody has asked for its canary yet."""
    link = work.canaries.link(source)
    return None if link is None else room_of(link)
