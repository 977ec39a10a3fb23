"""BigBlueButton, hosted by everybody: the shape of the path identifies it on any host."""

from __future__ import annotations

from scanner.model import PasscodeKind, Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_CODE = r"[a-z0-9]{3}(?:-[a-z0-9]{3}){2,3}"
_ROOM = r"(?P<id>" + _CODE + r")"

PLATFORM = Platform(
    slug="bigbluebutton",
    name="BigBlueButton",
    domains=("senfcall.de",),
    bare_domains=False,
    shapes=(
        Shape(
            host=r"(?:lecture|public)\.senfcall\.de",
            path=r"/(?!favicon|static|b$|rooms$|api$|impressum|datenschutz)(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{2,63})",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-])",
        ),
        Shape(
            path=rf"/(?:b|rooms)/{_ROOM}(?:/join)?",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![a-z0-9\-/])",
        ),
    ),
    anywhere=(
        Shape(
            path=rf"(?:/[^/]{{1,60}}){{0,3}}/b/{_ROOM}",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![a-z0-9\-/])",
        ),
        Shape(
            path=rf"(?:/[^/]{{1,60}}){{0,3}}/rooms/{_ROOM}/join",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![a-z0-9\-/])",
        ),
        Shape(
            path=r"(?:/[^/]{1,60}){0,3}/bigbluebutton/api/join",
            query={"meetingid": r"[^\s&]{1,200}"},
            key="{host}/{meetingid}",
            kind="api",
            risk=Risk.UNIQUE,
            passcodes={"password": PasscodeKind.TOKEN},
        ),
    ),
    anywhere_hints=("/b/", "/rooms/", "/bigbluebutton/api/join"),
    names=("bigbluebutton", "big blue button", "bbb"),
    found=(
        Found("https://bbb.example.org/b/eva-b4m-71k-zrt", "bbb.example.org/eva-b4m-71k-zrt"),
        Found("https://bbb.example.org/rooms/eva-b4m-71k-zrt/join", "bbb.example.org/eva-b4m-71k-zrt"),
        Found(
            "https://bbb.example.org/bigbluebutton/api/join?fullName=A&meetingID=choir-7&password=ap&checksum=0a1b",
            "bbb.example.org/choir-7",
        ),
        Found("https://lecture.senfcall.de/eva-b4m-71k", "lecture.senfcall.de/eva-b4m-71k"),
    ),
    ignored=(
        NearMiss("https://shop.example.org/b/our-new-hats", "words, and the last group is too long"),
        NearMiss("https://hotel.example.org/rooms/double-room/join", "a hotel room"),
        NearMiss("https://bbb.example.org/rooms/eva-b4m-71k-zrt/public_recordings", "recordings"),
        NearMiss("https://bbb.org/us/ny/profile/8451236789", "the Better Business Bureau"),
    ),
)
