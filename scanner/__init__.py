"""Lychgate: finds an organisation's own meeting links in public before strangers walk in."""

__version__ = "0.1.0"
