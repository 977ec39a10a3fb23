"""A whole installation in a temporary folder, used through the ``lychgate`` command as a person would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    """A data folder. ``run`` fails the test unless the command ends with the code that was expected."""

    data: Path

    def run(self, *arguments: str, code: int = 0, stdin: str = "") -> Said:
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "from scanner.cli import main; main()",
                "--data",
                str(self.data),
                *arguments,
            ],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "COLUMNS": "200"},
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return Said(done.returncode, done.stdout, done.stderr)

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
