"""The ``lychgate`` command: the one place where everything is put together."""

from __future__ import annotations

import sys
import traceback

from scanner.errors import ExitCode, LychgateError


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with an ExitCode."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code. What goes wrong is said on standard error."""
    from scanner.cli.app import app
    from scanner.redact import redact

    try:
        result = app(_data_first(arguments), prog_name="lychgate", standalone_mode=False)
    except LychgateError as error:
        print(f"lychgate: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("lychgate: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return ExitCode.FINE
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback with a link in it
        import click

        if isinstance(error, click.ClickException):
            error.show()
            return ExitCode.USAGE
        if isinstance(error, click.Abort):
            print("lychgate: stopped", file=sys.stderr)
            return 130
        print(redact("".join(traceback.format_exception(error))), file=sys.stderr)
        print("lychgate: this is a bug in Lychgate, not in what you did. Please report it.", file=sys.stderr)
        return ExitCode.BUG
    return result if isinstance(result, int) else ExitCode.FINE


def _data_first(arguments: list[str]) -> list[str]:
    """Let ``--data DIR`` stand anywhere, as people write it after the command as often as before."""
    rest: list[str] = []
    data: list[str] = []
    given = iter(arguments)
    for argument in given:
        if argument == "--":
            return [*data, *rest, argument, *given]
        if argument == "--data":
            data = [argument, *[value for value in [next(given, None)] if value is not None]]
        elif argument.startswith("--data="):
            data = [argument]
        else:
            rest.append(argument)
    return [*data, *rest]
