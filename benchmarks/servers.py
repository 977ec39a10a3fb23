"""Serve pages by nginx on loopback, spread over many servers, for the benchmarks of crawling."""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Web:
    """The servers of one benchmark: the addresses of their front pages, and how many pages each has."""

    fronts: Sequence[str]
    pages: int
    log: Path

    @property
    def pairs(self) -> tuple[str, ...]:
        return tuple(front.split("/")[2] for front in self.fronts)


@contextmanager
def served(folder: Path, pages: Sequence[bytes], hosts: int) -> Iterator[Web]:
    """Serve pages by nginx, compressed beforehand, spread over servers with a front page and a feed each."""
    ports = free_ports(hosts)
    long_ago = time.time() - 86_400
    for at, port in enumerate(ports):
        mine = pages[at::hosts]
        files = {f"p/{number}.html": page for number, page in enumerate(mine)}
        files["index.html"] = "".join(f'<a href="/{name}">x</a>' for name in files).encode()
        entries = "".join(f"<item><link>http://127.0.0.1:{port}/{name}</link></item>" for name in files)
        files["feed.xml"] = f"<rss><channel>{entries}</channel></rss>".encode()
        for name, content in files.items():
            path = folder / str(at) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            for written, body in ((path, content), (Path(f"{path}.gz"), gzip.compress(content, mtime=0))):
                written.write_bytes(body)
                os.utime(written, (long_ago, long_ago))
    log = folder / "access.log"
    (folder / "nginx.conf").write_text(configuration(folder, ports, log), encoding="utf-8")
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command) as server:
        try:
            wait_for(ports)
            yield Web([f"http://127.0.0.1:{port}/" for port in ports], len(pages) + hosts, log)
        finally:
            server.terminate()


def configuration(folder: Path, ports: Sequence[int], log: Path) -> str:
    servers = "".join(
        f"server {{ listen 127.0.0.1:{port}; root {folder / str(at)};"
        " location /n/ { try_files /p/0.html =404; } }\n"
        for at, port in enumerate(ports)
    )
    temporary = " ".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    return f"""{user} daemon off; worker_processes 1; pid {folder / "pid"};
events {{ worker_connections 1024; }}
http {{ {temporary}
types {{ text/html html; application/rss+xml xml; }}
log_format short "$status $body_bytes_sent"; access_log {log} short;
gzip_static on; keepalive_requests 100000; tcp_nopush on; sendfile on;
{servers} }}"""


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def wait_for(ports: Sequence[int]) -> None:
    for port in ports:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
