"""Keys of the operators' way to the databases."""

from pydantic import Field

from infra.config.images import PinnedImages
from infra.config.types import BOOLEAN, Boolean, Image


class OperatorsConfig(PinnedImages):
    """Whether operators reach the databases, and who."""

    operator_access: Boolean = Field(
        alias="operator-access", description=BOOLEAN, examples=["true"]
    )
    operators: str = Field(
        alias="operators",
        pattern=r"^(group:[^@\s]+@[^@\s]+\.[^@\s.]+)?$",
        description="nothing, or a group as in IAM: group:NAME@DOMAIN",
        examples=["group:apex-memory-operators@example.com"],
    )
    redis_client_image: Image = Field(
        alias="redis-client-image",
        description="a container image with redis-cli in it, by digest outside dev",
        examples=["docker.io/redis:7.2-alpine"],
    )
