"""``web.sign_in`` in schedules.yaml: accounts from elsewhere, and whom of them to let in."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ConfigError
from scanner.settings import Settings, load
from storage.people import AccountRole

GOOD = """version: 1
web:
  sign_in:
    name: the parish account
    issuer: https://accounts.example/realms/parish
    client_id: lychgate
    secret: {env: PARISH}
    groups: roles
    admit:
      - {group: wardens, role: owner}
      - {domain: StMarys.example, role: reviewer}
      - {group: choir, role: read-only}
"""


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "schedules.yaml"
    path.write_text(text)
    return load(path, environ=environ or {}, kinds={}, channels={})


def test_the_first_line_that_fits_counts(tmp_path: Path) -> None:
    provider = read(tmp_path, GOOD, {"PARISH": "x"}).provider
    assert provider is not None
    assert (provider.name, provider.client_id, provider.groups) == ("the parish account", "lychgate", "roles")
    assert provider.issuer == "https://accounts.example/realms/parish"
    assert provider.secret.resolve().reveal() == "x"
    for email, groups, role in (
        ("ann@stmarys.example", {"wardens", "choir"}, AccountRole.OWNER),
        ("Ann@STMARYS.example", {"choir"}, AccountRole.REVIEWER),
        ("ann@elsewhere.example", {"choir"}, AccountRole.READER),
        ("", {"choir"}, AccountRole.READER),
        ("ann@sub.stmarys.example", {"Wardens"}, None),
        ("stmarys.example@evil.example", set(), None),
        ("", set(), None),
    ):
        assert provider.role_for(email=email, groups=groups) is role, (email, groups)


def test_without_it_there_is_no_provider(tmp_path: Path) -> None:
    assert read(tmp_path, "version: 1\nweb: {listen: '127.0.0.1:8000'}\n").provider is None


def test_a_secret_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    (sentence,) = read(tmp_path, GOOD).missing_secrets()
    assert sentence == "web.sign_in: PARISH: this environment variable is not set, or empty"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("{env: PARISH}", "hunter22", 7, "may not stand in this file"),
        ("https://accounts.example/realms/parish", "accounts.example", 5, "an issuer is an address"),
        ("https://accounts.example/realms/parish", "https://a.example/?x=1", 5, "an issuer is an address"),
        ("role: owner", "role: boss", 10, "'owner', 'reviewer' or 'read-only'"),
        ("{group: wardens, role", "{group: wardens, domain: a.example, role", 10, "by one of two"),
        ("{group: choir, role", "{role", 12, "by one of two"),
        ("StMarys.example", "stmarys", 11, "the name of a host"),
        ("client_id", "client", 6, "there is no setting 'client' here"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, GOOD.replace(old, new))
    assert says in str(caught.value)
    assert f"schedules.yaml:{line}:" in str(caught.value)
    assert "hunter22" not in str(caught.value)
