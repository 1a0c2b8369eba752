"""Answers the functions that a program calls, where no provider runs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from apex_guardrails.model.assumed import AssumedAnswer
from apex_guardrails.model.value import Value
from apex_guardrails.provider import current_token
from apex_guardrails.provider.functions import result_form
from apex_guardrails.sources.offline.functions import compute, identity, places
from apex_guardrails.sources.offline.functions.asked import Asked
from apex_guardrails.sources.offline.functions.iam_policy import iam_policy
from apex_guardrails.sources.offline.functions.manifests import DECODE, decoded
from apex_guardrails.sources.offline.functions.stand_ins import ASSUMED, UNSTATED, StandIns
from apex_guardrails.sources.offline.functions.std import PACKAGE, std


@dataclass(frozen=True)
class RecordedAnswer:
    """What a function returns; for `arguments` only, or, where that is `None`, for any."""

    token: str
    arguments: Mapping[str, Any] | None
    result: Mapping[str, Any]


_BUILT_IN: Final[Mapping[str, Callable[[Asked], Mapping[str, Value] | None]]] = {
    "gcp:organizations/getProject:getProject": identity.project,
    "gcp:organizations/getClientConfig:getClientConfig": identity.client_config,
    "gcp:organizations/getIAMPolicy:getIAMPolicy": iam_policy,
    "gcp:serviceaccount/getAccount:getAccount": identity.account,
    "gcp:compute/getNetblockIPRanges:getNetblockIPRanges": places.netblocks,
    "gcp:compute/getRegions:getRegions": places.regions,
    "gcp:compute/getZones:getZones": places.zones,
    DECODE: decoded,
    **dict.fromkeys(identity.AGENTS, identity.agent),
    **dict.fromkeys(compute.NAMED, compute.named),
}
"""Functions whose answers follow from arguments and config."""


class Functions:
    """The answers a program can get.

    Attributes:
        stand_ins: those in the answers so far.
        assumed: the calls, and how often each was made, that were answered with stand-ins.
        unanswered: the tokens of the functions whose answers nobody knows, assumed or not.
    """

    def __init__(
        self,
        config: Mapping[str, str],
        recorded: Sequence[RecordedAnswer],
        *,
        seed: str = "",
        folder: Path = Path(),
        is_strict: bool = False,
    ) -> None:
        """Takes what is known.

        Args:
            config: the stack's.
            recorded: answers from settings.
            seed: of the stand-ins.
            folder: the program's, which it reads files from.
            is_strict: whether nothing is assumed.
        """
        self.stand_ins = StandIns(seed)
        self.assumed: Counter[AssumedAnswer] = Counter()
        self.unanswered: set[str] = set()
        self._config = config
        self._recorded = recorded
        self._folder = folder
        self._is_strict = is_strict
        self._forms: dict[str, Mapping[str, Any]] = {}

    def learn(self, token: str, form: Mapping[str, Any]) -> None:
        """Takes in what the program's own package says that a function returns."""
        self._forms[current_token(token)] = form

    def answer(self, token: str, arguments: Mapping[str, Value]) -> Mapping[str, Value] | None:
        """What a function returns, or `None` where nobody here knows.

        Raises:
            ArgumentError: it refuses its arguments.
        """
        token = current_token(token)
        for answer in self._recorded:
            if current_token(answer.token) == token and (
                answer.arguments is None or answer.arguments == arguments
            ):
                return answer.result
        asked = Asked(token, arguments, self._config, self._folder)
        if token.startswith(PACKAGE):
            known = std(asked)
            if known is not None and not self._hides_stand_ins(asked, known):
                return known
        else:
            built_in = _BUILT_IN.get(token)
            known = built_in(asked) if built_in else None
            if known is not None:
                return known if self._is_strict else self._completed(asked, known)
        self.unanswered.add(token)
        return None if self._is_strict else self._assumed(asked)

    def _form(self, token: str) -> Mapping[str, Any] | None:
        """What a function returns: the program's own package knows better than ours."""
        return self._forms.get(token) or result_form(token)

    def _completed(self, asked: Asked, known: Mapping[str, Value]) -> Mapping[str, Value]:
        form = self._form(asked.token) or {}
        return self.stand_ins.answer(asked, form, known, prefix=UNSTATED)

    def _assumed(self, asked: Asked) -> Mapping[str, Value] | None:
        form = self._form(asked.token)
        if form is None:
            return None
        self.assumed[AssumedAnswer(asked.token, json.dumps(asked.arguments, default=str))] += 1
        return self.stand_ins.answer(asked, form, self._placed(asked, form), prefix=ASSUMED)

    def _placed(self, asked: Asked, form: Mapping[str, Any]) -> dict[str, Value]:
        """Where what was found is: where the provider looks if the call does not say."""
        if not asked.token.startswith("gcp:"):
            return {}
        known: dict[str, Value] = {
            name: place
            for name in ("project", "region", "zone")
            if form.get(name) == "s" and (place := asked.or_config(name))
        }
        if asked.token in compute.NAMED:
            mark = self.stand_ins.mark(asked, "name")
            known.update(compute.located(asked, mark) or {})
        return known

    def _hides_stand_ins(self, asked: Asked, known: Mapping[str, Value]) -> bool:
        """Whether a stand-in went into an answer in which it cannot be found again."""

        def has(values: Mapping[str, Value]) -> bool:
            text = json.dumps(values, default=str)
            return any(not isinstance(part, str) for part in self.stand_ins.split(text))

        return bool(self.stand_ins) and has(asked.arguments) and not has(known)
