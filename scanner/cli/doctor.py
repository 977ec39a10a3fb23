"""``lychgate doctor``: is everything as it should be?"""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.text import Text

from scanner.actions.examine import Health, examine
from scanner.cli.say import as_json, clock, out, visible
from scanner.errors import ExitCode

_MARK = {
    Health.GOOD: ("ok     ", "green"),
    Health.WARNING: ("note   ", "yellow"),
    Health.BAD: ("WRONG  ", "bold red"),
}


def doctor(
    context: typer.Context,
    look: Annotated[
        bool, typer.Option("--look/--no-look", help="Read each source's first page and greet each channel.")
    ] = True,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> int:
    """Examine settings, key, database, clock, each source and each channel, in plain words.

    Ends with 0 if nothing is wrong; notes are not wrong.

    Example: lychgate doctor --no-look
    """
    code = ExitCode.FINE
    for part in examine(os.environ, context.obj, clock=clock, look=look):
        code = max(code, part.code)
        if as_lines:
            as_json({"part": part.name, "health": part.health, "says": part.says})
        else:
            mark, style = _MARK[part.health]
            out.print(Text.assemble((mark, style), (part.name, "bold"), f": {visible(part.says)}"))
    return code
