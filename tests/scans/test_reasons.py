"""Coverage judges by reasons that the spiders give: the two must use the same words."""

from scanner.scans.coverage import INCOMPLETE, UNREAD_FOR_NOW
from spiders import conduct, fetch, frontier


def test_reasons_are_the_spiders_own() -> None:
    given = {conduct.PAGE_LIMIT, fetch.TIME_LIMIT, fetch.COME_BACK_LATER, frontier.TOO_MANY_ADDRESSES}
    assert given == INCOMPLETE
    assert {frontier.TOO_DEEP, conduct.PICTURE_LIMIT, conduct.FORBIDDEN} == UNREAD_FOR_NOW - INCOMPLETE
