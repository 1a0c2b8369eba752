"""What other providers make is judged by the same rules, and found where the program says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from apex_guardrails.decide import Decision, decide
from apex_guardrails.model import (
    UNKNOWN,
    EnforcedRule,
    EnforcementLevel,
    Outcome,
    Resource,
    Secret,
    Stack,
    case,
)
from apex_guardrails.model.reach import Reach
from apex_guardrails.provider import resource_type
from apex_guardrails.rules import all_rules
from apex_guardrails.testing.cases import build
from apex_guardrails.translation import equivalent

SQL = "kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLInstance"
FIREWALL = "kubernetes:compute.cnrm.cloud.google.com/v1beta1:ComputeFirewall"
NETWORK = "kubernetes:compute.cnrm.cloud.google.com/v1beta1:ComputeNetwork"
BUCKET = "kubernetes:storage.cnrm.cloud.google.com/v1beta1:StorageBucket"
MEMBER = "kubernetes:iam.cnrm.cloud.google.com/v1beta1:IAMPolicyMember"
POLICY = "kubernetes:iam.cnrm.cloud.google.com/v1beta1:IAMPolicy"
CLUSTER = "kubernetes:container.cnrm.cloud.google.com/v1beta1:ContainerCluster"
CUSTOM = "kubernetes:apiextensions.k8s.io:CustomResource"
RULES = [
    EnforcedRule(rule, rule.level, rule.level, rule.parameters())
    for rule in all_rules()
    if rule.level is not EnforcementLevel.DISABLED and not rule.opt_in
]


def judged(*resources: case.CaseResource) -> tuple[Stack, Decision]:
    stack = build(RULES[0].rule, case.fails(*resources))
    decision = decide(stack, RULES)
    assert not decision.errors
    return stack, decision


def found(*resources: case.CaseResource) -> set[tuple[str, str]]:
    """The rule and the path of every violation."""
    _, decision = judged(*resources)
    return {(it.rule.id, it.path) for it in decision.findings if it.outcome is Outcome.FAILS}


def made(token: str, **inputs: Any) -> Any:
    """What an object is as a resource of Google Cloud's provider."""
    resource = Resource(
        f"urn:pulumi:s::p::{token}::n", resource_type(token), inputs, Stack("s", "p")
    )
    same = equivalent(resource)
    assert same is not None
    return same.value


def test_a_database_with_a_public_address_is_found_where_the_manifest_says_it() -> None:
    address = {"ipv4Enabled": True, "authorizedNetworks": [{"name": "all", "value": "0.0.0.0/0"}]}
    database = case.resource(
        SQL,
        apiVersion="sql.cnrm.cloud.google.com/v1beta1",
        kind="SQLInstance",
        metadata={"name": "shop"},
        spec={
            "databaseVersion": "POSTGRES_17",
            "region": "europe-west1",
            "settings": {"tier": "db-f1-micro", "ipConfiguration": address},
        },
    )
    at = "spec.settings.ipConfiguration"
    assert {
        ("sql-no-public-ip", f"{at}.ipv4Enabled"),
        ("sql-authorized-networks-not-open", f"{at}.authorizedNetworks[0].value"),
        # What is left out stands where it would be written.
        ("sql-ssl-enforced", f"{at}.sslMode"),
    } <= found(database)


def test_a_custom_resource_says_itself_what_it_is() -> None:
    spec = {"location": "EU", "uniformBucketLevelAccess": True, "versioning": {"enabled": True}}
    bucket = case.resource(
        CUSTOM, apiVersion="storage.cnrm.cloud.google.com/v1beta1", kind="StorageBucket", spec=spec
    )
    ids = {rule for rule, _ in found(bucket)}
    assert "storage-public-access-prevention" in ids
    assert not {"storage-uniform-access", "storage-versioning-enabled"} & ids
    assert not found(
        case.resource(CUSTOM, apiVersion="example.org/v1", kind="StorageBucket", spec=spec)
    )


def test_a_firewall_is_judged_with_its_network() -> None:
    network = case.resource(
        NETWORK, "vpc", metadata={"name": "vpc"}, spec={"autoCreateSubnetworks": False}
    )
    firewall = case.resource(
        FIREWALL,
        metadata={"name": "ssh"},
        spec={
            "networkRef": {"name": "vpc"},
            "allow": [{"protocol": "tcp", "ports": ["22"]}],
            "sourceRanges": ["0.0.0.0/0"],
        },
    )
    assert ("firewall-ssh-not-public", "spec.allow[0].ports[0]") in {
        (rule, path) for rule, path in found(network, firewall)
    } or any(rule == "firewall-ssh-not-public" for rule, _ in found(network, firewall))
    assert made(FIREWALL, **firewall.inputs)["network"] == "vpc"


