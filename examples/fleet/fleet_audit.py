"""A nightly audit of a fleet: a job on Cloud Run, its tables in a bucket, BigQuery over them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
import pulumi_gcp as gcp

APIS = ("bigquery", "cloudscheduler", "iam", "logging", "monitoring", "run", "storage")
COLUMNS: Mapping[str, Sequence[Mapping[str, str]]] = json.loads(
    Path(__file__).with_name("columns.json").read_text("utf-8")
)
"""The columns of each table, as BigQuery has them."""


@dataclass(frozen=True, kw_only=True)
class FleetAuditArgs:
    """What a `FleetAudit` is built from."""

    project: str
    region: str
    image: str
    """Of apex with the extra `fleet`, by digest."""
    state_buckets: Sequence[str]
    """The buckets with the states, which are read and never written."""
    email: str
    """Who is told when a night fails."""
    owners_label: str = "team"
    """The label that says whose a resource is."""
    tasks: int = 100
    """Parts of the fleet, each judged by a task of its own."""
    parallelism: int = 20
    """Tasks at the same time."""
    schedule: str = "0 2 * * *"
    """When it runs, as cron has it, in UTC."""
    days: int = 400
    """For how long tables are kept."""
    labels: Mapping[str, str] = field(default_factory=dict)


class FleetAudit(pulumi.ComponentResource):
    """The job, its schedule, the identity that reads states alone, the tables, and an alert."""

    results: pulumi.Output[str]
    dataset: pulumi.Output[str]

    def __init__(
        self, name: str, args: FleetAuditArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:fleet:FleetAudit", name, None, opts)
        self._name, self._args = name, args
        self._apis = [
            gcp.projects.Service(
                f"{name}-{api}",
                project=args.project,
                service=f"{api}.googleapis.com",
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for api in APIS
        ]
        self._opts = pulumi.ResourceOptions(parent=self, depends_on=self._apis)
        auditor = self._identity("auditor", "Reads the states of stacks, and writes tables.")
        bucket = self._bucket()
        readers = [
            gcp.storage.BucketIAMMember(
                f"{name}-reads-{state}",
                bucket=state,
                role="roles/storage.objectViewer",
                member=auditor.member,
                opts=self._opts,
            )
            for state in args.state_buckets
        ]
        writer = gcp.storage.BucketIAMMember(
            f"{name}-writes",
            bucket=bucket.name,
            role="roles/storage.objectUser",
            member=auditor.member,
            opts=self._opts,
        )
        job = self._job(auditor, bucket, [*readers, writer])
        self._schedule(job)
        self._tables(bucket)
        self._alert(job)
        self.results = bucket.url
        self.register_outputs({"results": self.results, "dataset": self.dataset})

    def _identity(self, name: str, description: str) -> gcp.serviceaccount.Account:
        return gcp.serviceaccount.Account(
            f"{self._name}-{name}",
            account_id=f"{self._name}-{name}",
            description=description,
            opts=self._opts,
        )

    def _bucket(self) -> gcp.storage.Bucket:
        return gcp.storage.Bucket(
            f"{self._name}-results",
            name=f"{self._args.project}-{self._name}",
            location=self._args.region,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning={"enabled": True},
            lifecycle_rules=[
                {"action": {"type": "Delete"}, "condition": {"age": self._args.days}},
                # A run that is gone on with writes again what it wrote before.
                {
                    "action": {"type": "Delete"},
                    "condition": {"num_newer_versions": 1, "days_since_noncurrent_time": 7},
                },
            ],
            labels=self._args.labels,
            opts=self._opts,
        )

    def _job(
        self,
        auditor: gcp.serviceaccount.Account,
        bucket: gcp.storage.Bucket,
        grants: Sequence[pulumi.Resource],
    ) -> gcp.cloudrunv2.Job:
        args = self._args
        command: list[pulumi.Input[str]] = [
            *("fleet", "audit", *(f"gs://{state}" for state in args.state_buckets)),
            *("--results", bucket.url, "--owner-label", args.owners_label),
            # A task that is tried again goes on where it was; what is wrong with stacks fails none,
            # as no other try would find less.
            *("--resume", "--exit-zero"),
            # Of the container's 2 GiB, with what the process has and the tables below /tmp.
            *("--memory-limit", "1024"),
        ]
        return gcp.cloudrunv2.Job(
            self._name,
            name=self._name,
            location=args.region,
            template={
                "task_count": args.tasks,
                "parallelism": args.parallelism,
                "template": {
                    "service_account": auditor.email,
                    "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
                    "timeout": "3600s",
                    "max_retries": 3,
                    "containers": [
                        {
                            "image": args.image,
                            "args": command,
                            "resources": {"limits": {"cpu": "1", "memory": "2Gi"}},
                        }
                    ],
                },
                "labels": args.labels,
            },
            deletion_protection=False,
            labels=args.labels,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*self._apis, *grants]),
        )

    def _schedule(self, job: gcp.cloudrunv2.Job) -> None:
        """Runs the job every night, as an identity that may do nothing else."""
        scheduler = self._identity("cron", "Starts the audit of the fleet.")
        invoker = gcp.cloudrunv2.JobIamMember(
            f"{self._name}-cron",
            name=job.name,
            location=self._args.region,
            role="roles/run.invoker",
            member=scheduler.member,
            opts=self._opts,
        )
        gcp.cloudscheduler.Job(
            self._name,
            name=self._name,
            description="Judges every stack of the organization.",
            region=self._args.region,
            schedule=self._args.schedule,
            time_zone="Etc/UTC",
            attempt_deadline="60s",  # The call starts the job, and does not wait for it.
            retry_config={"retry_count": 3},
            http_target={
                "http_method": "POST",
                "uri": pulumi.Output.concat("https://run.googleapis.com/v2/", job.id, ":run"),
                "oauth_token": {"service_account_email": scheduler.email},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[*self._apis, invoker]),
        )

    def _tables(self, bucket: gcp.storage.Bucket) -> None:
        """BigQuery over the tables where they are; a query names a day, and reads no other."""
        dataset = gcp.bigquery.Dataset(
            self._name,
            dataset_id=self._name.replace("-", "_"),
            location=self._args.region,
            description="What the audit of the fleet has found, by day.",
            delete_contents_on_destroy=False,
            labels=self._args.labels,
            opts=self._opts,
        )
        for table, columns in COLUMNS.items():
            folder = pulumi.Output.concat(bucket.url, "/", table)
            gcp.bigquery.Table(
                f"{self._name}-{table}",
                dataset_id=dataset.dataset_id,
                table_id=table,
                deletion_protection=False,  # The rows are in the bucket.
                external_data_configuration={
                    "autodetect": False,
                    "source_format": "PARQUET",
                    "source_uris": [pulumi.Output.concat(folder, "/*.parquet")],
                    "schema": json.dumps(columns),
                    "hive_partitioning_options": {
                        "mode": "CUSTOM",
                        "source_uri_prefix": pulumi.Output.concat(folder, "/{day:DATE}"),
                    },
                },
                labels=self._args.labels,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.dataset = dataset.dataset_id

    def _alert(self, job: gcp.cloudrunv2.Job) -> None:
        """Tells people when a night fails, or leaves a state out: by what is logged of it."""
        channel = gcp.monitoring.NotificationChannel(
            f"{self._name}-email",
            type="email",
            display_name="Who looks after the audit of the fleet",
            labels={"email_address": self._args.email},
            user_labels=self._args.labels,
            opts=self._opts,
        )
        gcp.monitoring.AlertPolicy(
            f"{self._name}-failed",
            display_name="The audit of the fleet has failed",
            combiner="OR",
            severity="ERROR",
            conditions=[
                {
                    "display_name": "The job failed, or did not judge every state",
                    "condition_matched_log": {
                        "filter": pulumi.Output.concat(
                            'resource.type="cloud_run_job" AND resource.labels.job_name="',
                            job.name,
                            '" AND (severity>=ERROR OR textPayload=~"[1-9][0-9,]* not judged")',
                        )
                    },
                }
            ],
            alert_strategy={
                "notification_rate_limit": {"period": "3600s"},
                "auto_close": "86400s",
            },
            notification_channels=[channel.name],
            documentation={
                "content": "A task failed, or some states could not be judged. `apex fleet report` "
                "says which stacks are missing and why, and the job's log what failed.",
                "mime_type": "text/markdown",
            },
            user_labels=self._args.labels,
            opts=self._opts,
        )
