"""A whole installation in a temporary folder, used through the ``lychgate`` command as a person would."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from scanner.cli import run
from tests.internet import Site
from tests.postbox import Postbox


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Installation:
    """A data folder. Every command is held to what holds for all of them."""

    data: Path

    def run(self, *arguments: str, code: int = 0, stdin: str | bytes = "") -> Said:
        """Run a command on the installation; see ``say``."""
        return self.say("--data", str(self.data), *arguments, code=code, stdin=stdin)

    def say(self, *arguments: str, code: int = 0, stdin: str | bytes = "") -> Said:
        """Run a command line as it stands; fail unless it ends with ``code`` and shows nothing forbidden."""
        said = self.answer(*arguments, stdin=stdin)
        assert said.code == code, (arguments, said.code, said.out, said.err)
        assert "\x1b" not in said.out + said.err, "colour codes in a pipe, or somebody else's"
        assert "Traceback" not in said.err
        return said

    def answer(self, *arguments: str, stdin: str | bytes = "") -> Said:
        """Run a command line in this process, for another takes a second to start; it may end as it likes."""
        given, out, err = (
            TextIOWrapper(BytesIO(held), encoding="utf-8") for held in (_bytes(stdin), b"", b"")
        )
        with pytest.MonkeyPatch.context() as patch:
            for name, stream in (("stdin", given), ("stdout", out), ("stderr", err)):
                patch.setattr(sys, name, stream)
            code = run(list(arguments))
        return Said(code, _written(out), _written(err))

    def set_up(self) -> None:
        answers = (
            "--organisation",
            "St Mary's",
            "--timezone",
            "Europe/London",
            "--email",
            "clerk@example.org",
        )
        self.run("init", "--yes", *answers)

    def configure(self, sources: dict[str, Site], box: Postbox | None, *, more: str = "") -> None:
        """Write schedules.yaml: every source a site on loopback, mail to the box."""
        lines = ["version: 1", "sources:"]
        lines += [f'  {name}: {{kind: site, start: ["{site.url("/")}"]}}' for name, site in sources.items()]
        if box is not None:
            lines += [
                "channels:",
                f"  clerk: {{kind: email, to: [clerk@example.org], host: {box.host}, port: {box.port}}}",
                "routes: [{to: [clerk]}]",
            ]
        pairs = json.dumps([site.pair for site in sources.values()])
        lines += ["schedules:", '  nightly: {cron: "10 3 * * mon-sun", sources: all}']
        lines += [f"network: {{allow: {pairs}}}", more]
        (self.data / "schedules.yaml").write_text("\n".join(lines))

    def register(self, meetings: Sequence[dict[str, Any]]) -> None:
        file = self.data / "meetings.jsonl"
        file.write_text("\n".join(json.dumps(meeting) for meeting in meetings))
        self.run("meetings", "import", str(file))
        file.unlink()


@dataclass(frozen=True)
class AtAShell(Installation):
    """A data folder whose every command is a process of its own, as a person's are."""

    def answer(self, *arguments: str, stdin: str | bytes = "") -> Said:
        """Run a command line in a process of its own; it may end as it likes."""
        command = [sys.executable, "-c", "from scanner.cli import main; main()", *arguments]
        done = subprocess.run(command, input=_bytes(stdin), capture_output=True, timeout=120, check=False)
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _written(stream: TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, BytesIO)
    return stream.buffer.getvalue().decode()
