"""Commands of programs that cannot be run here, with the options that each has.

What the pages use of them, and no more. Of gcloud the page of a command is its words behind
https://docs.cloud.google.com/sdk/gcloud/reference/ (read for 578.0.0, August 2026), of temporal
https://docs.temporal.io/cli, of tcld https://docs.temporal.io/cloud/tcld (both August 2026), of
terraform https://developer.hashicorp.com/terraform/cli/commands (November 2026), of bq
https://docs.cloud.google.com/bigquery/docs/reference/bq-cli-reference (December 2026).
"""

from __future__ import annotations

from collections.abc import Mapping

_LIST = "--filter --limit --page-size --sort-by"
_SERVICE = "--region"

GCLOUD: Mapping[str, str] = {
    "artifacts docker images list": f"--include-tags {_LIST}",
    "asset search-all-resources": "--scope --query --asset-types",
    "auth application-default login": "",
    "auth configure-docker": "",
    "auth login": "",
    "beta monitoring channels list": _LIST,
    "billing accounts add-iam-policy-binding": "--member --role",
    "billing accounts list": _LIST,
    "billing budgets list": f"--billing-account {_LIST}",
    "billing projects link": "--billing-account",
    "compute disks create": (
        "--description --resource-policies --size --source-snapshot --type --zone"
    ),
    "compute disks delete": "--zone",
    "compute disks describe": "--zone",
    "compute instances attach-disk": "--device-name --disk --zone",
    "compute instances describe": "--zone",
    "compute instances detach-disk": "--disk --zone",
    "compute instances get-serial-port-output": "--zone",
    "compute instances reset": "--zone",
    "compute instances start": "--zone",
    "compute instances stop": "--zone",
    "compute instances update": "--zone --deletion-protection --no-deletion-protection",
    "compute operations list": _LIST,
    "compute project-info describe": "",
    "compute regions describe": "",
    "compute routers get-nat-mapping-info": "--region",
    "compute snapshots create": "--source-disk --source-disk-zone --storage-location",
    "compute snapshots delete": "",
    "compute snapshots list": _LIST,
    "compute ssh": "--command --tunnel-through-iap --zone",
    "compute ssl-certificates list": _LIST,
    "config set": "",
    "kms keyrings create": "--location",
    "kms keys add-iam-policy-binding": "--keyring --location --member --role",
    "kms keys create": "--keyring --location --purpose --rotation-period --next-rotation-time",
    "logging read": "--freshness --limit --order",
    "projects create": "--organization --folder",
    "projects get-iam-policy": _LIST,
    "quotas info list": f"--service {_LIST}",
    "quotas preferences create": (
        "--dimensions --email --justification --preferred-value --quota-id --service"
    ),
    "quotas preferences list": _LIST,
    "redis instances describe": "--region",
    "redis instances update": "--region --enable-auth --no-enable-auth",
    "redis operations list": f"--region {_LIST}",
    "run jobs execute": f"{_SERVICE} --args --update-env-vars --wait",
    "run jobs executions cancel": _SERVICE,
    "run jobs executions describe": _SERVICE,
    "run jobs executions list": f"{_SERVICE} --job {_LIST}",
    "run revisions list": f"{_SERVICE} --service {_LIST}",
    "run services describe": _SERVICE,
    "run services logs read": f"{_SERVICE} --limit",
    "run services update": f"{_SERVICE} --update-env-vars",
    "run services update-traffic": f"{_SERVICE} --to-revisions",
    "run worker-pools describe": _SERVICE,
    "run worker-pools update": f"{_SERVICE} --container --update-env-vars",
    "scheduler jobs describe": "--location",
    "scheduler jobs pause": "--location",
    "scheduler jobs resume": "--location",
    "scheduler jobs run": "--location",
    "secrets versions access": "--secret",
    "secrets versions disable": "--secret",
    "secrets versions enable": "--secret",
    "secrets versions list": _LIST,
    "services enable": "",
    "sql backups create": "--description --instance --location",
    "sql backups list": f"--instance {_LIST}",
    "sql backups restore": "--backup-instance --backup-project --restore-instance",
    "sql instances clone": "--point-in-time --source-instance-deletion-time",
    "sql instances create": (
        "--database-version --edition --network --no-assign-ip --region --storage-size --tier"
    ),
    "sql instances delete": "",
    "sql instances describe": "",
    "sql instances failover": "",
    "sql instances get-latest-recovery-time": "",
    "sql instances patch": "--deletion-protection --no-deletion-protection",
    "sql operations list": f"--instance {_LIST}",
    "sql users set-password": "--instance --prompt-for-password",
    "storage buckets add-iam-policy-binding": "--member --role",
    "storage buckets create": "--location --uniform-bucket-level-access --public-access-prevention",
    "storage buckets update": "--versioning",
    "storage cp": "--recursive",
    "storage ls": "--all-versions --soft-deleted",
    "storage mv": "",
    "storage restore": "",
    "storage rm": "--all-versions --recursive",
}
GCLOUD_WIDE = "--billing-project --flatten --format --impersonate-service-account --project --quiet"

TEMPORAL: Mapping[str, str] = {
    "task-queue describe": "--task-queue",
    "workflow count": "--query",
    "workflow describe": "--workflow-id",
    "workflow list": "--limit --query",
    "workflow reset": "--query --reason --type",
    "workflow show": "--workflow-id",
    "workflow terminate": "--reason --workflow-id",
}
TEMPORAL_WIDE = "--address --namespace --tls-cert-path --tls-key-path"

_CA = "--organization --validity-period --ca-certificate-file --ca-key-file"
TCLD: Mapping[str, str] = {
    "generate-certificates certificate-authority-certificate": _CA,
    "generate-certificates end-entity-certificate": f"{_CA} --certificate-file --key-file",
    "namespace accepted-client-ca list": "--namespace",
    "namespace accepted-client-ca set": "--namespace --ca-certificate-file",
}

TERRAFORM: Mapping[str, str] = {"plan": "-out", "show": "-json"}

BQ: Mapping[str, str] = {
    "load": (
        "--hive_partitioning_mode --hive_partitioning_source_uri_prefix --replace"
        " --source_format --time_partitioning_field"
    ),
    "query": "--use_legacy_sql",
}

CLIS = {
    "bq": (BQ, ""),
    "gcloud": (GCLOUD, GCLOUD_WIDE),
    "terraform": (TERRAFORM, ""),
    "temporal": (TEMPORAL, TEMPORAL_WIDE),
    "tcld": (TCLD, ""),
}
"""Each program's commands, and the options that all of them have."""

OTHERS = {
    *(
        "cat",
        "crane",
        "curl",
        "cut",
        "date",
        "dig",
        "docker",
        "gh",
        "git",
        "grep",
        "head",
        "openssl",
        "sed",
        "sha256sum",
    ),
    *("shred", "sort", "tail", "tr", "uniq"),
    # On a database's machine.
    *("df", "sudo"),
    # What pages about other things run, in tests of their own.
    *(
        "code",
        "conftest",
        "npm",
        "npx",
        "pip",
        "python3",
        ".ci/run",
        ".venv/bin/pre-commit",
        ".venv/bin/uv",
    ),
}
"""Programs that are everywhere, whose commands are only looked through by shellcheck."""
