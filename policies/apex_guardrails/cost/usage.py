"""What an estimate assumes of a stack's use, with defaults that are written down here."""

from __future__ import annotations

from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from apex_guardrails.cost.amounts import Amounts
from apex_guardrails.support.mistakes import mismatch

HOURS_PER_MONTH: Final = Decimal(730)
"""As Google's price pages and calculator count a month."""

SECONDS_PER_MONTH: Final = HOURS_PER_MONTH * 3600

_MOST: Final = 10**12
"""Of anything in a month; more is a mistake."""


def no_truth(value: Any) -> Any:
    """Refuses `true` and `false`, which Pydantic would take for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("expected a number")  # noqa: TRY004 Pydantic's
    return value


Figure = Annotated[Decimal, Field(ge=0, le=_MOST, allow_inf_nan=False), BeforeValidator(no_truth)]
_FIGURE: Final = TypeAdapter[Decimal](Figure)


class Assumption(BaseModel):
    """A low, an expected and a high figure; one number stands for all three."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: Figure
    expected: Figure
    high: Figure

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        if not isinstance(value, int | float | str | Decimal):
            return value
        try:
            figure = _FIGURE.validate_python(value)
        except ValidationError as error:
            # What is written once is complained of once.
            raise ValueError(mismatch(error.errors()[0])) from None
        return {"low": figure, "expected": figure, "high": figure}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """One number is allowed, too."""
        figures = handler.resolve_ref_schema(handler(core_schema))
        return {"anyOf": [{"type": "number", "minimum": 0, "maximum": _MOST}, dict(figures)]}

    @model_validator(mode="after")
    def _in_order(self) -> Assumption:
        if not self.low <= self.expected <= self.high:
            raise ValueError("low, expected and high must not decrease")
        return self

    @property
    def amounts(self) -> Amounts:
        """The three figures to count with."""
        return Amounts(self.low, self.expected, self.high)


def _share(value: Assumption) -> Assumption:
    if value.high > 1:
        raise ValueError("a share is between 0 and 1")
    return value


def _hours(value: Assumption) -> Assumption:
    if value.high > HOURS_PER_MONTH:
        raise ValueError(f"a month has {HOURS_PER_MONTH} hours")
    return value


def _figures(low: str, expected: str, high: str) -> Any:
    made = Assumption(low=Decimal(low), expected=Decimal(expected), high=Decimal(high))
    return lambda: made


def _field(low: str, expected: str, high: str, description: str) -> Any:
    return Field(default_factory=_figures(low, expected, high), description=description)


Hours = Annotated[Assumption, AfterValidator(_hours)]
Share = Annotated[Assumption, AfterValidator(_share)]


