"""The ``lychgate`` command: the one place where everything is put together."""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from itertools import chain, islice

from scanner.errors import ExitCode, LychgateError

STOPPED = 130
"""Exit status of a command that somebody broke off, as shells have it for Ctrl-C."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with an ExitCode."""
    for stream in (sys.stdout, sys.stderr):
        # A title must not end a command because the terminal cannot show one of its letters.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code. What goes wrong is said on standard error."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FINE
    except SystemExit:  # Typer's answer to a broken pipe
        return ExitCode.FINE
    if code == STOPPED:
        _say("stopped")
    return code


def _run(arguments: list[str]) -> int:
    import typer

    from scanner.cli.app import command
    from scanner.redact import redact

    try:
        result = command(_data_first(arguments), prog_name="lychgate", standalone_mode=False)
    except LychgateError as error:
        _say(str(error))
        return error.exit_code
    except typer.TyperException as error:  # a command line that nobody can make sense of
        if text := error.format_message().strip():
            _say(f"{text.rstrip('.')}. See `{_command_path(error)} --help`.")
        return ExitCode.USAGE
    except (typer.Abort, KeyboardInterrupt):
        return STOPPED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback with a link in it
        print(redact("".join(traceback.format_exception(error))), file=sys.stderr)
        _say("this is a bug in Lychgate, not in what you did. Please report it.")
        return ExitCode.BUG
    return result if isinstance(result, int) else ExitCode.FINE


def _say(sentence: str) -> None:
    from scanner.cli.say import visible

    print(f"lychgate: {visible(sentence)}", file=sys.stderr)


def _command_path(error: Exception) -> str:
    """Return the command that a usage error is about."""
    context = getattr(error, "ctx", None)
    return context.command_path if context else "lychgate"


def _data_first(arguments: list[str]) -> list[str]:
    """Let ``--data DIR`` stand anywhere, as people write it after the command as often as before.

    So may ``--organisation NAME``, except that to ``init`` it is the name to give.
    """
    rest: list[str] = []
    first: dict[str, list[str]] = {}
    given = iter(arguments)
    for argument in given:
        if argument == "--":
            return [*chain(*first.values()), *rest, argument, *given]
        name, equals, _ = argument.partition("=")
        if name == "--data" or (name == "--organisation" and "init" not in rest):
            value = [] if equals else list(islice(given, 1))
            first[name] = [argument, *value]
        else:
            rest.append(argument)
    return [*chain(*first.values()), *rest]
