"""Resources are in allowed regions."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints

from apex_guardrails.gcp.grant_types import is_grant
from apex_guardrails.gcp.references import short_name
from apex_guardrails.gcp.types import COMPUTE_DISK, COMPUTE_SUBNETWORK, DATAFLOW_JOB, STORAGE_BUCKET
from apex_guardrails.model import (
    UNKNOWN,
    Looser,
    Parameters,
    Resource,
    ResourceType,
    UndecidedError,
    Violation,
    case,
    rule,
)
from apex_guardrails.model.value import unwrap

# A place of Interconnect is a building, one of Distributed Cloud a machine room.
NO_REGIONS = ("gcp:compute/interconnect", "gcp:edgenetwork/", "gcp:edgecontainer/")
ZONE = re.compile(r"([a-z]+-[a-z]+\d+)-\w+")

# Multi-regions and dual-regions, and the word that regions of the same part of the world start with
# (Cloud Storage, BigQuery and Cloud KMS documentation, "Locations", 2026-11).
PARTS = {"nam": "us", "eu": "europe", "eur": "europe"}

Region = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class AllowedLocations(Parameters):
    """Where resources may be."""

    # By default any will do: to name one is to ask for more.
    regions: Annotated[tuple[Region, ...], Looser.LESS] = Field(
        (),
        min_length=1,
        description=(
            "The regions where resources may be. Where none is listed, they are held to the part "
            "of the world that the provider's region is in, such as europe."
        ),
    )
    multi_regions: Annotated[tuple[str, ...], Looser.MORE] = Field(
        ("global",), description="What else may stand for a location, such as EU or nam4."
    )


def is_located(resource_type: ResourceType) -> bool:
    """Whether a resource of the type is somewhere. A grant is where its resource is."""
    return (
        bool(resource_type.locations)
        and not is_grant(resource_type)
        and not resource_type.token.startswith(NO_REGIONS)
    )


@rule(
    severity="high",
    on=is_located,
    fix="Set an allowed location, region or zone on the resource, or gcp:region in the config.",
    level="advisory",
    opt_in=True,
    parameters=AllowedLocations,
)
def locations_allowed_regions(resource: Resource, allowed: AllowedLocations) -> Iterator[Violation]:
    """Elsewhere, data leaves the jurisdiction, or traffic between regions costs money."""
    # What is known comes first.
    paths = sorted(resource.type.locations, key=lambda path: resource.peek(path) is UNKNOWN)
    is_omitted = True
    for path in paths:
        place = _region(resource.get(path))
        if place:
            is_omitted = False
            if not _is_allowed(place, allowed, resource):
                yield resource.fail(f"is in {place}", at=path)
    # Omitted, a region or zone is the provider's; a `location` has a default of its own.
    if is_omitted and "location" not in paths:
        home = _home(resource)
        if home and not _is_allowed(home, allowed, resource):
            yield resource.fail(f"is in {home}, the provider's region", at=paths[0])


def _region(value: object) -> str:
    """The region, or multi-region, that a name or URL of one or of a zone is about; else ""."""
    place = short_name(value).lower()
    zone = ZONE.fullmatch(place)
    return zone[1] if zone else place


def _home(resource: Resource) -> str:
    """The provider's region; "" where only the environment says it.

    Raises:
        UndecidedError: it is not known before deployment.
    """
    for name in ("region", "zone"):
        place = unwrap(resource.provider.get(name))
        if place is UNKNOWN:
            raise UndecidedError(f"provider.{name}")
        if place:
            return _region(place)
    return ""


def _is_allowed(place: str, allowed: AllowedLocations, resource: Resource) -> bool:
    if place in {name.lower() for name in (*allowed.regions, *allowed.multi_regions)}:
        return True
    if allowed.regions:
        return False
    home = _home(resource)
    return not home or _part(place) == _part(home)


def _part(place: str) -> str:
    """The part of the world that a place is in."""
    word = place.partition("-")[0].rstrip("0123456789")
    return PARTS.get(word, word)


EUROPE = {"region": "europe-west1"}
LISTED = {"regions": ["europe-west1"], "multi_regions": ["EU"]}


def _bucket(location: object, **provider: object) -> case.CaseResource:
    return case.resource(STORAGE_BUCKET, location=location, _provider=provider)


CASES = [
    # No list: the part of the world that the provider's region is in.
    case.passes(_bucket("europe-west3", **EUROPE)),
    case.passes(_bucket("EU", **EUROPE)),
    case.passes(_bucket("EUR4", **EUROPE)),
    case.passes(_bucket("NAM4", region="us-central1")),
    case.passes(_bucket("US", zone="us-central1-a")),
    case.passes(_bucket("ASIA1", region="asia-east1")),
    case.passes(_bucket("global", **EUROPE)),
    case.passes(_bucket("us-central1")),
    case.undecided(_bucket("us-central1", region=UNKNOWN)),
    case.undecided(_bucket("us-central1", region="", zone=case.secret(UNKNOWN))),
    case.passes(_bucket("global", region=UNKNOWN)),
    case.fails(_bucket("us-central1", region=case.secret("europe-west1"))),
    case.fails(_bucket("us-central1", **EUROPE)),
    case.fails(_bucket("US", **EUROPE)),
    case.fails(_bucket("us-central1", zone="europe-west1-b")),
    case.passes(case.resource(STORAGE_BUCKET, _provider=EUROPE)),
    case.undecided(_bucket(UNKNOWN, **EUROPE)),
    # A list.
    *(
        case.passes(item, _parameters=LISTED)
        for item in (
            _bucket("EUROPE-WEST1"),
            _bucket("eu"),
            case.resource(STORAGE_BUCKET, _provider={"region": "us-central1"}),
            case.resource(
                COMPUTE_SUBNETWORK, region="europe-west1", _provider={"region": "us-central1"}
            ),
            case.resource(COMPUTE_SUBNETWORK, _provider=EUROPE),
            case.resource(COMPUTE_SUBNETWORK, region="", _provider=EUROPE),
            case.resource(COMPUTE_SUBNETWORK),
            case.resource(COMPUTE_DISK, zone="europe-west1-b"),
            case.resource(COMPUTE_DISK, _provider=EUROPE),
            _bucket("EU", region=UNKNOWN),
            case.resource(COMPUTE_DISK, zone="projects/p/zones/europe-west1-b"),
        )
    ),
    *(
        case.fails(item, _parameters=LISTED)
        for item in (
            _bucket("europe-west3", **EUROPE),
            _bucket("global"),
            _bucket("US"),
            case.resource(COMPUTE_SUBNETWORK, region="us-central1"),
            case.resource(COMPUTE_SUBNETWORK, _provider={"region": "us-central1"}),
            case.resource(COMPUTE_SUBNETWORK, region="", _provider={"zone": "us-central1-a"}),
            case.resource(COMPUTE_DISK, zone="us-central1-a", _provider=EUROPE),
            case.resource(DATAFLOW_JOB, region="europe-west1", zone="us-central1-a"),
            case.resource(DATAFLOW_JOB, region=UNKNOWN, zone="us-central1-a"),
        )
    ),
    *(
        case.undecided(item, _parameters=LISTED)
        for item in (
            case.resource(COMPUTE_SUBNETWORK, region=UNKNOWN),
            case.resource(COMPUTE_DISK, zone=UNKNOWN),
            case.resource(COMPUTE_DISK, _provider={"zone": UNKNOWN}),
            case.resource(DATAFLOW_JOB, region="europe-west1", zone=UNKNOWN),
        )
    ),
    case.passes(_bucket("us-central1"), _parameters={"regions": ["us-central1"]}),
    case.fails(_bucket("us-east1"), _parameters={"regions": ["us-central1"]}),
]
