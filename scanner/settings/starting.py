"""The first ``schedules.yaml`` of an installation: short, explained, ready to be added to."""

from __future__ import annotations

_TEXT = """\
# What Lychgate looks at, when, and whom it tells. Written by you, never changed by Lychgate.
# After a change run `lychgate doctor`: it names every mistake with its line.
version: 1

organisation:
  name: {organisation}
  timezone: {timezone}

# Sent along with every request, so that owners of the pages we read can ask us to stop:
# a page about your group or an e-mail address. They will see it, so choose one that may be public.
#contact: https://your-group.example/contact

# Public places to look at. Take away each '#' and put in your own.
sources:
#  our-site:
#    kind: site                          # all pages of a web site
#    start: [https://your-group.example/]
#    pages: 500                          # at most so many a night
#  village-news:
#    kind: feed                          # RSS or Atom, and the pages it links to
#    start: [https://news.example/feed.xml]
#  told:
#    kind: reported                      # pages that people report: lychgate exposures report

# minute hour day-of-month month weekday, in the zone above. 03:10 keeps clear of the hour that clock
# changes skip or repeat.
schedules:
  nightly: {{cron: "10 3 * * mon-sun", sources: all}}
  # Before each meeting ever more often, until it ends: only index pages and what is new in them.
  countdown: {{every: {{24h: 1h, 3h: 10m, 30m: 2m}}, sources: all}}

# `lychgate alerts test clerk` sends a message to try it out.
channels:
  clerk:
    kind: email
    to: [{email}]
    # Without these lines the mail goes to a mail server on this machine.
    #host: mail.example
    #username: lychgate@mail.example
    #password: {{env: SMTP_PASSWORD}}     # or {{file: /run/secrets/smtp}}, but never the password itself

# Who is told what. `when: {{severity: high}}` takes high and critical; without it a route takes everything.
routes:
  - {{to: [clerk]}}

retention: {{sightings: 400d}}             # how long a place where a link was seen is remembered
"""


def starting_text(*, organisation: str, timezone: str, email: str) -> str:
    """Return a valid first settings file that mails every alert to ``email`` and scans each night."""
    return _TEXT.format(organisation=_quoted(organisation), timezone=_quoted(timezone), email=_quoted(email))


def _quoted(text: str) -> str:
    """Write any text as one YAML scalar in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in escaped) + '"'
