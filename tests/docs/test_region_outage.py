"""What docs/runbooks/region-outage.md calls lost is in the region, and the rest can be rebuilt."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.infra.deployment import Deployment, deploy
from tests.policies.judged import Apex

pytestmark = pytest.mark.no_cover

PAGE = (ROOT / "docs/runbooks/region-outage.md").read_text("utf-8")
REGION, OTHER = "us-central1", "us-east1"


def test_what_the_page_calls_lost_is_kept_in_the_region_alone() -> None:
    deployment = deploy("production", {"qdrant-runtime": "vm"})
    assert set(_locations(deployment).values()) == {REGION}
    rows = dict(re.findall(r"^\| ([\w ]+) \| ([^|]*) \|", PAGE, re.MULTILINE))
    for part in ("PostgreSQL", "Neo4j", "secrets", "images"):
        assert "**in the region**" in rows[part], part
    assert "bucket **of the region**" in rows["Qdrant"]


def _locations(deployment: Deployment) -> dict[str, str]:
    found = {}
    for instance in deployment.all("gcp:sql/databaseInstance:DatabaseInstance"):
        found["backups"] = instance.inputs["settings"]["backupConfiguration"]["location"]
    for policy in deployment.all("gcp:compute/resourcePolicy:ResourcePolicy"):
        snapshots = policy.inputs["snapshotSchedulePolicy"]["snapshotProperties"]
        found[f"snapshots {policy.name}"] = snapshots["storageLocations"]
    for bucket in deployment.all("gcp:storage/bucket:Bucket"):
        found[f"bucket {bucket.name}"] = bucket.inputs["location"]
    for repository in deployment.all("gcp:artifactregistry/repository:Repository"):
        found[f"images {repository.name}"] = repository.inputs["location"]
    for secret in deployment.all("gcp:secretmanager/secret:Secret"):
        [replica] = secret.inputs["replication"]["userManaged"]["replicas"]
        found[f"secret {secret.name}"] = replica["location"]
    assert len({name.split()[0] for name in found}) == 5
    return found


def test_production_can_be_rebuilt_elsewhere_as_the_page_says(
    repository: Path, tmp_path: Path, apex: Apex
) -> None:
    rebuilt = tmp_path / "rebuilt"
    shutil.copytree(repository, rebuilt, symlinks=True)
    prose = " ".join(PAGE.split())
    for name, changes in {
        "Pulumi.production.yaml": {
            f"region: {REGION}": f"region: {OTHER}",
            "project: apex-memory-prod": "project: apex-memory-recovery",
        },
        "policy-pack.yaml": {
            f"regions: [{REGION}]": f"regions: [{OTHER}]",
            "cost-within-budget: mandatory": (
                "cost-within-budget: {level: mandatory, undecided: advisory}"
            ),
        },
    }.items():
        text = (rebuilt / name).read_text("utf-8")
        for old, new in changes.items():
            assert text.count(old) == 1
            text = text.replace(old, new)
            assert new.split(": ", 1)[1] in prose, new
        (rebuilt / name).write_text(text, "utf-8")

    apex.writing(rebuilt, "preview", "--stack", "production").expect(
        0, "production may be deployed"
    )
