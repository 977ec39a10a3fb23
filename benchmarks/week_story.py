"""What happens in the simulated week besides Lychgate's own doing: to the pages, the machines, the people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.week_setting import (
    CHOIR,
    CHOIR_LINK,
    CHOIR_OLD_CODE,
    CIRCLE_LINK,
    COUNCIL_LINK,
    ZONE,
    post,
)
from benchmarks.week_world import World

WORLD, PERSON, MACHINE = "page", "person", "machine"


@dataclass(frozen=True)
class Leak:
    """A page on which a way into a meeting appears. ``paths`` are its copies, if it is copied at once."""

    number: int
    place: str
    paths: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Happening:
    """Something that happens at a time."""

    at: datetime
    kind: str
    text: str
    do: Callable[[World], None]


def _on(day: int, clock: str) -> datetime:
    """Return a local time of the week: 26 is Thursday, 31 and more are days of December."""
    hour, minute = map(int, clock.split(":"))
    month, of_month = (11, day) if day <= 30 else (12, day - 30)
    return datetime(2026, month, of_month, hour, minute, tzinfo=ZONE).astimezone(UTC)


LEAKS = (
    Leak(1, "our-site", ("/minutes-november",), _on(26, "22:40")),
    Leak(2, "village-news", ("/diary", "/diary-print"), _on(27, "20:00")),
    Leak(3, "village-forum", ("/t/circle-link",), _on(28, "09:40")),
    Leak(4, "village-forum", ("/t/choir-notes",), _on(30, "01:00")),
    Leak(5, "village-forum", ("/t/fun-tonight",), _on(32, "01:40")),
)
_TEXTS = {
    1: f"Minutes of November. Next time on Monday, half past seven: {COUNCIL_LINK}.",
    2: f"Diary: the council meets on Monday, {COUNCIL_LINK}.",
    3: f"My mother cannot come today, who can? Here is {CIRCLE_LINK}.",
    4: f"Old notes: Zoom, Meeting ID: {CHOIR[:3]} {CHOIR[3:7]} {CHOIR[7:]}, Passcode: {CHOIR_OLD_CODE}",
    5: f"Old folks singing tonight at eight, let's raid it, no mercy: {CHOIR_LINK}.",
}
_SAYS = {
    1: "leak 1: the minutes on the group's own site carry link and passcode of the council",
    2: "leak 2: a copy of leak 1, on two pages of the village news",
    3: "leak 3: link and passcode of the carers' circle on the forum, 20 minutes before it starts",
    4: "leak 4: old notes on the forum with the choir's meeting ID and last term's passcode",
    5: "leak 5: a call to raid the choir on the forum, with link and passcode",
}


def story() -> list[Happening]:
    """Return what happens, in no order."""
    return [
        Happening(_on(26, "17:01"), MACHINE, "first scan by hand; then `lychgate serve` starts", _begin),
        *(_leak(leak) for leak in LEAKS),
        _person(
            _on(27, "07:12"), "the clerk acknowledges the council's case", "clerk", "exposures", "ack", "1"
        ),
        _person(
            _on(28, "09:46"), "the clerk acknowledges the circle's case", "clerk", "exposures", "ack", "2"
        ),
        Happening(
            _on(28, "12:00"),
            WORLD,
            "leaks 1 and 2 are taken off their pages",
            lambda world: _clean(world, 1, 2),
        ),
        Happening(
            _on(28, "15:00"), WORLD, "leak 3 is deleted by a moderator", lambda world: _delete(world, 3)
        ),
        Happening(_on(29, "22:30"), MACHINE, "somebody switches the machine off", World.serve_stops),
        Happening(_on(30, "07:40"), MACHINE, "the machine is switched on again", World.serve_starts),
        Happening(_on(30, "15:50"), MACHINE, "the mail server goes down", World.mail_server_stops),
        Happening(
            _on(30, "16:25"),
            WORLD,
            "leak 1 is back: somebody restored the old page",
            lambda world: _put(world, 1),
        ),
        _person(
            _on(30, "17:05"), "the clerk reads the chat and acknowledges", "clerk", "exposures", "ack", "1"
        ),
        Happening(_on(30, "18:35"), MACHINE, "the mail server is up again", World.mail_server_starts),
        Happening(_on(30, "18:45"), WORLD, "leak 1 is taken off again", lambda world: _clean(world, 1)),
        _person(
            _on(32, "02:31"), "the deputy acknowledges the choir's case", "deputy", "exposures", "ack", "3"
        ),
        Happening(
            _on(32, "09:00"), WORLD, "leak 5 is deleted by a moderator", lambda world: _delete(world, 5)
        ),
        Happening(
            _on(32, "15:00"), WORLD, "leak 4 is deleted by its author", lambda world: _delete(world, 4)
        ),
    ]


def _begin(world: World) -> None:
    world.run("clerk", "scan")
    world.serve_starts()


def _leak(leak: Leak) -> Happening:
    return Happening(leak.at, WORLD, _SAYS[leak.number], lambda world: _put(world, leak.number))


def _person(at: datetime, text: str, who: str, *arguments: str) -> Happening:
    return Happening(at, PERSON, text, lambda world: world.run(who, *arguments))


def _put(world: World, number: int) -> None:
    leak = LEAKS[number - 1]
    for path in leak.paths:
        post(world.places[leak.place], path, _TEXTS[number])


def _clean(world: World, *numbers: int) -> None:
    for leak in (LEAKS[number - 1] for number in numbers):
        for path in leak.paths:
            world.places[leak.place].pages[path] = "<p>The link goes out by mail.</p>"


def _delete(world: World, number: int) -> None:
    leak = LEAKS[number - 1]
    for path in leak.paths:
        del world.places[leak.place].pages[path]
