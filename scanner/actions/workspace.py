"""What an action works with: settings, keys and database of one installation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import spiders
from scanner.alerts import channels
from scanner.detect import Detector
from scanner.errors import InputError, StoreError
from scanner.model import Organisation
from scanner.platforms import table_with
from scanner.secret import KeyRing
from scanner.settings import Environment, Settings, environment, load
from scanner.shelf import user_shelf
from storage.store import Store, open_store


@dataclass(frozen=True)
class Workspace:
    """An opened installation. ``settings`` are read when first asked for."""

    environ: Mapping[str, str]
    environment: Environment
    keys: KeyRing
    store: Store
    named: str | None = None
    """The name or number of the organisation that was asked for; None for the first one."""

    @cached_property
    def settings(self) -> Settings:
        """What ``schedules.yaml`` says; ConfigError with line and column if it says it wrongly."""
        return read_settings(self.environment, self.environ)

    @cached_property
    def detector(self) -> Detector:
        """What finds rooms, on the hosts of this installation's settings too."""
        return Detector(table_with(self.settings.platforms), shelf=user_shelf(self.environ))

    @cached_property
    def organisation(self) -> Organisation:
        """The organisation that commands speak for: the named one, or the first of this installation."""
        with self.store.reading() as work:
            found = work.organisations.all()
        if not found:
            raise StoreError("This database has no organisation yet. Run `lychgate init`.")
        if self.named is None:
            return found[0]
        for organisation in found:
            if self.named == str(organisation.id) or self.named.casefold() == organisation.name.casefold():
                return organisation
        raise InputError(f"There is no organisation {self.named!r}: see `lychgate organisations list`.")


@contextmanager
def opened(
    environ: Mapping[str, str], folder: Path | None, *, organisation: str | None = None
) -> Iterator[Workspace]:
    """Open the installation in a data folder, or say what is missing."""
    surroundings = environment(environ, folder)
    keys = read_keys(surroundings)
    with open_store(surroundings.database_url, keys) as store:
        yield Workspace(environ, surroundings, keys, store, organisation)


def read_keys(surroundings: Environment) -> KeyRing:
    """Read the instance key from the environment or its file; KeyMissing says what is wrong with it."""
    if surroundings.key is not None:
        return KeyRing.from_text(surroundings.key.reveal(), where="LYCHGATE_KEY")
    return KeyRing.from_file(surroundings.key_file)


def read_settings(surroundings: Environment, environ: Mapping[str, str]) -> Settings:
    """Read ``schedules.yaml`` with the kinds of sources and channels this version knows."""
    return load(
        surroundings.schedules,
        environ=environ,
        kinds={name: kind.options for name, kind in spiders.kinds().items()},
        channels={name: kind.options for name, kind in channels.kinds().items()},
    )
