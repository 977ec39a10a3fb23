"""Nothing but public addresses and exact exceptions is asked, however it is spelt and wherever it stands.

Every vector is a start, a link, a redirect and the redirect of a robots.txt of a real crawl, in a child
that cannot leave loopback (``child.py`` proves that first) and that records what it tries to open.
"""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from typing import Any, ClassVar

import pytest
from scrapy import Spider
from scrapy.crawler import Crawler

from scanner.errors import ConfigError
from spiders.crawl import prove_handlers
from spiders.guard import GuardsMissing, check_address, check_ip, check_pairs
from spiders.settings import SETTINGS
from tests.internet import redirect as redirect_to
from tests.internet import serve
from tests.spiders.crawls import ROOT, Crawled, crawl, unit

# Written addresses of places that must not be asked, each with what is odd about it. {port} is that of the
# one allowed server: the right port on a wrong host is the likeliest slip.
SPELLINGS = """
http://127.0.0.1/  loopback on a port that nobody allowed
http://127.0.0.2:{port}/  another loopback address on the allowed port
http://127.1:{port}/  short
http://127.0.1:{port}/  three parts
http://2130706433:{port}/  decimal
http://0x7f000001:{port}/  hexadecimal
http://0x7f.0.0.1:{port}/  hexadecimal part
http://0177.0.0.1:{port}/  octal part
http://017700000001:{port}/  octal
http://127.0.0.01:{port}/  leading zero
http://00127.0.0.1:{port}/  leading zeros
http://127.0.0.1.:{port}/  trailing dot
http://１２７.0.0.1:{port}/  full-width digits
http://①②⑦.0.0.1:{port}/  circled digits
http://127。0。0。1:{port}/  ideographic full stops
http://%31%32%37.0.0.1:{port}/  percent-encoded
http://0.0.0.0:{port}/  this host
http://0:{port}/  this host, short
http://[::]:{port}/  this host, version 6
http://[::1]/  loopback, version 6
http://[::1]:{port}/  loopback, version 6, on the allowed port
http://[0:0:0:0:0:0:0:1]:{port}/  loopback, written out
http://[::ffff:127.0.0.1]:{port}/  mapped
http://[::ffff:7f00:1]:{port}/  mapped, hexadecimal
http://[::127.0.0.1]:{port}/  compatible
http://[2002:7f00:1::]/  6to4 of loopback
http://[2002:a9fe:a9fe::]/  6to4 of the metadata service
http://[2001:0:7f00:1::]/  Teredo
http://[64:ff9b::7f00:1]/  NAT64
http://[64:ff9b::169.254.169.254]/  NAT64 of the metadata service
http://[64:ff9b:1::1]/  local NAT64
http://[100::1]/  discard
http://[fc00::1]/  unique local
http://[fd00:ec2::254]/  metadata service, version 6
http://[fe80::1]/  link-local
http://[fe80::1%25eth0]/  link-local with zone
http://[fe80::1%eth0]/  zone, unescaped
http://[fec0::1]/  site-local
http://[ff02::1]/  multicast, version 6
http://[2001:db8::1]/  documentation, version 6
http://[3fff::1]/  documentation, new block
http://[5f00::1]/  segment routing
http://169.254.169.254/latest/meta-data/  metadata service
http://2852039166/  metadata service, decimal
http://0xa9fea9fe/  metadata service, hexadecimal
http://0251.0376.0251.0376/  metadata service, octal
http://100.100.100.200/  metadata service in carrier-grade NAT
http://168.63.129.16/  metadata service in public space
http://192.0.0.192/  metadata service in a protocol block
http://10.0.0.1/  private A
http://172.16.0.1/  private B
http://172.31.255.255/  private B, end
http://192.168.1.1/  private C
http://100.64.0.1/  carrier-grade NAT
http://198.18.0.1/  benchmarking
http://192.0.2.1/  documentation
http://224.0.0.1/  multicast
http://240.0.0.1/  future use
http://255.255.255.255/  broadcast
http://localhost/  local name
http://localhost:{port}/  local name on the allowed port
http://LOCALHOST:{port}/  local name, capitals
http://localhost.:{port}/  local name, trailing dot
http://a.localhost:{port}/  below the local name
http://localhost.localdomain:{port}/  local name of old
http://printer.local/  multicast DNS
http://router.lan/  home router
http://metadata.google.internal/  metadata service by name
http://wiki/  dotless name
http://box.home.arpa/  home network
http://hidden.onion/  onion
http://village.example.com./  name with trailing dot
http://village..example.com/  empty label
http://-village.example.com/  hyphen first
http://user@village.example.com/  user name
http://user:word@127.0.0.1:{port}/  user name and password
http://127.0.0.1:{port}@village.example.com/  an address as user name
http://village.example.com@127.0.0.1:{port}/  a name as user name
http://127.0.0.1:{port}\\@village.example.com/  backslash
http:\\\\127.0.0.2:{port}\\  backslashes
http://127.0.0.2:{port}#@village.example.com/  fragment
http://village.example.com:22/  secure shell
http://village.example.com:6379/  database
http://village.example.com:8080/  any other port
https://village.example.com:80443/  port beyond the last
ftp://village.example.com/  file transfer
file:///etc/hostname  file
gopher://127.0.0.1:{port}/  gopher
data:text/html,hello  data
javascript:alert(1)  script
unix:/run/docker.sock  socket
//127.0.0.2:{port}/  no scheme
http:127.0.0.2:{port}/  no slashes
http:///127.0.0.2:{port}/  three slashes
http://zoom.us/j/5551112222  meeting host
http://us02web.zoom.us/  meeting host, below
https://ZOOM.US:443/j/5551112222  meeting host, capitals
https://zoom.us./j/5551112222  meeting host, trailing dot
https://teams.microsoft.com/l/meetup-join/x  meeting host of Teams
https://meet.google.com/abc-defg-hij  meeting host of Google
https://meet.jit.si/VillageHall  meeting host of Jitsi
""".strip()
VECTORS = dict(reversed(line.rsplit("  ", 1)) for line in SPELLINGS.splitlines())

