"""The pages, a module for each noun. ``scanner.web.door`` goes by the names of their functions."""

from scanner.web.pages import (
    alerts,
    exposures,
    help,
    home,
    language,
    meeting,
    meetings,
    people,
    report,
    scans,
    signing_in,
    sources,
    start,
)

ROUTERS = tuple(
    module.router
    for module in (
        home,
        signing_in,
        start,
        exposures,
        meetings,
        meeting,
        sources,
        scans,
        alerts,
        people,
        language,
        report,
        help,
    )
)
