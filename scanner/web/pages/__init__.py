"""The pages, a module for each noun. ``scanner.web.door`` goes by the names of their functions."""

from scanner.web.pages import (
    account,
    alerts,
    calendars,
    drill,
    exposures,
    help,
    home,
    language,
    meeting,
    meetings,
    organisation,
    passkeys,
    people,
    provider,
    report,
    scans,
    signing_in,
    sources,
    start,
    stopping,
)

ROUTERS = tuple(
    module.router
    for module in (
        home,
        signing_in,
        passkeys,
        provider,
        account,
        start,
        exposures,
        meetings,
        meeting,
        calendars,
        sources,
        scans,
        alerts,
        drill,
        stopping,
        organisation,
        people,
        language,
        report,
        help,
    )
)
