"""The standing sentences of the messages, in one place for whoever improves or translates them.

They name no host, and speak of a place only by what is put in: a mail program makes links of names.
"""

from __future__ import annotations

from scanner.model import Form, News

HEADLINES = {
    News.OPENED: "A {thing} is in public",
    News.SPREAD: "A {thing} is in more public places",
    News.WORSE: "It is worse now: a {thing} in public",
    News.REGRESSED: "A {thing} is back in public",
    News.GONE: "All clear: a {thing} is gone",
    News.REMINDER: "Nobody has answered: a {thing} is in public",
    News.ESCALATED: "Please step in: a {thing} is in public",
    News.BLIND: "Lychgate could not look",
    News.GAP: "Lychgate was not running",
    News.TROUBLE: "Lychgate needs a hand",
    News.DIGEST: "What can wait, in one message",
    News.REPORT: "The monthly report",
    News.ALIVE: "Lychgate is awake",
    News.TEST: "This is a test",
}
SUBJECTS = {
    News.OPENED: "{Thing} found on {place}",
    News.SPREAD: "{Thing} now in {count}",
    News.WORSE: "It is worse now: {thing} on {place}",
    News.REGRESSED: "{Thing} is back on {place}",
    News.GONE: "All clear: {thing} gone from {place}",
    News.REMINDER: "Still unanswered: {thing} on {place}",
    News.ESCALATED: "Please step in: {thing} on {place}",
    News.BLIND: "Could not look: {detail}",
    News.GAP: "Lychgate was not running {detail}",
    News.TROUBLE: "Lychgate needs a hand: {detail}",
    News.TEST: "Test of channel {channel}",
}
SENTENCES = {
    News.OPENED: "{what} “{title}” stands in public on {place}.",
    News.SPREAD: "{what} “{title}” now stands in {count} in public. The newest ones come first below.",
    News.WORSE: "{what} “{title}” still stands in public on {place}, and it is worse now than before.",
    News.REGRESSED: "{what} “{title}” had been dealt with, and now stands in public again on {place}.",
    News.GONE: "{what} “{title}” no longer stands anywhere that Lychgate had found it.",
    News.REMINDER: "{what} “{title}” stands in public on {place}, and nobody has answered yet.",
    News.ESCALATED: "{what} “{title}” stands in public on {place}, and whoever was told has not answered.",
    News.BLIND: "A place that Lychgate should look at could not be read: {detail}.",
    News.GAP: "Lychgate itself was not running {detail}. It runs again, and what was due is done now.",
    News.TROUBLE: "Something keeps Lychgate from looking or from telling you: {detail}.",
    News.TEST: "Channel “{channel}” works: this message came through it. There is nothing to do.",
}
DRILL = (
    "THIS IS A DRILL: nothing is wrong, and there is nothing to do. Lychgate put an invented meeting on a "
    "page of its own to prove that its alarm reaches you. Everything below is as it would be in earnest."
)
WHAT_WE_DID = (
    "Lychgate has not opened the meeting. It looks at these places again at every scan and tells you when "
    "the link is gone."
)
IF_NOT_CHANGED = (
    "If the meeting still has its old link, give it a new one: whoever copied the old one can still come in."
)
NOBODY_KNOWS = "Until it can be read again, nobody knows whether a meeting link stands there."
MISSED = (
    "You are told of whatever still stands in public. What stood there only in the meantime was not seen, "
    "and no alert went out."
)
WHAT_TO_LOOK_AT = "Until it is put right, a leak may stand in public and nobody is told."
NOT_URGENT = "Nothing here is critical: that would have come at once, in a message of its own."
ALIVE = (
    "This is the weekly sign of life. If it stops coming, Lychgate has stopped, and nobody would be told of "
    "a leak."
)
HOW_SURE = {
    Form.URL: "Certain. The link that stands there opens this very meeting.",
    Form.WRITTEN: "Certain. The ID of this very meeting is written there.",
    Form.IMAGE: "Certain. The picture that stands there holds the link of this very meeting.",
    Form.DIAL_IN: "Certain. The dial-in number that stands there leads to this very meeting.",
    Form.REPORTED: "Not seen by Lychgate. It was reported, and Lychgate looks for itself where it can.",
    Form.BARE: "Perhaps. The number of this meeting's ID stands there, but nothing says that it is one.",
}
WHAT = {
    Form.URL: "The link to",
    Form.WRITTEN: "The ID of",
    Form.IMAGE: "The link to",
    Form.DIAL_IN: "The dial-in number of",
    Form.REPORTED: "As was reported, the way into",
    Form.BARE: "What may be the ID of",
}
THING = {
    Form.URL: "meeting link",
    Form.WRITTEN: "meeting ID",
    Form.IMAGE: "meeting link",
    Form.DIAL_IN: "dial-in number",
    Form.REPORTED: "meeting link",
    Form.BARE: "possible meeting ID",
}
AS_WHAT = {
    Form.URL: "as a link",
    Form.WRITTEN: "as a written meeting ID",
    Form.IMAGE: "in a picture",
    Form.DIAL_IN: "as a dial-in number",
    Form.REPORTED: "as was reported",
    Form.BARE: "as a bare number",
}
