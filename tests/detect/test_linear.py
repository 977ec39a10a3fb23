"""No pattern of detection, and no look of the gate, takes more time than a text's size explains."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import scanner.detect
import scanner.extract
import scanner.platforms
from scanner.detect.gate import Gate
from scanner.detect.phrase import Phrase
from scanner.detect.vocabulary import Vocabulary
from scanner.platforms import BUILT_IN
from tests.effort import grows_with_size_only

GATES = {"Hyperscan": Gate(BUILT_IN), "standard library": Gate(BUILT_IN, fast=False)}
SIZE = 40_000
UNITS = [
    *("1", "1 ", ".", "/", "//", "@", "(", "\\", "\\\\n", '="', "\n ", "о", "оо.", '"a":[', "0l "),
    *("<", "<b>", "<a x='", '<a ="', "<a =", "<th ", "<th>zoom", "<!--", "<!-- x", "--> <!--"),
    *("<script>", "<style>", "&", "&amp;", "&#1", "%", "%25", "%5C", "aHR0cHM6Ly96b29tLnVzL2ov "),
    *("zoom.us/j/", "zoom.us?", "Meeting ID: ", "meeting no ", "z o o m ", ",,123456789", "id 1"),
    *("https://www.google.com/url?q=", "meet bcd-", "meet.", "/b/", "/call/"),
]


@pytest.mark.parametrize("engine", GATES)
@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_the_gate_takes_time_for_size_only(unit: str, engine: str) -> None:
    assert grows_with_size_only(GATES[engine].opens_text, unit * (SIZE // len(unit)))


def patterns() -> dict[str, re.Pattern[str] | Phrase]:
    """Collect every compiled pattern of text in detection, extraction and the platforms."""
    found: dict[str, re.Pattern[str] | Phrase] = {}
    for package in (scanner.detect, scanner.extract, scanner.platforms):
        for module in iter_modules(package.__path__):
            for name, value in vars(import_module(f"{package.__name__}.{module.name}")).items():
                if isinstance(value, re.Pattern | Phrase) and isinstance(value.pattern, str):
                    found[f"{package.__name__}.{module.name}.{name}"] = value
    for platform in BUILT_IN:
        for number, shape in enumerate((*platform.shapes, *platform.anywhere, *platform.app_shapes)):
            found[f"{platform.slug}.path{number}"] = re.compile(shape.path, re.IGNORECASE)
    words = vars(Vocabulary(BUILT_IN))
    found |= {f"vocabulary.{name}": value for name, value in words.items() if isinstance(value, Phrase)}
    return found


PATTERNS = patterns()
SOURCES = {
    f"{package.__name__}.{path.stem}": path.read_text("utf-8")
    for package in (scanner.detect, scanner.extract, scanner.platforms)
    for path in Path(package.__path__[0]).rglob("*.py")
}


def is_anchored(name: str) -> bool:
    """Tell patterns that are only ever tried at one place of a text."""
    module, _, name = name.rpartition(".")
    uses = re.findall(rf"(?<!\w){name}(?:\.(\w+)\(|(?=[,)]))", SOURCES.get(module, ""))
    return bool(uses) and {"match", "fullmatch"}.issuperset(uses)


def attacks(pattern: str) -> list[str]:
    """Return units to repeat: what the pattern itself is made of, and runs that many patterns allow."""
    literals = set(re.findall(r"[a-z0-9/:.@%<&=\-]{1,12}", pattern))
    return [*sorted(literals, key=lambda text: (-len(text), text))[:4], "a", "1", " ", "/a", "a.", "<", '="']


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_is_worse_than_linear(name: str) -> None:
    pattern = PATTERNS[name]

    def search(text: str) -> None:
        if isinstance(pattern, re.Pattern) and is_anchored(name):
            pattern.match(text)
            pattern.fullmatch(text)
        else:
            for _ in pattern.finditer(text):
                pass

    for unit in attacks(pattern.pattern):
        assert grows_with_size_only(search, unit * (SIZE // len(unit))), f"{unit!r} repeated"
