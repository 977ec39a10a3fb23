"""What the options of the kinds have in common: the addresses and questions that people write in settings."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from scanner.detect import detect_text
from scanner.platforms import is_meeting_address
from spiders.addresses import resolve

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{0,61}[a-z0-9]")
_LONG_NUMBER = re.compile(r"[0-9](?:[ .\-]?[0-9]){7,}")


def _address(text: str, info: ValidationInfo) -> str:
    """Check an address where settings are read, so that a mistake is told with its line.

    In a crawl, which has no context, it becomes an event of its own and the other addresses are read.
    """
    if info.context is not None:
        parsed = resolve("", text.strip())
        if not parsed.startswith(("http://", "https://")):
            raise ValueError(
                "an address begins with https:// or http:// and names a host, like https://stmarys.example/"
            )
        if is_meeting_address(parsed):
            raise ValueError("this is a meeting, not a place to look for meetings at; it is never opened")
    return text


def _query(text: str) -> str:
    """Refuse questions that would tell a search service what must stay secret."""
    if not text.strip() or len(text) > 200 or not text.isprintable():
        raise ValueError("a query is one line of text, not empty and at most 200 characters")
    if _LONG_NUMBER.search(text) or detect_text(text, "text", bare=True).links:
        raise ValueError(
            "a query must not hold a meeting link, a meeting ID or another long number: the search service "
            "would learn it. Ask for a host, like stmarys.zoom.us"
        )
    return text.strip()


def _host(text: str) -> str:
    host = text.strip().lower()
    if not _HOST.fullmatch(host):
        raise ValueError("a host is a name and nothing else, like stmarys.zoom.us")
    return _query(host)


Address = Annotated[str, AfterValidator(_address)]
Query = Annotated[str, AfterValidator(_query)]
Host = Annotated[str, AfterValidator(_host)]


class Options(BaseModel):
    """What every kind is configured with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_stream: ClassVar[bool] = False
    """Whether such a source is listened to until its time is up, and again at once."""


class StartOptions(Options):
    """Options of the kinds that begin at addresses which people see in their browser."""

    start: tuple[Address, ...] = Field(min_length=1, description="Addresses to begin at.")


class PageOptions(StartOptions):
    """Options of the kinds that read web pages."""

    render: bool = Field(
        default=False,
        description="Whether to run each page's scripts in Chromium before it is searched: for pages that "
        "are empty without.",
    )


class QueryOptions(Options):
    """Options of the kinds that ask a search service."""

    queries: tuple[Query, ...] = Field(
        min_length=1,
        description="What to search for: hosts and names, like stmarys.zoom.us. Never a link or an ID.",
    )


class HostOptions(Options):
    """Options of the kinds that look up a host in an archive."""

    hosts: tuple[Host, ...] = Field(
        min_length=1,
        description="One's own hosts, and that of one's meetings: [stmarys.example, stmarys.zoom.us].",
    )
