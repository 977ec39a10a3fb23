"""Every service that Apprise knows: Slack, Teams, Discord, Telegram, Matrix, ntfy, Signal, SMS gateways …

Apprise blocks, follows what a service's own library does, and knows no guard. So it runs in a child process
of its own that can be ended, whose connections are guarded (``scanner.guard``), and which is given nothing
but the message and the service's address.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from scanner.alerts.channel import Missed, SecretSetting
from scanner.errors import ConfigError, DeliveryError
from scanner.model import Message
from scanner.redact import redact

PATIENCE = timedelta(seconds=60)
"""How long all services of one channel may take together."""

_START = timedelta(seconds=20)
"""What the child may need before it begins, on a busy machine."""
_ASKED_TO_WAIT = timedelta(minutes=5)
"""Apprise tells that a service said 429, but not for how long: its results (``apprise.result`` of 2.2) hold a
state, times and lines of its log, and these name the status and no header."""
_FOR_GOOD = frozenset({400, 401, 403, 404, 405, 410, 422})
_STATUS = re.compile(r"error=([1-5][0-9]{2})\b")
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "VIRTUAL_ENV", "PYTHONPATH")
_LONGEST_WORDS = 160


class Options(BaseModel):
    """``url`` names a service as Apprise writes it, several with a blank between; it holds passwords."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: SecretSetting


def send(
    message: Message,
    options: Options,
    *,
    now: datetime,
    allow: tuple[str, ...] = (),
    patience: timedelta = PATIENCE,
) -> tuple[Missed, ...]:
    """Send one message to every service of the channel within ``patience``, or raise DeliveryError.

    Returns the services that did not take it while another did.
    """
    results = _ask(
        {"title": message.subject, "body": message.short or message.text}, options, allow, patience
    )
    failed = [_sentence(result) for result in results if not result["sent"]]
    if len(failed) < len(results):
        return tuple(map(Missed, failed))
    raise DeliveryError(
        "; ".join(failed),
        permanent=all(result["refused"] or result["status"] in _FOR_GOOD for result in results),
        retry_after=_ASKED_TO_WAIT if any(result["status"] == 429 for result in results) else None,
    )


def reach(options: Options, *, allow: tuple[str, ...] = ()) -> None:
    """See that Apprise knows every service that is named; none is connected to."""
    _ask(None, options, allow, _START)


def _ask(
    message: dict[str, str] | None, options: Options, allow: tuple[str, ...], patience: timedelta
) -> list[dict[str, Any]]:
    url = options.url.resolve().reveal()
    question = {"url": url, "message": message, "allow": allow, "seconds": patience.total_seconds()}
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            (sys.executable, "-P", "-m", "scanner.alerts.channels.apprise"),
            input=json.dumps(question),
            capture_output=True,
            text=True,
            timeout=(patience + _START).total_seconds(),
            env=environment,
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise DeliveryError(
            f"the services did not answer within {patience.total_seconds():g} s", permanent=False
        ) from None
    except ValueError:
        last = done.stderr.strip().rpartition("\n")[2]
        words = _harmless(last, url) or f"it ended with {done.returncode}"
        raise DeliveryError(f"Apprise failed: {words}", permanent=False) from None
    if answer["unknown"]:
        where = options.url.env or str(options.url.file)
        raise ConfigError("Apprise knows no such service address; see its wiki for the spelling", where=where)
    return [
        {**result, "words": _harmless(result["words"], url), "status": _status(result["words"])}
        for result in answer["results"]
    ]


def _sentence(result: dict[str, Any]) -> str:
    why = f"{result['refused']}; network.allow can let it through" if result["refused"] else result["words"]
    return f"{result['name']} did not take it: {why or 'no reason given'}"


def _status(words: str) -> int | None:
    found = _STATUS.search(words)
    return int(found[1]) if found else None


def _harmless(words: str, url: str) -> str:
    """Return what Apprise said on one line, without any part of the service's address."""
    parts = {part for part in re.split(r"\w+://|[\s:/?&=@#,]+", url) if len(part) > 3}
    return redact(" ".join(words.split()), parts)[:_LONGEST_WORDS].rstrip(" .")


def _child() -> None:
    """Read a question from standard input, ask the services, write the answer to standard output."""
    from scanner import guard

    question = json.load(sys.stdin)
    refused: list[str] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        # Apprise says of a connection only that it failed.
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            host, port = arguments[1][:2]
            if reason := guard.check_ip(str(host), port, allow):
                refused.append(reason)

    allow = tuple(question["allow"])
    sys.addaudithook(note)
    guard.install(allow)
    guard.prove()
    refused.clear()
    import apprise

    asset = apprise.AppriseAsset(storage_mode="memory", app_id="Lychgate", app_desc="", app_url="")
    asset.http_redirects = False
    services = apprise.Apprise(asset=asset)
    addresses = question["url"].split()
    unknown = not addresses or not all(services.add(address) for address in addresses)
    results = []
    if not unknown and question["message"]:
        outcome = services.notify(**question["message"], body_format="text", timeout=question["seconds"])
        for result in outcome:
            said = [entry.message for entry in result.logs()]
            sent = result.status == apprise.AppriseResultStatus.SUCCESS
            words = "" if sent else " ".join(said[-1:])
            results.append(
                {"name": result.name, "sent": sent, "words": words, "refused": " ".join(refused[-1:])}
            )
    json.dump({"unknown": unknown, "results": results}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # a service that hangs holds a thread, which would be waited for


if __name__ == "__main__":
    _child()
