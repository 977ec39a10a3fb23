"""Every platform's own proof: what it must find, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest

import scanner.platforms
from scanner.detect import Detector, detect_text
from scanner.platforms import BUILT_IN, Platform, PlatformTable, is_meeting_address
from scanner.platforms.table import HostClaimedTwice

PLATFORMS = tuple(BUILT_IN)


def _found() -> list[object]:
    return [
        pytest.param(platform, example, id=f"{platform.slug}: {example.text[:60]}")
        for platform in PLATFORMS
        for example in platform.found
    ]


def _ignored() -> list[object]:
    return [
        pytest.param(platform, miss, id=f"{platform.slug}: {miss.why[:60]}")
        for platform in PLATFORMS
        for miss in platform.ignored
    ]


@pytest.mark.parametrize(("platform", "example"), _found())
def test_found(platform: Platform, example) -> None:
    rooms = [(link.room.platform, link.room.key) for link in detect_text(example.text, example.kind).links]
    assert rooms == [(platform.slug, example.key)]


@pytest.mark.parametrize(("platform", "miss"), _ignored())
def test_ignored(platform: Platform, miss) -> None:
    rooms = [
        link.room.key
        for link in detect_text(miss.text, miss.kind).links
        if link.room.platform == platform.slug
    ]
    assert rooms == [], miss.why


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: platform.slug)
def test_states_its_proof(platform: Platform) -> None:
    assert len(platform.found) >= 2
    assert len(platform.ignored) >= 2
    assert all(miss.why for miss in platform.ignored)


def test_every_module_is_named_after_its_slug() -> None:
    folder = Path(scanner.platforms.__file__).parent
    modules = {path.stem for path in folder.glob("*.py") if "PLATFORM = " in path.read_text(encoding="utf-8")}
    assert modules == {platform.slug.replace("-", "_") for platform in PLATFORMS}


def test_no_host_is_claimed_twice() -> None:
    names = [name for platform in PLATFORMS for name in (*platform.hosts, *platform.domains)]
    assert len(names) == len(set(names))


def test_a_host_claimed_twice_is_refused() -> None:
    first, second = PLATFORMS[0], PLATFORMS[1]
    thief = Platform(slug="thief", name="Thief", hosts=(*second.hosts, *second.domains), found=(), ignored=())
    with pytest.raises(HostClaimedTwice):
        PlatformTable((first, second, thief))


@pytest.mark.parametrize(
    ("slug", "address", "key"),
    [
        ("jitsi", "https://talk.club.example/Board", "talk.club.example/board"),
        ("nextcloud-talk", "https://talk.club.example/call/ab3de6gh", "talk.club.example/ab3de6gh"),
        ("bigbluebutton", "https://talk.club.example/b/eva-b4m-71k", "talk.club.example/eva-b4m-71k"),
    ],
)
def test_hosts_of_ones_own(slug: str, address: str, key: str) -> None:
    table = BUILT_IN.with_hosts(slug, ["Talk.club.example"])
    found = Detector(table).detect_text(address, "href").links
    assert [(link.room.platform, link.room.key) for link in found] == [(slug, key)]
    assert table.is_meeting_address("https://talk.club.example/")
    assert not is_meeting_address("https://talk.club.example/")
    with pytest.raises(HostClaimedTwice):
        BUILT_IN.with_hosts(slug, ["meet.google.com"])


@pytest.mark.parametrize(
    "address",
    [
        "https://us02web.zoom.us/j/84512367890",
        "https://zoom.us/",
        "//zoom.us/j/84512367890",
        "HTTPS://ZOOM.US./pricing",
        "https://user:pw@zoom.us:443/x",
        "https://teams.live.com/meet/9312345678901",
        "https://meet.jit.si/anything",
        "https://jitsi.example.org/club",
        "zoommtg://zoom.us/join?confno=84512367890",
        "https://zo%6Fm.us/j/84512367890",
    ],
)
def test_meeting_addresses(address: str) -> None:
    assert is_meeting_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/",
        "https://example.org/zoom.us/j/84512367890",
        "https://notzoom.us/j/84512367890",
        "https://zoom.us.evil.example/j/84512367890",
        "https://zoom.us@evil.example/",
        "/relative/path",
        "mailto:events@zoom.us",
        "",
        "https://",
        "https://[::1",
    ],
)
def test_other_addresses(address: str) -> None:
    assert not is_meeting_address(address)
