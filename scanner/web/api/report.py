"""A month for programs: what was found and what was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from scanner.actions.reviewing import exposures_of_month, scans_of_month
from scanner.web.api.answers import PROBLEMS, Limit, moment, one
from scanner.web.api.exposures import exposure_object
from scanner.web.door import Caller
from scanner.web.pages.report import month_bounds

router = APIRouter(prefix="/api/v1", tags=["report"], responses=PROBLEMS)

Month = Annotated[
    str, Query(pattern="^(2[01][0-9]{2}-(0[1-9]|1[0-2]))?$", description="As 2026-11; left out: this month.")
]


@router.get("/report")
def api_report_of_month(request: Request, call: Caller, month: Month = "", limit: Limit = 100) -> Response:
    """Show a month in the organisation's zone: the worst of what was found first in it, and what was read.

    `total` counts everything that was found; `not_in_full` are those of the `looks` at a source that did not
    read all of it.
    """
    start, end = month_bounds(call, month)
    scans = scans_of_month(call.store, start=start, end=end)
    found, total = exposures_of_month(
        call.store, organisation=call.organisation.id, start=start, end=end, count=limit
    )
    looks = [entry for scan in scans for entry in scan.coverages]
    content = {
        "month": f"{start:%Y-%m}",
        "from": moment(start),
        "to": moment(end),
        "total": total,
        "worst": [exposure_object(entry) for entry in found],
        "scans": len(scans),
        "looks": len(looks),
        "not_in_full": sum(entry.state != "ok" for entry in looks),
        "pages_read": sum(entry.read + entry.unchanged for entry in looks),
    }
    return one(request, content)
