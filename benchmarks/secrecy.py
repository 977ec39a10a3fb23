"""Register 500 meetings, let everything happen and fail, and search all that is left for their secrets.

    python benchmarks/secrecy.py [--meetings 500]

A real installation with a site that leaks every meeting, a mail server that takes the alerts, and commands
that fail. Every command logs at level debug. Then database, write-ahead log, backups, logs, everything said
and every mail are searched for each meeting ID, link token and passcode, as it stands and as programs write
it: spaced, dashed, percent-encoded, in base64 (at each of its three alignments), in hexadecimal, in UTF-16.
A control planted in each way of writing has to be found, or the search itself is blind.
"""

from __future__ import annotations

import argparse
import base64
import os
import random
import sqlite3
import string
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.internet import Answer, Site, serve
from tests.postbox import Postbox, postbox

LOUD: Final = (
    "import logging, sys; logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1)); "
    "from scanner.cli import main; main()"
)
GIVEN: Final = ("--organisation", "Benchmark", "--timezone", "Europe/London", "--email", "clerk@example.org")
A_PAGE: Final = 50
_PREFIX: Final = 7
"""Bytes by which the search finds where a secret may begin: no written form is shorter."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What opens one meeting."""

    key: str
    token: str
    passcode: str

    @property
    def link(self) -> str:
        return f"https://us02web.zoom.us/j/{self.key}?pwd={self.token}.1"

    def __iter__(self) -> Iterator[str]:
        return iter((self.key, self.token, self.passcode))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=500)
    meetings = [_made(random.Random(number)) for number in range(parser.parse_args().meetings)]
    pages = {
        f"/{start}": _leaks(meetings[start : start + A_PAGE]) for start in range(0, len(meetings), A_PAGE)
    }
    pages["/"] = "".join(f'<a href="{path}">x</a>' for path in pages) + '<a href="/broken">x</a>'
    broken = Answer(status=500, body=_leaks(meetings[:A_PAGE]))
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(pages | {"/broken": broken}) as site,
        postbox() as box,
    ):
        life = Life(Path(folder))
        life.live(meetings, site, box)
        places = life.places() | {f"mail {number}": text for number, text in enumerate(_mails(box))}
    forms = {form: secret for each in meetings for secret in each for form in written(secret)}
    search = Search(forms)
    control = Secrets("86420864208", "Y29udHJvbENvbnRyb2xDb250cm9s", "heron-control-7")
    planted = [form for secret in control for form in written(secret)]
    blind = [form for form in planted if not Search([form]).hits(b"\0 before " + form + b" after \xff")]
    print(f"meetings: {len(meetings)}, secrets: {3 * len(meetings)}, ways of writing them: {len(forms)}")
    print(f"commands run: {life.ran}, of which failed: {life.failed}; mails received: {len(box.messages)}")
    print(f"controls planted: {len(planted)}, of which not found: {len(blind)}")
    leaks = {name: search.hits(content) for name, content in places.items()}
    kinds: Counter[str] = Counter()
    for name, content in places.items():
        kinds[name.split(" ")[0]] += len(content)
    for kind, size in kinds.items():
        found = sum(len(hits) for name, hits in leaks.items() if name.split(" ")[0] == kind)
        print(f"{kind:<24} {size:>12,} bytes  {found} hits")
    for name, hits in leaks.items():
        for hit in hits[:5]:
            print(f"  {name}: {forms[hit][:3]}… written in {len(hit)} bytes")
    print(f"hits: {sum(map(len, leaks.values()))}")
    sys.exit(1 if blind or any(leaks.values()) else 0)


