"""Nothing but public addresses and exact exceptions is asked, however it is spelt and wherever it stands.

Every vector goes every way in, in a child that cannot leave loopback (``child.py`` makes sure of that first)
and that records what it tries to open. ``python benchmarks/ssrf.py`` prints the table.
"""

from __future__ import annotations

import json

import pytest

from scanner.guard import check_address
from scanner.platforms import is_meeting_address
from scanner.scans.wire import unit_to_json
from spiders.addresses import resolve
from tests.spiders.crawls import QUICK, unit
from tests.spiders.ssrf.vectors import GOOD, POISONED, VECTORS
from tests.spiders.ssrf.ways import WAYS, Attack, attack, run

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def attacked() -> Attack:
    return attack()


def test_there_are_enough_vectors_and_ways() -> None:
    assert len(VECTORS) + len(POISONED) >= 200
    assert len(WAYS) >= 7
    assert len(GOOD) >= 20


@pytest.mark.parametrize("name", VECTORS)
def test_refused_as_written(name: str) -> None:
    reason = check_address(VECTORS[name].format(port=8101), ["127.0.0.1:8101"])
    assert reason is not None
    assert reason.startswith("refused by the network guard: ")
    assert not any(part in reason for part in ("127", "zoom", "village"))


@pytest.mark.parametrize("address", GOOD)
def test_passes(address: str) -> None:
    assert check_address(address) is None


def test_nothing_but_the_allowed_server_was_connected_to(attacked: Attack) -> None:
    """The connect guard tries itself on port 0 of this machine whenever it is put in place."""
    assert set(attacked.opened) == {"127.0.0.1:0", attacked.home}
    assert attacked.strangers == []


def test_the_allowed_server_was_asked_by_its_own_names_only(attacked: Attack) -> None:
    assert attacked.hosts <= {name for name in attacked.hosts if name.endswith(".example.com")} | {
        "127.0.0.1"
    }
    assert not attacked.hosts & set(POISONED)


def test_no_name_was_looked_up_past_the_resolver_and_no_meeting_host_at_all(attacked: Attack) -> None:
    assert attacked.looked_up == []
    assert not [name for name in attacked.asked if is_meeting_address(f"https://{name}/")]


FINE = {way: {"refused", "no address"} for way in WAYS}
FINE |= {way: {"refused"} for way in ("start", "calendar", "subscription", "webhook")}
FINE |= {way: {"refused", "told", "no address"} for way in ("redirect",)}

HARMLESS = {
    "no slashes",
    "one slash",
    "backslash before a user name",
    "NUL behind the host",
    "line end in the scheme",
}
"""Read as browsers read them where they stand, these name the server itself or ``village.org``."""


@pytest.mark.parametrize("way", WAYS)
def test_every_vector_is_refused_or_leads_nowhere(attacked: Attack, way: str) -> None:
    outcomes = dict(zip(attacked.names, attacked.outcomes[way], strict=True))
    odd = {name: said for name, said in outcomes.items() if said not in FINE[way]}
    if way not in ("start", "calendar", "subscription", "webhook"):
        odd = {
            n: said for n, said in odd.items() if n not in HARMLESS or said not in ("own path", "public name")
        }
    assert odd == {}
    assert attacked.outcomes[way].count("refused") > 100


def test_a_crawl_opens_no_door_itself(attacked: Attack) -> None:
    """Scrapy's telnet console and remote control would listen on 127.0.0.1.

    urllib3, which tldextract imports, binds [::1] for a moment to see whether there is IPv6.
    """
    assert set(attacked.bound) <= {"('::1', 0)"}


def test_what_is_good_gets_as_far_as_the_connection() -> None:
    """Else "nothing was opened" would say nothing of the guards: here the hook of the test ends it."""
    number, number6 = "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
    hosts = {resolve("", address).split("/")[2].partition(":")[0] for address in GOOD}
    units = [unit(address, source=address, limits=QUICK) for address in GOOD]
    report = run(
        {
            "names": {host: [number] for host in hosts},
            "units": [json.loads(unit_to_json(each)) for each in units],
            "allow": [],
            "fetch": [],
            "post": [],
        }
    )
    assert set(report["opened"]) == {"127.0.0.1:0", f"{number}:80", f"{number}:443", f"{number6}:80"}
    assert {event["source"] for event in report["events"]} == set(GOOD)
    assert not [event for event in report["events"] if "refused by" in event.get("why", "")]
