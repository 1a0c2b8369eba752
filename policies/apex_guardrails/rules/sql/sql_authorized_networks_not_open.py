"""Cloud SQL authorized networks do not include large parts of the internet."""

from collections.abc import Iterator

from apex_guardrails.gcp.admitted import admitted
from apex_guardrails.gcp.databases import PUBLIC_ADDRESS
from apex_guardrails.gcp.public_space import WideRanges
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule

NETWORKS = "settings.ipConfiguration.authorizedNetworks"


@rule(
    severity="critical",
    on=SQL_DATABASE_INSTANCE,
    controls=["cis-gcp-4.0:6.5", "checkov:CKV_GCP_11", "trivy:GCP-0017"],
    fix="Remove such ranges from settings.ip_configuration.authorized_networks.",
    parameters=WideRanges,
)
def sql_authorized_networks_not_open(instance: Resource, limits: WideRanges) -> Iterator[Violation]:
    """Every host in such a range can try to log in."""
    # Omitted: an empty list admits nobody by address.
    whom = admitted(instance, NETWORKS, limits, member="value")
    if whom.share:
        yield instance.fail(f"authorizes {whom.share}", at=whom.at)
    # Without a public address the list admits nobody.
    elif PUBLIC_ADDRESS[SQL_DATABASE_INSTANCE].peek(instance) is not False:
        whom.require()


CASES = [
    case.passes(
        settings={"ipConfiguration": {"authorizedNetworks": [{"value": "203.0.113.7/32"}]}}
    ),
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{}]}}),
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": []}}),
    case.passes(settings={}),
    case.fails(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "0.0.0.0/0"}]}}),
    case.fails(
        settings={
            "ipConfiguration": {"authorizedNetworks": [{"value": "10.0.0.0/8"}, {"value": "::/0"}]}
        }
    ),
    case.fails(
        settings={
            "ipConfiguration": {"authorizedNetworks": [case.UNKNOWN, {"value": "128.0.0.0/1"}]}
        }
    ),
    case.undecided(settings={"ipConfiguration": {"authorizedNetworks": case.UNKNOWN}}),
    case.undecided(settings={"ipConfiguration": {"authorizedNetworks": [{"value": case.UNKNOWN}]}}),
    case.fails(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "64.0.0.0/2"}]}}),
    case.passes(
        settings={"ipConfiguration": {"authorizedNetworks": [{"value": "64.0.0.0/2"}]}},
        _parameters={"widest_ipv4": 2},
    ),
    case.passes(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "64.0.0.0/8"}]}}),
    case.undecided(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "the office"}]}}),
    case.fails(
        settings={
            "ipConfiguration": {
                "authorizedNetworks": [
                    {"value": "the office"},
                    *({"value": f"{quarter}.0.0.0/2"} for quarter in (0, 64, 128, 192)),
                ]
            }
        }
    ),
    case.fails(
        settings={
            "ipConfiguration": {"ipv4Enabled": False, "authorizedNetworks": [{"value": "::/0"}]}
        }
    ),
    case.passes(
        settings={"ipConfiguration": {"ipv4Enabled": False, "authorizedNetworks": case.UNKNOWN}}
    ),
    case.undecided(
        settings={
            "ipConfiguration": {"ipv4Enabled": case.UNKNOWN, "authorizedNetworks": case.UNKNOWN}
        }
    ),
    case.fails(settings={"ipConfiguration": {"authorizedNetworks": [{"value": "192.0.2.1/0"}]}}),
    *(
        expected(settings={"ipConfiguration": {"authorizedNetworks": [{"value": value}]}})
        for expected, value in (
            (case.passes, case.concat(case.UNKNOWN, "/24")),
            (case.undecided, case.concat(case.UNKNOWN, "/7")),
            (case.undecided, case.concat("10.", case.UNKNOWN)),
        )
    ),
]
