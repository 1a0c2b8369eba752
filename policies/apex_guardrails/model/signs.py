"""What in a message hints at a finding: most have nothing, and are never looked into."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from apex_guardrails.model import object_texts
from apex_guardrails.model.credentials import addresses, commands, names, texts, tokens
from apex_guardrails.model.credentials.encoding import encoded_in
from apex_guardrails.model.credentials.names import meaning, name_around
from apex_guardrails.model.credentials.secret_config import SecretConfig
from apex_guardrails.model.credentials.spelling import respelled
from apex_guardrails.model.credentials.texts import SEPARATORS
from apex_guardrails.model.literals import Literals
from apex_guardrails.model.resource import Resource
from apex_guardrails.model.value import Asset, Value

_NAME: Final = "name"
_MAY_BE: Final[Mapping[str, Callable[[bytes, int], bool]]] = {
    "token": tokens.may_be_token,
    "address": addresses.may_hold_password,
    "command": lambda _data, _at: True,
    "arguments": commands.may_have_arguments,
    "authorization": texts.may_be_authorization,
    "object_text": object_texts.may_be_object_text,
}
"""By the attribute that it is a sign for, whether what was found somewhere may be one."""

_LITERALS: Final = Literals(
    (sign, literal)
    for sign, literals in (
        (_NAME, names.STEMS),
        ("token", tokens.LITERALS),
        ("address", addresses.LITERALS),
        ("command", commands.LITERALS),
        ("arguments", commands.ARGUMENT_LITERALS),
        ("authorization", texts.LITERALS),
        ("object_text", object_texts.LITERALS),
    )
    for literal in literals
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What may be in a message; nothing of it is wrongly false.

    Attributes:
        token: a credential of a known format.
        address: an address with a password in it.
        command: a program that is given a password.
        arguments: the same, where its arguments are a list.
        authorization: an `Authorization` header's value.
        config: a secret config value.
        encoded: one of these in base64.
        names: parts of what is called a credential; `None` where nobody has looked.
        object_text: what a language makes of an object where its value was meant.
    """

    token: bool = False
    address: bool = False
    command: bool = False
    arguments: bool = False
    authorization: bool = False
    config: bool = False
    encoded: bool = False
    names: tuple[str, ...] | None = ()
    object_text: bool = False

    @classmethod
    def of(cls, data: bytes, secret_config: SecretConfig) -> Self:
        """Those in a message."""
        plain = cls._plain(data, secret_config)
        for piece in (*respelled(data), *encoded_in(data)):
            if cls._plain(piece, secret_config).credential:
                return replace(plain, config=True, encoded=True)
        return plain

    @classmethod
    def _plain(cls, data: bytes, secret_config: SecretConfig) -> Self:
        found: dict[str, bool] = {}
        called: set[bytes] = set()
        for sign, at in _LITERALS.found_in(data):
            if sign is _NAME:
                called.add(name_around(data, at))
            elif sign not in found and _MAY_BE[sign](data, at):
                found[sign] = True
        called.discard(b"")
        return cls(
            config=secret_config.may_occur_in(data),
            # The first byte may be a length's.
            names=_shortest({name[1:].decode() for name in called}),
            **found,
        )

    @property
    def credential(self) -> bool:
        """Whether there is any sign of a credential."""
        return (
            self.token
            or self.address
            or self.command
            or self.arguments
            or self.authorization
            or self.config
            or self.encoded
            or self.names != ()
        )

    def wanted(self) -> Callable[[str, Value], bool] | None:
        """Which names and values have to be looked at; `None` for all."""
        parts = self.names
        if parts is None or replace(self, names=(), object_text=False, arguments=False) != _NONE:
            return None

        def is_wanted(name: str, value: Value) -> bool:
            if name and meaning(name):
                return True
            if value.__class__ is not str:
                return value.__class__ is Asset
            for part in parts:
                if part in value:
                    return not SEPARATORS.isdisjoint(value)
            return False

        return is_wanted

    def may_set(self, text: str) -> bool:
        """Whether a text may give something a value that is called a credential."""
        if self.names is None or self.command or self.authorization:
            return True
        return any(name in text for name in self.names)


def _shortest(names: set[str]) -> tuple[str, ...]:
    """Those among names that no other one is a part of."""
    return tuple(
        name for name in names if not any(other in name and other != name for other in names)
    )


_NONE: Final = Signs()
ANYTHING: Final = Signs(
    token=True,
    address=True,
    command=True,
    arguments=True,
    authorization=True,
    config=True,
    encoded=True,
    names=None,
    object_text=True,
)


def signs_of(resource: Resource) -> Signs:
    """Those in a resource's inputs; all where they did not come as a message."""
    return resource.once(_signs)


def _signs(resource: Resource) -> Signs:
    data = resource.serialized
    return ANYTHING if data is None else Signs.of(data, resource.stack.secret_config)
