"""``lychgate schedule``: the coming day as an admin sees it, and canaries."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from scanner.scans.canary import room_of
from tests.cli.clerk import Clerk

SETTINGS = """
version: 1
sources:
  forum: {kind: site, start: ["https://forum.example/"], canary: true}
  our-site: {kind: site, start: ["https://stmarys.example/"]}
  sky: {kind: jetstream}
schedules:
  hourly: {cron: "10 * * * *", sources: all}
"""
COUNTDOWN = "  countdown: {every: {24h: 1h, 3h: 10m, 30m: 2m}, sources: [forum]}\n"


def configure(clerk: Clerk, text: str) -> None:
    (clerk.data / "schedules.yaml").write_text(text)


def test_the_coming_day_is_shown_with_the_reason_of_each_look(clerk: Clerk) -> None:
    configure(clerk, SETTINGS + COUNTDOWN)
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=5)
    room = {"platform": "zoom", "key": "82205550119"}
    clerk.register([{"title": "Bell ringers", "starts": starts.isoformat(), "rooms": [room]}])
    looks = clerk.run("schedule", "--json").lines()
    night = [look for look in looks if look["schedule"] == "hourly"]
    assert {tuple(look["sources"]) for look in night} == {("forum", "our-site")}, "a stream has no times"
    assert night[0]["reason"] == "schedule hourly reads everything at this time"
    assert night[0]["meeting"] is None
    near = [look for look in looks if look["schedule"] == "countdown"]
    assert {tuple(look["sources"]) for look in near} == {("forum",)}
    assert {look["meeting"] for look in near} == {"Bell ringers"}
    by_start = [datetime.fromisoformat(look["at"]) - starts for look in near]
    assert timedelta(minutes=-30) in by_start
    assert timedelta(minutes=-2) in by_start
    assert max(by_start) < timedelta(hours=1), "until it ends"
    assert near[-1]["reason"].endswith("is under way, so every 2 minutes")
    shown = clerk.run("schedule").out
    assert "At (Europe/London)" in shown
    assert "(Bell ringers)" in shown
    assert "sky is a stream" in shown
    assert "82205550119" not in shown


def test_the_meetings_of_others_have_no_title(clerk: Clerk) -> None:
    configure(clerk, SETTINGS + COUNTDOWN)
    clerk.run("organisations", "add", "Choir", "--timezone", "UTC", "--email", "choir@example.org")
    starts = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    room = {"platform": "zoom", "key": "82205550119"}
    file = clerk.data / "theirs.jsonl"
    file.write_text(json.dumps({"title": "Steps group", "starts": starts, "rooms": [room]}))
    clerk.run("--organisation", "Choir", "meetings", "import", str(file))
    looks = clerk.run("schedule", "--json").lines()
    assert {look["meeting"] for look in looks} == {None, "of another organisation"}


def test_without_countdown_or_anything_due_it_says_so(clerk: Clerk) -> None:
    configure(clerk, "version: 1")
    said = clerk.run("schedule").out
    assert "Nothing is due in the next 24 hours." in said
    assert "There is no countdown" in said


def test_a_canary_is_always_the_same_for_a_source_and_says_what_to_do(clerk: Clerk) -> None:
    configure(clerk, SETTINGS)
    first = clerk.run("sources", "canary", "forum")
    assert clerk.run("sources", "canary", "forum").out == first.out
    assert room_of(first.out.strip()).platform == "teams"
    assert "Put it on a page" in first.err
    assert "canary: true" not in first.err
    other = clerk.run("sources", "canary", "our-site", "--json").json()
    assert other["source"] == "our-site"
    assert other["expected"] is False
    assert room_of(other["link"]) != room_of(first.out.strip())
    assert "canary: true" in clerk.run("sources", "canary", "our-site").err
    assert "no source 'forun'" in clerk.run("sources", "canary", "forun", code=2).err