class ResourceUsage(BaseModel):
    """What is assumed of a resource in a month.

    The defaults are those of a small service: a low month is nearly idle, and a high one is five to
    ten times the expected one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    active_hours: Hours = _field(
        "730", "730", "730", "Hours that a machine runs, or that a worker pool has instances."
    )
    commitment: Literal["none", "1-year", "3-year"] = Field(
        "none", description="Committed-use discount that is bought for machines."
    )
    requests: Assumption = _field("10000", "100000", "1000000", "Requests to a service.")
    request_seconds: Assumption = _field("0.1", "0.25", "0.5", "Seconds that a request takes.")
    requests_at_once: Decimal = Field(
        Decimal(1),
        ge=1,
        le=1000,
        allow_inf_nan=False,
        description="Requests that an instance serves at the same time, on average.",
    )
    job_hours: Assumption = _field("0.5", "2", "10", "Hours that the tasks of a job run.")
    function_calls: Assumption = _field("10000", "100000", "1000000", "Calls of a function.")
    egress_gib: Assumption = _field(
        "0.1", "1", "10", "GiB that a public service or machine sends to the internet."
    )
    load_balancer_gib: Assumption = _field("0.1", "1", "10", "GiB through a backend service.")
    nat_machines: Assumption = _field("1", "1", "2", "Machines that use a NAT gateway.")
    nat_gib: Assumption = _field("1", "10", "50", "GiB through a NAT gateway, in and out.")
    storage_growth: Assumption = _field(
        "0",
        "0.25",
        "1",
        "By how much storage that grows by itself exceeds its first size, 1 = twice.",
    )
    backup_share: Assumption = _field(
        "0.25", "0.5", "1", "GiB of backups and logs kept for each GiB of a database."
    )
    snapshot_share: Assumption = _field(
        "0.25", "0.5", "1", "GiB of snapshots kept for each GiB of a disk that has a schedule."
    )
    snapshot_gib: Assumption = _field("5", "20", "100", "GiB of a snapshot or an image.")
    bucket_gib: Assumption = _field("1", "5", "50", "GiB in a bucket.")
    bucket_writes: Assumption = _field("1000", "10000", "100000", "Class A operations on a bucket.")
    bucket_reads: Assumption = _field("10000", "100000", "1000000", "Class B operations on one.")
    image_gib: Assumption = _field("1", "5", "20", "GiB of images in a repository.")
    secret_accesses: Assumption = _field("100", "1000", "10000", "Accesses to a secret.")
    dns_queries: Assumption = _field("10000", "100000", "1000000", "Queries to a DNS zone.")
    kms_operations: Assumption = _field("1000", "10000", "100000", "Operations with a key.")
    message_tib: Assumption = _field(
        "0.001", "0.01", "0.1", "TiB through a Pub/Sub topic or subscription."
    )
    table_gib: Assumption = _field("1", "10", "100", "GiB in a BigQuery table.")
    query_tib: Assumption = _field("0.1", "0.5", "2", "TiB that queries of a dataset read.")
    flow_log_gib: Assumption = _field("0.5", "2", "10", "GiB of flow logs of a subnetwork.")
    nat_log_gib: Assumption = _field("0.1", "0.5", "2", "GiB of logs of a NAT gateway.")
    database_hours: Hours = _field(
        "730", "730", "730", "Hours that a Cloud SQL instance runs; it is stopped in the others."
    )
    proxy_instances: Assumption = _field(
        "1", "1", "3", "Proxy instances of an internal application load balancer."
    )
    psc_gib: Assumption = _field(
        "0.1", "1", "10", "GiB through an endpoint or attachment of Private Service Connect."
    )
    vpn_gib: Assumption = _field("1", "10", "50", "GiB that a VPN gateway sends.")
    region_gib: Assumption = _field("0", "1", "10", "GiB to other regions of the same continent.")
    continent_gib: Assumption = _field("0", "0", "1", "GiB to regions of other continents.")
    china_gib: Assumption = _field("0", "0", "0", "GiB that are sent to China, without Hong Kong.")
    australia_gib: Assumption = _field("0", "0", "0", "GiB that are sent to Australia.")
    cdn_gib: Assumption = _field("0.1", "1", "10", "GiB that Cloud CDN serves from its caches.")
    cdn_miss_share: Share = _field(
        "0.05", "0.2", "0.5", "Share of them that its caches have to be filled with."
    )
    firewall_gib: Assumption = _field(
        "1", "10", "50", "GiB of internet traffic that a paid rule of Cloud NGFW looks at."
    )
    firewall_log_gib: Assumption = _field("0.01", "0.1", "1", "GiB of logs of a firewall rule.")
    audit_log_gib: Assumption = _field(
        "0.5", "2", "20", "GiB of data access logs that an audit config turns on."
    )
    scanned_images: Assumption = _field("0", "1", "10", "Images scanned for vulnerabilities.")
    own_metric_mib: Assumption = _field(
        "0.1", "1", "10", "MiB of a metric that is made from logs, or that a program writes."
    )
    metric_reads: Assumption = _field("0", "10000", "100000", "Calls that read a metric.")
    table_long_term_gib: Assumption = _field(
        "0", "0", "10", "GiB in a BigQuery table that did not change for 90 days."
    )
    table_written_gib: Assumption = _field(
        "0", "1", "10", "GiB written to a table by the Storage Write API."
    )
    table_inserted_mib: Assumption = _field("0", "0", "1000", "MiB of older streaming inserts.")
    table_read_tib: Assumption = _field(
        "0", "0", "0.1", "TiB read from a table by the Storage Read API."
    )
    retrieved_gib: Assumption = _field(
        "0", "1", "10", "GiB read from a bucket of the classes nearline, coldline or archive."
    )
    autopilot_vcpus: Assumption = _field(
        "0", "0", "0", "vCPUs that the pods of an Autopilot cluster ask for."
    )
    autopilot_memory_gib: Assumption = _field("0", "0", "0", "GiB of memory that they ask for.")
    autopilot_storage_gib: Assumption = _field("0", "0", "0", "GiB of storage that they ask for.")

    def given(self) -> dict[str, Any]:
        """What was set, and is no default."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Usage(ResourceUsage):
    """What is assumed of every resource, of some in particular, and of the stack as a whole."""

    free_tier_used_elsewhere: Share = _field(
        "0", "0", "1", "Share of the billing account's free tiers that other stacks use up."
    )
    log_gib: Assumption = _field("1", "10", "60", "GiB of the stack's other logs.")
    metric_mib: Assumption = _field("0", "0", "0", "MiB of the stack's own metrics.")
    prometheus_samples: Assumption = _field(
        "0", "0", "0", "Million samples of Managed Service for Prometheus."
    )
    resources: dict[str, ResourceUsage] = Field(
        default_factory=dict,
        description="By pattern of a resource's name: what is assumed of it instead.",
    )

    def for_resource(self, name: str) -> ResourceUsage:
        """What is assumed of a resource; of several patterns that fit, the last one counts."""
        own: dict[str, Any] = {}
        for pattern, usage in self.resources.items():
            if fnmatchcase(name, pattern):
                own |= usage.given()
        return self.model_copy(update=own) if own else self
