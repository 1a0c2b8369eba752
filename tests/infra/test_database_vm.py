"""A database in a container on a virtual machine, as any stack may have one."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pulumi
import pytest

from infra.config.networking import NetworkConfig
from infra.databases.vm import DatabaseVm, DatabaseVmArgs
from infra.networking import Network, NetworkArgs
from infra.project import EnabledApis, ImageRegistry, StackContext
from infra.secrets import SecretStore, SecretStoreArgs
from tests.infra.deployment import Deployment, in_stack
from tests.infra.machine import SCRIPT

INSTANCE = "gcp:compute/instance:Instance"
DISK = "gcp:compute/disk:Disk"
ADDRESS = "gcp:compute/address:Address"
SCHEDULE = "gcp:compute/resourcePolicy:ResourcePolicy"
FIREWALL = "gcp:compute/firewall:Firewall"

VALUE = "value-of-the-secret"
LABELS = {"app": "apex-memory", "environment": "dev"}


def args(**changes: Any) -> dict[str, Any]:
    """Returns the arguments that need no other resource."""
    return {
        "description": "Vectors.",
        "machine_type": "e2-medium",
        "disk_size": 20,
        "snapshot_retention": 14,
        "image": "mirror.gcr.io/vectors@sha256:12",
        "port": 6333,
        "user": "1000:1000",
        "data_path": "/storage",
        "secret_path": "/config/local.yaml",
        "secret_template": "service:\n  api_key: {secret:yaml}\n",
    } | changes


def build(
    *,
    protected: bool = False,
    options: dict[str, pulumi.ResourceOptions] | None = None,
    **changes: Any,
) -> tuple[DatabaseVm, Deployment]:
    """Returns a machine, and all that was asked for to have it.

    Args:
        protected: Whether the stack is protected against deletion.
        options: Gets the options of each resource, by its type.
        changes: What differs from the arguments.
    """

    def note(
        asked: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        if options is not None:
            options[asked.type_] = asked.opts
        return None

    def program() -> DatabaseVm:
        pulumi.runtime.register_stack_transformation(note)
        ctx = StackContext(
            project="a-project",
            region="europe-west1",
            environment="production" if protected else "dev",
            labels=LABELS,
            deletion_protection=protected,
            apis=EnabledApis("apis"),
        )
        network = Network(
            "network",
            NetworkArgs(ctx=ctx, config=NetworkConfig()),
        )
        secrets = SecretStore(
            "secrets",
            SecretStoreArgs(
                ctx=ctx,
                values={name: pulumi.Output.secret(VALUE) for name in ("vectors-key", "other")},
                version=7,
            ),
        )
        around = {
            "ctx": ctx,
            "network": network,
            "images": ImageRegistry("images", ctx=ctx),
            "secret": secrets["vectors-key"],
        }
        return DatabaseVm("vectors", DatabaseVmArgs(**args(**around, **changes)))

    return in_stack("dev", {}, program)


@pytest.fixture(scope="module")
def built() -> tuple[DatabaseVm, Deployment]:
    return build()


@pytest.fixture
def vm(built: tuple[DatabaseVm, Deployment]) -> DatabaseVm:
    return built[0]


@pytest.fixture
def deployment(built: tuple[DatabaseVm, Deployment]) -> Deployment:
    return built[1]


def metadata(deployment: Deployment) -> Mapping[str, str]:
    found: Mapping[str, str] = deployment.one(INSTANCE).inputs["metadata"]
    return found


def test_machine_has_a_private_address_and_no_other(deployment: Deployment) -> None:
    address = deployment.one(ADDRESS).inputs
    assert address["addressType"] == "INTERNAL"
    assert address["subnetwork"] == "apex-memory-subnet"
    [interface] = deployment.one(INSTANCE).inputs["networkInterfaces"]
    assert interface == {"subnetwork": "apex-memory-subnet", "networkIp": "10.10.0.2"}


def test_machine_is_shielded(deployment: Deployment) -> None:
    assert deployment.one(INSTANCE).inputs["shieldedInstanceConfig"] == {
        "enableSecureBoot": True,
        "enableVtpm": True,
        "enableIntegrityMonitoring": True,
    }


def test_who_logs_in_is_decided_by_iam(deployment: Deployment) -> None:
    told = metadata(deployment)
    assert told["enable-oslogin"] == "true"
    assert told["block-project-ssh-keys"] == "true"
    assert told["serial-port-enable"] == "false"
    assert "ssh-keys" not in told


def test_only_clients_and_the_identity_aware_proxy_get_in(
    vm: DatabaseVm, deployment: Deployment
) -> None:
    rules = [rule.inputs for rule in deployment.all(FIREWALL)]
    ways_in = {
        (*rule["sourceRanges"], *(port for allow in rule["allows"] for port in allow["ports"]))
        for rule in rules
        if rule["direction"] == "INGRESS" and "allows" in rule
    }
    assert ways_in == {("10.10.0.0/20", "6333"), ("35.235.240.0/20", "22")}
    for rule in rules:
        if rule["direction"] == "INGRESS" and "allows" in rule:
            assert rule["targetTags"] == deployment.one(INSTANCE).inputs["tags"] == ["vectors"]
    [way_out] = [rule for rule in rules if vm.network_tag in rule.get("targetTags", [])]
    assert way_out["direction"] == "EGRESS"
    assert way_out["destinationRanges"] == ["10.10.0.0/20"]


def test_machine_has_an_identity_with_few_roles(deployment: Deployment) -> None:
    account = deployment.one("gcp:serviceaccount/account:Account")
    assert account.inputs["accountId"] == "vectors-vm"
    roles = {grant.inputs["role"] for grant in deployment.all("gcp:projects/iAMMember:IAMMember")}
    assert roles == {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
    pulls = deployment.all("gcp:artifactregistry/repositoryIamMember:RepositoryIamMember")
    assert {grant.inputs["role"] for grant in pulls} == {"roles/artifactregistry.reader"}


def test_what_it_and_its_database_say_is_logged(deployment: Deployment) -> None:
    """What the agents of Container-Optimized OS need, besides the two roles above."""
    instance = deployment.one(INSTANCE)
    told = metadata(deployment)
    assert told["google-logging-enabled"] == told["google-monitoring-enabled"] == "true"
    image = instance.inputs["bootDisk"]["initializeParams"]["image"]
    [milestone] = re.findall(r"cos-(\d+)-lts$", image)
    assert int(milestone) >= 113, "before, the agent was a container, which nobody could pull"
    before = deployment.before(instance)
    assert {"logging.googleapis.com", "monitoring.googleapis.com"} <= {
        known.inputs.get("service") for known in before
    }
    [name] = [it for it in before if it.inputs.get("name") == "*.googleapis.com."]
    [way_out] = [it.inputs for it in before if it.name == "allow-google-apis"]
    assert way_out["direction"] == "EGRESS"
    assert way_out["allows"] == [{"protocol": "tcp", "ports": ["443"]}]
    assert "targetTags" not in way_out
    [reached] = way_out["destinationRanges"]
    assert all(IPv4Address(address) in IPv4Network(reached) for address in name.inputs["rrdatas"])


def test_machine_reads_one_secret(deployment: Deployment) -> None:
    reader = deployment.one("gcp:secretmanager/secretIamMember:SecretIamMember").inputs
    assert reader["secretId"] == "id-of-vectors-key"
    assert reader["role"] == "roles/secretmanager.secretAccessor"


def test_no_secret_is_in_the_metadata(deployment: Deployment) -> None:
    instance = deployment.one(INSTANCE)
    assert VALUE not in str(instance.inputs)
    assert not instance.secret_inputs
    assert metadata(deployment)["database-secret"] == "id-of-vectors-key/versions/1"


def test_script_is_told_what_it_reads(deployment: Deployment) -> None:
    changed = build(environment={"A": "1", "B": "two words"}, read_only=True, check="ready")[1]
    told = metadata(changed)
    script = SCRIPT.read_text("utf-8")
    assert told["startup-script"] == script
    read = set(re.findall(r"\$\((?:required|attribute) (database-[a-z-]+)\)", script))
    read |= set(re.findall(r"^attribute (database-[a-z-]+)", script, re.MULTILINE))
    assert read == {key for key in told if key.startswith("database-")}
    assert told["database-environment"] == "A=1\nB=two words"
    assert told["database-read-only"] == "true"
    assert told["database-check"] == "ready"

    # An attribute without a value is not there.
    required = set(re.findall(r"\$\(required (database-[a-z-]+)\)", script))
    assert {key for key in metadata(deployment) if key.startswith("database-")} == required


def test_machine_starts_when_it_has_all_it_needs(deployment: Deployment) -> None:
    before = {resource.type for resource in deployment.before(deployment.one(INSTANCE))}
    assert {
        DISK,
        ADDRESS,
        FIREWALL,
        "gcp:dns/recordSet:RecordSet",
        "gcp:projects/iAMMember:IAMMember",
        "gcp:secretmanager/secretIamMember:SecretIamMember",
        "gcp:secretmanager/secretVersion:SecretVersion",
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember",
    } <= before


def test_data_outlives_the_machine(deployment: Deployment) -> None:
    disk, instance = deployment.one(DISK), deployment.one(INSTANCE)
    assert instance.inputs["attachedDisks"] == [
        {"source": "id-of-vectors-data", "deviceName": "data"}
    ]
    assert "/google-data}" in SCRIPT.read_text("utf-8")
    assert instance.urn not in {known.urn for known in deployment.before(disk)}
    assert instance.urn not in {known.urn for known in deployment.before(deployment.one(ADDRESS))}
    assert disk.inputs["type"] == "pd-balanced"
    assert disk.inputs["size"] == 20
    assert disk.inputs["zone"] == instance.inputs["zone"] == "europe-west1-b"


def test_disk_restored_from_a_snapshot_is_kept() -> None:
    options: dict[str, pulumi.ResourceOptions] = {}
    build(options=options)
    assert options[DISK].ignore_changes == ["snapshot"]


def test_snapshot_is_taken_every_day_and_outlives_the_disk(deployment: Deployment) -> None:
    schedule = deployment.one(SCHEDULE).inputs
    policy = schedule["snapshotSchedulePolicy"]
    assert policy["schedule"]["dailySchedule"]["daysInCycle"] == 1
    assert policy["retentionPolicy"] == {
        "maxRetentionDays": 14,
        "onSourceDiskDelete": "KEEP_AUTO_SNAPSHOTS",
    }
    assert policy["snapshotProperties"]["storageLocations"] == schedule["region"] == "europe-west1"
    assert policy["snapshotProperties"]["labels"] == LABELS
    attached = deployment.one(
        "gcp:compute/diskResourcePolicyAttachment:DiskResourcePolicyAttachment"
    )
    assert attached.inputs["name"] == schedule["name"]
    assert attached.inputs["disk"] == deployment.one(DISK).inputs["name"]


def test_boot_disk_is_labelled_and_goes_with_the_machine(deployment: Deployment) -> None:
    boot = deployment.one(INSTANCE).inputs["bootDisk"]
    assert boot["autoDelete"] is True
    assert "labels" not in boot["initializeParams"]  # Others would be another machine.
    assert boot["initializeParams"]["image"].startswith("projects/cos-cloud/global/images/family/")


def test_machine_comes_back_and_may_be_stopped_for_an_update(deployment: Deployment) -> None:
    instance = deployment.one(INSTANCE).inputs
    assert instance["scheduling"] == {"automaticRestart": True, "onHostMaintenance": "MIGRATE"}
    assert instance["allowStoppingForUpdate"] is True


@pytest.mark.parametrize("protected", [False, True])
def test_protection_is_the_stacks(*, protected: bool) -> None:
    deployment = build(protected=protected)[1]
    assert deployment.one(INSTANCE).inputs["deletionProtection"] is protected
    for type_ in (INSTANCE, DISK):
        assert deployment.one(type_).protected is protected, type_


OTHERS = dict.fromkeys(("ctx", "network", "images", "secret"))


@pytest.mark.parametrize("value", ["two\nlines", "two\r\nlines", "line\n", "two\u2028lines"])
def test_environment_variable_of_two_lines_is_refused(value: str) -> None:
    message = f"the environment variable A has a line break: {value!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        DatabaseVmArgs(**args(**OTHERS, environment={"A": value}))


@pytest.mark.parametrize(
    "template", ["", "{secret} {secret}", "{secret} {secret:yaml}", "{Secret}"]
)
def test_template_without_exactly_one_place_for_the_secret_is_refused(template: str) -> None:
    message = f"the secret's template needs one placeholder: {template!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        DatabaseVmArgs(**args(**OTHERS, secret_template=template))
