"""Somebody told us: record a page where a person saw a meeting of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scanner.actions.routes import routes_of
from scanner.actions.workspace import Workspace
from scanner.errors import InputError
from scanner.guard import check_address
from scanner.match.allowances import Allowed
from scanner.match.register import Register
from scanner.model import Document, Form, Link
from scanner.platforms import is_meeting_address
from scanner.scans.ledger import Ledger
from scanner.scans.page import ReportRead
from scanner.scans.rules import rules_of
from spiders.addresses import resolve

LONGEST_PASTE = 16 * 1024 * 1024
"""Bytes of a text or picture that comes with a report."""

REPORTED = "reported"
"""The kind of source that reads reported pages again, and the name of one where the settings have none."""

_LONGEST_ADDRESS = 2000
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a report. ``exposures`` are those of the organisation that reported.

    ``rooms`` counts the rooms that were found in it, whosever; ``read_again_by`` is the source that will look
    at the page, empty if the settings have none for that.
    """

    address: str
    exposures: tuple[int, ...]
    new: bool
    rooms: int
    read_again_by: str = ""


def report_page(
    workspace: Workspace,
    address: str,
    *,
    pasted: bytes | None = None,
    meeting: int | None = None,
    by: str,
    seen: datetime | None = None,
    clock: Callable[[], datetime],
) -> Outcome:
    """Record that a person saw a meeting at a public address.

    ``pasted`` is what they copied there: text, a saved page or a picture of the screen. It is searched and
    not kept. ``meeting`` names the meeting where nothing is found in that: then the person's word counts.
    Rooms that nobody registered here are counted in the answer and forgotten. InputError if the address is
    none of a public page, or if there is neither a text nor a meeting.
    """
    place = public_address(address, allow=workspace.settings.allow)
    if pasted is None and meeting is None:
        raise InputError("Give what stands there (--text FILE), or the number of the meeting (--meeting).")
    if pasted is not None and len(pasted) > LONGEST_PASTE:
        raise InputError(f"That is too long: at most {LONGEST_PASTE // 1024**2} MiB are read.")
    if seen is not None and seen > clock():
        raise InputError("That time has not come yet: when was it seen?")
    links = workspace.detector.detect(Document("", pasted)).links if pasted is not None else ()
    if meeting is not None and not links:
        links = (_on_their_word(workspace, meeting),)
    source = next((s.name for s in workspace.settings.sources.values() if s.kind == REPORTED), "")
    said = ReportRead(source=source or REPORTED, places=(place,), links=links, by=_in_words(by, seen))
    ledger = record_report(workspace, said, clock=clock)
    ours = sorted(id_ for owner, id_ in ledger.seen if owner == workspace.organisation.id)
    return Outcome(
        address=place,
        exposures=tuple(ours),
        new=any(id_ in ledger.new for id_ in ours),
        rooms=len(links),
        read_again_by=source if ours else "",
    )


def record_report(workspace: Workspace, said: ReportRead, *, clock: Callable[[], datetime]) -> Ledger:
    """Write what a report says of registered meetings, as a scan does, with its alerts; forget the rest."""
    now = clock()
    with workspace.store.begin() as work:
        ledger = Ledger(
            store=workspace.store,
            keys=work.keys,
            register=Register(work.meetings.register(now)),
            allowed=Allowed(work.allowances.everywhere()),
            routes=routes_of(workspace),
            channels=tuple(workspace.settings.channels),
            rules=rules_of(workspace.settings.units(None)),
            clock=clock,
        )
    ledger.expect(said.source, (), changed=None, full=False)
    ledger.take(said)
    ledger.close()
    return ledger


def public_address(text: str, *, allow: tuple[str, ...] = ()) -> str:
    """Return the address of a public page as browsers spell it, or raise InputError."""
    written = text.strip()
    address = resolve("", written if "://" in written else f"https://{written}")
    if not address.startswith(("http://", "https://")) or len(address) > _LONGEST_ADDRESS:
        raise InputError("That is not the address of a page: it looks like https://forum.example/topic/12.")
    if is_meeting_address(address):
        raise InputError("That is the meeting itself. Give the address of the page where it can be seen.")
    refusal = check_address(address, allow)
    if refusal is not None:
        raise InputError(f"That is no page in public: {refusal}.")
    return address


def _on_their_word(workspace: Workspace, number: int) -> Link:
    with workspace.store.reading() as work:
        meeting = work.meetings.get(workspace.organisation.id, number)
    if meeting is None:
        raise InputError(f"There is no meeting {number}. `lychgate meetings list` shows them.")
    if not meeting.rooms:
        raise InputError(f"Meeting {number} has no room that could have been seen.")
    return Link(room=meeting.rooms[0], form=Form.REPORTED, where="")


def _in_words(by: str, seen: datetime | None) -> str:
    name = " ".join(by.split())[:_LONGEST_NAME] or "somebody"
    return f"{name}, who saw it on {seen:%d %b %Y at %H:%M} {seen.tzname()}" if seen else name
