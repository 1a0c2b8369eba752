"""Cloud SQL instances are attached to a private network."""

from collections.abc import Iterator

from apex_guardrails.gcp.databases import clone_cases, says_settings
from apex_guardrails.gcp.types import SQL_DATABASE_INSTANCE
from apex_guardrails.model import Resource, Violation, case, rule


@rule(
    severity="high",
    on=SQL_DATABASE_INSTANCE,
    when=says_settings,
    fix=(
        "Set settings.ip_configuration.private_network=<the VPC's id>, once the private services "
        "connection exists, or psc_configs with psc_enabled=True."
    ),
)
def sql_private_network_set(instance: Resource) -> Iterator[Violation]:
    """Without a private path, the instance can be reached only over a public address."""
    network = "settings.ipConfiguration.privateNetwork"
    # A network is usually another resource's output: that it is given is all there is to ask.
    if instance.is_set(network):
        return
    configs = instance.each("settings.ipConfiguration.pscConfigs")
    if not any(config.get("pscEnabled", omitted=False) for config in configs):
        yield instance.fail("has neither a private network nor Private Service Connect", at=network)


CASES = [
    case.passes(settings={"ipConfiguration": {"privateNetwork": "projects/p/global/networks/vpc"}}),
    case.passes(settings={"ipConfiguration": {"privateNetwork": case.UNKNOWN}}),
    case.passes(settings={"ipConfiguration": {"pscConfigs": [{"pscEnabled": True}]}}),
    case.fails(settings={"ipConfiguration": {"privateNetwork": ""}}),
    case.fails(settings={"ipConfiguration": {"pscConfigs": [{"pscEnabled": False}]}}),
    case.fails(settings={"ipConfiguration": {"pscConfigs": [{}]}}),
    case.fails(settings={"ipConfiguration": {}}),
    case.fails(settings={}),
    case.undecided(settings={"ipConfiguration": {"pscConfigs": [{"pscEnabled": case.UNKNOWN}]}}),
    case.undecided(settings={"ipConfiguration": {"pscConfigs": case.UNKNOWN}}),
    *clone_cases({"tier": "db-f1-micro"}),
]
