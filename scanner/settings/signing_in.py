"""What ``schedules.yaml`` says about signing in with accounts that people have elsewhere (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from scanner.alerts.channel import SecretReference, SecretSetting
from scanner.settings.fields import HostName, Line
from storage.people import AccountRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Who gets in without an invitation, and with which role: by the domain of an address, or by a group."""

    role: AccountRole
    domain: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where people have accounts already, what it is called on the desk, and whom of them to let in."""

    name: str
    issuer: str
    client_id: str
    secret: SecretReference
    groups: str = "groups"
    """The claim that holds the names of somebody's groups."""
    admit: tuple[Admission, ...] = ()

    def role_for(self, *, email: str, groups: Collection[str]) -> AccountRole | None:
        """Return the role that the first fitting line gives, or None if none fits.

        ``email`` is an address that the provider checked, or empty.
        """
        domain = email.rpartition("@")[2].casefold()
        return next(
            (
                line.role
                for line in self.admit
                if (line.domain and line.domain == domain) or (line.group and line.group in groups)
            ),
            None,
        )


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.netloc or "?" in text or "#" in text:
        raise ValueError("an issuer is an address like https://accounts.example, as its provider writes it")
    return text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AdmitSection(_Part):
    """One line of those who get in without an invitation."""

    role: AccountRole
    domain: HostName | None = None
    group: Line | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.domain is None) == (self.group is None):
            raise ValueError("say who it is by one of two: domain: your-group.example, or group: wardens")
        return self


class SignInSection(_Part):
    """A provider of accounts. Its address has to be https, except one that ``network.allow`` names."""

    name: Line
    issuer: Annotated[Line, AfterValidator(_issuer)]
    client_id: Line
    secret: SecretSetting
    groups: Line = "groups"
    admit: Annotated[tuple[AdmitSection, ...], Field(max_length=100)] = ()

    def provider(self) -> Provider:
        """Return it as it is used."""
        return Provider(
            name=self.name,
            issuer=self.issuer,
            client_id=self.client_id,
            secret=self.secret,
            groups=self.groups,
            admit=tuple(
                Admission(role=line.role, domain=line.domain or "", group=line.group or "")
                for line in self.admit
            ),
        )
