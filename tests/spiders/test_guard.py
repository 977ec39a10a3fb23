"""The guards by themselves: pairs, tables, names, and the connection. ``ssrf/`` tries to get past them."""

from __future__ import annotations

import asyncio
import ipaddress
import subprocess
import sys
from typing import Any, ClassVar

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler

from scanner.errors import ConfigError
from scanner.guard import GuardsMissing, Refused, check_address, check_ip, check_pairs
from spiders.crawl import prove_handlers
from spiders.resolver import GuardedResolver
from spiders.settings import SETTINGS
from tests.spiders.crawls import ROOT


@pytest.mark.parametrize(
    ("address", "pair"),
    [
        ("http://127.0.0.1:8101/x", "127.0.0.1:8101"),
        ("http://[::1]:8101/x", "[::1]:8101"),
        ("http://10.1.2.3/", "10.1.2.3:80"),
        ("https://10.1.2.3/", "10.1.2.3:443"),
        ("http://localhost:8101/", "localhost:8101"),
        ("http://wiki.intranet.lan:8080/", "wiki.intranet.lan:8080"),
        ("https://village.org:8443/", "village.org:8443"),
    ],
)
def test_a_pair_opens_its_door_and_no_other(address: str, pair: str) -> None:
    check_pairs([pair])
    assert check_address(address, [pair]) is None
    assert check_address(address, [pair + "1"]) is not None
    assert check_address(address, []) is not None


INEXACT = """
127.0.0.1 127.0.0.1: :80 127.1:80 *:80 127.0.0.1:* 127.0.0.1:0 127.0.0.1:65536 10.0.0.0/8:80 ::1:80
[::1%lo]:80 http://127.0.0.1:80 wiki:80 Village.org:80 127.0.0.1:٨٠ 127.0.0.1:080 user@village.org:80
"""


@pytest.mark.parametrize("pair", ["", *INEXACT.split()])
def test_a_pair_that_is_not_exact_is_an_error(pair: str) -> None:
    with pytest.raises(ConfigError, match="not a pair like"):
        check_pairs([pair])


def test_a_meeting_host_cannot_be_allowed() -> None:
    assert check_address("https://zoom.us/", ["zoom.us:443"]) == "refused by the network guard: meeting host"


def test_the_deny_tables_hold_what_python_calls_special() -> None:
    """Own tables must not be laxer than the standard library's."""
    for block in ("0.0.0.0/6", "8.0.0.0/5", "96.0.0.0/3", "168.0.0.0/5", "192.0.0.0/4", "224.0.0.0/3"):
        network = ipaddress.ip_network(block)
        step = max(1, network.num_addresses // 4096)
        for at in range(0, network.num_addresses, step):
            if not network[at].is_global:
                assert check_ip(str(network[at]), 80) is not None, network[at]


# --- names, and spiders of another mind ----------------------------------------------------------


def test_a_name_that_changes_its_answer_gains_nothing() -> None:
    """It is checked whenever it is looked up, and what is handed on to connect to are the numbers checked."""
    answers = iter([["93.184.215.14"], ["93.184.215.14", "10.0.0.1"], ["::1"]])
    resolver = GuardedResolver((), lambda host: next(answers))

    async def resolve() -> list[str]:
        return [found["host"] for found in await resolver.resolve("village.org", 80)]

    assert asyncio.run(resolve()) == ["93.184.215.14"]
    for _ in range(2):
        with pytest.raises(Refused):
            asyncio.run(resolve())


def test_a_spider_that_would_go_round_the_guards_is_not_run() -> None:
    """A spider's own settings win over ours, so they are looked at once they have been merged."""

    class Sly(Spider):
        name = "sly"
        custom_settings: ClassVar[dict[str, Any]] = {
            "DOWNLOAD_HANDLERS": {"http": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"}
        }

    class Local(Spider):
        name = "local"
        custom_settings: ClassVar[dict[str, Any]] = {
            "DOWNLOAD_HANDLERS": {"file": "scrapy.core.downloader.handlers.file.FileDownloadHandler"}
        }

    prove_handlers(Crawler(Spider, SETTINGS))
    for spider in (Sly, Local):
        with pytest.raises(GuardsMissing):
            prove_handlers(Crawler(spider, SETTINGS))


# --- the connect guard and its proof ------------------------------------------------------------

GUARDED = """
import socket, sys
from scanner import guard
try:
    guard.prove()
    print("proven without a guard")
except guard.GuardsMissing:
    pass
listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
guard.install([f"127.0.0.1:{port}"])
from tests.spiders import no_escape
sys.addaudithook(no_escape.watch)  # behind the guard: it ends what the guard lets through
guard.prove()
socket.socket().connect(("127.0.0.1", port))
refused = 0
for family, target in [
    (socket.AF_INET, ("127.0.0.1", port + 1)), (socket.AF_INET, ("127.0.0.2", port)),
    (socket.AF_INET, ("localhost", port)),
    (socket.AF_INET6, ("::1", port, 0, 0)), (socket.AF_INET6, ("::ffff:127.0.0.1", port, 0, 0)),
    (socket.AF_UNIX, "/run/x.sock"), (socket.AF_INET, ("169.254.169.254", 80)),
]:
    for call in ("connect", "connect_ex"):
        try:
            getattr(socket.socket(family), call)(target)
        except guard.Refused:
            refused += 1
for call in (lambda: socket.getaddrinfo("zoom.us", 443), lambda: socket.gethostbyname("meet.google.com"),
             lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("10.0.0.1", 53))):
    try:
        call()
    except guard.Refused:
        refused += 1
print(refused, no_escape.OPENED == [f"127.0.0.1:{port}"])
"""


def test_the_connect_guard_holds_against_any_code_of_the_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GUARDED], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout == "17 True\n", done.stderr
