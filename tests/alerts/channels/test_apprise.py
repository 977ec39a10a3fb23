"""Chat services through Apprise, with its JSON service on loopback as the real thing on the other side."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest

from scanner.alerts.channel import Channel, SecretReference
from scanner.alerts.channels import send, try_to_reach
from scanner.alerts.channels.apprise import Options
from scanner.alerts.channels.apprise import send as send_apprise
from scanner.errors import DeliveryError
from tests.alerts.cases import NOW, message
from tests.hook import Hook, deaf, hook

WORD = "geheim99"


def options(*urls: str) -> Options:
    return Options(url=SecretReference({"CHAT_URL": " ".join(urls)}, env="CHAT_URL"))


def url(held: Hook) -> str:
    return f"json://bot:{WORD}@{held.pair}/room-{WORD}"


def chat(*helds: Hook, allow: tuple[str, ...] | None = None) -> Channel:
    pairs = tuple(held.pair for held in helds)
    return Channel("chat", "apprise", options(*map(url, helds)), allow=pairs if allow is None else allow)


def failure(*helds: Hook, allow: tuple[str, ...] | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(message(), chat(*helds, allow=allow), now=NOW)
    assert WORD not in str(caught.value), "the address of a service is a secret"
    return caught.value


def test_a_message_arrives_with_its_subject() -> None:
    with hook(status=200) as held:
        assert send(message(), chat(held), now=NOW) == ()
    (post,) = held.posts
    said = json.loads(post.body)
    assert said["title"] == message().subject
    assert "Bell ringers" in said["message"]
    assert "84471190263" not in post.body.decode()


@pytest.mark.parametrize(
    ("status", "permanent", "pause"),
    [(404, True, None), (429, False, timedelta(minutes=5)), (500, False, None)],
)
def test_a_no_is_for_good_or_for_now(status: int, permanent: bool, pause: timedelta | None) -> None:
    with hook(status=status, answer={"Retry-After": "30"}) as held:
        error = failure(held)
    assert (error.permanent, error.retry_after) == (permanent, pause)
    assert f"error={status}" in str(error)
    assert len(held.posts) == 1, "it is for the outbox to try again"


def test_one_service_that_took_it_is_enough_and_the_other_is_named() -> None:
    with hook(status=200) as held, hook(status=500) as down:
        (missed,) = send(message(), chat(held, down), now=NOW)
    assert "JSON did not take it" in str(missed)
    assert WORD not in str(missed)


def test_a_redirect_is_not_followed() -> None:
    with hook(status=200) as other, hook(status=302, answer={"Location": f"http://{other.pair}/"}) as held:
        failure(held, allow=(held.pair, other.pair))
    assert other.posts == []


def test_silence_ends_in_time() -> None:
    with hook(silent=True) as held, pytest.raises(DeliveryError) as caught:
        send_apprise(
            message(), options(url(held)), now=NOW, allow=(held.pair,), patience=timedelta(seconds=1)
        )
    assert not caught.value.permanent


def test_nobody_there_is_a_failure_that_may_pass() -> None:
    with deaf() as port:
        assert not failure(Hook(port)).permanent


def test_this_machine_is_reached_only_where_the_settings_allow_it() -> None:
    with hook() as held:
        error = failure(held, allow=())
    assert error.permanent
    assert "private address; network.allow" in str(error)
    assert held.posts == []


@pytest.mark.parametrize("address", ["nonsense", "slack://x", "https://", ""])
def test_an_address_that_apprise_does_not_know_is_said_without_it(address: str) -> None:
    with pytest.raises(DeliveryError, match="CHAT_URL") as caught:
        try_to_reach(Channel("chat", "apprise", options(address)))
    assert not address or address not in str(caught.value)


def test_reaching_connects_to_nobody() -> None:
    with hook() as held:
        try_to_reach(chat(held))
    assert held.posts == []


def test_apprise_is_loaded_in_its_own_process_only() -> None:
    code = (
        "import sys; from scanner.alerts.channels import kinds; kinds(); "
        "sys.exit('apprise' in sys.modules or 'requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
