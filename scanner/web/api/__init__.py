"""The same actions for programs: ``/api/v1``, JSON in and out, described by OpenAPI."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi.openapi.utils import get_openapi

from scanner import __version__
from scanner.web.api import (
    alerts,
    calendars,
    drills,
    exposures,
    meeting,
    meetings,
    organisation,
    people,
    report,
    scans,
    sources,
)

ROUTERS = tuple(
    module.router
    for module in (
        exposures,
        meetings,
        meeting,
        calendars,
        sources,
        scans,
        alerts,
        drills,
        organisation,
        people,
        report,
    )
)


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI 3.1 description of the addresses for programs."""
    routes = [route for router in ROUTERS for route in router.routes]
    made = get_openapi(
        title="Lychgate",
        version=__version__,
        summary="What the review desk shows and does, for the programs of one organisation.",
        routes=routes,
    )
    made["components"] = {
        **made.get("components", {}),
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    made["security"] = [{"token": []}]
    return made
