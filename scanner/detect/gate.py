"""Tell from the bytes alone whether a document can hold a room at all: most cannot, and need no reading.

The answer may be a wrong yes, never a wrong no. Nothing here is listed by hand that the platform table or
the vocabulary knows, so a new platform is let through as soon as its file exists. Four thoughts make it
complete:

- The bytes become text by the same decoding and the same folding of characters that detection uses.
- Whatever people put between the letters of a link (blanks, brackets, tags, entities, zero-width marks) is
  taken out of the whole document, so that one plain search sees through it.
- A host, scheme or word that is found so must still be followed by something of its platform's shape,
  searched for without regard to where the shape should begin or end.
- Anything that cannot be seen through so simply (binary files, mail, odd wrappers, base64) is let through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote

from scanner.detect.evidence import Evidence
from scanner.detect.fold import LOOKS_LATIN, REVERSED_SIGNS, ROT13_SIGNS, folded
from scanner.detect.needles import Needles
from scanner.extract import FAMILIES, LONGEST
from scanner.platforms import BUILT_IN, Platform, PlatformTable