@pytest.mark.parametrize(
    ("token", "spec", "rule", "path"),
    [
        (
            MEMBER,
            {"role": "roles/run.viewer", "member": "allUsers"},
            "iam-no-public-members",
            "spec.member",
        ),
        (
            POLICY,
            {"bindings": [{"role": "roles/run.viewer", "members": ["allUsers"]}]},
            "iam-no-public-members",
            "spec.bindings",
        ),
    ],
)
def test_a_grant_to_everybody(token: str, spec: Mapping[str, Any], rule: str, path: str) -> None:
    project = {"kind": "Project", "external": "projects/p"}
    assert (rule, path) in found(case.resource(token, spec={**spec, "resourceRef": project}))


def test_a_member_that_is_an_account_of_the_cluster_is_a_service_account() -> None:
    spec = {
        "role": "roles/editor",
        "memberFrom": {"serviceAccountRef": {"name": "api"}},
        "resourceRef": {"kind": "Project", "external": "projects/p"},
    }
    assert ("iam-no-admin-service-accounts", "spec.memberFrom") in found(
        case.resource(MEMBER, spec=spec)
    )


def test_a_password_in_the_manifest_is_found_and_one_in_a_secret_is_none() -> None:
    def rules(given: Mapping[str, Any]) -> set[str]:
        spec = {"databaseVersion": "MYSQL_8_4", "rootPassword": given}
        return {rule for rule, path in found(case.resource(SQL, spec=spec)) if "assword" in path}

    assert "sql-root-password-not-literal" in rules({"value": "correct horse"})
    assert not rules({"valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}})


def test_references_labels_maps_and_names_have_their_place() -> None:
    assert made(
        "kubernetes:compute.cnrm.cloud.google.com/v1beta1:ComputeInstance",
        metadata={"name": "vm", "labels": {"team": "shop"}},
        spec={
            "resourceID": "vm-1",
            "machineType": "e2-small",
            "metadata": [{"key": "enable-oslogin", "value": "TRUE"}],
            "serviceAccount": {"serviceAccountRef": {"external": "a@p.iam.gserviceaccount.com"}},
            "networkInterface": [{"networkRef": {"name": "vpc"}, "accessConfig": [{}]}],
        },
    ) == {
        "name": "vm-1",
        "machineType": "e2-small",
        "labels": {"team": "shop"},
        "metadata": {"enable-oslogin": "TRUE"},
        "serviceAccount": {"email": "a@p.iam.gserviceaccount.com"},
        "networkInterfaces": [{"network": "vpc", "accessConfigs": [{}]}],
    }


def test_directives_of_annotations_are_inputs() -> None:
    annotations = {
        "cnrm.cloud.google.com/remove-default-node-pool": "true",
        "cnrm.cloud.google.com/project-id": "p",
        "example.org/initial-node-count": "1",
    }
    assert made(CLUSTER, metadata={"annotations": annotations}, spec={"location": "EU"}) == {
        "location": "EU",
        "removeDefaultNodePool": True,
    }


def test_labels_that_are_missing_are_the_manifest_s() -> None:
    stack = build(RULES[0].rule, case.fails(case.resource(BUCKET, spec={})))
    [bucket] = stack.of_type("gcp:storage/bucket:Bucket")

    assert bucket.told_at("labels") == "metadata.labels"


def test_what_does_not_translate_is_advice_and_no_verdict() -> None:
    spec = {"location": "EU", "somethingNew": {"uniform": True}}
    _, decision = judged(case.resource(BUCKET, spec=spec))
    [finding] = [it for it in decision.findings if it.rule.id == "storage-uniform-access"]

    assert finding.outcome is Outcome.UNDECIDED
    assert finding.level is EnforcementLevel.ADVISORY
    assert finding.path.startswith("spec.")
    assert "no translation" in finding.message


def test_what_is_not_known_waits_as_elsewhere() -> None:
    spec = {"settings": {"ipConfiguration": {"ipv4Enabled": Secret(UNKNOWN)}}}
    _, decision = judged(case.resource(SQL, spec=spec))
    [finding] = [it for it in decision.findings if it.rule.id == "sql-no-public-ip"]

    assert finding.outcome is Outcome.UNDECIDED
    assert finding.path == "spec.settings.ipConfiguration.ipv4Enabled"
    assert finding.level is EnforcementLevel.MANDATORY


def test_it_counts_as_evaluated_and_other_kinds_do_not() -> None:
    stack, _ = judged(
        case.resource(SQL, spec={}),
        case.resource("kubernetes:sql.cnrm.cloud.google.com/v1beta1:SQLSSLCert", spec={}),
        case.resource(SQL, "unknown", spec=UNKNOWN),
    )
    reach = Reach.of(stack, (item.rule for item in RULES))

    assert reach.evaluated == 1
    assert sum(reach.not_evaluated["kubernetes"].values()) == 2


@pytest.mark.parametrize(
    ("token", "inputs", "rule", "path"),
    [
        (
            "google-native:sqladmin/v1:Instance",
            {
                "databaseVersion": "POSTGRES_17",
                "settings": {"ipConfiguration": {"ipv4Enabled": True}},
            },
            "sql-no-public-ip",
            "settings.ipConfiguration.ipv4Enabled",
        ),
        (
            "google-native:compute/v1:Firewall",
            {
                "network": "vpc",
                "sourceRanges": ["0.0.0.0/0"],
                "allowed": [{"ipProtocol": "tcp", "ports": ["22"]}],
            },
            "firewall-ssh-not-public",
            "allowed[0]",
        ),
        (
            "google-native:storage/v1:Bucket",
            {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": False}}},
            "storage-uniform-access",
            "iamConfiguration.uniformBucketLevelAccess.enabled",
        ),
        (
            "google-native:sqladmin/v1:User",
            {"name": "app", "password": "correct horse"},
            "sql-user-password-not-literal",
            "password",
        ),
        (
            "google-native:secretmanager/v1:Version",
            {"payload": {"data": "Y29ycmVjdCBob3JzZQ=="}},
            "secretmanager-version-data-not-literal",
            "payload.data",
        ),
        (
            "google-native:cloudresourcemanager/v3:ProjectIamMember",
            {"role": "roles/owner", "member": "group:team@example.org"},
            "iam-no-basic-roles-project",
            "role",
        ),
    ],
)
def test_the_discontinued_package(
    token: str, inputs: Mapping[str, Any], rule: str, path: str
) -> None:
    assert (rule, path) in found(case.CaseResource(token, inputs))


def test_one_password_is_one_finding() -> None:
    user = {"name": "app", "password": "correct horse"}
    assert [
        rule
        for rule, path in found(case.CaseResource("google-native:sqladmin/v1:User", user))
        if path == "password"
    ] == ["sql-user-password-not-literal"]


def test_a_good_bucket_of_the_discontinued_package() -> None:
    bucket = case.CaseResource(
        "google-native:storage/v1:Bucket",
        {
            "location": "EU",
            "versioning": {"enabled": True},
            "iamConfiguration": {
                "uniformBucketLevelAccess": {"enabled": True},
                "publicAccessPrevention": "enforced",
            },
            "lifecycle": {
                "rule": [
                    {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": 30}}
                ]
            },
            "cors": [{"origin": ["https://shop.example"], "method": ["GET"]}],
        },
    )
    ids = {rule for rule, _ in found(bucket)}
    assert not {
        it for it in ids if it.startswith(("storage-uniform", "storage-public", "storage-v"))
    }


def test_other_types_have_no_equivalent() -> None:
    for token in (
        "kubernetes:core/v1:Secret",
        "google-native:pubsub/v1:Topic",
        "gcp:sql/user:User",
    ):
        resource = Resource(
            f"urn:pulumi:s::p::{token}::n", resource_type(token), {}, Stack("s", "p")
        )
        assert equivalent(resource) is None


def test_parts_of_a_text_are_known_as_elsewhere() -> None:
    def rules(ranges: Any) -> set[tuple[str, str]]:
        spec = {
            "networkRef": {"name": "vpc"},
            "allow": [{"protocol": "tcp", "ports": ["22"]}],
            "sourceRanges": [ranges],
        }
        _, decision = judged(case.resource(FIREWALL, spec=spec))
        return {
            (it.outcome, it.path)
            for it in decision.findings
            if it.rule.id == "firewall-ssh-not-public"
        }

    assert rules(case.concat(UNKNOWN, "/32")) == set()
    assert rules(case.concat(UNKNOWN, "/0")) == {(Outcome.UNDECIDED, "spec.sourceRanges[0]")}


def test_marks_stay_where_they_are() -> None:
    password = {"databaseVersion": "MYSQL_8_4", "rootPassword": {"value": Secret("correct horse")}}
    assert made(SQL, spec=password)["rootPassword"] == Secret("correct horse")
    assert made(SQL, spec=Secret(password))["databaseVersion"] == Secret("MYSQL_8_4")


def test_a_reference_that_names_nothing_is_not_known() -> None:
    vm = "kubernetes:compute.cnrm.cloud.google.com/v1beta1:ComputeInstance"
    given = {"networkInterface": [{"networkRef": {}}], "serviceAccount": Secret({"scopes": ["x"]})}

    assert made(vm, spec=given) == {
        "networkInterfaces": [{"network": UNKNOWN}],
        "serviceAccount": Secret({"scopes": ["x"]}),
    }


@pytest.mark.parametrize(
    "bindings",
    [
        UNKNOWN,
        [UNKNOWN],
        [{"role": "roles/run.viewer", "members": UNKNOWN}],
        [{"role": UNKNOWN, "members": ["allUsers"]}],
    ],
)
def test_a_policy_of_which_not_all_is_known(bindings: Any) -> None:
    spec = {"resourceRef": {"kind": "Project", "external": "projects/p"}, "bindings": bindings}

    assert made(POLICY, spec=spec) == {"policyData": UNKNOWN}


@pytest.mark.parametrize("token", [MEMBER, POLICY])
def test_a_grant_on_what_has_no_grants_has_no_equivalent(token: str) -> None:
    inputs = {"spec": {"resourceRef": {"kind": "BillingAccount"}, "role": "roles/viewer"}}
    resource = Resource(
        f"urn:pulumi:s::p::{token}::n", resource_type(token), inputs, Stack("s", "p")
    )
    assert equivalent(resource) is None
