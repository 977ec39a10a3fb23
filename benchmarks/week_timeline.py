"""The simulated week as people can read it, and whether everything in it went as it must."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from benchmarks.week_setting import CHOIR, CHOIR_CODE, CIRCLE, COUNCIL, COUNCIL_CODE, ZONE
from benchmarks.week_story import LEAKS
from benchmarks.week_world import World
from scanner.alerts.plain import defanged
from scanner.model import Coverage, Delivery, DeliveryState, News

_WIDTH = 110
_LOOKED, _FAST, _CASE, _MAIL, _CHAT, _LOG = "looked", "looked ", "case", "mail", "chat", "log"
_LATE = timedelta(minutes=2)
_LOG_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ (?:WARNING|ERROR) (.*)")
_SKIPPED = "0 looks were missed"
"""What serve says of the hours that the simulation skips."""
_WHY = re.compile(r"You get this because (.*?)\.\s*Lychgate for", re.DOTALL)
_SECRETS = (COUNCIL, CIRCLE, CHOIR, COUNCIL_CODE, CHOIR_CODE, "zoom.us/j")
_EXPECTED = set(News) - {News.TEST, News.DIGEST, News.BLIND}
"""Of digests there is no alert; no place goes dark in this week."""


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; ``until`` where it stands for several alike."""

    at: datetime
    kind: str
    text: str
    times: int = 1
    until: datetime | None = None


@dataclass(frozen=True)
class Told:
    """One message that came, by whichever way."""

    at: datetime
    kind: str
    key: str
    to: str
    subject: str
    text: str


def timeline(world: World) -> str:
    """Return the week as text, a paragraph for each day, times by the organisation's clock."""
    entries = [Entry(note.at, note.kind, note.text) for note in world.notes]
    entries += [*_scans(world), *_cases(world), *_messages(world), *_log(world)]
    lines, day = [], ""
    for entry in _gathered(sorted(entries, key=lambda entry: entry.at)):
        local = entry.at.astimezone(ZONE)
        if (today := f"{local:%A} {local.day} {local:%B}") != day:
            lines += ["", today]
            day = today
        until = f"-{entry.until.astimezone(ZONE):%H:%M}" if entry.until else ""
        times = f" ({entry.times} times)" if entry.times > 1 and entry.kind != _FAST else ""
        looks = f"{entry.times} looks: " if entry.times > 1 and entry.kind == _FAST else ""
        head = f"  {local:%H:%M}{until:6}  {entry.kind.strip():8}"
        lines += textwrap.wrap(
            named(world, looks + entry.text + times),
            _WIDTH,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_on_hyphens=False,
        )
    return "\n".join([*lines[1:], "", *_figures(world), ""])


def faults(world: World) -> list[str]:
    """Return what went wrong in the week."""
    wrong = []
    told = list(_told(world))
    for number, first in _first_told(world).items():
        if first is None:
            wrong.append(f"leak {number} was told to nobody")
    deliveries = _deliveries(world)
    for each in deliveries:
        if each.state not in (DeliveryState.SENT, DeliveryState.WITHHELD):
            wrong.append(f"alert {each.id} ({each.alert.news} to {each.alert.channel}) is {each.state}")
    keys = Counter(message.key for message in told)
    wrong += [f"{key} came {count} times" for key, count in keys.items() if count > 1]
    alone = [each for each in deliveries if each.state is DeliveryState.SENT and each.alert.key not in keys]
    digests = [message.at for message in told if "digest" in message.subject]
    wrong += [
        f"alert {each.id} ({each.alert.news} to {each.alert.channel}) is marked sent, and never came"
        for each in alone
        if not any(each.settled and abs(each.settled - at) < timedelta(minutes=1) for at in digests)
    ]
    missing = _EXPECTED - {each.alert.news for each in deliveries if each.state is DeliveryState.SENT}
    wrong += [f"no news of kind {news} was sent" for news in sorted(missing)]
    if not digests:
        wrong.append("no digest was sent")
    if not any(each.attempts > 1 for each in deliveries):
        wrong.append("no alert had to wait for the mail server")
    for message in told:
        wrong += [f"{message.subject!r} holds a secret" for secret in _SECRETS if secret in message.text]
    return wrong


def named(world: World, text: str) -> str:
    """Put the names of the sites where their loopback addresses stand."""
    for place in world.places.values():
        dull = place.host.replace(".", "[.]")
        for written in (f"{dull}:{place.port}", place.pair, dull, place.host):
            text = text.replace(written, place.shown)
    return text


