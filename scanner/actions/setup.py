"""Make an installation: data folder, key, database, organisation, first settings file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scanner.actions.workspace import read_keys
from scanner.alerts.channels.email import read_address
from scanner.errors import InputError
from scanner.model import Organisation
from scanner.secret import KeyRing
from scanner.settings import Environment, environment, starting_text
from storage.store import create_store


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What ``set_up`` made and what it found and left as it was."""

    environment: Environment
    organisation: Organisation
    made: tuple[str, ...]
    found: tuple[str, ...]


def set_up(environ: Mapping[str, str], folder: Path | None, *, name: str, timezone: str, email: str) -> SetUp:
    """Make what is missing of an installation and bring its database up to date.

    Nothing that exists is overwritten, so running it twice is harmless: an existing key, organisation or
    settings file stays as it is.
    """
    name, timezone, email = check_name(name), check_timezone(timezone), check_email(email)
    surroundings = environment(environ, folder)
    made: list[str] = []
    found: list[str] = []
    try:
        surroundings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"The folder {surroundings.folder} cannot be made: {error.strerror}.") from error
    if surroundings.key is None and not surroundings.key_file.exists():
        KeyRing.create(surroundings.key_file)
        made.append(f"key file {surroundings.key_file} (mode 0600; back it up, apart from the database)")
    else:
        found.append("the key")
    with create_store(surroundings.database_url, read_keys(surroundings)) as store, store.begin() as work:
        existing = work.organisations.all()
        if existing:
            organisation = existing[0]
            found.append(f"the database of “{organisation.name}”")
        else:
            organisation = work.organisations.add(name=name, timezone=timezone, email=email)
            made.append(f"database of “{organisation.name}”")
    text = starting_text(organisation=organisation.name, timezone=organisation.timezone, email=email)
    try:
        with surroundings.schedules.open("x", encoding="utf-8") as file:
            file.write(text)
        made.append(f"{surroundings.schedules}: name the pages to look at there")
    except FileExistsError:
        found.append(str(surroundings.schedules))
    except OSError as error:
        raise InputError(f"{surroundings.schedules} cannot be written: {error.strerror}.") from error
    return SetUp(environment=surroundings, organisation=organisation, made=tuple(made), found=tuple(found))


def check_name(name: str) -> str:
    """Return the name of an organisation on one line, or raise InputError."""
    if not (shown := " ".join(name.split())) or not shown.isprintable() or len(shown) > 200:
        raise InputError("The organisation needs a name of one line, at most 200 letters long.")
    return shown


def check_timezone(name: str) -> str:
    """Return the name of an IANA time zone, or raise InputError."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError(f"{name!r} is no time zone I know. Write it like Europe/London.") from None
    return name


def check_email(address: str) -> str:
    """Return an e-mail address that a mail server could take, or raise InputError."""
    try:
        return read_address(address.strip()).addr_spec
    except ValueError:
        raise InputError(f"{address!r} is no e-mail address. Write it like clerk@example.org.") from None