# Names that look innocent until they are looked up. The last three mix good and bad answers.
POISONED = {
    "loop.example.com": ["127.0.0.1"],
    "loop6.example.com": ["::1"],
    "private.example.com": ["192.168.0.10"],
    "metadata.example.com": ["169.254.169.254"],
    "mapped.example.com": ["::ffff:10.0.0.1"],
    "sixtofour.example.com": ["2002:a00:1::1"],
    "nat64.example.com": ["64:ff9b::a00:1"],
    "teredo.example.com": ["2001:0:a00:1::"],
    "scoped.example.com": ["fe80::1%eth0"],
    "mixed.example.com": ["93.184.215.14", "10.0.0.1"],
    "mixed6.example.com": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fd00::1"],
    "unspecified.example.com": ["0.0.0.0"],
}

GOOD = [
    "http://village.org/",
    "https://www.village.co.uk/minutes?page=2",
    "https://village.org:443/",
    "http://village.org:80/a%20b",
    "https://xn--drfli-jua.ch/",
    "https://dörfli.ch/",
    "HTTPS://Village.ORG/",
    "http://93.184.215.14/",
    "http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
    "https://a_b.village.org/",
    "https://1and1.village.org/#agenda",
    "https://village.org/?next=http://127.0.0.1/",
]


def test_there_are_enough_vectors() -> None:
    assert len(VECTORS) == len(SPELLINGS.splitlines())
    assert len(VECTORS) + len(POISONED) >= 100


@pytest.mark.parametrize("name", VECTORS)
def test_refused_as_written(name: str) -> None:
    reason = check_address(VECTORS[name].format(port=8101), ["127.0.0.1:8101"])
    assert reason is not None
    assert reason.startswith("refused by the network guard: ")
    assert not any(part in reason for part in ("127", "zoom", "village"))


