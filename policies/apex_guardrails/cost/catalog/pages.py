"""Reads the JSON of an export: pages of `services.skus.list`, in each form in which they are kept.

A page is `{"skus": [...], "nextPageToken": "..."}`. One page, a list of pages and pages one after
another are read alike. Client libraries write `next_page_token`, leave out what is empty, and give
SKUs without any page around them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from apex_guardrails.support.errors import UsageError
from apex_guardrails.support.mistakes import mismatch
from apex_guardrails.support.text import one_line

LARGEST: Final = 256 * 1024 * 1024
"""Bytes; the whole catalogue has a fourth of that."""

_PAGE: Final = 'a page of the Cloud Billing Catalog is {"skus": [...], "nextPageToken": "..."}'


@dataclass(frozen=True, slots=True)
class Item:
    """What stands where a SKU should.

    Attributes:
        where: page and place, such as `page 2: skus[1]`.
        content: what was made of it; where it has no id, the JSON value.
    """

    where: str
    content: object


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    skus: list[Any] = []
    token: str = Field("", validation_alias=AliasChoices("nextPageToken", "next_page_token"))


class Pages:
    """The pages of an export.

    Attributes:
        is_whole: whether what was read so far ends with a last page.
    """

    def __init__(self, path: Path, made: Callable[[Mapping[str, Any]], object]) -> None:
        """Takes the file.

        Args:
            path: the file.
            made: what to keep of a SKU. It is asked as soon as one is read, so that the JSON of a
                catalogue is never in memory as a whole.
        """
        self.is_whole = True
        self._path = path
        self._made = made

    def items(self) -> Iterator[Item]:
        """What stands where SKUs should, in the order of the file.

        Raises:
            UsageError: it cannot be read, is not JSON or is cut off, or holds something else.
        """
        number = 0
        for document in self._documents():
            for content in _flat(document):
                number += 1
                if isinstance(content, _Made):
                    yield Item(f"SKU {number}", content.value)
                    continue
                page = self._page(content)
                self.is_whole = not page.token
                for place, item in enumerate(page.skus):
                    made = item.value if isinstance(item, _Made) else item
                    yield Item(f"page {number}: skus[{place}]", made)

    def _page(self, content: Any) -> _Page:
        if isinstance(content, Mapping) and isinstance(error := content.get("error"), Mapping):
            said = one_line(f"{error.get('status', '')} {error.get('message', '')}", 200)
            raise UsageError(f"{self._path}: is no export, but an answer with an error: {said}")
        try:
            if content == {}:
                raise UsageError(f"{self._path}: skus: is missing; {_PAGE}")
            return _Page.model_validate(content)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(map(str, first["loc"])) or "page"
            raise UsageError(f"{self._path}: {key}: {mismatch(first)}; {_PAGE}") from None

    def _documents(self) -> Iterator[Any]:
        """Every JSON value of a file, one after another."""
        path = self._path
        text = _read(path)
        decoder = json.JSONDecoder(
            parse_float=Decimal, parse_constant=_no_number, object_hook=self._hook
        )
        at = 0
        while (at := _after_space(text, at)) < len(text):
            try:
                document, at = decoder.raw_decode(text, at)
            except json.JSONDecodeError as error:
                raise UsageError(f"{path}:{error.lineno}: not valid JSON: {error.msg}") from None
            except (ValueError, ArithmeticError, RecursionError) as error:
                what = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                raise UsageError(f"{path}: not valid JSON: {what}") from None
            yield document

    def _hook(self, content: dict[str, Any]) -> Any:
        if "skuId" in content or "sku_id" in content:
            return _Made(self._made(content))
        return content


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of a SKU, which is told apart from JSON by this."""

    value: object


def _flat(document: Any) -> Iterator[Any]:
    """The pages and SKUs of a list, of lists in it, and of what is none."""
    if isinstance(document, list):
        for item in document:
            yield from _flat(item)
    else:
        yield document


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: is larger than {LARGEST:,} bytes; export one service alone")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    if not text.strip():
        raise UsageError(f"{path}: is empty; `services.skus.list` writes such a file")
    return text


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")
