"""Microsoft Teams: thread links, short links with digits, events and registrations.

One invitation shows two keys of one meeting, the thread and the Meeting ID; the typed passcode goes with
the digits, a thread link needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from scanner.model import PasscodeKind, Risk
from scanner.platforms.address import Address, parse_address
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_GUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_DECODINGS = 4


def _thread_key(parts: Mapping[str, str]) -> str:
    """Keep the message ID where the thread is a channel: without it all its meetings would be one."""
    thread = parts["thread"]
    if thread.lower().startswith("19:meeting_"):
        return thread
    return f"{thread}/{parts['message']}"


def _other_readings(address: Address) -> Iterable[Address]:
    """Yield the path decoded until stable, and the one that the web client keeps in the fragment."""
    path = address.path
    for _ in range(_DECODINGS):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    if path != address.path:
        yield Address(address.scheme, address.host, path, address.query, "", address.raw_query)
    if address.fragment.startswith("/"):
        inner = parse_address("https://teams.microsoft.com" + address.fragment)
        if inner is not None:
            yield Address(address.scheme, address.host, inner.path, inner.query, "", inner.raw_query)
            yield from _other_readings(inner)


_SHAPES = (
    Shape(
        path=r"/meet/(?P<id>[0-9](?:[ \u00a0-]?[0-9]){8,15})",
        digits=True,
        ends=r"(?![0-9])",
        passcodes={"p": PasscodeKind.TOKEN},
    ),
    Shape(
        path=r"/l/meetup-join/(?P<thread>19:meeting_[A-Za-z0-9+=_\-]{8,200}@thread\.(?:v2|skype|tacv2))(?:/(?P<message>[0-9]{1,20})?)?",
        key=_thread_key,
        kind="thread",
        ends=r"(?![A-Za-z0-9/])",
        takes_stated=False,
    ),
    Shape(
        path=r"/l/meetup-join/(?P<thread>19:[A-Za-z0-9+=_\-]{8,200}@thread\.(?:tacv2|skype|v2))/(?P<message>[0-9]{1,20})",
        key=_thread_key,
        kind="thread",
        ends=r"(?![0-9])",
        takes_stated=False,
    ),
    Shape(
        path=rf"/event/(?P<id>{_GUID}@{_GUID})",
        key="event:{id}",
        kind="event",
        risk=Risk.PUBLIC,
        ends=r"(?![0-9a-f\-])",
        takes_stated=False,
    ),
    Shape(
        path="/convene/townhalls",
        query={"eventid": rf"(?P<id>{_GUID}@{_GUID})"},
        key="event:{id}",
        kind="event",
        risk=Risk.PUBLIC,
        takes_stated=False,
    ),
    Shape(
        path=r"/registration/(?P<id>[A-Za-z0-9_\-]{8,64}(?:,[A-Za-z0-9_\-]{1,64}){1,9})",
        key="register:{id}",
        kind="register",
        risk=Risk.PUBLIC,
        ends=r"(?![A-Za-z0-9_,\-])",
        takes_stated=False,
    ),
)

PLATFORM = Platform(
    slug="teams",
    name="Microsoft Teams",
    domains=("teams.microsoft.com", "teams.live.com", "teams.cloud.microsoft", "teams.microsoft.us"),
    ignored_labels=frozenset({"dialin", "admin", "devspaces"}),
    shapes=_SHAPES,
    schemes=("msteams", "ms-teams"),
    app_shapes=_SHAPES,
    rewrite=_other_readings,
    names=("microsoft teams", "ms teams", "teams"),
    digits=frozenset(range(9, 17)),
    groups=(
        *((count,) for count in range(9, 17)),
        (3, 3, 3),
        (3, 3, 3, 1),
        (3, 3, 3, 2),
        (3, 3, 3, 3),
        (3, 3, 3, 3, 1),
        (3, 3, 3, 3, 2),
        (3, 3, 3, 3, 3),
        (3, 3, 3, 3, 3, 1),
    ),
    found=(
        Found("https://teams.microsoft.com/meet/241785412630?p=Ab12Cd34Ef56Gh78", "241785412630"),
        Found(
            "https://teams.microsoft.com/l/meetup-join/19%3ameeting_QUJDREVGR0g%40thread.v2/0?context=%7b%7d",
            "19:meeting_QUJDREVGR0g@thread.v2",
        ),
        Found(
            "https://teams.microsoft.com/l/meetup-join/19:0a1b2c3d4e5f@thread.tacv2/1603456789012",
            "19:0a1b2c3d4e5f@thread.tacv2/1603456789012",
        ),
        Found(
            "msteams:/l/meetup-join/19:meeting_QUJDREVGR0g@thread.v2/0", "19:meeting_QUJDREVGR0g@thread.v2"
        ),
        Found("https://teams.microsoft.com/_#/meet/241785412630?p=Ab12", "241785412630"),
    ),
    ignored=(
        NearMiss(
            "https://teams.microsoft.com/l/meetup-joinery/19:meeting_QUJDREVGR0g@thread.v2/0",
            "another path word",
        ),
        NearMiss(
            "https://teams.microsoft.com/l/channel/19%3a0a1b2c3d%40thread.tacv2/General",
            "a channel, members only",
        ),
        NearMiss("https://dialin.teams.microsoft.com/0a1b2c3d?id=241785412", "telephone numbers"),
        NearMiss("Phone conference ID: 241 785 412#", "a number for the telephone", kind="text"),
    ),
)
