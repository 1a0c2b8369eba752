"""What holds for everything in a stack, and how the stacks differ."""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree
from typing import Any

import pulumi_gcp
import pytest

from infra.project import GoogleApi
from tests.infra.deployment import (
    ROOT,
    Deployment,
    Registered,
    deploy,
    secret_keys,
    secret_value,
)

SQL = "gcp:sql/databaseInstance:DatabaseInstance"
MACHINE = "gcp:compute/instance:Instance"

PROTECTED = {
    "api": {
        "Service apex-api",
        "ServiceIamMember apex-api-public",
        "GlobalAddress apex-api",
        "GlobalForwardingRule apex-api-https",
        "GlobalForwardingRule apex-api-http",
    },
    "images": {"Repository apex"},
    "neo4j": {"Instance neo4j", "Disk neo4j-data"},
    "network": {
        "Subnetwork subnet",
        "GlobalAddress private-services",
        "Connection private-services",
    },
    "postgres": {"DatabaseInstance postgres", "Database database"},
    "qdrant": {"Service qdrant", "Bucket qdrant-snapshots"},
    "redis": {"Instance redis"},
    "secrets": {
        *(f"Secret {key}" for key in secret_keys()),
        "Secret redis-auth-string",
        "Secret redis-ca-certificate",
    },
    "worker": {"WorkerPool apex-worker"},
}
"""What holds data or serves, by the part that it belongs to."""

API_OF = {
    "artifactregistry": GoogleApi.ARTIFACT_REGISTRY,
    "billing": GoogleApi.BILLING_BUDGETS,
    "cloudrunv2": GoogleApi.CLOUD_RUN,
    "cloudscheduler": GoogleApi.CLOUD_SCHEDULER,
    "compute": GoogleApi.COMPUTE,
    "dns": GoogleApi.DNS,
    "iam": GoogleApi.IAM,
    "logging": GoogleApi.LOGGING,
    "monitoring": GoogleApi.MONITORING,
    "redis": GoogleApi.REDIS,
    "secretmanager": GoogleApi.SECRET_MANAGER,
    "serviceaccount": GoogleApi.IAM,
    "servicenetworking": GoogleApi.SERVICE_NETWORKING,
    "sql": GoogleApi.SQL_ADMIN,
    "storage": GoogleApi.STORAGE,
    "vpcaccess": GoogleApi.VPC_ACCESS,
}


def cloud_resources(deployment: Deployment) -> list[Registered]:
    return [resource for resource in deployment.resources if resource.type.startswith("gcp:")]


def parameters(resource: Registered) -> set[str]:
    """Returns the inputs that the SDK knows for a resource's type."""
    _, module, class_ = resource.type.split(":")
    type_ = getattr(getattr(pulumi_gcp, module.split("/")[0]), class_)
    return set(inspect.signature(type_._internal_init).parameters)


def test_every_cloud_resource_belongs_to_a_component(deployment: Deployment) -> None:
    for resource in cloud_resources(deployment):
        assert resource.urn.split("::")[2].startswith("apex:"), resource.urn


def test_every_labelable_resource_carries_the_labels(stack: str, deployment: Deployment) -> None:
    labelled = {
        resource.urn: resource.inputs.get("userLabels" if "user_labels" in known else "labels")
        for resource in cloud_resources(deployment)
        if (known := parameters(resource)) & {"labels", "user_labels"}
    }
    labelled["postgres"] = deployment.one(SQL).inputs["settings"].get("userLabels")
    for name, labels in labelled.items():
        assert labels == {
            "app": "apex-memory",
            "environment": stack,
            "managed-by": "pulumi",
            "owner": "platform",
            "cost-center": "apex-memory",
        }, name


def test_labels_follow_the_configuration() -> None:
    zone = deploy("dev", {"owner": "search", "cost-center": "cc-42"}).one(
        "gcp:dns/managedZone:ManagedZone", "run-app"
    )
    assert zone.inputs["labels"]["owner"] == "search"
    assert zone.inputs["labels"]["cost-center"] == "cc-42"


