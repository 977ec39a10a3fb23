"""What a channel is: a kind found by folder, the options people wrote for it, and secrets by reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, PlainValidator, ValidationInfo, WithJsonSchema

from scanner.errors import ConfigError
from scanner.model import Message
from scanner.secret import Secret

_LONGEST_SECRET = 64 * 1024
_TWO_WAYS = "write {env: NAME} for an environment variable or {file: PATH} for a file that holds it"


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured way out. ``options`` is an instance of its kind's ``Options``.

    ``allow`` holds the ``host:port`` pairs that it may reach although they are not public.
    """

    name: str
    kind: str
    options: BaseModel
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody who did not get a message although others did, and whether asking again is useless.

    ``address`` is the one of their mail, empty for services, which cannot be asked one by one.
    """

    says: str
    address: str = ""
    permanent: bool = True

    def __str__(self) -> str:
        return self.says


class Send(Protocol):
    """Hand a message over, or raise DeliveryError; return whom it missed."""

    def __call__(
        self, message: Message, options: Any, *, now: datetime, allow: tuple[str, ...]
    ) -> tuple[Missed, ...]: ...


class Reach(Protocol):
    """Go as far as the other side's door without sending anything, or raise DeliveryError."""

    def __call__(self, options: Any, *, allow: tuple[str, ...]) -> None: ...


class Recipients(Protocol):
    """Return the e-mail addresses that a message goes to."""

    def __call__(self, message: Message, options: Any) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """One file of ``scanner/alerts/channels``: the model of its options, how it sends and is tried."""

    name: str
    options: type[BaseModel]
    send: Send
    reach: Reach
    recipients: Recipients


@dataclass(frozen=True, slots=True)
class SecretPlaces:
    """Where references are looked up; a relative file is relative to ``folder``."""

    environ: Mapping[str, str] = field(repr=False)
    folder: Path


@dataclass(frozen=True, slots=True)
class SecretReference:
    """Where a secret is kept. It is read when it is needed, so that other commands work without it."""

    environ: Mapping[str, str] = field(repr=False, compare=False)
    env: str = ""
    file: Path | None = None

    def resolve(self) -> Secret:
        """Read the secret now, or raise ConfigError naming the variable or file; the line end is dropped."""
        if self.file is None:
            text = self.environ.get(self.env, "")
            if not text:
                raise ConfigError("this environment variable is not set, or empty", where=self.env)
            return Secret(text)
        return Secret(read_secret_file(self.file))


def read_secret_file(path: Path) -> str:
    """Return a file's text without its last line end; raise ConfigError if it is no short, non-empty text."""
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_SECRET + 1)
    except OSError as error:
        raise ConfigError(f"the secret cannot be read: {error.strerror}", where=str(path)) from error
    if len(content) > _LONGEST_SECRET:
        raise ConfigError("the file is too long to be a secret", where=str(path))
    try:
        text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise ConfigError("the secret is not UTF-8 text", where=str(path)) from None
    if not text:
        raise ConfigError("the file is empty, a secret should stand there", where=str(path))
    return text


def _understand(value: object, info: ValidationInfo) -> SecretReference:
    """Take ``{env: NAME}`` or ``{file: PATH}``. The value itself is in no error: it may be the secret."""
    if isinstance(value, SecretReference):
        return value
    if isinstance(value, str | int | float):
        raise ValueError(f"a secret may not stand in this file; {_TWO_WAYS}")
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValueError(f"a secret is named by one reference: {_TWO_WAYS}")
    (way, place), *_ = value.items()
    if way not in ("env", "file") or not isinstance(place, str) or not place or "\0" in place:
        raise ValueError(f"this names no secret; {_TWO_WAYS}")
    places: SecretPlaces = info.context or SecretPlaces({}, Path())
    if way == "env":
        return SecretReference(places.environ, env=place)
    return SecretReference(places.environ, file=places.folder / place)


SecretSetting = Annotated[
    SecretReference,
    PlainValidator(_understand),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {"env": {"type": "string"}, "file": {"type": "string"}},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }
    ),
]
"""The type of an option that holds a secret."""
