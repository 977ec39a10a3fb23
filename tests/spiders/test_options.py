"""What people write about a source is checked where it stands, and reaches the crawl as they wrote it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.settings import load
from spiders import kinds

SOURCES = """\
  site: {kind: site, start: ["https://stmarys.org/"], sitemaps: false}
  feed: {kind: feed, start: ["https://stmarys.org/feed"]}
  sitemap: {kind: sitemap, start: ["https://stmarys.org/sitemap.xml"]}
  calendar: {kind: calendar, start: ["webcal://p01.stmarys.org/cal.ics"]}
  discourse: {kind: discourse, start: ["https://forum.stmarys.org/c/choir/5"]}
  forum: {kind: forum, start: ["https://forum.stmarys.org/viewforum.php?f=2"]}
  mastodon: {kind: mastodon, start: ["https://social.stmarys.org/tags/choir"]}
  telegram: {kind: telegram, start: ["https://t.me/s/villagechoir"]}
  fourchan: {kind: fourchan, start: ["https://boards.4chan.org/b/"]}
  lemmy: {kind: lemmy, start: ["https://lemmy.stmarys.org/c/village"]}
  reddit: {kind: reddit, start: ["https://www.reddit.com/r/village/"]}
  bluesky: {kind: bluesky, start: ["https://bsky.app/profile/clerk.stmarys.org"]}
  jetstream: {kind: jetstream}
  hackernews: {kind: hackernews, queries: [stmarys.zoom.us]}
  stackexchange: {kind: stackexchange, queries: [stmarys.zoom.us]}
  searxng: {kind: searxng, queries: [stmarys.zoom.us], api: "https://search.stmarys.org"}
  brave: {kind: brave, queries: [stmarys.zoom.us], key: {env: BRAVE_KEY}}
  wayback: {kind: wayback, hosts: [stmarys.zoom.us]}
  commoncrawl: {kind: commoncrawl, hosts: [stmarys.zoom.us]}
  urlscan: {kind: urlscan, hosts: [stmarys.zoom.us]}
  reported: {kind: reported}
  inbox: {kind: inbox, folder: /var/mail/leaks}
  zoom-risk: {kind: zoom-risk, secret: {env: ZOOM_SECRET}}
"""
OPTIONS = {name: kind.options for name, kind in kinds().items()}


def read(folder: Path, sources: str) -> dict[str, dict[str, object]]:
    """Read settings with these sources; return the options of each as a Unit carries them."""
    path = folder / "schedules.yaml"
    path.write_text(f"version: 1\nsources:\n{sources}")
    settings = load(path, environ={}, kinds=OPTIONS, channels={})
    return {name: dict(source.options) for name, source in settings.sources.items()}


def test_every_kind_is_understood_in_the_settings_and_again_in_the_crawl(tmp_path: Path) -> None:
    written = read(tmp_path, SOURCES)
    assert written.keys() == OPTIONS.keys()
    for name, options in written.items():
        carried = json.loads(json.dumps(options))
        assert OPTIONS[name].model_validate(carried).model_dump(mode="json") == options


def test_every_option_says_what_it_is_for() -> None:
    for name, options in OPTIONS.items():
        for option, field in options.model_fields.items():
            assert (field.description or "").endswith((".", "?")), f"{name}.{option}"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("{kind: site, start: [stmarys.org]}", "an address begins with https:// or http://"),
        ("{kind: site, start: ['ftp://stmarys.org/']}", "an address begins with https:// or http://"),
        ("{kind: feed, start: ['https://']}", "an address begins with https:// or http://"),
        ("{kind: site, start: ['https://zoom.us/j/5551112222']}", "this is a meeting, not a place"),
        ("{kind: calendar, start: ['webcal:']}", "an address begins with https:// or http://"),
        ("{kind: jetstream, api: 'wss://x.org'}", "an address begins with https:// or http://"),
        ("{kind: telegram, start: ['https://t.me/+aBc']}", "write a channel like https://t.me/s/"),
        ("{kind: hackernews, queries: ['555 111 2222']}", "a query must not hold a meeting link"),
        ("{kind: wayback, hosts: ['zoom.us/my/ann']}", "a host is a name and nothing else"),
        ("{kind: brave, queries: [a.org], key: BSA123}", "write where the key is kept, never the key"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, source: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, f"  s: {source}\n")
    assert sentence in str(fault.value)
    assert fault.value.where.startswith("schedules.yaml:3:")
    assert "BSA123" not in str(fault.value)
    assert "5551112222" not in str(fault.value)
