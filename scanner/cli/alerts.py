"""``lychgate alerts``: try the channels, look into the outbox."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from scanner.actions.alerts import (
    ListedSilence,
    all_deliveries,
    all_silences,
    dead_letters,
    last_errors,
    send_test,
    silence,
    try_again,
    unsilence,
)
from scanner.actions.stopping import all_stopped, left_out, resume_mail
from scanner.cli.exposure_states import For, Until, end_of
from scanner.cli.say import as_json, clock, number, opened, out, short_when, stamp, table
from scanner.errors import ExitCode, InputError, LychgateError
from scanner.model import Silence
from storage.recipients import Recipient

app = typer.Typer(no_args_is_help=True, help="Try the ways alerts go out, and see what was sent.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")]
Letter = Annotated[int, typer.Argument(metavar="LETTER", parser=number, help="As `alerts dead` lists it.")]
SilenceNumber = Annotated[
    int, typer.Argument(metavar="NUMBER", parser=number, help="As `alerts silences` lists it.")
]


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
        errors = last_errors(workspace)
        stopped = all_stopped(workspace)
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
                    "why_not": delivery.why_not or None,
                }
            )
        return
    for name, error in errors.items():
        out.print(f"Channel {name} failed last: {error}")
    for each in stopped:
        out.print(f"{each.address} stopped the mail of channel {each.channel} {_since(each, zone)}.")
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
                delivery.why_not or delivery.last_error or delivery.alert.reason,
            )
            for delivery in deliveries
        ),
    )


@app.command("dead", epilog="Example: lychgate alerts dead")
def list_dead(context: typer.Context, as_lines: Json = False) -> None:
    """List alerts that were refused for good or tried in vain. Where it could, another channel told."""
    with opened(context) as workspace:
        dead = dead_letters(workspace)
        zone = workspace.organisation.timezone
    if as_lines:
        for each in dead:
            as_json(
                {
                    "id": each.id,
                    "news": each.alert.news,
                    "exposure": each.alert.exposure,
                    "channel": each.alert.channel,
                    "attempts": each.attempts,
                    "last_error": each.last_error,
                }
            )
        return
    if not dead:
        out.print("No dead letters.")
        return
    table(
        ("Letter", f"Written ({zone})", "News", "Channel", "Tries", "What went wrong"),
        (
            (
                str(each.id),
                short_when(each.created, zone),
                each.alert.news,
                each.alert.channel,
                str(each.attempts),
                each.last_error,
            )
            for each in dead
        ),
    )
    out.print("\n`lychgate alerts retry LETTER` tries one again.")


@app.command("retry", epilog="Example: lychgate alerts retry 17")
def retry(context: typer.Context, letter: Letter) -> None:
    """Try a dead letter again, for another 72 hours; `serve` sends it, or the next `scan`."""
    with opened(context) as workspace:
        try_again(workspace, letter, now=clock())
    out.print(f"Letter {letter} is on its way again.")


@app.command("silence", epilog='Example: lychgate alerts silence --for 2h --channel chat --reason "moving"')
def silence_alerts(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", help="Why, for those who wonder.")] = "",
    until: Until = None,
    length: For = None,
    channel: Annotated[str | None, typer.Option("--channel", help="Only this channel.")] = None,
    meeting: Annotated[
        int | None, typer.Option("--meeting", parser=number, metavar="NUMBER", help="Only this meeting.")
    ] = None,
    even_critical: Annotated[bool, typer.Option("--even-critical", help="Critical alerts too.")] = False,
    as_lines: Json = False,
) -> None:
    """Hold alerts back until a time. What is still open then is told then; nothing is lost."""
    with opened(context) as workspace:
        now = clock()
        zone = workspace.organisation.timezone
        end = end_of(until, length, timezone=zone, now=now)
        if end is None:
            raise InputError("Say until when: --until TIME or --for LENGTH.")
        made = silence(
            workspace,
            channel=channel,
            meeting=meeting,
            even_critical=even_critical,
            until=end,
            reason=reason,
            actor=getpass.getuser(),
            now=now,
        )
    if as_lines:
        as_json(_silence_object(ListedSilence(made, ())))
    else:
        out.print(f"Silence {made.id} holds {_what(made)} until {short_when(made.until, zone)} {zone}.")
        out.print(f"End it: lychgate alerts unsilence {made.id}")


@app.command("silences", epilog="Example: lychgate alerts silences")
def list_silences(context: typer.Context, as_lines: Json = False) -> None:
    """List silences, newest first, with what each hid."""
    with opened(context) as workspace:
        found = all_silences(workspace)
        zone, now = workspace.organisation.timezone, clock()
    if as_lines:
        for each in found:
            as_json(_silence_object(each))
        return
    if not found:
        out.print("No silences.")
    for each in found:
        over = "over since" if each.silence.until <= now else "until"
        until = f"{over} {short_when(each.silence.until, zone)} {zone}"
        out.print(f"{each.silence.id}: {_what(each.silence)}, {until}: {each.silence.reason}")
        out.print(f"    by {each.silence.actor}; it hid {len(each.hidden) or 'nothing'}")
        for hidden in each.hidden:
            about = f"exposure {hidden.alert.exposure}" if hidden.alert.exposure else "Lychgate itself"
            out.print(f"    - {hidden.alert.news} about {about} to {hidden.alert.channel}: {hidden.state}")


@app.command("unsilence", epilog="Example: lychgate alerts unsilence 2")
def unsilence_alerts(context: typer.Context, silence_number: SilenceNumber) -> None:
    """End a silence now; what it held and is still open is sent."""
    with opened(context) as workspace:
        unsilence(workspace, silence_number, actor=getpass.getuser(), now=clock())
    out.print(f"Silence {silence_number} is over.")


@app.command("stopped", epilog="Example: lychgate alerts stopped")
def list_stopped(context: typer.Context, as_lines: Json = False) -> None:
    """List who stopped the mail of a channel, by the page that each mail names."""
    with opened(context) as workspace:
        found = all_stopped(workspace)
        empty = left_out(workspace, workspace.settings.channels)
        zone = workspace.organisation.timezone
    if as_lines:
        for each in found:
            as_json(
                {
                    "id": each.id,
                    "address": each.address,
                    "channel": each.channel,
                    "stopped": stamp(each.stopped) if each.stopped else None,
                    "nobody_left": each.channel in empty,
                }
            )
        return
    if not found:
        out.print("Nobody has stopped any mail.")
    for each in found:
        left = "; nobody is left there" if each.channel in empty else ""
        out.print(f"{each.id}: {each.address}, channel {each.channel}, {_since(each, zone)}{left}")


@app.command("resume", epilog="Example: lychgate alerts resume 3")
def resume(
    context: typer.Context,
    person: Annotated[
        int, typer.Argument(metavar="NUMBER", parser=number, help="As `alerts stopped` lists it.")
    ],
) -> None:
    """Send somebody the mail of a channel again, who had stopped it. Ask them first."""
    with opened(context) as workspace:
        found = resume_mail(workspace, person, actor=getpass.getuser(), now=clock())
    out.print(f"{found.address} gets the mail of channel {found.channel} again.")


def _since(person: Recipient, zone: str) -> str:
    return f"on {short_when(person.stopped, zone)}" if person.stopped else ""


def _what(silence: Silence) -> str:
    what = f"alerts about meeting {silence.meeting}" if silence.meeting else "all alerts"
    through = f" through {silence.channel}" if silence.channel else ""
    return f"{what}{through}" + (", critical ones too" if silence.even_critical else ", but no critical ones")


def _silence_object(entry: ListedSilence) -> dict[str, object]:
    silence = entry.silence
    return {
        "id": silence.id,
        "channel": silence.channel,
        "meeting": silence.meeting,
        "even_critical": silence.even_critical,
        "until": stamp(silence.until),
        "reason": silence.reason,
        "actor": silence.actor,
        "hid": [{"id": each.id, "news": each.alert.news, "state": each.state} for each in entry.hidden],
    }
