"""The routes of the settings, with the meetings that they name by title as the register has them now."""

from __future__ import annotations

from scanner.actions.workspace import Workspace
from scanner.alerts.routing import Route, looked_up


def routes_of(workspace: Workspace) -> tuple[Route, ...]:
    """Return the routes, ready to decide who is told. Titles change, so ask each time."""
    return _looked_up(workspace)[0]


def wrong_titles(workspace: Workspace) -> list[str]:
    """Return a sentence for each title in a route that names no meeting, or several."""
    return _looked_up(workspace)[1]


def _looked_up(workspace: Workspace) -> tuple[tuple[Route, ...], list[str]]:
    routes = workspace.settings.routes
    if not any(route.titles for route in routes):
        return routes, []
    with workspace.store.reading() as work:
        meetings = [meeting for club in work.organisations.all() for meeting in work.meetings.all(club.id)]
    return looked_up(routes, meetings)
