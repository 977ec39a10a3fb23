"""``lychgate platforms``: what is known of each meeting platform, with its own examples."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from scanner.errors import ExitCode
from scanner.platforms import BUILT_IN, Platform


def platforms(
    slug: Annotated[
        str | None, typer.Argument(metavar="SLUG", help="Show one platform with its examples.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a platform, one line each.")
    ] = False,
) -> None:
    """List the meeting platforms that Lychgate knows, or what is known of one.

    [bold]lychgate platforms zoom[/bold] shows its hosts, links that name a room, and look-alikes.
    """
    if slug is None:
        chosen = list(BUILT_IN)
    elif slug in BUILT_IN.platforms:
        chosen = [BUILT_IN.platforms[slug]]
    else:
        typer.echo(f"no platform is called '{slug}'; 'lychgate platforms' lists them", err=True)
        raise typer.Exit(ExitCode.USAGE)
    if as_json:
        for platform in chosen:
            sys.stdout.write(json.dumps(_described(platform), ensure_ascii=False) + "\n")
    elif slug is None:
        _print_list(chosen)
    else:
        _print_one(chosen[0])


def _described(platform: Platform) -> dict[str, object]:
    return {
        "slug": platform.slug,
        "name": platform.name,
        "hosts": list(platform.hosts),
        "domains": list(platform.domains),
        "any_host": bool(platform.anywhere),
        "schemes": list(platform.schemes),
        "numbers": sorted(platform.digits),
        "found": [
            {"text": example.text, "key": example.key, "kind": example.kind} for example in platform.found
        ],
        "ignored": [{"text": miss.text, "why": miss.why, "kind": miss.kind} for miss in platform.ignored],
    }


def _where(platform: Platform) -> str:
    places = [*platform.hosts, *(f"*.{domain}" for domain in platform.domains)]
    return ", ".join([*places, *(["any host, by the shape of its links"] if platform.anywhere else [])])


def _print_list(chosen: list[Platform]) -> None:
    table = Table("slug", "name", "hosts", box=None, pad_edge=False, header_style="bold")
    for platform in chosen:
        table.add_row(platform.slug, platform.name, _where(platform))
    _console().print(table)


def _print_one(platform: Platform) -> None:
    out = _console()
    out.print(f"{platform.name} ({platform.slug})", style="bold")
    out.print(f"Hosts: {_where(platform)}")
    if platform.schemes:
        out.print(f"App schemes: {', '.join(platform.schemes)}")
    if platform.digits:
        out.print(f"Written numbers: {', '.join(map(str, sorted(platform.digits)))} digits")
    out.print("Names a room:")
    for example in platform.found:
        out.print(f"  {example.text}\n    {example.key}")
    out.print("Only looks like one:")
    for miss in platform.ignored:
        out.print(f"  {miss.text}\n    {miss.why}")


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)
