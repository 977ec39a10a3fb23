"""Where pages cannot be rendered, every command that looks at them says so."""

from __future__ import annotations

import pytest

from scanner.errors import ExitCode
from tests.cli.clerk import Clerk, words
from tests.internet import serve

WHY = "not rendered, so its scripts' part was not seen: th"


def test_a_browser_that_is_not_there_is_named_and_never_silence(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with serve({"/": "<script>1</script>"}) as site:
        clerk.configure({"club": site}, None)
        settings = clerk.data / "schedules.yaml"
        settings.write_text(settings.read_text().replace("{kind: site,", "{kind: site, render: true,"))
        assert f"club: can be read, but not in full: {WHY}" in words(clerk.run("sources", "check").out)
        said = words(clerk.run("doctor", code=ExitCode.INCOMPLETE).out)
        assert "What scripts make of the pages of club is not seen: th" in said
        assert f"Its first page can be read, but not in full: {WHY}" in said
        report = clerk.run("scan", "--json", code=ExitCode.INCOMPLETE).json()
        assert (report["sources"][0]["state"], report["sources"][0]["cut"]) == ("partial", 1)
