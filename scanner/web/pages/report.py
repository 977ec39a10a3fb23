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
from scanner.web.screen import show
from scanner.web.words import STATE

router = APIRouter(include_in_schema=False)

_SHOWN = 100
_IN_A_TABLE = 20_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@router.get("/report")
def report_page(call: Caller, month: str = "") -> Response:
    """Show what was found and what was read in a month."""
    start, end = _month(call, month)
    scans = scans_of_month(call.store, start=start, end=end)
    found, total = exposures_of_month(
        call.store, organisation=call.organisation.id, start=start, end=end, count=_SHOWN
    )
    local = start.astimezone(ZoneInfo(call.zone))
    return show(
        "report.html",
        call=call,
        month=f"{local:%Y-%m}",
        title=f"{local:%B %Y}",
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
    start, end = _month(call, month)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["number", "meeting", "opened", "severity", "reason", "state", "places", "still there"])
    rows = table_of_month(
        call.store, organisation=call.organisation.id, start=start, end=end, count=_IN_A_TABLE
    )
    for row in rows:
        cells = [
            row.exposure,
            row.meeting,
            row.opened.astimezone(ZoneInfo(call.zone)).isoformat(timespec="minutes"),
            row.severity,
            row.reason,
            STATE[row.state],
            row.places,
            row.still_up,
        ]
        table.writerow([_inert(str(cell)) for cell in cells])
    name = f"lychgate-{start.astimezone(ZoneInfo(call.zone)):%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = "\ufeff" + written.getvalue()
    return Response(content.encode(), media_type="text/csv; charset=utf-8", headers=headers)


def _month(call: Call, month: str) -> tuple[datetime, datetime]:
    """Return the first moment of a month and of the next, in the organisation's zone."""
    zone = ZoneInfo(call.zone)
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
