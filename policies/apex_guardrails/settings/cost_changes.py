"""What settings change of limits, assumptions and prices, and of Checkov's part."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from apex_guardrails.cost import Usage
from apex_guardrails.cost.usage import Assumption, ResourceUsage
from apex_guardrails.settings.changes import Direction, Kind, SettingChange
from apex_guardrails.settings.checkov import CheckovLevel, CheckovUse
from apex_guardrails.settings.cost import CostSettings

_FIGURES: Final = ("low", "expected", "high")
_LIMITS: Final = ("budget", "max_increase", "max_unpriced", "max_share", "machine_types")


def of_cost(section: CostSettings) -> Iterator[SettingChange]:
    """What the section `cost` says that is not the default.

    Args:
        section: what counts for the stack, of all scopes.
    """
    for name in _LIMITS:
        value = getattr(section, name)
        if value is not None:
            yield _change(name, None, value, Direction.TIGHTER)
    if section.counts != "expected":
        is_less = section.counts == "low"
        direction = Direction.LOOSER if is_less else Direction.TIGHTER
        yield _change("counts", "expected", section.counts, direction)
    yield from _of_usage("usage", section.usage)
    for pattern, usage in section.usage.resources.items():
        yield from _of_usage(f"usage.resources.{pattern}", usage)
    if section.prices.path is not None:
        yield _change("prices.path", "the packaged prices", section.prices.path, Direction.CHANGED)
    if section.currency is not None:
        said = f"{section.currency.code} at {section.currency.rate:f}"
        yield _change("currency", None, said, Direction.CHANGED)
    if section.savings:
        yield _change("savings", default=False, value=True, direction=Direction.CHANGED)
    if section.base is not None:
        yield _change("base", None, section.base, Direction.CHANGED)
    for name, line in section.fixed.items():
        # It adds to the cost, if it is anything at all.
        direction = Direction.TIGHTER if line.expected else Direction.CHANGED
        yield _change(f"fixed.{name}", None, _words(line), direction)


def _of_usage(at: str, usage: ResourceUsage) -> Iterator[SettingChange]:
    default = Usage()
    for name, value in usage.given().items():
        before = getattr(default, name, None)
        if name == "resources" or value == before:
            continue
        yield _change(f"{at}.{name}", _words(before), _words(value), _direction(before, value))


def _direction(before: Any, value: Any) -> Direction:
    """Less use costs less; a commitment, and more requests at once, make it cheaper."""
    if isinstance(value, Assumption) and isinstance(before, Assumption):
        is_less = any(getattr(value, name) < getattr(before, name) for name in _FIGURES)
        return Direction.LOOSER if is_less else Direction.TIGHTER
    if isinstance(value, Decimal):
        return Direction.LOOSER if value > before else Direction.TIGHTER
    return Direction.LOOSER


def _words(value: Any) -> Any:
    if not isinstance(value, Assumption):
        return value
    figures = [f"{getattr(value, name):f}" for name in _FIGURES]
    return figures[0] if len(set(figures)) == 1 else " to ".join(figures)


def _change(name: str, default: Any, value: Any, direction: Direction) -> SettingChange:
    return SettingChange(Kind.COST, f"cost.{name}", default, value, direction)


def of_checkov(use: CheckovUse) -> Iterator[SettingChange]:
    """What the section `checkov` says that is not the default."""
    if use.level is not CheckovLevel.OFF:
        yield SettingChange(
            Kind.CHECKOV, "checkov.level", CheckovLevel.OFF, use.level, Direction.TIGHTER
        )
    if use.skip:
        yield SettingChange(Kind.CHECKOV, "checkov.skip", None, use.skip, Direction.LOOSER)
