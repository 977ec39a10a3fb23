"""A choir whose link stands on a page."""

from __future__ import annotations

from tests.cli.clerk import Clerk

ROOM, PASSCODE = "82205550117", "wren42"
LEAK = f'<p>Join <a href="https://us02web.zoom.us/j/{ROOM}">here</a>. Passcode: {PASSCODE}</p>'


def state(clerk: Clerk) -> str:
    (exposure,) = clerk.run("exposures", "list", "--all", "--json").lines()
    return str(exposure["state"])
