"""What in a message hints at a credential: most have nothing, and are never looked into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from policies.model.credentials.addresses import may_hold_password
from policies.model.credentials.commands import may_hold_command
from policies.model.credentials.encoding import encoded_in
from policies.model.credentials.names import meaning, names_in
from policies.model.credentials.secret_config import SecretConfig
from policies.model.credentials.texts import SEPARATORS
from policies.model.credentials.tokens import may_hold_token
from policies.model.value import Asset, Value


@dataclass(frozen=True, slots=True)
class Signs:
    """Which kinds of credentials may be in a message; none of them is wrongly false.

    Attributes:
        token: one of a known format.
        address: an address with a password in it.
        config: a secret config value.
        command: a program that is given one.
        encoded: one of these in base64.
        names: parts of what is called so; `None` where nobody has looked.
    """

    token: bool = False
    address: bool = False
    config: bool = False
    command: bool = False
    encoded: bool = False
    names: tuple[str, ...] | None = ()

    @classmethod
    def of(cls, data: bytes | None, secret_config: SecretConfig) -> Self:
        """Those in a message; all of them where there is none."""
        if data is None:
            return cls(True, True, True, True, True, None)  # noqa: FBT003
        plain = cls._plain(data, secret_config)
        if not any(cls._plain(piece, secret_config).any for piece in encoded_in(data)):
            return plain
        return cls(plain.token, plain.address, True, plain.command, True, plain.names)  # noqa: FBT003

    @classmethod
    def _plain(cls, data: bytes, secret_config: SecretConfig) -> Self:
        return cls(
            token=may_hold_token(data),
            address=may_hold_password(data),
            config=secret_config.may_occur_in(data),
            command=may_hold_command(data),
            # The first byte may be a length's.
            names=_shortest({name[1:].decode() for name in names_in(data)}),
        )

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return (
            self.token
            or self.address
            or self.config
            or self.command
            or self.encoded
            or self.names != ()
        )

    def wanted(self) -> Callable[[str, Value], bool] | None:
        """Which names and values have to be looked at; `None` for all."""
        parts = self.names
        if parts is None or self.token or self.address or self.config or self.command:
            return None
        if self.encoded:
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
        if self.names is None or self.command:
            return True
        return any(name in text for name in self.names)


def _shortest(names: set[str]) -> tuple[str, ...]:
    """Those among names that no other one is a part of."""
    return tuple(
        name for name in names if not any(other in name and other != name for other in names)
    )


ANYTHING: Final = Signs.of(None, SecretConfig())
