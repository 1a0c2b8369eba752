"""Cloud SQL authorized networks list no public range broader than a single host."""

from collections.abc import Iterator

from apex_guardrails.gcp.admitted import SomeRange, admitted, ranges_at
from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.networks import is_single
from apex_guardrails.gcp.public_space import EVERYBODY, WideRanges, is_private, parse_interval
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import UNKNOWN, Resource, UndecidedError, Violation, case, rule

# Cloud SQL takes IPv4 alone here (Cloud SQL Admin API, aclEntry, 2026-11).
SINGLE = 32
NETWORKS = "settings.ipConfiguration.authorizedNetworks"


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    controls=["trivy:GCP-0017"],
    fix="Use the Cloud SQL connector or private IP; keep authorized_networks empty or /32.",
)
def sql_authorized_networks_private_only(instance: Resource) -> Iterator[Violation]:
    """A wide public range, such as an office's or a carrier's, lets outsiders try passwords."""
    # Omitted: an empty list admits nobody by address.
    if admitted(instance, NETWORKS, WideRanges(), member="value").share == EVERYBODY:
        return  # sql-authorized-networks-not-open tells, whatever its limits are
    unknown = ""
    for path, value in ranges_at(instance, NETWORKS, "value"):
        if isinstance(value, SomeRange) and value.length == SINGLE:
            continue
        if value is UNKNOWN or (value and parse_interval(value) is None):
            unknown = unknown or path
        elif value and not is_private(value) and not is_single(value):
            yield instance.fail(f"authorizes the public range {value}", at=path)
    # Without a public address the list admits nobody.
    if unknown and PUBLIC_ADDRESS[SQL_DATABASE_INSTANCE].peek(instance) is not False:
        raise UndecidedError(unknown)


CASES = [
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "10.0.0.0/8"}]}}),
    case.passes(
        settings={"ipConfiguration": {"authorizedNetworks": [{"value": "203.0.113.7/32"}]}}
    ),
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "203.0.113.7"}]}}),
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{}]}}),
    case.passes(settings={}),
    case.fails(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "203.0.113.0/24"}]}}),
    case.fails(
        settings={
            "ipConfiguration": {
                "authorizedNetworks": [{"value": "10.0.0.0/8"}, {"value": "64.0.0.0/2"}]
            }
        }
    ),
    # That the whole internet is admitted is another rule's finding.
    *(
        case.passes(
            settings={
                "ipConfiguration": {
                    "authorizedNetworks": [{"value": value} for value in ("8.8.8.0/24", *world)]
                }
            }
        )
        for world in (["0.0.0.0/0"], ["0.0.0.0/1", "128.0.0.0/1"], ["::/0", case.UNKNOWN])
    ),
    case.undecided(settings={"ipConfiguration": {"authorizedNetworks": case.UNKNOWN}}),
    case.undecided(settings={"ipConfiguration": {"authorizedNetworks": [{"value": case.UNKNOWN}]}}),
    *(
        case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{"value": private}]}})
        for private in (
            "172.16.0.0/12",
            "192.168.1.0/24",
            "100.64.0.0/10",
            "fd00::/8",
            "127.0.0.0/8",
        )
    ),
    # The first begins in a private range, the second ends in one.
    *(
        case.fails(settings={"ipConfiguration": {"authorizedNetworks": [{"value": public}]}})
        for public in ("10.0.0.0/7", "172.0.0.0/11")
    ),
    case.undecided(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "the office"}]}}),
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{"value": ""}]}}),
    case.fails(
        settings={
            "ipConfiguration": {
                "authorizedNetworks": [{"value": case.UNKNOWN}, {"value": "203.0.113.0/24"}]
            }
        }
    ),
    case.passes(
        settings={"ipConfiguration": {"ipv4Enabled": False, "authorizedNetworks": case.UNKNOWN}}
    ),
    case.fails(
        settings={
            "ipConfiguration": {
                "ipv4Enabled": False,
                "authorizedNetworks": [{"value": "203.0.113.0/24"}],
            }
        }
    ),
    *(
        expected(settings={"ipConfiguration": {"authorizedNetworks": [{"value": value}]}})
        for expected, value in (
            (case.passes, case.concat(case.UNKNOWN, "/32")),
            (case.undecided, case.concat(case.UNKNOWN, "/24")),
        )
    ),
]
