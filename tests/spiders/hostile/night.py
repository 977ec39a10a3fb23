"""One crawl of the whole hostile web, by the child process that the product crawls with."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme

from scanner.model import Unit
from scanner.scans.page import END
from scanner.scans.wire import unit_to_json
from tests.spiders.crawls import ROOT
from tests.spiders.hostile.behaviours import bodies, heads, lines, mazes, redirects, robots, statuses, types
from tests.spiders.hostile.trap import HONEST, LEAK, Trap
from tests.spiders.hostile.web import Server, serve_all

CHAPTERS: Mapping[str, Mapping[str, Trap]] = {
    module.__name__.rpartition(".")[2]: module.TRAPS
    for module in (lines, bodies, statuses, redirects, heads, types, robots, mazes)
}
TRAPS = {name: trap for traps in CHAPTERS.values() for name, trap in traps.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a crawl made of one behaviour; the fields are those of the Trap."""

    said: str
    leak: bool
    others: int
    requests: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Night:
    """What a crawl made of all behaviours, and what it cost: see ``child.py``."""

    outcomes: Mapping[str, Outcome]
    ended: bool
    cost: Mapping[str, Any]


def crawl_all(traps: Mapping[str, Trap], *, seconds: float) -> Night:
    """Serve the traps, each by a server of its own, and crawl them all at once in one child."""
    servers = {name: Server(trap.served(), trap.line) for name, trap in traps.items()}
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with tempfile.TemporaryDirectory() as folder, serve_all(servers.values(), tls=tls):
        trusted = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(trusted))
        units = [_unit(name, traps[name], server) for name, server in servers.items()]
        done = subprocess.run(
            [sys.executable, "-m", "tests.spiders.hostile.child"],
            input="\n".join(map(unit_to_json, units)),
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=seconds,
            env={"PATH": "/usr/bin:/bin", "SSL_CERT_FILE": str(trusted)},
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    *lines, last = done.stdout.splitlines()
    told: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (line for line in map(json.loads, lines) if "address" in line):
        told[line["source"]].append(line)
    outcomes = {name: _outcome(traps[name], server, told[name]) for name, server in servers.items()}
    return Night(outcomes, last == END, json.loads(done.stderr.splitlines()[-1]))


def _unit(name: str, trap: Trap, server: Server) -> Unit:
    options = {"start": [server.url()], "sitemaps": False}
    return Unit(source=name, kind="site", options=options, limits=trap.limits, allow=(server.pair,))


def _outcome(trap: Trap, server: Server, told: list[dict[str, Any]]) -> Outcome:
    at = [line for line in told if line["address"] == server.url(trap.at)]
    found = {path: _rooms(line for line in told if line["address"] == server.url(path)) for path in HONEST}
    return Outcome(
        said=" + ".join(map(_said, at)) or "nothing",
        leak=LEAK in _rooms(at),
        others=sum(key in found[path] for path, key in HONEST.items()),
        requests=len(server.paths),
        addresses=tuple(f"{_said(line)} {line['address'][:100]}" for line in told),
    )


def _said(line: dict[str, Any]) -> str:
    if line["event"] == "read":
        if line["unsearched"]:
            return f"unsearched: {line['unsearched']}"
        return f"cut: {'; '.join(line['notes'])}" if line["cut"] else "read"
    if line["event"] == "failed":
        word = "blocked" if line["blocked"] else "gone" if line["gone"] else "failed"
        return f"{word}: {line['why']}"
    return f"{line['event']}: {line['why']}" if "why" in line else str(line["event"])


def _rooms(lines: Any) -> set[str]:
    return {link["room"]["key"] for line in lines if line["event"] == "read" for link in line["links"]}
