"""Who may call services and functions, and how they get into a network."""

from __future__ import annotations

from typing import Any

import pytest

from apex_guardrails.model import case
from apex_guardrails.model.case import CaseResource
from tests.policies.network.stacks import edges, from_outside, network

UNKNOWN = case.UNKNOWN
V2 = "gcp:cloudrunv2/service:Service"
V1 = "gcp:cloudrun/service:Service"
JOB = "gcp:cloudrunv2/job:Job"
POOL = "gcp:cloudrunv2/workerPool:WorkerPool"
FUNCTION = "gcp:cloudfunctionsv2/function:Function"
OLD_FUNCTION = "gcp:cloudfunctions/function:Function"

VPC = case.resource("gcp:compute/network:Network", "vpc", name="vpc")
SUBNET = case.resource(
    "gcp:compute/subnetwork:Subnetwork", "subnet", name="subnet", network=case.output_of("vpc")
)
CONNECTOR = case.resource(
    "gcp:vpcaccess/connector:Connector",
    "connector",
    name="connector",
    network=case.output_of("vpc"),
    ipCidrRange="10.8.0.0/28",
)


def grant(
    token: str = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember", **inputs: Any
) -> CaseResource:
    given = {"name": case.output_of("api"), "role": "roles/run.invoker", "member": "allUsers"}
    return case.resource(token, "grant", **{**given, **inputs})


def v2(**inputs: Any) -> CaseResource:
    return case.resource(V2, "api", **{"name": "api", **inputs})


def v1(ingress: Any = "all", **annotations: Any) -> CaseResource:
    annotations = {
        "run.googleapis.com/ingress": ingress,
        **{f"run.googleapis.com/{key.replace('_', '-')}": annotations[key] for key in annotations},
    }
    return case.resource(V1, "api", name="api", metadata={"annotations": annotations})


