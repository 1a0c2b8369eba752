"""Folders and buckets by their address, read and written through obstore.

obstore and not fsspec: one package without dependencies in the place of one for each cloud with a
dozen, and it retries by itself. Credentials are those that it finds in the environment, and none
passes through here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from apex_guardrails.support.errors import UsageError

if TYPE_CHECKING:
    from obstore.store import AzureConfig, ObjectStore, RetryConfig, S3Config

_SCHEMES: Final = {"gs": "gs", "s3": "s3", "az": "az", "azblob": "az", "file": "file"}
"""Ours by what people write; azblob is what Pulumi calls Azure's."""

_SETTINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "s3": {"region": "region", "endpoint": "endpoint"},
    "az": {"storage_account": "account_name"},
}
"""What Pulumi's own address of a bucket may say behind `?`, as obstore calls it."""

_OF_PULUMIS_CLIENT: Final = frozenset({"awssdk", "profile", "s3ForcePathStyle", "disableSSL"})
"""What may stand there and is about the client that Pulumi uses."""

WILD: Final = re.compile(r"[*?\[]")

PATIENCE: Final = 180.0
"""Seconds for which what answers 429 or 503, or not at all, is asked again."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, or this machine's files.

    Attributes:
        root: its address: `gs://states`, or `/`.
        settings: what its address says beside, as obstore calls it.
        patience: seconds for which it is asked again.
    """

    root: str
    settings: tuple[tuple[str, str], ...] = ()
    patience: float = PATIENCE

    @property
    def is_local(self) -> bool:
        """Whether it is this machine's files."""
        return self.root == "/"

    def address(self, path: str) -> str:
        """The address of something in it, as people know it."""
        return f"/{path}" if self.is_local else f"{self.root}/{path}".rstrip("/")

    def store(self) -> ObjectStore:
        """What reads and writes it."""
        return _store(self)


@cache
def _store(place: Place) -> ObjectStore:
    from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

    if place.is_local:
        return LocalStore()
    retries: RetryConfig = {
        "max_retries": 100,
        "retry_timeout": timedelta(seconds=place.patience),
        "backoff": {"max_backoff": timedelta(seconds=min(15, place.patience / 4))},
    }
    said = dict(place.settings)
    if place.root.startswith("s3:"):
        of_s3: S3Config = {}
        if "region" in said:
            of_s3["region"] = said["region"]
        if "endpoint" in said:
            of_s3["endpoint"] = said["endpoint"]
        return S3Store.from_url(place.root, config=of_s3, retry_config=retries)
    if place.root.startswith("gs:"):
        return GCSStore.from_url(place.root, retry_config=retries)
    of_azure: AzureConfig = {}
    if "account_name" in said:
        of_azure["account_name"] = said["account_name"]
    return AzureStore.from_url(place.root, config=of_azure, retry_config=retries)


def located(text: str, patience: float = PATIENCE) -> tuple[Place, str]:
    """The place that an address names, and the path in it.

    Args:
        text: a path of this machine, or an address such as `gs://bucket/folder`.
        patience: seconds for which a bucket is asked again.

    Raises:
        UsageError: it is no address, or one with credentials in it.
    """
    if "://" not in text:
        # A link stays one, as the address is what people gave.
        return Place("/"), os.path.abspath(text).lstrip("/")  # noqa: PTH100
    scheme, _, rest = text.partition("://")
    known = _SCHEMES.get(scheme)
    # What is behind `?` may be a credential, and so is never shown.
    shown = f"{scheme}://{rest.partition('?')[0].rpartition('@')[2]}"
    if known is None:
        raise UsageError(f"{shown}: expected a folder, or an address with gs://, s3:// or az://")
    if known == "file":
        return Place("/"), rest.lstrip("/")
    if WILD.search(shown.partition("://")[2].partition("/")[0]):
        raise UsageError(
            f"{shown}: the name of a bucket is no pattern: name each bucket, or a pattern below "
            f"one, such as {scheme}://BUCKET/team-*"
        )
    # A question mark in a folder's name is a pattern, which an address of Pulumi's never has.
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise UsageError(f"{shown}: credentials belong in the environment, not in the address")
    if not parts.netloc:
        raise UsageError(f"{shown}: expected the name of a bucket behind {scheme}://")
    settings = []
    for key, value in parse_qsl(parts.query):
        name = _SETTINGS.get(known, {}).get(key)
        if name is not None:
            settings.append((name, value))
        elif key not in _OF_PULUMIS_CLIENT:
            raise UsageError(f"{shown}: {key} is not known there; set it in the environment")
    path = str(PurePosixPath(parts.path.strip("/"))) if parts.path.strip("/") else ""
    return Place(f"{known}://{parts.netloc}", tuple(settings), patience), path


def split_at_pattern(path: str) -> tuple[str, str]:
    """A path without wildcards, and the pattern that begins behind it; "" where there is none."""
    parts = path.split("/")
    for number, part in enumerate(parts):
        if WILD.search(part):
            return "/".join(parts[:number]), "/".join(parts[number:])
    return path, ""
