"""Only what changed: a second scan of unchanged pages moves no bodies, or at least searches none."""

from __future__ import annotations

import pytest

from tests.e2e.installation import Installation
from tests.internet import Answer, Hit, Page, serve

PAGES = 30
TAG = '"one"'


def pages(*, tagged: bool) -> dict[str, Page]:
    index = "".join(f'<a href="/{number}">{number}</a>' for number in range(PAGES))

    def page(hit: Hit) -> Answer:
        body = index if hit.path == "/" else f"minutes of {hit.path}" + " of a long evening" * 100
        if not tagged:
            return Answer(body=body)
        if hit.headers.get("if-none-match") == TAG:
            return Answer(status=304, headers={"ETag": TAG})
        return Answer(body=body, headers={"ETag": TAG})

    return dict.fromkeys(("/", *(f"/{number}" for number in range(PAGES))), page)


@pytest.mark.timeout(120)
def test_a_second_scan_searches_nothing_and_moves_no_body_where_the_server_helps(home: Installation) -> None:
    with serve(pages(tagged=True)) as tagged, serve(pages(tagged=False)) as plain:
        home.configure({"tagged": tagged, "plain": plain}, None)
        first = {source["name"]: source for source in home.run("scan", "--json").json()["sources"]}
        for site in (tagged, plain):
            site.hits.clear()
        second = {source["name"]: source for source in home.run("scan", "--json").json()["sources"]}
        conditional = [hit for hit in tagged.hits if hit.headers.get("if-none-match") == TAG]
        assert len(conditional) == PAGES + 1, "every page was asked for with its tag, so none came again"
        assert set(plain.paths) >= {f"/{number}" for number in range(PAGES)}
    for name in ("tagged", "plain"):
        assert (first[name]["read"], first[name]["unchanged"]) == (PAGES + 1, 0)
        assert (second[name]["read"], second[name]["unchanged"]) == (0, PAGES + 1), "nothing was searched"
        assert second[name]["state"] == "ok"


@pytest.mark.timeout(120)
def test_where_a_night_is_too_short_every_page_has_its_turn(home: Installation) -> None:
    links = "".join(f'<a href="/{number}">{number}</a>' for number in range(12))
    minutes: dict[str, Page] = {f"/{number}": f"<p>minutes {number}</p>" for number in range(12)}
    with serve({"/": links} | minutes) as site:
        home.configure({"site": site}, None)
        file = home.data / "schedules.yaml"
        file.write_text(file.read_text().replace("kind: site,", "kind: site, pages: 5, sitemaps: false,"))
        for _ in range(3):
            home.run("scan", code=3)
    assert set(site.paths) == {"/", *minutes}
