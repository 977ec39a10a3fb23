"""``schedules.yaml`` and the environment as frozen values, every fault with its file, line and column."""

from scanner.alerts.routing import Route
from scanner.settings.cron import Cron
from scanner.settings.environment import Environment, environment
from scanner.settings.load import load
from scanner.settings.settings import Countdown, Pace, Schedule, Settings, Source
from scanner.settings.signing_in import Provider
from scanner.settings.starting import starting_text

__all__ = [
    "Countdown",
    "Cron",
    "Environment",
    "Pace",
    "Provider",
    "Route",
    "Schedule",
    "Settings",
    "Source",
    "environment",
    "load",
    "starting_text",
]
