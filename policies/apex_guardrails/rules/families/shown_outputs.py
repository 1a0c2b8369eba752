"""Credentials in the outputs of a stack, which every stack that refers to it reads."""

from __future__ import annotations

from collections.abc import Iterator

from apex_guardrails.gcp.types import REDIS_INSTANCE, SERVICEACCOUNT_KEY
from apex_guardrails.model.credentials.addresses import HOLE
from apex_guardrails.model.credentials.encoding import said_in
from apex_guardrails.model.credentials.named_values import named_values
from apex_guardrails.model.credentials.secret_config import described
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.signs import ANYTHING
from apex_guardrails.model.stack import Stack
from apex_guardrails.model.value import unwrap
from apex_guardrails.rules.families.shown_inputs import kind_of, kind_within
from apex_guardrails.rules.families.shown_secrets import describe, unmarked_outputs

_HAVE_RULES = {
    REDIS_INSTANCE: "authString",
    SERVICEACCOUNT_KEY: "privateKey",
}
"""Outputs that a rule of their own keeps out of a stack's."""


def shown_outputs(stack: Stack) -> Iterator[tuple[str, str]]:
    """The path of each credential in clear, and what is to be said of it."""
    if stack.outputs is None:
        return
    has_rule = set(_with_rule(stack))
    yield from sorted(set(_names(stack, stack.outputs)))
    for path, origin in unmarked_outputs(stack.outputs):
        yield path, f"exposes {describe(origin)}"
    for item in named_values(stack.outputs.value, None):
        parts = stack.outputs.parts_at(item.path)
        value = item.value if parts is None else "".join(part or HOLE for part in parts)
        if item.is_secret or isinstance(value, bool) or value in has_rule:
            continue
        within = list(said_in(value)) if isinstance(value, str) else []
        key = next(filter(None, map(stack.secret_config.key_of, (value, *within))), None)
        if key is not None:
            yield item.path, f"exposes {described(key)}"
        elif isinstance(value, str):
            what = kind_of(item.name, value, ANYTHING) or kind_within(within)
            if what is not None:
                yield item.path, what[1]


def _names(stack: Stack, outputs: Resource) -> Iterator[tuple[str, str]]:
    """The secret config values in names; the path of what has such a name does not show it."""
    if stack.secret_config.values:
        for item in named_values(outputs.value, None):
            for path, name in item.keys:
                key = stack.secret_config.key_of(name)
                if key is not None:
                    yield path, f"uses {described(key)} as a key"


def _with_rule(stack: Stack) -> Iterator[str]:
    for resource in stack.of_type(*_HAVE_RULES):
        text = unwrap((resource.outputs or {}).get(_HAVE_RULES[resource.type.token]))
        if isinstance(text, str):
            yield text
