"""Reads a part of a resource's inputs, and says where a value comes from."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from apex_guardrails.model.value import (
    UNKNOWN,
    KnownParts,
    Leaf,
    Secret,
    Value,
    join_path,
    leaves,
    parse_path,
    unwrap,
)
from apex_guardrails.model.violation import Violation

if TYPE_CHECKING:
    from apex_guardrails.model.resource import Resource

# What JSON holds is recognised several times faster than what merely behaves like it.
_MAPPING = (dict, Mapping)
_SEQUENCE = (list, Sequence)


class UndecidedError(Exception):
    """A rule touched a value that is not known before deployment.

    Attributes:
        path: which input it is.
        resource: whose, where who raises it knows.
        because: why the rule cannot decide, where it is not that a value is not known yet.
        step: what to do then.
    """

    def __init__(
        self, path: str, resource: Resource | None = None, *, because: str = "", step: str = ""
    ) -> None:
        super().__init__(path)
        self.path = path
        self.resource = resource
        self.because = because
        self.step = step


class NeverToldError(UndecidedError):
    """A rule asked for what its source never tells, whatever the program says.

    What comes of it is advice at most: nothing that anyone could write would decide it.
    """


class NotApplicableError(Exception):
    """A rule says of a resource or a stack, once asked, that it does not apply to it."""


class RuleFailedError(Exception):
    """What a rule asks did not answer; the text says it all, and is free of where in our code."""


class DependenciesUnknownError(Exception):
    """A rule asked for dependencies, which the engine tells only when it knows the whole stack."""


class Origin(enum.StrEnum):
    """Where a value comes from, which says more about a credential than its secret mark."""

    OMITTED = "omitted"
    LITERAL = "literal"
    SECRET_CONFIG = "secret config"  # noqa: S105 a kind of origin, not a password
    SECRET = "secret"  # noqa: S105 the same
    """Marked secret in a state, which does not say from where: from config, or as a literal."""
    COMPUTED = "computed"


class View:
    """Reads a part of a resource's inputs by path."""

    __slots__ = ("_resource", "path", "value")

    def __init__(self, resource: Resource, path: str, value: Value) -> None:
        self._resource = resource
        self.path = path
        self.value = value

    @property
    def resource(self) -> Resource:
        """Whose inputs these are."""
        return self._resource

    def _at(self, path: str) -> str:
        dot = "." if self.path and path and not path.startswith("[") else ""
        return f"{self.path}{dot}{path}"

    def _read(self, path: str) -> tuple[Value, bool, int]:
        """The value, whether a secret mark lies on it, and how many steps of the path were taken.

        `None` where it is omitted; `UNKNOWN` where it or anything above it is not known.
        """
        value, is_secret, taken = self.value, False, 0
        for step in parse_path(path) if path else ():
            while value.__class__ is Secret:
                value, is_secret = value.value, True
            # Nothing but a mapping has it, and to ask which it is costs more than the reading.
            look_up = getattr(value, "get", None)
            if look_up is not None:
                value = look_up(step) if step.__class__ is str else None
            elif value is UNKNOWN:
                return UNKNOWN, is_secret, taken
            elif (
                isinstance(step, int)
                and isinstance(value, _SEQUENCE)
                and not isinstance(value, str)
                and step < len(value)
            ):
                value = value[step]
            else:
                value = None
            taken += 1
            if value is None:
                return None, is_secret, taken
        while value.__class__ is Secret:
            value, is_secret = value.value, True
        return value, is_secret, taken

    def get(self, path: str, *, omitted: Value = None) -> Value:
        """The plain value at a path, or `omitted` where the program leaves it out.

        Raises:
            UndecidedError: the value is not known before deployment.
        """
        value, _, taken = self._read(path)
        if value is UNKNOWN:
            here = self.path
            for step in parse_path(path)[:taken] if path else ():
                here = join_path(here, step)
            raise UndecidedError(here, self.resource)
        return omitted if value is None else value

    def at(self, path: str) -> View:
        """What is at a path, as a view; a value that is not known is one whose `get` raises."""
        value, is_secret, _ = self._read(path)
        return View(self.resource, self._at(path), Secret(value) if is_secret else value)

    def mapping(self, path: str) -> Mapping[str, Value]:
        """The mapping at a path; empty where it is omitted, or something else is there.

        Raises:
            UndecidedError: the value is not known before deployment.
        """
        value = self.get(path)
        return value if isinstance(value, _MAPPING) else {}

    def each(self, path: str) -> Iterator[View]:
        """The elements of the list at a path; none where it is omitted.

        Elements that are known come first, so that a violation among them is found.

        Raises:
            UndecidedError: the list, or one of its elements, is not known before deployment.
        """
        value = self.get(path, omitted=())
        if isinstance(value, str) or not isinstance(value, _SEQUENCE):
            value = (value,)
        unknown = None
        list_path = self._at(path)
        for index, element in enumerate(value):
            here = join_path(list_path, index)
            if unwrap(element) is UNKNOWN:
                unknown = unknown or here
            else:
                yield View(self.resource, here, element)
        if unknown is not None:
            raise UndecidedError(unknown, self.resource)

    def elements(self, path: str) -> Iterator[View]:
        """The elements of the list at a path, known and not; none where no list is known."""
        value, is_secret, _ = self._read(path)
        if isinstance(value, _SEQUENCE) and not isinstance(value, str):
            here = self._at(path)
            for index, element in enumerate(value):
                marked = Secret(element) if is_secret else element
                yield View(self.resource, join_path(here, index), marked)

    def paths(self, pattern: str) -> Iterator[str]:
        """The paths that a pattern such as `envs[].value` stands for and the program gives.

        A value counts when it is known and when it is not; lists that are not known have none.
        """
        head, marker, rest = pattern.partition("[]")
        value = self._read(head)[0]
        if not marker:
            if value is not None and value != "":
                yield head
        elif isinstance(value, _SEQUENCE) and not isinstance(value, str):
            for index in range(len(value)):
                yield from self.paths(f"{head}[{index}]{rest}")

    def is_set(self, path: str) -> bool:
        """Whether the program gives a value, known or not. An empty string is none."""
        value = self._read(path)[0]
        return value is not None and value != ""

    def peek(self, path: str, *, omitted: Value = None) -> Value:
        """As `get`, but `UNKNOWN` for what is not known.

        For a rule that takes such a value for good, because it is another resource's output.
        """
        value = self._read(path)[0]
        return omitted if value is None else value

    def is_secret(self, path: str) -> bool:
        """Whether the value at a path, or anything around it, carries Pulumi's secret mark."""
        return self._read(path)[1]

    def origin(self, path: str) -> Origin:
        """Where the value at a path comes from.

        Raises:
            DependenciesUnknownError: it is known, and the source does not know yet whether it is
                another resource's output. Once a stack is deployed, outputs are known.
        """
        value = self._read(path)[0]
        if value is None or value == "":
            return Origin.OMITTED
        secrets = self.resource.stack.secret_config
        if any(secrets.occurs_in(text.value) for text in self.texts(path)):
            return Origin.SECRET_CONFIG
        found = list(leaves(value, path))
        if any(leaf.value is UNKNOWN for leaf in found):
            return Origin.COMPUTED
        top, *below = parse_path(self._at(path))
        texts = [str(leaf.value) for leaf in found]
        if self.resource.is_made_from_outputs(str(top), texts if below else None):
            return Origin.COMPUTED
        if not self.resource.stack.has_config and self.is_secret(path):
            return Origin.SECRET
        return Origin.LITERAL

    def leaves(self, path: str = "") -> Iterator[Leaf]:
        """Every scalar below a path, with its own path and secret mark."""
        value, is_secret, _ = self._read(path)
        if value is not None:
            yield from leaves(value, self._at(path), is_secret=is_secret)

    def known_parts(self, path: str) -> KnownParts | None:
        """The text at a path in the parts of it that are known, with a `None` for each hole.

        A text without holes is one part; `None` where nothing is known, or no text is there. To
        every other question a text with a hole is not known. Only the source that runs the
        program can tell its parts.
        """
        value = self._read(path)[0]
        if isinstance(value, str):
            return (value,)
        if value is not UNKNOWN:
            return None
        return self.resource.parts_at(self._at(path))

    def texts(self, path: str = "") -> Iterator[Leaf]:
        """Every leaf below a path, and for one that is not known each known part of its text.

        For a rule that looks for something anywhere in a text.
        """
        for leaf in self.leaves(path):
            parts = self.resource.parts_at(leaf.path) if leaf.value is UNKNOWN else None
            if parts is None:
                yield leaf
            else:
                known = (part for part in parts if part is not None)
                yield from (Leaf(leaf.path, part, leaf.is_secret) for part in known)

    def fail(self, message: str, *, at: str = "") -> Violation:
        """What a rule yields when the resource breaks it: what is wrong, and at which path."""
        resource = self.resource
        return Violation(resource.urn, message, resource.told_at(self._at(at)))
