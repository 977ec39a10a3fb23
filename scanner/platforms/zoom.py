"""Zoom. Its vanity host is no part of the key: one meeting opens on every Zoom host."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import DIGITS_9_TO_11, Found, NearMiss, Platform, Shape

_REGISTRATION = r"(?P<id>[A-Za-z0-9_\-]{6,64})"
_PASSCODES = {"pwd": None}

MEETING_SHAPES = (
    Shape(
        path=rf"/(?:j|s|w|wc/join|launch/jc)/(?P<id>{DIGITS_9_TO_11})",
        digits=True,
        ends=r"(?![0-9])",
        passcodes=_PASSCODES,
        risk_with={"zak": Risk.HOST, "tk": Risk.UNIQUE},
    ),
    Shape(
        path=rf"/wc/(?P<id>{DIGITS_9_TO_11})/(?:join|start)",
        digits=True,
        ends=r"(?![A-Za-z])",
        passcodes=_PASSCODES,
        risk_with={"zak": Risk.HOST, "tk": Risk.UNIQUE},
    ),
    Shape(
        path="/(?:join|start)",
        query={"confno": rf"(?P<id>{DIGITS_9_TO_11})"},
        digits=True,
        ends=r"(?![0-9])",
        passcodes=_PASSCODES,
        risk_with={"zak": Risk.HOST, "tk": Risk.UNIQUE},
    ),
    Shape(
        path=r"/my/(?P<id>[A-Za-z0-9._\-]{1,64})",
        key="my:{id}",
        kind="my",
        lower=True,
        ends=r"(?![A-Za-z0-9._\-])",
        risk=Risk.REUSABLE,
        passcodes=_PASSCODES,
    ),
    Shape(
        path=rf"/(?:meeting|webinar)/register/(?:[0-9]{{1,20}}/)?{_REGISTRATION}",
        key="register:{id}",
        kind="register",
        ends=r"(?![A-Za-z0-9_\-])",
        risk=Risk.PUBLIC,
        takes_stated=False,
    ),
    Shape(
        path=rf"/meeting/(?:attendee/{_REGISTRATION}/(?:ics|success)(?:/.*)?"
        rf"|{_REGISTRATION.replace('id', 'ics')}/ics)",
        key=lambda parts: "register:" + (parts["id"] or parts["ics"]),
        kind="register",
        risk=Risk.UNIQUE,
        takes_stated=False,
    ),
)

PLATFORM = Platform(
    slug="zoom",
    name="Zoom",
    domains=("zoom.us", "zoom.com", "zoom.com.cn", "zoom-x.de"),
    hosts=("zoom-lfx.platform.linuxfoundation.org",),
    ignored_labels=frozenset(
        [
            "support",
            "explore",
            "developers",
            "devforum",
            "marketplace",
            "community",
            "status",
            "success",
            "launcher",
            "source",
            "inbots",
            "docs",
            "st1",
            "st2",
            "st3",
            *(f"us0{centre}st{number}" for centre in range(1, 10) for number in range(1, 4)),
            "blog",
            "learning",
            "investors",
            "partner",
        ]
    ),
    ignored_paths=r"/(?:u|rec|clips|download|test|pricing|oauth|saml|profile|support|hc|docs|apps|static)(?:/|$)"
    r"|/webinar/list(?:/|$)|/wc/profile(?:/|$)",
    shapes=(
        *MEETING_SHAPES,
        Shape(
            host=r"events\.zoom\.(?:us|com)",
            path=r"/ev/(?P<id>[A-Za-z0-9_\-]{4,128})",
            key="event:{id}",
            kind="event",
            risk=Risk.PUBLIC,
            takes_stated=False,
        ),
        Shape(
            host=r"zoom-lfx\.platform\.linuxfoundation\.org",
            path=r"/meeting/(?P<id>[0-9]{9,11})",
            ends=r"(?![0-9])",
            passcodes={"password": None},
        ),
    ),
    schemes=("zoommtg", "zoomus"),
    names=("zoom", "zoom.us"),
    digits=frozenset({9, 10, 11}),
    reusable_digits=frozenset({10}),
    one_tap=True,
    groups=((11,), (10,), (9,), (3, 4, 4), (3, 3, 4), (3, 3, 3)),
    found=(
        Found("https://us02web.zoom.us/j/84512367890?pwd=abc123", "84512367890"),
        Found("user:pw@example.zoom.us.:443/J//845%201236%207890/", "84512367890", kind="text"),
        Found("zoommtg://zoom.us/join?confno=84512367890&pwd=x", "84512367890"),
        Found("https://example.zoom.us/my/Jane.Doe", "my:jane.doe"),
        Found(
            "https://zoom.us/webinar/register/WN_aBcDeFgHiJkLmNoPqRsTuV#/registration",
            "register:WN_aBcDeFgHiJkLmNoPqRsTuV",
        ),
        Found("Zoom ID: 845 1236 7890", "84512367890", kind="text"),
    ),
    ignored=(
        NearMiss("https://zoom.us.evil.example/j/84512367890", "the host ends in another domain"),
        NearMiss("https://zoom.us@evil.example/j/84512367890", "zoom.us is the user name here"),
        NearMiss("https://zoom.us/u/kAbCdEfGh", "a list of dial-in numbers"),
        NearMiss("https://zoom.us/rec/share/1612345678901", "a recording and its time"),
        NearMiss("https://zoom.us/j/12345678", "eight digits are no meeting ID"),
        NearMiss("held on Zoom. 8451236789 people came", "a full stop ends the evidence", kind="text"),
    ),
)
