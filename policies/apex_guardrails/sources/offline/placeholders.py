"""Stand-ins for the secret config values of a program that is run offline.

Each is random, another one for every key and run, so that meeting one says where a value came from.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from apex_guardrails.model.credentials.names import meaning
from apex_guardrails.model.credentials.secret_config import VARIABLE
from apex_guardrails.sources.offline.esc import CREDENTIALS
from apex_guardrails.sources.offline.placeholder_forms import form_of
from apex_guardrails.sources.offline.project import Declaration
from apex_guardrails.sources.offline.secure import is_secure
from apex_guardrails.sources.offline.stack_config import StackConfig

_FORMLESS: Final = re.compile(r"(placeholder|Placeholder-1)[0-9a-f]{32,}")


def placeholder(key: str, declaration: Declaration) -> str:
    """A stand-in of the declared type, or of the form that its key's name tells.

    For a password it is one that meets a password policy.
    """
    if declaration.type == "integer":
        return str(_number())
    if declaration.type == "boolean":
        return "true"
    if declaration.type == "array":
        return json.dumps([_text()])
    if declaration.type == "object":
        return json.dumps({"placeholder": _text()})
    if "password" in key.lower():
        # Upper and lower case, digits, and one that is neither.
        return f"Placeholder-1{secrets.token_hex(16)}"
    make = form_of(key)
    return make() if make else _text()


def _number() -> int:
    return secrets.randbelow(9 * 10**11) + 10**11


def _text() -> str:
    # Letters and digits only: it must survive URLs, shells, YAML and label checks unchanged. They
    # are as many as base64 has of 33 bytes.
    return f"placeholder{secrets.token_hex(17)[:33]}"


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What a program gets in the place of what is secret.

    Attributes:
        values: by config key.
        numbers: by config key: what a placeholder of no certain form is, taken for a number.
        variables: the environment variables that ESC gives, with placeholders for secret ones.
        files: what is in the files that ESC gives, by variable, likewise.
        withheld: those that are set here, are credentials by their names, and that the program gets
            a placeholder of where it asks for them.
        proofs: by config key, or by a variable's name after `$`: what says of a value that it
            comes from there.
    """

    values: Mapping[str, str]
    numbers: Mapping[str, int] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, config: StackConfig, samples: Mapping[str, Any], withheld: Iterable[str] = ()
    ) -> Placeholders:
        """Those for a stack's config.

        Args:
            config: the stack's.
            samples: by key, from settings; a key of the project may stand without its name.
            withheld: the environment variables that are set here and kept from the program.
        """
        values: dict[str, str] = {}
        proofs: dict[str, str] = {}
        for key in sorted(config.secrets):
            sample = samples.get(key, samples.get(key.partition(":")[2]))
            shape = config.shapes.get(key)
            if sample is not None:
                values[key] = sample if isinstance(sample, str) else json.dumps(sample)
            elif shape is not None:
                filled = _filled(key, shape, is_secret=False)
                values[key] = json.dumps(filled)
                # The plain parts of an object prove nothing.
                proofs[key] = json.dumps(_marked(filled, shape))
            else:
                values[key] = placeholder(key, config.declared.get(key, Declaration()))
        numbers = {key: _number() for key, text in values.items() if _FORMLESS.fullmatch(text)}
        # One may be met as a number, too: a list is looked for as each of what is in it.
        forms = {key: json.dumps([values[key], number]) for key, number in numbers.items()}
        variables, files = _stood_in(config.variables), _stood_in(config.files)
        hidden = {
            name: text
            for marked, texts in ((config.variables, variables), (config.files, files))
            for name, text in texts.items()
            if is_secure(marked[name])
        }
        credentials = {
            name: placeholder(name, Declaration())
            for name in sorted(withheld)
            if name not in variables and name not in files and meaning(name) in CREDENTIALS
        }
        given = {f"{VARIABLE}{name}": text for name, text in {**credentials, **hidden}.items()}
        known = {**given, **values, **forms, **proofs}
        return cls(values, numbers, variables, files, credentials, known)


def _stood_in(texts: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: placeholder(name, Declaration()) if is_secure(value) else value
        for name, value in texts.items()
    }


def _filled(key: str, value: Any, *, is_secret: bool) -> Any:
    """A value whose secret parts are placeholders of their own kind."""
    if is_secure(value):
        return _filled(key, value["secure"], is_secret=True)
    if isinstance(value, dict):
        return {name: _filled(name, item, is_secret=is_secret) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(key, item, is_secret=is_secret) for item in value]
    if not is_secret or isinstance(value, bool):
        return value
    return _number() if isinstance(value, int | float) else placeholder(key, Declaration())


def _marked(filled: Any, shape: Any) -> list[Any]:
    """The parts of a value that stand where its shape is marked."""
    if is_secure(shape):
        return [filled]
    if isinstance(shape, dict) and isinstance(filled, dict):
        return [part for key in shape for part in _marked(filled.get(key), shape[key])]
    if isinstance(shape, list) and isinstance(filled, list):
        pairs = zip(filled, shape, strict=False)
        return [part for item, below in pairs for part in _marked(item, below)]
    return []
