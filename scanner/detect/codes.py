"""Codes of letters written without an address: ``bcd-efgh-jkm`` beside the name of the platform it is of."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.detect.budget import Budget
from scanner.detect.context import Context
from scanner.detect.mention import Mention
from scanner.detect.vocabulary import Vocabulary
from scanner.model import Confidence, Form
from scanner.platforms import Hit


def codes(text: str, context: Context, words: Vocabulary, budget: Budget) -> Iterator[Mention]:
    """Yield the rooms whose code of letters stands beside the name of the platform that uses such."""
    for platform in words.table:
        if platform.code is None:
            continue
        for found in platform.code.pattern.finditer(text):
            before = text[max(0, found.start() - 60) : found.start()]
            after = text[found.end() : found.end() + 40]
            label = words.id_label.search(before)
            by_label = label is not None and platform in (
                context.named_in(label.group()),
                *context.linked(found.start()),
                *context.named_before(found.start()),
            )
            if not (by_label or platform.code.before.search(before) or platform.code.after.match(after)):
                continue
            if budget.is_over:
                return
            if budget.allows():
                hit = Hit(
                    platform=platform.slug,
                    key=platform.code.key(found.group()),
                    risk=platform.code.risk,
                    kind=platform.code.kind,
                    takes_stated=platform.takes_stated,
                )
                if budget.takes((hit.platform, hit.key)):
                    yield Mention(
                        hit=hit,
                        at=found.start(),
                        end=found.end(),
                        place="",
                        form=Form.WRITTEN,
                        confidence=Confidence.HIGH,
                    )