@pytest.mark.parametrize("address", GOOD)
def test_passes(address: str) -> None:
    assert check_address(address) is None


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


# --- real crawls --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def attacked() -> Crawled:
    """Every vector by every way in, in one crawl. Only the allowed server may be connected to."""
    home = "home.example.com"
    with serve({}) as site, serve({"/": "not allowed"}) as other:
        vectors = [vector.format(port=other.port) for vector in VECTORS.values()]
        vectors += [f"http://{name}/" for name in POISONED] + [other.url()]
        vectors += [f"http://{name}:{site.port}/" for name in POISONED]
        redirects = {f"/to/{at}": redirect_to(vector) for at, vector in enumerate(vectors)}
        page = "".join(f'<a href="{vector}"></a><iframe src="{vector}"></iframe>' for vector in vectors)
        page += "".join(f'<a href="{path}"></a>' for path in redirects)
        site.pages |= redirects | {"/": page, "/refresh": "x"}
        names = dict(POISONED) | {home: ["127.0.0.1"]}
        units = [
            unit(*vectors, source="start", allow=(site.pair,)),
            unit(site.url(host=home), source="link", allow=(site.pair, f"{home}:{site.port}")),
        ]
        for at, vector in enumerate(vectors):
            name = f"r{at}.robots.example.com"
            names[name] = ["127.0.0.1"]
            site.pages[f"{name}/robots.txt"] = redirect_to(vector)
            units.append(
                unit(site.url(host=name), source=f"robots {at}", allow=(site.pair, f"{name}:{site.port}"))
            )
        crawled = crawl(*units, names=names, seconds=150)
        assert not other.hits
        assert {hit.host for hit in site.hits} <= set(names)
    return crawled


def test_nothing_but_the_allowed_server_was_connected_to(attacked: Crawled) -> None:
    trial, *opened = attacked.opened
    assert trial == "127.0.0.1:0"
    assert len(set(opened)) == 1, set(opened)


def test_no_name_was_looked_up_past_the_resolver_and_no_meeting_host_at_all(attacked: Crawled) -> None:
    assert attacked.looked_up == []
    assert not [name for name in attacked.asked if "zoom" in name or "meet" in name or "teams" in name]


def test_every_refused_start_is_reported(attacked: Crawled) -> None:
    failed = attacked.of("failed", "start")
    assert len(failed) == len(VECTORS) + 2 * len(POISONED) + 1
    assert all(event["start"] and event["why"].startswith("refused by the network guard") for event in failed)


def test_redirects_are_refused_and_those_to_meetings_told(attacked: Crawled) -> None:
    told = attacked.of("meetingredirect", "link")
    assert {event["target"].partition("//")[2].partition("/")[0].lower() for event in told} >= {
        "zoom.us",
        "us02web.zoom.us",
        "teams.microsoft.com",
        "meet.google.com",
        "meet.jit.si",
    }
    skipped = attacked.why("skipped", "link")
    assert sum("refused by the network guard" in why for why in skipped.values()) > len(VECTORS) / 2
    assert set(attacked.fetched("link")) == {
        "http://home.example.com:" + attacked.opened[1].partition(":")[2] + "/"
    }


def test_a_robots_txt_elsewhere_is_not_followed_inside(attacked: Crawled) -> None:
    """One vector is no trap here: without slashes it is a path on the same server, where nothing is."""
    reasons = [event["why"] for event in attacked.of("failed") if event["source"].startswith("robots")]
    refused = [
        why for why in reasons if why.startswith("robots.txt could not be read: refused by the network")
    ]
    assert len(refused) == len(VECTORS) - 1 + 2 * len(POISONED) + 1


def test_a_crawl_opens_no_door_itself(attacked: Crawled) -> None:
    """Scrapy's telnet console and remote control would listen on 127.0.0.1.

    urllib3, which tldextract imports, binds [::1] for a moment to see whether there is IPv6.
    """
    assert set(attacked.bound) <= {"('::1', 0)"}


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
from spiders import guard
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
