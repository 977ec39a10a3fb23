"""Take Zoom's warnings that a meeting is in public (its webhook), and read the posts that they name."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from spiders import options
from spiders.key import KeyPlace
from spiders.reported import ReportedPages


class Options(options.Options):
    """How Zoom proves that it is Zoom."""

    secret: KeyPlace = Field(
        description="Where the secret token of the Zoom app is kept: {env: NAME} or {file: /PATH}."
    )


class ZoomRisk(ReportedPages):
    """The posts that Zoom named. Its events come to ``serve``, at ``/hooks/zoom/`` and the source's name."""

    notebook: ClassVar[str] = "zoom-risk:"

    options: Options
