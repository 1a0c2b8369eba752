"""A resource's type: its token, and what the provider says of it."""

from __future__ import annotations

from dataclasses import dataclass

STACK_TYPE = "pulumi:pulumi:Stack"


@dataclass(frozen=True, slots=True)
class ResourceType:
    """What the provider says of a resource type.

    Attributes:
        token: such as `gcp:sql/databaseInstance:DatabaseInstance`.
        sensitive: the paths of inputs that hold a credential, list elements as `[]`.
        hidden: those that the provider keeps out of its logs although they hold none.
        maps: the names of inputs whose members the program names; `None` where that is not known.
        labels: the path of the input for Google Cloud labels; `None` where it has no labels.
        default_labels: whether the provider's own `defaultLabels` are added to them.
        locations: the inputs that say where a resource is, such as `region`.
    """

    token: str
    sensitive: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    maps: frozenset[str] | None = None
    labels: str | None = None
    default_labels: bool = False
    locations: tuple[str, ...] = ()

    @property
    def package(self) -> str:
        """The provider's name, such as `gcp`."""
        return self.token.partition(":")[0]


def is_labelable(resource_type: ResourceType) -> bool:
    """Whether resources of a type can have labels; for a rule's `on`."""
    return resource_type.labels is not None


def type_of(urn: str) -> str:
    """The type token in a URN, such as `gcp:compute/network:Network`; "" for what is no URN."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 2 else ""  # noqa: PLR2004 the URN's form


def stack_and_project_of(urn: str) -> tuple[str, str]:
    """The names of the stack and its project in a URN; "" and "" for what is no URN."""
    parts = urn.removeprefix("urn:pulumi:").split("::")
    return (parts[0], parts[1]) if urn.startswith("urn:pulumi:") and len(parts) > 2 else ("", "")  # noqa: PLR2004 the URN's form


def name_of(urn: str) -> str:
    """The resource's own name, which may have the URN's separator in it; else the whole text."""
    return urn.split("::", 3)[-1]


def resource_label(urn: str) -> str:
    """A resource's type and name, as people speak of it."""
    return f"{type_of(urn)} {name_of(urn)}"
