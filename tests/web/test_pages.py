from __future__ import annotations

from tests.web.desk import Served

PAGES = (
    "/",
    "/exposures",
    "/exposures?only=done",
    "/meetings",
    "/meetings/add",
    "/sources",
    "/scans",
    "/scans/progress",
    "/alerts",
    "/people",
    "/people/audit",
    "/report",
    "/report?month=2026-02",
    "/report.csv",
    "/help",
    "/start",
    "/account",
)


def test_every_page_of_an_empty_desk_teaches(desk: Served) -> None:
    ann = desk.somebody()
    for path in PAGES:
        said = ann.get(path)
        assert said.status == 200, (path, said.words)
