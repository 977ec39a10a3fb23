"""Brave is asked with a key that nobody else sees, and its results are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from scanner.scans.queue import _keys
from spiders.brave import Options
from tests.internet import Answer, Hit, redirect, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

SEARCH = "/res/v1/web/search?q=%22stmarys.zoom.us%22&count=20&offset="
KEY = "BSA-made-up-key"


def answer(*results: object, more: bool = False) -> Answer:
    web = {"web": {"type": "search", "results": results}} if results else {}
    return in_json({"type": "search", "query": {"original": "q", "more_results_available": more}} | web)


def options(api: str, key: object) -> dict[str, object]:
    return {"queries": ["stmarys.zoom.us"], "api": api, "key": key}


def test_results_are_read_and_only_the_service_sees_the_key(tmp_path: Path) -> None:
    file = tmp_path / "brave"
    file.write_text(f"{KEY}\n")
    with serve({"/minutes": f"{LEAK}?m=1"}) as pages, serve({}) as site:

        def first(hit: Hit) -> Answer:
            if hit.headers.get("x-subscription-token") != KEY:
                return Answer(status=401)
            return answer(
                {"url": pages.url("/minutes"), "title": "<strong>M</strong>", "description": "x"}, more=True
            )

        site.pages |= {f"{SEARCH}0": first, f"{SEARCH}1": redirect(pages.url("/moved"))}
        crawled = crawl(
            unit(
                kind="brave",
                options=options(site.url(""), {"file": str(file)}),
                allow=(site.pair, pages.pair),
            )
        )
    assert site.paths == [f"{SEARCH}0", f"{SEARCH}1"]
    assert f"{LEAK}?m=1" in crawled.fetched()[pages.url("/minutes")]["text"]
    assert not any("x-subscription-token" in hit.headers for hit in pages.hits)
    assert KEY not in str(crawled)


def test_the_key_may_be_in_the_environment() -> None:
    with serve(
        {f"{SEARCH}0": lambda hit: answer() if hit.headers.get("x-subscription-token") == KEY else ""}
    ) as site:
        crawled = crawl(
            unit(kind="brave", options=options(site.url(""), {"env": "BRAVE"}), allow=(site.pair,)),
            env={"BRAVE": KEY},
        )
    assert [event["event"] for event in crawled.events] == ["fetched"]


def test_without_its_key_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    with serve({}) as site:
        places = ({"env": "UNSET"}, {"file": str(tmp_path / "none")}, {"file": str(tmp_path / "empty")})
        units = [
            unit(source=str(n), kind="brave", options=options(site.url(""), place), allow=(site.pair,))
            for n, place in enumerate(places)
        ]
        crawled = crawl(*units)
    assert not site.hits
    assert [event["start"] for event in crawled.of("failed")] == [True] * 3
    assert all("key of the search service" in event["why"] for event in crawled.of("failed"))


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        {},
        {"env": ""},
        {"env": "LYCHGATE_KEY"},
        {"file": "brave"},
        {"value": KEY},
        {"env": "A", "file": "/b"},
    ],
)
def test_the_settings_say_where_the_key_is_and_never_the_key(key: object) -> None:
    with pytest.raises(ValidationError) as fault:
        Options.model_validate({"queries": ["stmarys.zoom.us"], "key": key})
    assert KEY not in "".join(error["msg"] for error in fault.value.errors())


def test_a_child_is_given_the_variables_that_its_units_name_and_none_of_ours() -> None:
    units = [
        unit(kind="brave", options=options("", {"env": name}))
        for name in ("BRAVE", "LYCHGATE_KEY", "lychgate_key", "")
    ]
    assert list(_keys([*units, unit("https://village.org/")])) == ["BRAVE"]


def test_failures_are_told(tmp_path: Path) -> None:
    file = tmp_path / "brave"
    file.write_text(KEY)
    check_failures(
        crawl_failures("brave", lambda site: options(site.url(""), {"file": str(file)}), f"{SEARCH}0")
    )
