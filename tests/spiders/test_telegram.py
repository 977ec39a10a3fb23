"""A public channel is read by its preview; one without a preview is said to be unreadable."""

from __future__ import annotations

from scanner.guard import check_address
from scanner.model import Known
from scanner.platforms import is_meeting_address
from tests.internet import Answer, Hit, redirect, serve
from tests.spiders.answering import LEAK
from tests.spiders.crawls import crawl, unit
from tests.spiders.test_known import remembered


def message(number: int, hit: Hit) -> str:
    """One message as the preview shows it; views and pictures change with every look."""
    return f"""<div class="tgme_widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap
js-widget_message" data-post="villagechoir/{number}" data-view="{hit.at}">
<div class="tgme_widget_message_user"><a href="https://t.me/villagechoir"><i style="background-image:
url('https://cdn4.example/{hit.at}.jpg')"></i></a></div><div class="tgme_widget_message_bubble">
<a class="tgme_widget_message_photo_wrap" style="background-image:url('https://cdn4.example/{hit.at}.jpg')"></a>
<div class="tgme_widget_message_text js-message_text" dir="auto">Rehearsal {number}:
<a href="{LEAK}?t={number}" target="_blank">join</a></div>
<div class="tgme_widget_message_footer"><span class="tgme_widget_message_views">
{hit.at}</span><time datetime="2026-11-01T10:00:00+00:00">10:00</time></div></div></div></div>"""


def preview(hit: Hit) -> Answer:
    """Three messages a page, the newest last."""
    before = int(hit.path.partition("before=")[2] or 8)
    shown = "".join(message(number, hit) for number in range(max(before - 3, 1), before) if number != 2)
    return Answer(body=f'<html><div class="tgme_channel_info">Village choir</div>{shown}</html>')


PAGES = {"/s/villagechoir": preview} | {f"/s/villagechoir?before={n}": preview for n in range(1, 9)}


def test_messages_are_read_from_the_newest_to_the_first() -> None:
    with serve(PAGES) as site:
        crawled = crawl(unit(site.url("/villagechoir"), kind="telegram", allow=(site.pair,)))
    assert site.paths == ["/s/villagechoir", "/s/villagechoir?before=5", "/s/villagechoir?before=3"]
    posts = [address for address in crawled.fetched() if "/s/" not in address]
    assert posts == [site.url(f"/villagechoir/{n}") for n in (7, 6, 5, 4, 3, 1)]
    text = crawled.fetched()[posts[0]]["text"]
    assert f"{LEAK}?t=7" in text
    assert "10:00" not in text


def test_a_message_that_did_not_change_is_the_same_and_one_taken_down_is_gone() -> None:
    with serve(PAGES) as site:
        first = crawl(unit(site.url("/s/villagechoir"), kind="telegram", allow=(site.pair,)))
        site.hits.clear()
        known = (*remembered(first), Known(address=site.url("/villagechoir/2"), digest="0", watched=True))
        second = crawl(unit(site.url("/s/villagechoir"), kind="telegram", allow=(site.pair,), known=known))
    assert sorted(site.paths) == ["/s/villagechoir", "/s/villagechoir?before=3"]
    assert {event["address"] for event in second.of("unchanged")} >= {
        site.url(f"/villagechoir/{n}") for n in (7, 6, 5)
    }
    (failed,) = second.of("failed")
    assert (failed["address"], failed["gone"]) == (site.url("/villagechoir/2"), True)


def test_a_channel_without_a_preview_is_not_readable() -> None:
    door = '<html><div class="tgme_page"><a class="tgme_action_button_new">View in Telegram</a></div></html>'
    why = "the channel has no preview on the web, so it cannot be read without the app"
    for answer in (redirect("/villagechoir"), Answer(body=door), Answer(body="")):
        with serve({"/s/villagechoir": answer, "/villagechoir": door}) as site:
            crawled = crawl(unit(site.url("/s/villagechoir"), kind="telegram", allow=(site.pair,)))
        (failed,) = crawled.of("failed")
        assert (failed["why"], failed["blocked"], failed["start"]) == (why, True, True)
        assert site.paths == ["/s/villagechoir"]


def test_messages_with_odd_names_are_read_too() -> None:
    names = ("//[", "villagechoir/" + "9" * 5000, "villagechoir/²", "", "villagechoir/1")
    shown = "".join(
        f'<div class="tgme_widget_message" data-post="{name}">{LEAK}?o={len(name)}</div>' for name in names
    )
    with serve({"/s/villagechoir": shown}) as site:
        crawled = crawl(unit(site.url("/s/villagechoir"), kind="telegram", allow=(site.pair,)))
    found = {event["text"]: event["document"]["address"] for event in crawled.of("fetched")}
    assert {f"{LEAK}?o={len(name)}" for name in names} <= found.keys()
    assert len(set(found.values())) == len(found), "no post stands at the address of another"
    assert not crawled.of("failed")


def test_an_empty_channel_is_fine() -> None:
    with serve({"/s/villagechoir": '<div class="tgme_channel_info">x</div>'}) as site:
        crawled = crawl(unit(site.url("/s/villagechoir"), kind="telegram", allow=(site.pair,)))
    assert not crawled.of("failed")


def test_a_layout_that_has_changed_is_not_taken_for_silence() -> None:
    emptied = '<div class="tgme_channel_info">x</div><div class="bubble">Rehearsal</div>'
    with serve({"/s/villagechoir": emptied, "/s/villagechoir?before=8": emptied}) as site:
        known = (Known(address=site.url("/villagechoir/7"), digest="0", watched=True),)
        crawled = crawl(unit(site.url("/s/villagechoir"), kind="telegram", allow=(site.pair,), known=known))
    whys = crawled.why("failed")
    assert whys[site.url("/s/villagechoir")] == "no message is shown where messages were read before"
    assert whys[site.url("/villagechoir/7")].startswith("not in the shape")
    assert not any(event["gone"] for event in crawled.of("failed"))


def test_previews_may_be_read_and_calls_may_not() -> None:
    assert check_address("https://t.me/s/villagechoir?before=7") is None
    assert is_meeting_address("https://t.me/villagechoir?videochat=0a1b2c3d")
    assert check_address("https://t.me/s/villagechoir?videochat=0a1b2c3d") is not None
