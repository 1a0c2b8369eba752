"""Answers the provider functions that a program calls, where no provider runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from apex_guardrails.model.value import Value

_NO_NUMBER: Final = "0" * 12
"""Stands in for a project's number, which config does not have and service agents are named by.

An answer is known or unknown as a whole, and a program that asks for its project's id alone should
get it.
"""


@dataclass(frozen=True)
class RecordedAnswer:
    """What a function returns; for `arguments` only, or, where that is `None`, for any."""

    token: str
    arguments: Mapping[str, Any] | None
    result: Mapping[str, Any]


def _project(config: Mapping[str, str], arguments: Mapping[str, Value]) -> dict[str, Value] | None:
    project = arguments.get("projectId") or config.get("gcp:project")
    if not project:
        return None
    return {"id": f"projects/{project}", "projectId": project, "number": _NO_NUMBER}


def _client_config(
    config: Mapping[str, str], _arguments: Mapping[str, Value]
) -> dict[str, Value] | None:
    project = config.get("gcp:project")
    if not project:
        return None
    region, zone = config.get("gcp:region", ""), config.get("gcp:zone", "")
    return {
        "id": f'projects/"{project}"/regions/"{region}"/zones/"{zone}"',
        "project": project,
        "region": region,
        "zone": zone,
        "accessToken": "",
        "defaultLabels": {},
    }


_BUILT_IN: Final[
    Mapping[str, Callable[[Mapping[str, str], Mapping[str, Value]], dict[str, Value] | None]]
] = {
    "gcp:organizations/getProject:getProject": _project,
    "gcp:organizations/getClientConfig:getClientConfig": _client_config,
}
"""Functions whose answers follow from config."""


class Functions:
    """The answers a program can get."""

    def __init__(self, config: Mapping[str, str], recorded: Sequence[RecordedAnswer]) -> None:
        self._config = config
        self._recorded = recorded

    def answer(self, token: str, arguments: Mapping[str, Value]) -> Mapping[str, Value] | None:
        """What a function returns, or `None` where nobody here knows."""
        for answer in self._recorded:
            if answer.token == token and (
                answer.arguments is None or answer.arguments == arguments
            ):
                return answer.result
        built_in = _BUILT_IN.get(token)
        return built_in(self._config, arguments) if built_in else None
