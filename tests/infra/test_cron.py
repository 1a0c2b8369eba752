"""Schedules: the longest time from one run to the next."""

from datetime import timedelta

import pytest

from infra.config.cron import longest_pause
from tests.infra.test_config import refusal


@pytest.mark.parametrize(
    ("schedule", "pause"),
    [
        ("* * * * *", timedelta(minutes=1)),
        ("*/25 * * * *", timedelta(minutes=25)),
        ("50/5 * * * *", timedelta(minutes=55)),
        ("0 */6 * * *", timedelta(hours=6)),
        ("30 8-17 * * *", timedelta(hours=15)),
        ("0 1,5 * * *", timedelta(hours=20)),
        ("0 3 * * *", timedelta(days=1)),
        ("0 3 * * 1-5", timedelta(days=3)),
        ("0 3 * * 0", timedelta(days=7)),
        ("0 3 * * 7", timedelta(days=7)),
        ("0 3 */2 * *", timedelta(days=2)),
        ("0 3 1 * *", timedelta(days=31)),
        ("0 3 31 * *", timedelta(days=61)),
        ("0 3 1,8,15,22 * 3", timedelta(days=7)),  # either: never more than a week
        ("0 3 29 2 *", timedelta(days=8 * 365 + 1)),
    ],
)
def test_longest_pause(schedule: str, pause: timedelta) -> None:
    assert longest_pause(schedule) == pause


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("60 * * * *", "has '60' as its minute"),
        ("0 24 * * *", "has '24' as its hour"),
        ("0 0 0 * *", "has '0' as its day"),
        ("0 0 * 13 *", "has '13' as its month"),
        ("0 0 * * 8", "has '8' as its weekday"),
        ("0 5-3 * * *", "has '5-3' as its hour"),
        ("*/0 * * * *", "has '*/0' as its minute"),
        ("*/ * * * *", "has '*/' as its minute"),
        ("1,, * * * *", "has '' as its minute"),
        ("0 0 30 2 *", "never occurs"),
    ],
)
def test_what_cron_does_not_take_is_refused_at_the_preview(schedule: str, why: str) -> None:
    lines = refusal("dev", {"qdrant-snapshot-schedule": schedule})
    assert f"qdrant-snapshot-schedule: {schedule!r} {why}; expected" in lines[1]
