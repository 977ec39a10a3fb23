"""The few things that come from the environment: where the data is, the database, the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.alerts.channel import read_secret_file
from scanner.errors import ConfigError
from scanner.secret import Secret

_DEFAULT_FOLDER = "~/.local/share/lychgate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where an installation keeps its things. ``key`` is set only if the environment holds the key itself."""

    folder: Path
    database_url: str = field(repr=False)
    key: Secret | None
    key_file: Path
    schedules: Path


def environment(environ: Mapping[str, str], folder: Path | None = None) -> Environment:
    """Read ``LYCHGATE_DATA``, ``LYCHGATE_DATABASE_URL`` and ``LYCHGATE_KEY``, or raise ConfigError.

    ``folder`` is what the command line named, and wins over ``LYCHGATE_DATA``. The other two may be given
    as ``…_FILE`` instead, with the path of a file that holds the value. Nothing is created, and the key
    file is not opened.
    """
    if folder is None:
        folder = Path(_value(environ, "LYCHGATE_DATA") or _DEFAULT_FOLDER)
    try:
        folder = folder.expanduser().absolute()
    except RuntimeError:
        raise ConfigError("there is no home folder; name the data folder", where="LYCHGATE_DATA") from None
    if "?" in str(folder):
        raise ConfigError(
            f"a database cannot be opened below {folder}: it holds a '?'", where="LYCHGATE_DATA"
        )
    key, key_file = _value_or_file(environ, "LYCHGATE_KEY")
    url, url_file = _value_or_file(environ, "LYCHGATE_DATABASE_URL")
    if url_file:
        url = read_secret_file(url_file)
    return Environment(
        folder=folder,
        database_url=url or f"sqlite:///{folder / 'lychgate.db'}",
        key=Secret(key) if key else None,
        key_file=key_file or folder / "lychgate.key",
        schedules=folder / "schedules.yaml",
    )


def _value_or_file(environ: Mapping[str, str], name: str) -> tuple[str, Path | None]:
    value, file = _value(environ, name), _value(environ, f"{name}_FILE")
    if value and file:
        raise ConfigError(f"it is set, and so is {name}_FILE; keep one of the two", where=name)
    return value, Path(file) if file else None


def _value(environ: Mapping[str, str], name: str) -> str:
    """Return a variable's value. Set but empty is an error: somebody meant to give it."""
    value = environ.get(name)
    if value is not None and not value.strip():
        raise ConfigError("it is set, but empty; give it a value or unset it", where=name)
    return (value or "").strip()
