"""Cloud Functions that use a private database have access to its network."""

from collections.abc import Iterator
from typing import Any

from apex_guardrails.gcp.databases import PRIVATE_DATABASES, is_private_database
from apex_guardrails.gcp.functions import FUNCTIONS
from apex_guardrails.gcp.types import (
    CLOUDFUNCTIONS_FUNCTION,
    CLOUDFUNCTIONSV2_FUNCTION,
    REDIS_INSTANCE,
    SQL_DATABASE_INSTANCE,
)
from apex_guardrails.model import Resource, Violation, case, rule

# Where a function says what it is made of, and which network it reaches.
SETTINGS = {CLOUDFUNCTIONSV2_FUNCTION: "serviceConfig", CLOUDFUNCTIONS_FUNCTION: ""}
VARIABLES = "environmentVariables"


@rule(
    severity="high",
    on=FUNCTIONS,
    fix="Set vpc_connector, of the second generation in service_config, or "
    "direct_vpc_network_interfaces.",
)
def functions_vpc_access_for_private_data(function: Resource) -> Iterator[Violation]:
    """The private address is unreachable and the function fails when it is called."""
    if _reaches_network(function):
        return
    path = SETTINGS[function.type.token] or VARIABLES
    for database in function.referred(path, *PRIVATE_DATABASES):
        if is_private_database(database):
            yield function.fail(
                f"uses {database.name}, which is private, without VPC access", at=path
            )


def _reaches_network(function: Resource) -> bool:
    """Whether it does; what is not known counts, as a connector's name is an output."""
    if function.type.token == CLOUDFUNCTIONS_FUNCTION:
        return function.is_set("vpcConnector")
    return function.is_set("serviceConfig.vpcConnector") or function.is_set(
        "serviceConfig.directVpcNetworkInterfaces[0]"
    )


HOST = {"HOST": case.output_of("database")}
REDIS = case.resource(REDIS_INSTANCE, "database", authorizedNetwork="vpc")


def _second(**config: object) -> case.CaseResource:
    return case.resource(
        CLOUDFUNCTIONSV2_FUNCTION, serviceConfig={"environmentVariables": HOST, **config}
    )


def _first(**inputs: Any) -> case.CaseResource:
    return case.resource(CLOUDFUNCTIONS_FUNCTION, environmentVariables=HOST, **inputs)


def _sql(**settings: object) -> case.CaseResource:
    return case.resource(SQL_DATABASE_INSTANCE, "database", settings=settings)


CASES = [
    case.passes(_second(vpcConnector="connector"), REDIS),
    case.passes(_second(vpcConnector=case.UNKNOWN), REDIS),
    case.passes(_second(directVpcNetworkInterfaces=[{"network": "vpc"}]), REDIS),
    case.passes(_second(directVpcNetworkInterfaces=case.UNKNOWN), REDIS),
    case.passes(case.resource(CLOUDFUNCTIONSV2_FUNCTION), REDIS),
    case.passes(_first(vpcConnector=case.UNKNOWN), REDIS),
    case.passes(case.resource(CLOUDFUNCTIONS_FUNCTION, description="shop"), REDIS),
    case.fails(_second(), REDIS),
    case.fails(_second(vpcConnector="", directVpcNetworkInterfaces=[]), REDIS),
    case.fails(_first(), REDIS),
    case.fails(_first(vpcConnector=""), REDIS),
    case.fails(_second(), _sql(ipConfiguration={"ipv4Enabled": False})),
    case.passes(_second(), _sql(ipConfiguration={"ipv4Enabled": True})),
    case.passes(_second(), _sql()),
    case.undecided(_second(), _sql(ipConfiguration={"ipv4Enabled": case.UNKNOWN})),
]
