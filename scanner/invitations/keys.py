"""Room keys as people hand them over in files: put into canonical form, or refused with the reason."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches

from scanner.errors import InputError
from scanner.model import Room
from scanner.platforms import BUILT_IN

_LONGEST_KEY = 500
_SEPARATORS = re.compile(r"[\s.\u2010-\u2015-]+")
_HOST = r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?"

_SHAPES: dict[str, tuple[str, str]] = {
    "zoom": (
        r"[0-9]{9,11}|my:[a-z0-9._-]+|(?:register|event):\S+",
        "a meeting ID of 9 to 11 digits, my:NAME, register:TOKEN or event:ID",
    ),
    "zoomgov": (
        r"[0-9]{9,11}|my:[a-z0-9._-]+|(?:register|event):\S+",
        "a meeting ID of 9 to 11 digits, my:NAME, register:TOKEN or event:ID",
    ),
    "teams": (
        r"[0-9]{9,16}|19:\S+@thread\.(?:v2|skype)|19:\S+@thread\.tacv2/[0-9]+|(?:event|register):\S+",
        "a meeting ID of 9 to 16 digits, 19:…@thread.v2, 19:…@thread.tacv2/NUMBER, event:… or register:…",
    ),
    "google-meet": (
        r"[a-z]{3}-[a-z]{4}-[a-z]{3}|lookup:\S+|stream:\S+",
        "a code like abc-defg-hij, lookup:NAME or stream:ID",
    ),
    "webex": (
        rf"[0-9]{{9,11}}|mtid:[a-z][0-9a-f]{{32}}|uuid:[0-9a-f]{{32}}|register:\S+|{_HOST}/[a-z0-9._-]{{1,64}}",
        "a meeting number of 9 to 11 digits, mtid:…, uuid:…, SITE.webex.com/NAME or register:TOKEN",
    ),
    "jitsi": (rf"{_HOST}(?::[0-9]{{1,5}})?/\S(?:.*\S)?", "HOST/ROOM, like meet.jit.si/knittingcircle"),
}
"""Key grammars of the meeting-link specification, section 3, and how to say them to a person."""

_CASE_KEPT = re.compile(r"register:|event:|19:|stream:", re.IGNORECASE)


def platform_called(name: str) -> str:
    """Return the slug of the platform that people call so ("Microsoft Teams"), or raise InputError."""
    wanted = " ".join(name.casefold().replace("-", " ").split())
    for platform in BUILT_IN:
        if wanted in (platform.slug.replace("-", " "), platform.name.casefold(), *platform.names):
            return platform.slug
    return read_slug(name)


def read_room(platform: str, key: str) -> Room:
    """Return the room that a platform's slug and a key name, or raise InputError with the reason.

    Digits lose their separators and names that ignore case become small; tokens keep theirs. A platform
    whose keys have no grammar here takes any printable key.
    """
    slug = read_slug(platform)
    given = key.strip()
    if not given or len(given) > _LONGEST_KEY:
        raise InputError(f"The {slug} key is empty or longer than {_LONGEST_KEY} characters.")
    if any(unicodedata.category(c)[0] == "C" for c in given):
        raise InputError(f"The {slug} key holds characters that cannot be seen.")
    if "://" in given:
        raise InputError(f"The {slug} key is a whole link. Register links with: lychgate meetings add --url.")
    return Room(slug, _canonical(slug, given))


def read_slug(platform: str) -> str:
    """Return the slug of a platform as it is written in files, or raise InputError with the nearest one."""
    slug = platform.strip().lower()
    if slug not in BUILT_IN.platforms:
        near = get_close_matches(slug[:40], BUILT_IN.platforms, n=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise InputError(f"There is no platform called “{_shown(platform)}”.{hint}")
    return slug


def _canonical(slug: str, given: str) -> str:
    digits = _SEPARATORS.sub("", given)
    if digits.isascii() and digits.isdigit():
        key = digits
    elif slug in _SHAPES and not _CASE_KEPT.match(given):
        key = given.lower()
        if slug == "google-meet" and re.fullmatch(r"[a-z]{10}", key):
            key = f"{key[:3]}-{key[3:7]}-{key[7:]}"
        if slug == "webex" and "/" in key:
            key = re.sub(r"/(?:meet|join)/", "/", key)
    else:
        key = given
    if slug in _SHAPES:
        shape, said = _SHAPES[slug]
        if not re.fullmatch(shape, key):
            raise InputError(f"This cannot be a {slug} key: it should be {said}.")
    return key


def _shown(text: str) -> str:
    return "".join(c for c in text[:40] if unicodedata.category(c)[0] != "C")
