"""``lychgate alerts``: try the channels, look into the outbox."""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.actions.alerts import all_deliveries, send_test
from scanner.cli.say import as_json, clock, opened, out, short_when, stamp, table
from scanner.errors import ExitCode, LychgateError

app = typer.Typer(no_args_is_help=True, help="Try the ways alerts go out, and see what was sent.")


@app.command("test", epilog="Example: lychgate alerts test clerk")
def try_channels(
    context: typer.Context,
    channels: Annotated[
        list[str] | None,
        typer.Argument(metavar="CHANNEL", help="Names from schedules.yaml; none = all."),
    ] = None,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> int:
    """Send a test message through each channel now."""
    with opened(context) as workspace:
        answers = send_test(workspace, channels or (), clock=clock)
    for name, answer in answers.items():
        failed = isinstance(answer, LychgateError)
        unreached = [] if isinstance(answer, LychgateError) else list(answer)
        if as_lines:
            as_json(
                {
                    "channel": name,
                    "sent": not failed,
                    "error": str(answer) if failed else None,
                    "not_reached": unreached,
                }
            )
            continue
        out.print(f"{name}: " + (f"not sent. {answer}" if failed else "sent. Look whether it arrived."))
        for sentence in unreached:
            out.print(f"{name}: {sentence}")
    fine = all(answer == () for answer in answers.values())
    return ExitCode.FINE if fine else ExitCode.INCOMPLETE


@app.command("list", epilog="Example: lychgate alerts list --json")
def list_alerts(
    context: typer.Context,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> None:
    """List alerts, newest first: sent, waiting, or refused for good, and why each was sent."""
    with opened(context) as workspace:
        deliveries = all_deliveries(workspace)
        zone = workspace.organisation.timezone
    if as_lines:
        for delivery in deliveries:
            as_json(
                {
                    "id": delivery.id,
                    "news": delivery.alert.news,
                    "exposure": delivery.alert.exposure,
                    "channel": delivery.alert.channel,
                    "state": delivery.state,
                    "reason": delivery.alert.reason,
                    "created": stamp(delivery.created),
                    "attempts": delivery.attempts,
                    "last_error": delivery.last_error or None,
                }
            )
        return
    if not deliveries:
        out.print("No alerts yet.")
        return
    table(
        (f"Written ({zone})", "News", "No.", "Channel", "State", "Why it goes there, or what went wrong"),
        (
            (
                short_when(delivery.created, zone),
                delivery.alert.news,
                str(delivery.alert.exposure or "-"),
                delivery.alert.channel,
                delivery.state,
                delivery.last_error or delivery.alert.reason,
            )
            for delivery in deliveries
        ),
    )
