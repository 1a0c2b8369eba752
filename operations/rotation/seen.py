"""What a rotation sees of a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from infra.rotation import rotations_of
from operations.errors import OperationError
from operations.rotation.place import Place, read_places
from operations.service import Address, read_address, read_service
from operations.stack import OperatedStack


@dataclass(frozen=True)
class Seen:
    """The stack, as far as it matters to a rotation.

    Attributes:
        places: Where each secret is.
        address: Where the API answers its users.
        is_released: Whether a release of the API is under way.
    """

    places: Mapping[str, Place]
    address: Address
    is_released: bool

    @property
    def under_way(self) -> list[str]:
        """The secrets whose rotation is not at its end."""
        return [key for key, place in self.places.items() if place.is_under_way]

    @property
    def is_at_its_end(self) -> bool:
        """Whether a rotation has passed its smoke tests, and old versions may be there still."""
        places = [self.places[key] for key in self.under_way]
        return bool(places) and all(it.fits and not it.file.is_under_way for it in places)


def see(stack: OperatedStack) -> Seen:
    """Looks at a stack.

    Raises:
        OperationError: it was not deployed, or its configuration makes no sense.
    """
    key = "secret-rotations"
    found = stack.config(key)
    try:
        file = rotations_of(found)
    except ValueError as error:
        raise OperationError(f"{key}: {found!r} {error}") from None
    resources = stack.resources()
    service = read_service(resources)
    if service is None:
        raise OperationError(f"stack {stack.name} has not been deployed: run pulumi up first")
    return Seen(
        read_places(resources, file, stack.secret_keys),
        read_address(resources),
        service.release.is_under_way,
    )
