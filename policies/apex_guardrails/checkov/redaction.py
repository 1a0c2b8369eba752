"""What is secret in a stack, wherever it turns up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from apex_guardrails.model import Resource, Stack
from apex_guardrails.model.value import Value

_SHORTEST_SECRET: Final = 4
"""Shorter texts are anywhere by chance."""


class Redaction:
    """Replaces every secret of a stack, also where the program shows it in plain text."""

    def __init__(self, stack: Stack) -> None:
        self._config = stack.secret_config
        texts = {
            form
            for resource in stack
            for text in (*resource.secret_texts, *_credentials(resource))
            if len(text) >= _SHORTEST_SECRET
            # As it is, and as a text of JSON in a text has it.
            for form in (text, json.dumps(text)[1:-1])
        }
        longest_first = sorted(texts, key=len, reverse=True)
        self._marked = re.compile("|".join(map(re.escape, longest_first))) if texts else None

    def __call__(self, text: str) -> str:
        """The text without any secret."""
        text = self._config.redact(text)
        return text if self._marked is None else self._marked.sub("[secret]", text)

    def holds(self, value: Value) -> bool:
        """Whether a number, or a text as a whole, is a secret config value."""
        return self._config.occurs_in(value)


def _credentials(resource: Resource) -> Iterator[str]:
    """The texts in the inputs that hold a credential, marked as secret or not."""
    for pattern in resource.type.sensitive:
        for path in resource.paths(pattern):
            for leaf in resource.leaves(path):
                if isinstance(leaf.value, str):
                    yield leaf.value
