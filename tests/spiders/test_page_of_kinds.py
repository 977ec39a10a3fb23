"""docs/sources.md speaks of every kind, with an example that loads and every option it has."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.settings import load
from spiders import kind, kinds

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text()
SECTIONS = dict(re.findall(r"\n### (\S+)\n(.*?)(?=\n##|\Z)", PAGE, re.DOTALL))
SHARED = {"render", "api"}


def test_every_kind_has_its_section_and_no_other() -> None:
    assert sorted(SECTIONS) == sorted(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_the_example_of_a_kind_is_understood(kind: str, tmp_path: Path) -> None:
    examples = re.findall(rf"^    ([a-z-]+: {{kind: {kind},? ?.*}})(?: +#.*)?$", SECTIONS[kind], re.MULTILINE)
    assert examples
    file = tmp_path / "schedules.yaml"
    file.write_text("version: 1\nsources:\n" + "".join(f"  {line}\n" for line in examples))
    found = load(file, environ={}, kinds={name: one.options for name, one in kinds().items()}, channels={})
    assert {source.kind for source in found.sources.values()} == {kind}


@pytest.mark.parametrize("kind", kinds())
def test_every_option_of_a_kind_is_mentioned(kind: str) -> None:
    for option in kinds()[kind].options.model_fields:
        assert option in SHARED or re.search(rf"\b{option}\b", SECTIONS[kind]), option


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_its_transcript(kind: str) -> None:
    transcript = re.search(r"```text\n(.*?)```", SECTIONS[kind], re.DOTALL)
    assert transcript is not None
    assert "$ lychgate scan example" in transcript[1]


@pytest.mark.parametrize("name", ["", ".", "no-such", "zoom_risk", "Site", "spider", "site.Site", "../site"])
def test_a_name_of_no_kind_finds_none(name: str) -> None:
    assert kind(name) is None


def test_a_kind_is_found_alone_as_among_all() -> None:
    assert {name: kind(name) for name in kinds()} == kinds()
    code = "import sys, spiders; spiders.kind('site'); print('spiders.forum' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
