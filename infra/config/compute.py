"""Keys of the API and of the ingestion worker."""

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from infra.config.images import PinnedImages
from infra.config.types import BOOLEAN, Boolean, Image, ReleaseSteps
from infra.release import Release
from infra.worker_release import WorkerRelease

Cpu = Literal["1", "2", "4"]
Memory = Literal["512Mi", "1Gi", "2Gi", "4Gi", "8Gi"]

_MEMORY = {
    # Cloud Run, "Configure memory limits" (read in November 2026): what one instance may have.
    "1": ("512Mi", "1Gi", "2Gi", "4Gi"),
    "2": ("512Mi", "1Gi", "2Gi", "4Gi", "8Gi"),
    "4": ("2Gi", "4Gi", "8Gi"),
}
_A_CPU = "1, 2 or 4"
_A_MEMORY = "512Mi, 1Gi, 2Gi, 4Gi or 8Gi"


def _fits(memory: str, cpu: str | None, key: str) -> str:
    if cpu is not None and memory not in _MEMORY[cpu]:
        raise ValueError(f"is not available with {key} {cpu} ({', '.join(_MEMORY[cpu])})")
    return memory


class ApiConfig(PinnedImages):
    """The API, and how the world reaches it."""

    api_image: Image = Field(
        alias="api-image",
        description="a container image, by digest outside dev",
        examples=["apex-api:1.0.0"],
    )
    api_cpu: Cpu = Field(alias="api-cpu", description=_A_CPU, examples=["1"])
    api_memory: Memory = Field(alias="api-memory", description=_A_MEMORY, examples=["1Gi"])
    min_instances: int = Field(
        alias="min-instances", ge=0, le=100, description="0 to 100", examples=["0"]
    )
    max_instances: int = Field(
        alias="max-instances",
        ge=1,
        le=100,
        description="1 to 100, at least min-instances",
        examples=["10"],
    )
    load_balancer: Boolean = Field(alias="load-balancer", description=BOOLEAN, examples=["true"])
    api_domain: str = Field(
        alias="api-domain",
        pattern=r"^(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9]))?$",
        description="a domain name, with load-balancer true; else nothing",
        examples=["api.apex-memory.example"],
    )
    cloud_armor: Boolean = Field(
        alias="cloud-armor", description=f"{BOOLEAN}; true with a load-balancer", examples=["true"]
    )
    api_stable_revision: str = Field(
        alias="api-stable-revision",
        description="a revision of the API, or nothing; `scripts/release` sets it",
        examples=["apex-api-00007-abc"],
    )
    api_candidate_revision: str = Field(
        alias="api-candidate-revision",
        description="another revision of the API, or nothing; `scripts/release` sets it",
        examples=["apex-api-00008-def"],
    )
    api_candidate_percent: int = Field(
        alias="api-candidate-percent",
        description="0 to 100; `scripts/release` sets it",
        examples=["0"],
    )
    release_steps: ReleaseSteps = Field(
        alias="release-steps",
        description="rising percentages up to 100, with commas between them",
        examples=["10,50,100"],
    )
    api_rate_limit: int = Field(
        alias="api-rate-limit",
        ge=10,
        le=10_000,
        description="10 to 10000 requests a minute from one address",
        examples=["600"],
    )

    @field_validator("api_memory")
    @classmethod
    def _api_memory(cls, found: str, info: ValidationInfo) -> str:
        return _fits(found, info.data.get("api_cpu"), "api-cpu")

    @field_validator("max_instances")
    @classmethod
    def _at_least(cls, found: int, info: ValidationInfo) -> int:
        least: int | None = info.data.get("min_instances")
        if least is not None and found < least:
            raise ValueError(f"is less than min-instances ({least})")
        return found

    @field_validator("api_stable_revision", "api_candidate_revision", "api_candidate_percent")
    @classmethod
    def _is_a_release(cls, found: str | int, info: ValidationInfo) -> str | int:
        keys = ("api_stable_revision", "api_candidate_revision", "api_candidate_percent")
        before = keys[: keys.index(str(info.field_name))]
        # Of one that is wrong itself has been told already.
        if all(key in info.data for key in before):
            given = info.data | {str(info.field_name): found}
            Release(*(given[key] for key in keys if key in given))
        return found

    @property
    def api_release(self) -> Release:
        """Which revisions of the API get how many of the requests."""
        return Release(
            self.api_stable_revision, self.api_candidate_revision, self.api_candidate_percent
        )

    @field_validator("api_domain")
    @classmethod
    def _behind_load_balancer(cls, found: str, info: ValidationInfo) -> str:
        load_balancer = info.data.get("load_balancer")
        if found and load_balancer is False:
            raise ValueError("contradicts load-balancer false: nothing would answer there")
        if not found and load_balancer:
            raise ValueError(
                "is not a domain name, and load-balancer true needs one for its certificate"
            )
        return found

    @field_validator("cloud_armor")
    @classmethod
    def _armor_on_load_balancer(cls, found: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - Pydantic's call
        if found and info.data.get("load_balancer") is False:
            raise ValueError("contradicts load-balancer false: Cloud Armor is a part of one")
        return found


class WorkerConfig(PinnedImages):
    """The ingestion worker, and the Temporal that it asks for work."""

    temporal_address: str = Field(
        alias="temporal-address",
        pattern=r"^([a-z0-9.-]+:\d{2,5})?$",
        description="HOST:PORT of Temporal's frontend, or nothing while there are no workers",
        examples=["apex-memory.a1b2c.tmprl.cloud:7233"],
    )
    temporal_namespace: str = Field(
        alias="temporal-namespace",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        description="a namespace in Temporal",
        examples=["apex-memory"],
    )
    temporal_task_queue: str = Field(
        alias="temporal-task-queue",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        description="a task queue in Temporal",
        examples=["apex-ingestion"],
    )
    worker_image: Image = Field(
        alias="worker-image",
        description="a container image, by digest outside dev",
        examples=["apex-worker:1.0.0"],
    )
    worker_cpu: Cpu = Field(alias="worker-cpu", description=_A_CPU, examples=["1"])
    worker_memory: Memory = Field(alias="worker-memory", description=_A_MEMORY, examples=["1Gi"])
    worker_instances: int = Field(
        alias="worker-instances",
        ge=0,
        le=100,
        description="0 to 100; with 1 or more, temporal-address is set",
        examples=["0"],
    )
    worker_autoscaled: Boolean = Field(
        alias="worker-autoscaled", description=BOOLEAN, examples=["false"]
    )
    worker_stable_revision: str = Field(
        alias="worker-stable-revision",
        description="a revision of the worker, or nothing; `scripts/release worker` sets it",
        examples=[""],
    )
    collector_image: Image = Field(
        alias="collector-image",
        description="a container image of an OpenTelemetry collector, by digest outside dev",
        examples=["docker.io/otel/opentelemetry-collector-contrib:0.138.0"],
    )

    @field_validator("worker_memory")
    @classmethod
    def _worker_memory(cls, found: str, info: ValidationInfo) -> str:
        return _fits(found, info.data.get("worker_cpu"), "worker-cpu")

    @field_validator("worker_stable_revision")
    @classmethod
    def _has_instances(cls, found: str, info: ValidationInfo) -> str:
        if WorkerRelease(found).is_under_way:
            if info.data.get("worker_instances") == 0:
                raise ValueError("contradicts worker-instances 0: no revision has instances")
            if info.data.get("worker_autoscaled"):
                raise ValueError(
                    "contradicts worker-autoscaled true: nothing ensures that both revisions have "
                    "instances"
                )
        return found

    @property
    def worker_release(self) -> WorkerRelease:
        """Which revisions of the worker have instances."""
        return WorkerRelease(self.worker_stable_revision)

    @property
    def workers_always_run(self) -> bool:
        """Whether it is an incident when there are none."""
        return self.worker_instances > 0 and not self.worker_autoscaled

    @field_validator("worker_instances")
    @classmethod
    def _have_work(cls, found: int, info: ValidationInfo) -> int:
        if found and info.data.get("temporal_address") == "":
            raise ValueError("workers need a temporal-address, which is not set")
        return found