@pytest.mark.parametrize("connector", ["", "apex-vpc-connector"])
def test_everything_waits_for_its_api(connector: str) -> None:
    deployment = deploy("dev", {"vpc-connector": connector})
    for resource in cloud_resources(deployment):
        module = resource.type.split(":")[1].split("/")[0]
        if module == "projects":
            continue
        before = {known.inputs.get("service") for known in deployment.before(resource)}
        assert API_OF[module] in before, resource.urn


def test_apis_stay_on_when_the_stack_goes(deployment: Deployment) -> None:
    services = deployment.all("gcp:projects/service:Service")
    assert {service.inputs["service"] for service in services} == {str(api) for api in GoogleApi}
    assert not any(service.inputs["disableOnDestroy"] for service in services)


def protected(deployment: Deployment) -> set[str]:
    """Returns what Pulumi refuses to delete, as `<type> <name>`."""
    return {
        f"{resource.type.rpartition(':')[2]} {resource.name}"
        for resource in deployment.resources
        if resource.protected
    }


def test_what_holds_data_or_serves_is_protected_except_in_dev(
    stack: str, deployment: Deployment
) -> None:
    expected = set() if stack == "dev" else set().union(*PROTECTED.values())
    assert protected(deployment) == expected


@pytest.mark.parametrize("parts", [["qdrant"], ["redis", "api"], list(PROTECTED)], ids=",".join)
def test_protection_is_taken_away_by_part(parts: list[str]) -> None:
    deployment = deploy("production", {"unprotected": ", ".join(parts)})
    assert protected(deployment) == {
        name for part, names in PROTECTED.items() if part not in parts for name in names
    }
    open_ = "postgres" in parts
    assert deployment.one(SQL).inputs["deletionProtection"] is not open_
    assert deployment.one(SQL).inputs["settings"]["deletionProtectionEnabled"] is not open_


@pytest.mark.parametrize("runtime", ["cloud-run", "vm"])
def test_what_left_the_program_is_refused_by_pulumi_alone(stack: str, runtime: str) -> None:
    """The provider reads its own protection from the state, where nothing can lift it any more.

    Of two types Google has one, too, which can be lifted there.
    """
    deployment = deploy(stack, {"qdrant-runtime": runtime})
    for resource in cloud_resources(deployment):
        assert resource.inputs.get("deletionPolicy") in {None, "ABANDON", "REMOVE_PEERING"}
        if "deletion_protection" in parameters(resource):
            # Omitted, it is on, but for secrets.
            omitted = False if resource.type.endswith(":Secret") else None
            assert resource.inputs.get("deletionProtection", omitted) is (
                stack != "dev" and resource.type in {SQL, MACHINE}
            ), resource.urn
    settings = deployment.one(SQL).inputs["settings"]
    assert settings["deletionProtectionEnabled"] is (stack != "dev")


def test_no_secret_value_outside_a_secret_input(deployment: Deployment) -> None:
    plain = [
        {key: value for key, value in r.inputs.items() if key not in r.secret_inputs}
        for r in deployment.resources
    ]
    text = json.dumps([plain, deployment.outputs])
    for key in secret_keys():
        assert secret_value(key) not in text, key


def test_secrets_and_their_fingerprints_go_into_write_only_inputs_alone(
    deployment: Deployment,
) -> None:
    marked = {(r.type.split(":")[-1], *sorted(r.secret_inputs)) for r in deployment.resources}
    assert {entry for entry in marked if len(entry) > 1} == {
        ("SecretVersion", "secretDataWo", "secretDataWoVersion"),
        ("User", "passwordWo", "passwordWoVersion"),
    }


