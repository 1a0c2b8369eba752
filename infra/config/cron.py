"""When a schedule of cron's comes round."""

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

_DAY = 24 * 60  # minutes
_YEARS = 9  # 29 February can be eight years away, around 2100.
_START = date(2096, 1, 1)
"""Where the search begins: with the longest wait for a leap year in it."""


class _Field(NamedTuple):
    name: str
    first: int
    last: int


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day", 1, 31),
    _Field("month", 1, 12),
    _Field("weekday", 0, 7),  # Sunday is both.
)


def longest_pause(schedule: str) -> timedelta:
    """Returns the longest time from one run to the next.

    Args:
        schedule: Five fields, as cron has them.

    Raises:
        ValueError: a field is no field of cron's, or it never runs.
    """
    texts = schedule.split(" ")
    minutes, hours, days, months, weekdays = (
        _values(text, field) for text, field in zip(texts, _FIELDS, strict=True)
    )
    times = [hour * 60 + minute for hour in sorted(hours) for minute in sorted(minutes)]
    # Where both are told, either will do.
    any_day, any_weekday = texts[2].startswith("*"), texts[4].startswith("*")

    def runs(day: date) -> bool:
        weekday = day.isoweekday()
        of_month, of_week = day.day in days, not weekdays.isdisjoint({weekday, weekday % 7})
        both = any_day or any_weekday
        return day.month in months and (of_month and of_week if both else of_month or of_week)

    found = [n for n in range(_YEARS * 366) if runs(_START + timedelta(days=n))]
    over_night = times[0] - times[-1]
    between = [(after - before) * _DAY + over_night for before, after in pairwise(found)]
    if not between:
        raise ValueError("never occurs")
    return timedelta(minutes=max(between + [after - before for before, after in pairwise(times)]))


def _values(text: str, field: _Field) -> set[int]:
    """Returns what a field allows: a list of numbers, ranges, and steps in them."""
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = field.first, field.last
        else:
            start, dash, end = span.partition("-")
            first = _number(start, field)
            last = _number(end, field) if dash else (field.last if step else first)
        size = int(step) if step.isdigit() else 1
        if first > last or size < 1 or ("/" in part and not step.isdigit()):
            raise ValueError(f"has {part!r} as its {field.name}")
        values |= set(range(first, last + 1, size))
    return values


def _number(text: str, field: _Field) -> int:
    if not text.isdigit() or not field.first <= int(text) <= field.last:
        raise ValueError(f"has {text!r} as its {field.name}")
    return int(text)
