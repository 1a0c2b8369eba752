"""Keys of the ingestion worker, and of the Temporal that it asks for work."""

from pydantic import ValidationInfo, field_validator

from infra.config.instances import A_CPU, A_MEMORY, Cpu, Memory, fits
from infra.config.keys import ConfigSection, given, key
from infra.config.types import BOOLEAN, Boolean, Image
from infra.images import is_sample
from infra.worker_release import WorkerRelease


class TemporalConfig(ConfigSection):
    """The Temporal that hands out the work."""

    address: str = key(
        "temporal-address",
        "HOST:PORT of Temporal's frontend. Empty while there are no workers.",
        expected="HOST:PORT of Temporal's frontend, or nothing while there are no workers",
        example="apex-memory.a1b2c.tmprl.cloud:7233",
        default="",
        pattern=r"^([a-z0-9.-]+:\d{2,5})?$",
    )
    namespace: str = key(
        "temporal-namespace",
        "Namespace in Temporal.",
        expected="a namespace in Temporal",
        example="apex-memory",
        default="apex-memory",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
    )
    task_queue: str = key(
        "temporal-task-queue",
        "Task queue that the workers poll.",
        expected="a task queue in Temporal",
        example="apex-ingestion",
        default="apex-ingestion",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
    )


class WorkerConfig(ConfigSection):
    """The ingestion worker."""

    image: Image = key(
        "worker-image",
        "Image of the ingestion worker. It has Prometheus metrics on port 9091.",
        expected="a container image, by digest outside dev",
        example="apex-worker:1.0.0",
        default="us-docker.pkg.dev/cloudrun/container/worker-pool@sha256:"
        "490a8dc720df727947618b108f293810c8fc2de2cb8fb6af519318bbc5f51892",
    )
    cpu: Cpu = key("worker-cpu", "CPUs of a worker.", expected=A_CPU, example="1", default="1")
    memory: Memory = key(
        "worker-memory", "Memory of a worker.", expected=A_MEMORY, example="1Gi", default="1Gi"
    )
    instances: int = key(
        "worker-instances",
        "How many workers there are.",
        expected="0 to 100; with 1 or more, temporal-address is set",
        example="0",
        default=0,
        ge=0,
        le=100,
    )
    autoscaled: Boolean = key(
        "worker-autoscaled",
        "Whether Temporal's own controller sets the number of workers; `worker-instances` then "
        "only counts at the creation.",
        expected=BOOLEAN,
        example="false",
        default=False,
    )
    # The state of a release of the worker, docs/worker-releases.md.
    stable_revision: str = key(
        "worker-stable-revision",
        "Revision of the worker that has as many instances as the newest one while another is "
        "released. Empty while no release is under way: the newest revision then has all of them. "
        "`scripts/release worker` sets it.",
        expected="a revision of the worker, or nothing; `scripts/release worker` sets it",
        example="",
        default="",
    )
    collector_image: Image = key(
        "collector-image",
        "Image of the Google-built OpenTelemetry collector, which takes the workers' metrics.",
        expected="a container image of an OpenTelemetry collector, by digest outside dev",
        example="docker.io/otel/opentelemetry-collector-contrib:0.138.0",
        default="us-docker.pkg.dev/cloud-ops-agents-artifacts/google-cloud-opentelemetry-collector/"
        "otelcol-google@sha256:8a141713e33e4584b3bd24e0db39d56a8e650edb03d79b6bf3de82ff1cdd97f9",
    )

    @field_validator("memory")
    @classmethod
    def _memory_fits(cls, found: str, info: ValidationInfo) -> str:
        return fits(found, info.data.get("cpu"), "worker-cpu")

    @field_validator("stable_revision")
    @classmethod
    def _has_instances(cls, found: str, info: ValidationInfo) -> str:
        if WorkerRelease(found).is_under_way:
            if info.data.get("instances") == 0:
                raise ValueError("contradicts worker-instances 0: no revision has instances")
            if info.data.get("autoscaled"):
                raise ValueError(
                    "contradicts worker-autoscaled true: nothing ensures that both revisions have "
                    "instances"
                )
        return found

    @property
    def release(self) -> WorkerRelease:
        """Which revisions of the worker have instances."""
        return WorkerRelease(self.stable_revision)

    @property
    def always_runs(self) -> bool:
        """Whether it is an incident when there are none."""
        return self.instances > 0 and not self.autoscaled

    @property
    def has_metrics(self) -> bool:
        """Whether its image has metrics. Google's sample, in its place, has none."""
        return not is_sample(self.image)

    @field_validator("instances")
    @classmethod
    def _have_work(cls, found: int, info: ValidationInfo) -> int:
        if found and given(info, "temporal-address") == "":
            raise ValueError("workers need a temporal-address, which is not set")
        return found