def _told(world: World) -> Iterator[Told]:
    for mail in world.mails:
        body = mail.message.get_body(preferencelist=("plain",))
        assert body is not None
        key = str(mail.message["Message-ID"]).strip("<>").partition("@")[0]
        to = ", ".join(address.partition("@")[0] for address in mail.to)
        yield Told(mail.at, _MAIL, key, to, str(mail.message["Subject"]), body.get_content())
    for at, post in world.posted:
        yield Told(at, _CHAT, str(post["id"]), "everybody", str(post["subject"]), str(post["text"]))


def _deliveries(world: World) -> list[Delivery]:
    with world.workspace.store.reading() as work:
        return work.outbox.all(world.workspace.organisation.id)


def _first_told(world: World) -> dict[int, Told | None]:
    told = sorted(_told(world), key=lambda message: message.at)
    first = {}
    for leak in LEAKS:
        place = world.places[leak.place]
        addresses = {defanged(f"http://{place.pair}{path}") for path in leak.paths}
        first[leak.number] = next(
            (message for message in told if message.at >= leak.at and addresses & set(message.text.split())),
            None,
        )
    return first


def _scans(world: World) -> Iterator[Entry]:
    with world.workspace.store.reading() as work:
        scans = work.scans.recent(5000)
    for scan in scans:
        if scan.trigger == "countdown":
            yield Entry(scan.started, _FAST, f"countdown, at {_listed(scan.sources)}")
        else:
            read = ", ".join(map(_read, scan.coverages)) or "broken off"
            yield Entry(scan.started, _LOOKED, f"{scan.trigger}: {read}")


def _read(entry: Coverage) -> str:
    unread = sum(entry.failed.values())
    return f"{entry.source} {entry.state}, {entry.read} read, {entry.unchanged} unchanged" + (
        f", {unread} not read" if unread else ""
    )


def _cases(world: World) -> Iterator[Entry]:
    with world.workspace.store.reading() as work:
        organisation = world.workspace.organisation.id
        titles = {meeting.id: meeting.title for meeting in work.meetings.all(organisation)}
        exposures = work.exposures.all(organisation)
    for exposure in exposures:
        for event in exposure.events:
            note = f": {event.note}" if event.note else ""
            text = f"{exposure.id} ({titles[exposure.meeting]}) {event.what}, by {event.actor}{note}"
            yield Entry(event.at, _CASE, text)


def _messages(world: World) -> Iterator[Entry]:
    deliveries = {each.alert.key: each for each in _deliveries(world)}
    for message in _told(world):
        why = _WHY.search(message.text)
        because = " ".join(why[1].split()) if why else "?"
        delivery = deliveries.get(message.key)
        late = ""
        if delivery and message.at - delivery.created > _LATE:
            tries = f", {delivery.attempts} tries" if delivery.attempts > 1 else ""
            late = f" (written {delivery.created.astimezone(ZONE):%H:%M}{tries})"
        yield Entry(message.at, message.kind, f"to {message.to}: {message.subject}{late}. Because {because}.")
    for each in deliveries.values():
        if each.state is DeliveryState.WITHHELD and each.settled:
            text = f"not sent to {each.alert.channel}: {each.alert.news}, since {each.why_not}"
            yield Entry(each.settled, _MAIL, text)


def _log(world: World) -> Iterator[Entry]:
    """Yield what serve said, the same words once a day."""
    said: dict[tuple[str, str], Entry] = {}
    for line in (world.folder / "log").read_text().splitlines():
        if (match := _LOG_LINE.match(line)) and _SKIPPED not in line:
            at = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
            key = match[2], f"{at.astimezone(ZONE):%d}"
            before = said.get(key, Entry(at, _LOG, match[2], times=0))
            said[key] = replace(before, times=before.times + 1, until=at if before.times else None)
    yield from said.values()


def _gathered(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries, one in place of several alike that follow each other on a day."""
    kept: Entry | None = None
    for entry in entries:
        if kept and (kept.kind, kept.text) == (entry.kind, entry.text) and _same_day(kept.at, entry.at):
            kept = replace(kept, times=kept.times + 1, until=entry.at)
            continue
        if kept:
            yield kept
        kept = entry
    if kept:
        yield kept


def _same_day(one: datetime, other: datetime) -> bool:
    return one.astimezone(ZONE).date() == other.astimezone(ZONE).date()


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _figures(world: World) -> list[str]:
    lines = ["From a leak to the first message about it"]
    for leak in LEAKS:
        first = _first_told(world)[leak.number]
        took = "never" if first is None else f"{_length(first.at - leak.at)}, by {first.kind} to {first.to}"
        lines.append(f"  leak {leak.number}: {took}")
    told = list(_told(world))
    for kind in (_MAIL, _CHAT):
        counts = Counter(message.to for message in told if message.kind == kind)
        each = ", ".join(f"{count} to {who}" for who, count in sorted(counts.items())) or "none"
        lines.append(f"Messages by {kind}: {each}")
    return lines


def _length(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