@dataclass(slots=True)
class Life:
    """An installation and all that it leaves behind. The log and what commands said are kept beside it."""

    folder: Path
    ran: int = 0
    failed: int = 0
    said: list[bytes] = field(default_factory=list)
    open: sqlite3.Connection | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> int:
        """Run a command at log level debug."""
        done = subprocess.run(
            [sys.executable, "-c", LOUD, str(self.folder / "log"), "--data", str(self.data), *arguments],
            input=stdin.encode(),
            capture_output=True,
            env=os.environ | environ,
        )
        self.ran += 1
        self.failed += done.returncode != 0
        self.said += [done.stdout, done.stderr]
        return done.returncode

    def must(self, *arguments: str, stdin: str = "") -> None:
        """Run a command that has to succeed here."""
        if self.run(*arguments, stdin=stdin):
            sys.exit(f"{arguments}: {self.said[-2].decode()}{self.said[-1].decode()}")

    def live(self, meetings: list[Secrets], site: Site, box: Postbox) -> None:
        """Register, scan, tell, back up and rotate, and go wrong on the way."""
        self.must("init", "--yes", *GIVEN)
        # SQLite removes its write-ahead log when the last program closes the database: one keeps it open.
        self.open = sqlite3.connect(self.data / "lychgate.db")
        self.open.execute("SELECT count(*) FROM meetings").fetchall()
        (self.data / "schedules.yaml").write_text(
            f'version: 1\nsources: {{forum: {{kind: site, start: ["{site.url("/")}"], delay: 0s}}}}\n'
            "channels: {clerk: {kind: email, to: [clerk@example.org], "
            f"host: {box.host}, port: {box.port}}}}}\n"
            f'routes: [{{to: [clerk]}}]\nnetwork: {{allow: ["{site.pair}"]}}\n'
        )
        table = self.folder / "meetings.csv"
        rows = [f"Group {n},2037-01-01,19:00,{each.link},{each.passcode}" for n, each in enumerate(meetings)]
        table.write_text("\n".join(["Title,Date,Time,Link,Passcode", *rows]))
        self.must("meetings", "import", str(table))
        first, last = meetings[0], meetings[-1]
        self.run("scan")
        self.run("meetings", "import", str(table), "--json")
        table.unlink()
        for arguments in (
            ("meetings", "list"),
            ("meetings", "list", "--json"),
            ("meetings", "show", "1"),
            ("meetings", "export", "-"),
            ("exposures", "list"),
            ("exposures", "list", "--json"),
            ("exposures", "show", "1"),
            ("alerts", "list", "--json"),
            ("doctor",),
            ("backup", str(self.folder / "backup-1.db")),
            ("keys", "rotate"),
            ("backup", str(self.folder / "backup-2.db")),
            ("restore", "--check"),
            ("scan", "--full", "--json"),
        ):
            self.run(*arguments)
        said = f"{first.link}\nPasscode: {first.passcode}\n"
        invitation = f"Topic: Choir {first.passcode}\nTime: 26 Nov 2037 19:00\n{said}"
        self.run("meetings", "add", "-", "--yes", stdin=invitation)
        self.run("meetings", "add", "-", "--yes", stdin=f"\0{invitation}")
        self.run("meetings", "add", "-", "--yes", "--starts", f"at {first.key}", stdin=invitation)
        self.run("meetings", "add", "-", "--yes", "--repeats", first.key, stdin=last.link)
        self.run("meetings", "rotate", "1", "-", stdin=first.link)
        self.run("meetings", "rotate", "2", "-", "--close", stdin=meetings[3].link)
        self.run("meetings", "remove", "5", "--yes")
        for number, line in enumerate(
            (f'{{"title": "{first.key}', f'["{first.link}"]', f"{first.link}\n" * 3)
        ):
            (self.folder / f"{number}.jsonl").write_text(line)
            self.run("meetings", "import", str(self.folder / f"{number}.jsonl"))
            (self.folder / f"{number}.jsonl").unlink()
        self.run("calendars", "add", first.link)
        self.run("exposures", "ack", "1", "--note", "told them")
        key = self.data / "lychgate.key"
        kept = key.read_text()
        key.write_text("lychgate-key-1:" + "A" * 44)
        self.run("scan")
        key.write_text(kept)
        key.chmod(0o644)
        self.run("exposures", "list")
        key.chmod(0o600)
        self.run("scan", LYCHGATE_DATABASE_URL=f"sqlite:///{self.folder}/none/x.db")
        settings = (self.data / "schedules.yaml").read_text()
        (self.data / "schedules.yaml").write_text(settings + f"x: {first.link}\n")
        self.run("scan")
        (self.data / "schedules.yaml").write_text(settings)
        self.must("restore", "--check")

    def places(self) -> dict[str, bytes]:
        """Return all that is left behind, by where it is. The key's file and the settings are no database."""
        found = {
            f"{path.suffix or path.name} {path.name}": path.read_bytes()
            for path in sorted((*self.folder.iterdir(), *self.data.iterdir()))
            if path.is_file() and path.name not in ("lychgate.key", "schedules.yaml")
        }
        return found | {"said": b"\n".join(self.said)}


class Search:
    """Find any of many byte strings in one pass."""

    def __init__(self, forms: Iterable[bytes]) -> None:
        self._by_prefix: dict[bytes, list[bytes]] = {}
        for form in forms:
            self._by_prefix.setdefault(form[:_PREFIX], []).append(form)

    def hits(self, content: bytes) -> list[bytes]:
        """Return every form that stands in the content."""
        return [
            form
            for at in range(len(content) - _PREFIX + 1)
            if (forms := self._by_prefix.get(content[at : at + _PREFIX]))
            for form in forms
            if content.startswith(form, at)
        ]


def written(secret: str) -> set[bytes]:
    """Return a secret in every way that programs may write it."""
    spoken = {secret}
    if secret.isdigit():
        parts = (secret[:3], secret[3:7], secret[7:])
        spoken |= {" ".join(parts), "-".join(parts), "\u00a0".join(parts)}
    forms: set[bytes] = set()
    for text in spoken:
        plain = text.encode()
        forms |= {plain, text.encode("utf-16-le"), text.encode("utf-16-be")}
        forms |= {plain.hex().encode(), plain.hex().upper().encode()}
        forms.add("".join(f"%{byte:02X}" for byte in plain).encode())
        forms |= {plain.replace(b" ", b"+"), plain.replace(b" ", b"%20")}
        for lead in range(3):
            # What does not depend on the bytes before and after: whole groups of four signs.
            encoded = base64.b64encode(b"\0" * lead + plain)
            whole = encoded[4 if lead else 0 : len(encoded) // 4 * 4 - (4 if encoded.endswith(b"=") else 0)]
            forms |= {whole, whole.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in forms if len(form) >= _PREFIX}


def _made(chance: random.Random) -> Secrets:
    letters = string.ascii_letters + string.digits
    return Secrets(
        key=str(chance.randrange(81_000_000_000, 89_999_999_999)),
        token="".join(chance.choices(letters, k=30)),
        passcode="".join(chance.choices(letters, k=10)),
    )


def _leaks(meetings: list[Secrets]) -> str:
    return "".join(f'<p><a href="{each.link}">Join</a> Passcode: {each.passcode}</p>' for each in meetings)


def _mails(box: Postbox) -> Iterator[bytes]:
    for message in box.messages:
        parts = [part.get_payload(decode=True) for part in message.mail.walk() if not part.is_multipart()]
        yield b"\n".join([message.raw, *(part for part in parts if isinstance(part, bytes))])


if __name__ == "__main__":
    main()
