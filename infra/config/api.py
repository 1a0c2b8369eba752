"""Keys of the API."""

from pydantic import ValidationInfo, field_validator

from infra.config.instances import A_CPU, A_MEMORY, Cpu, Memory, fits
from infra.config.keys import ConfigSection, key
from infra.config.types import BOOLEAN, Boolean, Image, ReleaseSteps
from infra.release import Release


class ApiConfig(ConfigSection):
    """The API, and how the world reaches it."""

    # A first deployment has samples of Google's where our images will be.
    image: Image = key(
        "api-image",
        "Image of the API.",
        expected="a container image, by digest outside dev",
        example="apex-api:1.0.0",
        default="us-docker.pkg.dev/cloudrun/container/hello@sha256:"
        "95ade4b17adcd07623b0a0c68359e344fe54e65d0cb01b989e24c39f2fcd296a",
    )
    cpu: Cpu = key(
        "api-cpu",
        "CPUs of an instance of the API.",
        expected=A_CPU,
        example="1",
        default="1",
    )
    memory: Memory = key(
        "api-memory",
        "Memory of an instance of the API.",
        expected=A_MEMORY,
        example="1Gi",
        default="1Gi",
    )
    min_instances: int = key(
        "min-instances",
        "Instances of the API that are there without any request. 0 costs nothing when idle.",
        expected="0 to 100",
        example="0",
        default=0,
        ge=0,
        le=100,
    )
    max_instances: int = key(
        "max-instances",
        "Instances of the API that are there at most.",
        expected="1 to 100, at least min-instances",
        example="10",
        default=10,
        ge=1,
        le=100,
    )
    # The next three are the state of a release: `scripts/release` sets them, docs/releases.md.
    stable_revision: str = key(
        "api-stable-revision",
        "Revision of the API that goes on serving while another is released. Empty while no "
        "release is under way: the newest revision then serves everything. `scripts/release` sets "
        "it.",
        expected="a revision of the API, or nothing; `scripts/release` sets it",
        example="apex-api-00007-abc",
        default="",
    )
    candidate_revision: str = key(
        "api-candidate-revision",
        "Revision of the API that is being released. Empty while it is being made. "
        "`scripts/release` sets it.",
        expected="another revision of the API, or nothing; `scripts/release` sets it",
        example="apex-api-00008-def",
        default="",
    )
    candidate_percent: int = key(
        "api-candidate-percent",
        "How many of a hundred requests the candidate gets. `scripts/release` sets it.",
        expected="0 to 100; `scripts/release` sets it",
        example="0",
        default=0,
    )
    release_steps: ReleaseSteps = key(
        "release-steps",
        "Percentages of the requests that a candidate gets, one after the other. 100 alone is a "
        "blue-green release.",
        expected="rising percentages up to 100, with commas between them",
        example="10,50,100",
        default="10,50,100",
    )
    load_balancer: Boolean = key(
        "load-balancer",
        "Whether the API is behind a global HTTPS load balancer with `api-domain`; else it is at "
        "its run.app address.",
        expected=BOOLEAN,
        example="true",
        default=False,
    )
    domain: str = key(
        "api-domain",
        "Domain name of the API; its A record points at the output `api_address`.",
        expected="a domain name, with load-balancer true; else nothing",
        example="api.apex-memory.example",
        default="",
        pattern=r"^(([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9]))?$",
    )
    cloud_armor: Boolean = key(
        "cloud-armor",
        "Whether Cloud Armor (WAF rules, rate limit) is in front of the load balancer.",
        expected=f"{BOOLEAN}; true with a load-balancer",
        example="true",
        default=False,
    )
    rate_limit: int = key(
        "api-rate-limit",
        "Requests a minute that Cloud Armor lets through from one address.",
        expected="10 to 10000 requests a minute from one address",
        example="600",
        default=600,
        ge=10,
        le=10_000,
    )
    domain_restricted_sharing: Boolean = key(
        "domain-restricted-sharing",
        "Whether the organization refuses allUsers in policies (iam.allowedPolicyMemberDomains). "
        "The API is public then because Cloud Run does not ask IAM who calls it.",
        expected=BOOLEAN,
        example="true",
        default=False,
    )

    @field_validator("memory")
    @classmethod
    def _memory_fits(cls, found: str, info: ValidationInfo) -> str:
        return fits(found, info.data.get("cpu"), "api-cpu")

    @field_validator("max_instances")
    @classmethod
    def _at_least(cls, found: int, info: ValidationInfo) -> int:
        least: int | None = info.data.get("min_instances")
        if least is not None and found < least:
            raise ValueError(f"is less than min-instances ({least})")
        return found

    @field_validator("stable_revision", "candidate_revision", "candidate_percent")
    @classmethod
    def _is_a_release(cls, found: str | int, info: ValidationInfo) -> str | int:
        keys = ("stable_revision", "candidate_revision", "candidate_percent")
        before = keys[: keys.index(str(info.field_name))]
        # Of one that is wrong itself has been told already.
        if all(it in info.data for it in before):
            known = info.data | {str(info.field_name): found}
            Release(*(known[it] for it in keys if it in known))
        return found

    @property
    def release(self) -> Release:
        """Which revisions of the API get how many of the requests."""
        return Release(self.stable_revision, self.candidate_revision, self.candidate_percent)

    @field_validator("domain")
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