def test_outputs_are_what_operators_need(stack: str, deployment: Deployment) -> None:
    project = {"production": "apex-memory-prod"}.get(stack, f"apex-memory-{stack}")
    outputs = dict(deployment.outputs)
    assert outputs.pop("api_url").startswith("https://")  # test_api.py
    assert set(outputs.pop("secret_ids")) == {
        f"id-of-{secret.name}" for secret in deployment.all("gcp:secretmanager/secret:Secret")
    }
    assert outputs == {
        "project_id": project,
        "region": "us-central1",
        "api_address": None if stack == "dev" else "203.0.113.10",
        "api_service": "apex-api",
        "worker_pool": "apex-worker",
        "image_repository": f"us-central1-docker.pkg.dev/{project}/apex",
        "network": "apex-memory-vpc",
        "subnetwork": "apex-memory-subnet",
        "postgres_connection": "a-project:us-central1:postgres",
        "postgres_private_ip": "10.20.0.2",
        "postgres_database": "apex_memory",
        "postgres_user": "apex",
        "neo4j_instance": "neo4j",
        "neo4j_private_ip": "10.10.0.2",
        "redis_host": "10.20.0.3",
        "qdrant_snapshots": f"{project}-qdrant-snapshots",
        "pipeline_providers": {
            pipeline: "projects/123456789012/locations/global/workloadIdentityPools/github"
            f"/providers/github-{pipeline}"
            for pipeline in ("preview", "deploy")
        },
        "pipeline_identities": {
            pipeline: f"github-{pipeline}@a-project.iam.gserviceaccount.com"
            for pipeline in ("preview", "deploy")
        },
    }


def differing(one: Any, other: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """Returns where two values differ, by path."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            path_: values
            for key in one | other
            for path_, values in differing(
                one.get(key), other.get(key), f"{path}.{key}".lstrip(".")
            ).items()
        }
    return {} if one == other else {path: (one, other)}


def test_dev_staging_and_production_differ_in_size_and_safety(
    dev: Deployment, staging: Deployment, production: Deployment
) -> None:
    settings = {
        "settings.tier": ("db-f1-micro", "db-custom-1-3840", "db-custom-1-3840"),
        "settings.availabilityType": ("ZONAL", "ZONAL", "REGIONAL"),
        "settings.diskSize": (10, 10, 20),
        "settings.diskAutoresizeLimit": (50, 50, 200),
        "settings.backupConfiguration.backupRetentionSettings.retainedBackups": (7, 14, 30),
        "settings.userLabels.environment": ("dev", "staging", "production"),
        "settings.deletionProtectionEnabled": (False, True, True),
        "deletionProtection": (False, True, True),
    }
    found = [deployment.one(SQL).inputs for deployment in (dev, staging, production)]
    for first, second in ((0, 1), (1, 2)):
        assert differing(found[first], found[second]) == {
            path: (values[first], values[second])
            for path, values in settings.items()
            if values[first] != values[second]
        }


def test_modules_that_lie_about_hide_nothing(tmp_path: Path) -> None:
    """The program finds its own `infra`, and everybody else's modules are found as ever."""
    copytree(ROOT / "infra", tmp_path / "infra")
    for name in ("pydantic", "secrets", "policies", "pulumi"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(__file__)\n")
    (tmp_path / "infra" / "pydantic.py").write_text("raise SystemExit(__file__)\n")
    host = tmp_path / "elsewhere" / "host.py"
    host.parent.mkdir()
    host.write_text(
        "import runpy, pulumi\n"
        "try:\n"
        "    runpy.run_path('__main__.py', run_name='__main__')\n"
        "except pulumi.RunError as error:\n"
        "    print(error)\n"
        "import infra.secrets, secrets\n"
        "print(infra.__file__, secrets.__file__)\n"
    )
    ran = subprocess.run(
        [sys.executable, str(host)],
        cwd=tmp_path / "infra",
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    *message, files = ran.stdout.splitlines()
    assert message[0] == "The configuration of stack stack is not valid."
    own, standard = files.split()
    assert Path(own) == tmp_path / "infra" / "__init__.py"
    assert not Path(standard).is_relative_to(tmp_path)
