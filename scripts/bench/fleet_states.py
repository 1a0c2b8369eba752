"""States as a fleet has them: two hundred resources of twenty types, no two stacks alike."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from apex_guardrails.model import STACK_TYPE

_PROVIDER: Final = "pulumi:providers:gcp"
_REGIONS: Final = ("europe-west1", "us-central1", "europe-west3", "us-east1")


def _types(number: int, region: str) -> dict[str, dict[str, Any]]:
    """The inputs of one resource of each type, some of which are in order."""
    is_good = number % 3 == 0
    name = f"n{number}"
    labels = {"team": "payments", "cost-center": "42"} if is_good else {}
    cidr = "10.0.0.0/8" if is_good else "0.0.0.0/0"
    member = f"serviceAccount:{name}@p.iam.gserviceaccount.com" if is_good else "allUsers"
    machine = {
        "machineType": "e2-small",
        "zone": f"{region}-b",
        "bootDisk": {"initializeParams": {"image": "debian-cloud/debian-12", "size": 20}},
        "networkInterfaces": [{"network": "vpc"} | ({} if is_good else {"accessConfigs": [{}]})],
        "labels": labels,
    }
    settings = {
        "tier": "db-custom-1-3840",
        "ipConfiguration": {"ipv4Enabled": not is_good, "sslMode": "ENCRYPTED_ONLY"},
        "backupConfiguration": {"enabled": is_good, "pointInTimeRecoveryEnabled": is_good},
        "diskSize": 20,
        "userLabels": labels,
    }
    service = {
        "containers": [
            {
                "image": f"{region}-docker.pkg.dev/p/r/{name}:1",
                "envs": [{"name": f"KEY_{key}", "value": f"value-{key}"} for key in range(8)],
                "resources": {"limits": {"cpu": "1", "memory": "512Mi"}},
            }
        ],
        "scaling": {"minInstanceCount": 0, "maxInstanceCount": 10},
    }
    return {
        "gcp:storage/bucket:Bucket": {
            "location": "EU",
            "uniformBucketLevelAccess": is_good,
            "labels": labels,
        },
        "gcp:storage/bucketIAMMember:BucketIAMMember": {
            "bucket": name,
            "role": "roles/storage.objectViewer",
            "member": member,
        },
        "gcp:compute/network:Network": {"autoCreateSubnetworks": not is_good},
        "gcp:compute/subnetwork:Subnetwork": {
            "ipCidrRange": f"10.{number % 250}.0.0/20",
            "network": "vpc",
            "region": region,
            "privateIpGoogleAccess": is_good,
        },
        "gcp:compute/firewall:Firewall": {
            "network": "vpc",
            "allows": [{"protocol": "tcp", "ports": ["22", "443"]}],
            "sourceRanges": [cidr],
        },
        "gcp:compute/instance:Instance": machine,
        "gcp:compute/disk:Disk": {"size": 50, "type": "pd-ssd", "zone": f"{region}-b"},
        "gcp:compute/address:Address": {"region": region},
        "gcp:sql/databaseInstance:DatabaseInstance": {
            "databaseVersion": "POSTGRES_17",
            "region": region,
            "settings": settings,
            "deletionProtection": is_good,
        },
        "gcp:sql/database:Database": {"instance": name},
        "gcp:cloudrunv2/service:Service": {
            "location": region,
            "ingress": "INGRESS_TRAFFIC_ALL",
            "template": service,
            "labels": labels,
        },
        "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": {
            "location": region,
            "name": name,
            "role": "roles/run.invoker",
            "member": member,
        },
        "gcp:serviceaccount/account:Account": {"accountId": name},
        "gcp:projects/iAMMember:IAMMember": {
            "project": "p",
            "role": "roles/viewer" if is_good else "roles/editor",
            "member": f"serviceAccount:{name}@p.iam.gserviceaccount.com",
        },
        "gcp:projects/service:Service": {"service": "run.googleapis.com"},
        "gcp:secretmanager/secret:Secret": {
            "secretId": name,
            "replication": {"auto": {}},
            "labels": labels,
        },
        "gcp:pubsub/topic:Topic": {"labels": labels},
        "gcp:pubsub/subscription:Subscription": {"topic": name},
        "gcp:bigquery/dataset:Dataset": {"datasetId": name, "location": "EU", "labels": labels},
        "gcp:kms/cryptoKey:CryptoKey": {"keyRing": "ring"}
        | ({"rotationPeriod": "7776000s"} if is_good else {}),
    }


def state(project: str, stack: str, resources: int, seed: int) -> dict[str, Any]:
    """A checkpoint of a stack with so many resources."""
    region = _REGIONS[seed % len(_REGIONS)]
    head = f"urn:pulumi:{stack}::{project}::"
    root = f"{head}{STACK_TYPE}::{project}-{stack}"
    provider = f"{head}{_PROVIDER}::default"
    records: list[dict[str, Any]] = [
        {"urn": root, "custom": False, "type": STACK_TYPE, "outputs": {"url": "https://x.example"}},
        {
            "urn": provider,
            "custom": True,
            "id": "p",
            "type": _PROVIDER,
            "inputs": {"project": "p", "region": region},
        },
    ]
    number = seed
    while len(records) < resources + 2:
        for token, inputs in _types(number, region).items():
            records.append(
                {
                    "urn": f"{head}{token}::{project}-{token.rpartition(':')[2]}-{number}",
                    "custom": True,
                    "id": f"projects/p/{number}",
                    "type": token,
                    "inputs": inputs,
                    "outputs": {**inputs, "id": f"projects/p/{number}", "selfLink": "https://l"},
                    "parent": root,
                    "provider": f"{provider}::p",
                    "dependencies": [],
                    "propertyDependencies": {},
                    "created": "2026-11-25T12:00:00Z",
                    "modified": "2026-11-25T12:00:00Z",
                }
            )
            if len(records) == resources + 2:
                break
        number += 1
    latest = {"manifest": {"time": "2026-11-25T12:00:00Z"}, "resources": records}
    name = f"organization/{project}/{stack}"
    return {"version": 3, "checkpoint": {"stack": name, "latest": latest}}


def write_fleet(folder: Path, stacks: int, resources: int) -> Iterator[Path]:
    """Writes a backend of so many stacks, half of them compressed; yields their files."""
    for number in range(stacks):
        project, stack = f"service-{number // 3:05}", ("dev", "staging", "production")[number % 3]
        data = json.dumps(state(project, stack, resources, number), indent=4).encode()
        file = folder / ".pulumi/stacks" / project / f"{stack}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        if number % 2:
            file, data = file.with_suffix(".json.gz"), gzip.compress(data, 6)
        file.write_bytes(data)
        yield file
