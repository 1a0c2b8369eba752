"""Price files: how they are read and written.

A packaged file gives most prices in groups, so that what they have in common, such as their source,
is written once. It is read when something is priced in its region.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from apex_guardrails.cost.price_groups import GroupedFile
from apex_guardrails.cost.prices import PriceFile, Prices, Tier
from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import mismatch

PRICES_FOLDER: Final = Path(__file__).with_name("prices")


def read_prices(path: Path) -> PriceFile:
    """The prices in a file.

    Raises:
        UsageError: it cannot be read, or is not valid; the message names the file and each key.
    """
    try:
        content = json.loads(path.read_text("utf-8"), object_pairs_hook=_unique)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{path}: not valid JSON: {what}") from None
    has_groups = isinstance(content, dict) and "groups" in content
    try:
        if has_groups:
            return GroupedFile.model_validate(content).flat()
        return PriceFile.model_validate(content)
    except ValidationError as errors:
        raise UsageError("\n".join(_problem(path, error) for error in errors.errors())) from None


def _problem(path: Path, error: Mapping[str, Any]) -> str:
    key = ".".join(map(str, error["loc"]))
    return ": ".join(part for part in (str(path), key, mismatch(error)) if part)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is repeated")
    return content


def load_prices(folder: Path) -> Prices:
    """The prices in all files of a folder.

    Raises:
        UsageError: a file is not valid, or is not named after its region, or there is none.
    """
    return Prices(dict(_Folder(folder)).values())


@cache
def packaged_prices() -> Prices:
    """The prices that come with the pack."""
    return Prices((), _Folder(PRICES_FOLDER))


class _Folder(Mapping[str, PriceFile]):
    """The price files of a folder by region, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.glob("*.json"))}
        self._read: dict[str, PriceFile] = {}
        if not self._paths:
            raise UsageError(f"{folder}: there is no price file")

    def __getitem__(self, region: str) -> PriceFile:
        if region not in self._read:
            path = self._paths[region]
            file = read_prices(path)
            if file.region != region:
                raise UsageError(f"{path}: region: is {file.region}, but the file is {path.name}")
            self._read[region] = file
        return self._read[region]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def given_prices(path: Path) -> Sequence[PriceFile]:
    """The price files that somebody names: one file, or all of a folder.

    Raises:
        UsageError: there is none, or one is not valid.
    """
    if path.is_dir():
        return list(load_prices(path).files.values())
    if not path.exists():
        raise UsageError(
            f"{path}: there is no such price file or folder; `apex prices import` writes one"
        )
    return [read_prices(path)]


def price_text(file: PriceFile) -> str:
    """A price file as it is written: amounts as texts, what is not said left out."""
    prices = {
        key: {
            "usd": _plain(price.usd),
            **({"least": _plain(price.least)} if price.least is not None else {}),
            **({"most": _plain(price.most)} if price.most is not None else {}),
            "unit": price.unit,
            "source": price.source,
            **({"licence": price.licence} if price.licence else {}),
            "date": price.date.isoformat(),
            "confidence": price.confidence,
            **({"checked": price.checked} if price.checked else {}),
            **({"sku": price.sku} if price.sku else {}),
            **({"note": price.note} if price.note else {}),
            **({"free": _plain(price.free)} if price.free else {}),
            **({"free_for": price.free_for} if price.free_for != "billing account" else {}),
            **({"tiers": [_tier(tier) for tier in price.tiers]} if price.tiers else {}),
        }
        for key, price in file.prices.items()
    }
    head = {"region": file.region, "currency": file.currency, "compiled": file.compiled.isoformat()}
    return json.dumps({**head, "prices": prices}, indent=2, ensure_ascii=False) + "\n"


def _tier(tier: Tier) -> dict[str, str]:
    return {"above": _plain(tier.above), "usd": _plain(tier.usd)}


def _plain(amount: Decimal) -> str:
    return format(amount, "f")