OPEN = ["Internet > api: open tcp 443"]
GUARDED = ["Internet > api: guarded tcp 443"]
PERHAPS = ["Internet > api: unknown tcp 443"]
BY_V1 = {"name": None, "service": "api"}
POLICY = '{"bindings": [{"role": "roles/run.invoker", "members": ["allUsers"]}]}'


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([v2()], GUARDED),
        ([v2(), grant()], OPEN),
        ([v2(), grant(name="api")], OPEN),
        ([v2(), grant(name="projects/p/locations/l/services/api")], OPEN),
        ([v2(), grant(name="other")], GUARDED),
        ([v2(), grant(member="allAuthenticatedUsers")], OPEN),
        ([v2(), grant(member="group:a@example.org")], GUARDED),
        ([v2(), grant(member=UNKNOWN)], PERHAPS),
        (
            [v2(), grant("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", policyData=POLICY)],
            OPEN,
        ),
        (
            [v2(), grant("gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy", policyData=UNKNOWN)],
            PERHAPS,
        ),
        ([v2(invokerIamDisabled=True)], OPEN),
        ([v2(invokerIamDisabled=UNKNOWN)], PERHAPS),
        ([v2(iapEnabled=True), grant()], GUARDED),
        ([v2(ingress="INGRESS_TRAFFIC_ALL"), grant()], OPEN),
        ([v2(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"), grant()], []),
        ([v2(ingress="INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"), grant()], []),
        ([v2(ingress=UNKNOWN), grant()], PERHAPS),
        ([v2(ingress=UNKNOWN)], PERHAPS),
        ([v2(defaultUriDisabled=True), grant()], []),
        ([v2(defaultUriDisabled=UNKNOWN), grant()], PERHAPS),
        ([v1("all"), grant("gcp:cloudrun/iamMember:IamMember", **BY_V1)], OPEN),
        ([v1("internal"), grant("gcp:cloudrun/iamMember:IamMember", **BY_V1)], []),
        ([v1(UNKNOWN)], PERHAPS),
        ([v1(invoker_iam_disabled="true")], OPEN),
        ([v1(invoker_iam_disabled="True")], OPEN),
        ([v1(invoker_iam_disabled="false")], GUARDED),
        ([v1(invoker_iam_disabled=UNKNOWN)], PERHAPS),
        ([v1(invoker_iam_disabled="true", iap_enabled="true")], GUARDED),
        ([v1(invoker_iam_disabled="true", default_url_disabled="true")], []),
        ([case.resource(JOB, "api")], []),
        ([case.resource(POOL, "api")], []),
        ([case.resource(FUNCTION, "api")], GUARDED),
        (
            [
                case.resource(FUNCTION, "api", name="api"),
                grant(
                    "gcp:cloudfunctionsv2/functionIamMember:FunctionIamMember",
                    cloudFunction="api",
                ),
            ],
            OPEN,
        ),
        (
            [
                case.resource(
                    FUNCTION, "api", serviceConfig={"ingressSettings": "ALLOW_INTERNAL_ONLY"}
                )
            ],
            [],
        ),
        ([case.resource(OLD_FUNCTION, "api", ingressSettings=UNKNOWN)], PERHAPS),
    ],
)
def test_who_may_call(resources: list[CaseResource], expected: list[str]) -> None:
    assert from_outside(*resources) == expected


def test_a_member_made_of_an_output_of_google_is_not_everybody() -> None:
    sink = case.resource("gcp:logging/projectSink:ProjectSink", "sink")
    assert from_outside(v2(), sink, grant(member=case.output_of("sink"))) == GUARDED


SUBNETWORK = {"subnetwork": case.output_of("subnet")}
DIRECT = {"networkInterfaces": [SUBNETWORK]}
ALL = {"egress": "ALL_TRAFFIC"}
OUT = "api > Internet: private"
IN = "api > subnet: private"


@pytest.mark.parametrize(
    ("workload", "expected"),
    [
        (case.resource(JOB, "api"), [OUT]),
        (case.resource(JOB, "api", template={"template": {"vpcAccess": DIRECT}}), [OUT, IN]),
        (
            case.resource(JOB, "api", template={"template": {"vpcAccess": {**DIRECT, **ALL}}}),
            [IN],
        ),
        (case.resource(POOL, "api", template={"vpcAccess": {**DIRECT, **ALL}}), [IN]),
        (
            case.resource(POOL, "api", template={"vpcAccess": {**DIRECT, "egress": UNKNOWN}}),
            [OUT, IN],
        ),
        (
            case.resource(
                POOL,
                "api",
                template={"vpcAccess": {"networkInterfaces": [{"subnetwork": "subnet"}]}},
            ),
            [OUT, IN],
        ),
        (
            case.resource(
                POOL, "api", template={"vpcAccess": {"networkInterfaces": [{"network": "vpc"}]}}
            ),
            [OUT, "api > vpc: private"],
        ),
        (
            case.resource(
                POOL,
                "api",
                template={"vpcAccess": {"networkInterfaces": [UNKNOWN, SUBNETWORK]}},
            ),
            [OUT, IN],
        ),
        (
            case.resource(POOL, "api", template={"vpcAccess": {"networkInterfaces": UNKNOWN}}),
            [OUT, "api > Another network: private"],
        ),
        (
            case.resource(
                POOL, "api", template={"vpcAccess": {"connector": case.output_of("connector")}}
            ),
            [OUT, "api > vpc: private"],
        ),
        (
            case.resource(POOL, "api", template={"vpcAccess": {"connector": "elsewhere"}}),
            [OUT, "api > Another network: private"],
        ),
        (
            case.resource(
                OLD_FUNCTION,
                "api",
                ingressSettings="ALLOW_INTERNAL_ONLY",
                vpcConnector="connector",
                vpcConnectorEgressSettings="ALL_TRAFFIC",
            ),
            ["api > vpc: private"],
        ),
    ],
)
def test_ways_into_a_network(workload: CaseResource, expected: list[str]) -> None:
    assert edges(VPC, SUBNET, CONNECTOR, workload) == sorted(expected)


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        (
            {"run.googleapis.com/network-interfaces": '[{"subnetwork":"subnet"}]'},
            ["api > subnet: private"],
        ),
        (
            {
                "run.googleapis.com/vpc-access-connector": "connector",
                "run.googleapis.com/vpc-access-egress": "all-traffic",
            },
            ["api > vpc: private"],
        ),
        (
            {"run.googleapis.com/network-interfaces": "no json"},
            ["api > Another network: private"],
        ),
        (
            {"run.googleapis.com/network-interfaces": case.output_of("subnet")},
            ["api > subnet: private"],
        ),
    ],
)
def test_ways_of_the_first_version_of_the_api(
    annotations: dict[str, Any], expected: list[str]
) -> None:
    service = case.resource(
        V1,
        "api",
        metadata={"annotations": {"run.googleapis.com/ingress": "internal"}},
        template={"metadata": {"annotations": annotations}},
    )
    found = edges(VPC, SUBNET, CONNECTOR, service)
    assert [edge for edge in found if "Internet" not in edge] == expected


def test_workloads_use_by_iam_what_their_account_is_granted() -> None:
    account = case.resource("gcp:serviceaccount/account:Account", "account", accountId="job")
    job: dict[str, Any] = {"template": {"template": {"serviceAccount": case.output_of("account")}}}
    pool: dict[str, Any] = {"template": {"serviceAccount": "job@p.iam.gserviceaccount.com"}}
    bucket = case.resource("gcp:storage/bucket:Bucket", "bucket", name="bucket")
    found = network(
        account,
        bucket,
        v2(ingress="INGRESS_TRAFFIC_INTERNAL_ONLY"),
        case.resource(JOB, "job", **job),
        case.resource(POOL, "pool", **pool),
        grant(member=case.output_of("account")),
        case.resource(
            "gcp:storage/bucketIAMMember:BucketIAMMember",
            "use",
            bucket="bucket",
            role="roles/storage.objectUser",
            member="serviceAccount:job@p.iam.gserviceaccount.com",
        ),
    )
    names = {node.id: node.name for node in found.nodes}
    assert {
        (names[edge.source], names[edge.target])
        for edge in found.edges
        if edge.reason.startswith("IAM: ")
    } == {("job", "api"), ("pool", "api"), ("job", "bucket"), ("pool", "bucket")}
