"""Further organisations in one installation. Only the operator, who has the command line, adds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.actions.setup import check_email, check_name, check_timezone
from scanner.errors import InputError
from scanner.model import Organisation
from storage.caps import Cap
from storage.store import Store

DEFAULT_CAP = Cap(meetings=1000, per_hour=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOrganisation:
    """An organisation with its number of meetings and what it may register (None: as much as it wants)."""

    organisation: Organisation
    meetings: int
    cap: Cap | None


def add_organisation(
    store: Store, *, name: str, timezone: str, email: str, cap: Cap = DEFAULT_CAP
) -> Organisation:
    """Add an organisation with a data key of its own. Raises InputError."""
    name, timezone, email = check_name(name), check_timezone(timezone), check_email(email)
    if cap.meetings < 1 or cap.per_hour < 1:
        raise InputError("An organisation needs room for at least one meeting, and one an hour.")
    with store.begin() as work:
        if any(other.name.casefold() == name.casefold() for other in work.organisations.all()):
            raise InputError(f"There is an organisation “{name}” already.")
        added = work.organisations.add(name=name, timezone=timezone, email=email)
        work.caps.put(added.id, cap)
    return added


def change_organisation(
    store: Store, organisation: Organisation, *, name: str, timezone: str, actor: str, now: datetime
) -> Organisation:
    """Give an organisation another name or time zone, and write down who did. Raises InputError.

    Meetings keep the zone in which they were registered.
    """
    name, timezone = check_name(name), check_timezone(timezone)
    with store.begin() as work:
        others = [other for other in work.organisations.all() if other.id != organisation.id]
        if any(other.name.casefold() == name.casefold() for other in others):
            raise InputError(f"There is an organisation “{name}” already.")
        if (name, timezone) == (organisation.name, organisation.timezone):
            return organisation
        note = f"“{organisation.name}”, {organisation.timezone} → “{name}”, {timezone}"
        work.audit.write(organisation.id, what="organisation changed", actor=actor, note=note, now=now)
        return work.organisations.change(organisation.id, name=name, timezone=timezone)


def all_organisations(store: Store, *, now: datetime) -> list[ListedOrganisation]:
    """Return every organisation, the operator's own first."""
    with store.reading() as work:
        return [
            ListedOrganisation(
                organisation=organisation,
                meetings=work.caps.registered(organisation.id, now)[0],
                cap=work.caps.get(organisation.id),
            )
            for organisation in work.organisations.all()
        ]


def remove_organisation(store: Store, organisation: Organisation) -> None:
    """Delete an organisation with its data key and everything of it; InputError if it is the first one.

    What its rows held is overwritten in the database and in its write-ahead log.
    """
    with store.begin() as work:
        if work.organisations.all()[0].id == organisation.id:
            raise InputError("The first organisation is the installation itself: delete its folder instead.")
        work.organisations.remove(organisation.id)
    store.clear_traces()
