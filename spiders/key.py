"""Where the key of a search service is kept. The settings and a Unit hold the place, never the key."""

from __future__ import annotations

import os
import re
from pathlib import Path

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from spiders.options import Options

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_LONGEST = 4096
_HOW_TO_WRITE = "write where the key is kept, never the key: {env: NAME} or {file: /PATH}"


class NoKey(Exception):
    """The key cannot be read. Its text says why, without the key."""


class KeyPlace(Options):
    """``{env: NAME}`` or ``{file: PATH}``."""

    env: str = Field(default="", description="The environment variable that holds the key.")
    file: str = Field(default="", description="The file that holds the key; an absolute path.")

    @model_validator(mode="before")
    @classmethod
    def _place(cls, value: object) -> object:
        # Said here, without the value: what stands there may be the key itself.
        places = {name: place for name, place in value.items() if place} if isinstance(value, dict) else {}
        if len(places) != 1 or not places.keys() <= {"env", "file"}:
            raise PydanticCustomError("no_place", _HOW_TO_WRITE)
        return places

    @field_validator("env")
    @classmethod
    def _name(cls, name: str) -> str:
        if name.upper().startswith("LYCHGATE_") or not _NAME.fullmatch(name):
            raise PydanticCustomError(
                "no_variable",
                "this must be the name of an environment variable, and none of Lychgate's own (LYCHGATE_…)",
            )
        return name

    @field_validator("file")
    @classmethod
    def _path(cls, path: str) -> str:
        if not Path(path).is_absolute():
            raise PydanticCustomError("no_path", "this must be an absolute path, like /run/secrets/brave")
        return path

    def read(self) -> str:
        """Return the key. Raises NoKey."""
        if self.env:
            key = os.environ.get(self.env, "")
        else:
            try:
                with Path(self.file).open("rb") as file:
                    key = file.read(_LONGEST).decode("ascii", "replace")
            except OSError as fault:
                raise NoKey(f"the key of the search service cannot be read: {fault.strerror}") from fault
        key = key.strip()
        if not key or not key.isascii() or not key.isprintable() or len(key) >= _LONGEST:
            where = f"the variable {self.env}" if self.env else "its file"
            raise NoKey(f"there is no usable key of the search service in {where}")
        return key
