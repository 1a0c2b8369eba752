"""Container images are named by digest, except in dev."""

from pydantic import ValidationInfo, field_validator

from infra.config.types import ConfigSection
from infra.images import is_pinned


class PinnedImages(ConfigSection):
    """Keys some of which name container images."""

    @field_validator("*")
    @classmethod
    def _pinned(cls, found: object, info: ValidationInfo) -> object:
        environment = info.data.get("environment")
        if (
            str(info.field_name).endswith("_image")
            and environment not in ("dev", None)
            and not is_pinned(str(found))
        ):
            raise ValueError(
                f"has no digest: in {environment}, a tag could later point to another image"
            )
        return found
