"""Every config key of a stack, changed and changed back."""

from __future__ import annotations

from typing import Any

import yaml

from infra.config import StackConfig
from infra.config.keys import keys_of
from tests.engine.harness import ROOT

DIGEST = f"sha256:{'1' * 64}"

IN_PLACE = {
    "database-tier": "db-custom-2-7680",
    "api-image": f"apex-api@{DIGEST}",
    "worker-image": f"apex-worker@{DIGEST}",
    "min-instances": "2",
    "max-instances": "7",
    "temporal-address": "temporal.example.com:7233",
    "worker-instances": "3",
    "worker-stable-revision": "apex-worker-00001-rev",
}
"""What is changed day by day."""

HARMLESS = {
    "owner": "search",
    "cost-center": "cc-42",
    "billing-account": "0A0A0A-0A0A0A-0A0A0A",
    "budget-amount": "150",
    "budget-currency": "EUR",
    "github-repository": "other/infrastructure",
    "github-repository-id": "42",
    "vpc-connector": "apex-connector",
    "vpc-connector-cidr": "10.10.32.0/28",
    "database-high-availability": "true",
    "database-public-ip": "false",
    "database-backup-retention": "21",
    "database-disk-limit": "300",
    "postgres-client-image": f"docker.io/postgres@{DIGEST}",
    "neo4j-image": f"docker.io/neo4j@{DIGEST}",
    "neo4j-machine-type": "e2-medium",
    "redis-memory-size": "2",
    "qdrant-image": f"docker.io/qdrant/qdrant@{DIGEST}",
    "qdrant-memory": "4Gi",
    "qdrant-snapshot-image": f"docker.io/curlimages/curl@{DIGEST}",
    "qdrant-snapshot-schedule": "0 3 * * *",
    "operator-access": "true",
    "operators": "group:operators@example.com",
    "redis-client-image": f"docker.io/redis@{DIGEST}",
    "api-stable-revision": "apex-api-00001-rev",
    "api-candidate-revision": "apex-api-00002-rev",
    "api-candidate-percent": "10",
    "release-steps": "5,100",
    "api-cpu": "2",
    "api-memory": "4Gi",
    "load-balancer": "true",
    "api-domain": "other.apex-memory.example",
    "cloud-armor": "false",
    "api-rate-limit": "300",
    "temporal-namespace": "other",
    "temporal-task-queue": "other",
    "worker-cpu": "2",
    "worker-memory": "4Gi",
    "collector-image": f"otelcol@{DIGEST}",
    "alert-email": "other@example.com",
    "alert-critical-channel": "projects/apex-memory-prod/notificationChannels/1234567890",
    "secrets-version": "2",
    "secret-rotations": "jwt-secret-key=1, openai-api-key=1+2",
}
"""What costs no data and no way in, whether it changes in place or is made anew."""

OF_STACK = {
    "dev": {"cloud-armor": "true", "database-public-ip": "true"},
    "staging": {},
    "production": {"database-high-availability": "false"},
}
"""Where a stack has that value already, or may have one that the others may not."""

GROWS = {"database-disk-size": "30", "neo4j-disk-size": "30"}
"""What can only grow."""

GUARDED = {
    "name-suffix": "2",
    "redis-tier": "STANDARD_HA",
    "qdrant-runtime": "vm",
    "domain-restricted-sharing": "true",
    "load-balancer": "false",
    "api-domain": "",
    "cloud-armor": "false",
}
"""What takes data or the way in along."""

APART = {"worker-autoscaled": "true"}
"""What contradicts one of those that are changed day by day."""

TAKEN_OVER = {"database-instance": "postgres-restored"}
"""What is there before: tests/engine/test_restore.py takes it over."""

GUARDED_PARTS = "api, postgres, qdrant, redis"

LASTING = {
    "name-prefix": "blue",
    "subnet-cidr": "10.10.0.0/21",
    "private-services-cidr": "10.30.0.0/16",
}
"""What stays as it was at the first deployment: it is in use until the last."""

REFUSED = {
    ("name-suffix",): "gcp:sql/databaseInstance:DatabaseInstance::postgres",
    ("redis-tier",): "gcp:redis/instance:Instance::redis",
    (
        "domain-restricted-sharing",
    ): "gcp:cloudrunv2/serviceIamMember:ServiceIamMember::apex-api-public",
    ("qdrant-runtime",): "gcp:cloudrunv2/service:Service::qdrant",
    (
        "load-balancer",
        "api-domain",
        "cloud-armor",
    ): "gcp:compute/globalForwardingRule:GlobalForwardingRule::apex-api-https",
    ("subnet-cidr",): "gcp:compute/subnetwork:Subnetwork::subnet",
    ("private-services-cidr",): "gcp:compute/globalAddress:GlobalAddress::private-services",
}
"""For the sake of what it is refused to change some keys."""

PROTECTION = {"deletion-protection", "unprotected"}


def harmless(stack: str) -> dict[str, str]:
    """What is above; and each key that is not named here, with the example that it declares."""
    named = IN_PLACE.keys() | GROWS.keys() | GUARDED.keys() | APART.keys() | TAKEN_OVER.keys()
    named |= LASTING.keys() | PROTECTION
    return (
        {
            key.name: key.example
            for key in keys_of(StackConfig)
            if key.example and key.is_declared and key.name not in named
        }
        | HARMLESS
        | OF_STACK[stack]
    )


def declared() -> dict[str, Any]:
    """The config keys, as Pulumi.yaml declares them."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text("utf-8"))
    return dict(document["config"])


def original(stack: str) -> dict[str, str]:
    """What the stack's file has, or the default; without secrets."""
    file = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text("utf-8"))["config"]
    own = {key.partition(":")[2]: value for key, value in file.items()}
    values = {key: it["default"] for key, it in declared().items() if "default" in it}
    values |= {key: own[key] for key in values.keys() & own.keys()}
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in values.items()
    }
