"""A month as a page to print, and as a table."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from scanner.actions.reviewing import exposures_of_month, scans_of_month, table_of_month
from scanner.web.desk import Call
from scanner.web.door import Caller
from scanner.web.language import N_, Language
from scanner.web.screen import show
from scanner.web.sentences import say
from scanner.web.words import LEVEL, STATE
from scanner.web.writing import month_of

router = APIRouter(include_in_schema=False)

_SHOWN = 100
_IN_A_TABLE = 20_000
_COLUMNS = (
    N_("number"),
    N_("meeting"),
    N_("opened"),
    N_("severity"),
    N_("reason"),
    N_("state"),
    N_("places"),
    N_("still there"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("/report")
def report_page(call: Caller, month: str = "") -> Response:
    """Show what was found and what was read in a month."""
    start, end = month_bounds(call, month)
    scans = scans_of_month(call.store, start=start, end=end)
    found, total = exposures_of_month(
        call.store, organisation=call.organisation.id, start=start, end=end, count=_SHOWN
    )
    return show(
        "report.html",
        call=call,
        month=f"{start:%Y-%m}",
        title=month_of(start, call.language),
        found=found,
        total=total,
        scans=len(scans),
        pages_read=sum(entry.read + entry.unchanged for scan in scans for entry in scan.coverages),
        not_in_full=sum(entry.state != "ok" for scan in scans for entry in scan.coverages),
        looks=sum(len(scan.coverages) for scan in scans),
    )


@router.get("/report.csv")
def report_table(call: Caller, month: str = "") -> Response:
    """Return the month as a table for a spreadsheet. No cell is a formula, no room stands in it."""
    start, end = month_bounds(call, month)
    written = io.StringIO()
    table = csv.writer(written)
    word = call.language.gettext
    table.writerow(word(column) for column in _COLUMNS)
    reasons = _Reasons(call.language)
    rows = table_of_month(
        call.store, organisation=call.organisation.id, start=start, end=end, count=_IN_A_TABLE
    )
    for row in rows:
        cells = [
            row.exposure,
            row.meeting,
            row.opened.astimezone(ZoneInfo(call.zone)).isoformat(timespec="minutes"),
            word(LEVEL[row.severity]),
            reasons[row.reason],
            word(STATE[row.state]),
            row.places,
            row.still_up,
        ]
        table.writerow([_inert(str(cell)) for cell in cells])
    name = f"lychgate-{start:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = "\ufeff" + written.getvalue()
    return Response(content.encode(), media_type="text/csv; charset=utf-8", headers=headers)


class _Reasons(dict[str, str]):
    """Sentences in a language, each looked for once: thousands of rows have the same few."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, reason: str) -> str:
        self[reason] = say(reason, self._language)
        return self[reason]


def month_bounds(call: Call, month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and of the next, in the organisation's zone.

    ``month`` is written ``2026-11``, empty for this one; 404 for what is none.
    """
    zone = ZoneInfo(call.organisation.timezone)
    try:
        start = datetime.fromisoformat(f"{month}-01") if month else call.now.astimezone(zone)
        if not 2000 <= start.year <= 2200:
            raise HTTPException(404)
    except ValueError:
        raise HTTPException(404) from None
    start = datetime(start.year, start.month, 1, tzinfo=zone)
    following = (start.year + start.month // 12, start.month % 12 + 1)
    return start, datetime(*following, 1, tzinfo=zone)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
