"""What older SDKs do otherwise, by what their functions take; a version says less.

Runs in the program's own environment: the standard library and the program's SDK alone.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi.runtime
from pulumi.runtime import resource

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST = "3.6"
"""The first version that is told which config is secret; tried with real installations."""


def is_too_old() -> bool:
    """Whether the SDK cannot be told what a program gets here."""
    return len(inspect.signature(pulumi.runtime.set_all_config).parameters) < 2  # noqa: PLR2004


def settings(wanted: dict[str, Any]) -> pulumi.runtime.Settings:
    """What the SDK is told, as far as this version of it knows it."""
    known = inspect.signature(pulumi.runtime.Settings).parameters
    return pulumi.runtime.Settings(**{key: wanted[key] for key in wanted if key in known})


def name_own_lines(own_call: Callable[[], tuple[str, int] | None]) -> None:
    """Has an SDK that tells one line of a resource tell the program's, not a library's.

    Args:
        own_call: file and line of the program's innermost call under way.
    """
    patched: Any = resource
    if hasattr(resource, "_get_stack_trace") or not hasattr(resource, "_get_source_position"):
        return
    from pulumi.runtime.proto import source_pb2

    def position(_skip: int) -> source_pb2.SourcePosition | None:
        call = own_call()
        if call is None:
            return None
        return source_pb2.SourcePosition(uri=Path(call[0]).as_uri(), line=call[1])

    patched._get_source_position = position  # noqa: SLF001 it has no other name
