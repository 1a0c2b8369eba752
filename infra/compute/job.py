"""Cloud Run jobs: what runs to its end."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_gcp as gcp

from infra.compute.workload import Workload, WorkloadArgs
from infra.project import GoogleApi, ServiceIdentity

OPERATORS_JOB = "operator-"
"""What the names of those jobs begin with that operators run, and see the end of: no alert does."""
SCHEDULE_RETRIES = 3
"""How often a schedule tries again to start its job."""


@dataclass(frozen=True, kw_only=True)
class CloudRunJobArgs(WorkloadArgs):
    """What a `CloudRunJob` is built from."""

    timeout: int = 600
    """Longest time for one attempt, in seconds."""
    retries: int = 1
    """Attempts after the first."""
    run: Literal["with-the-deployment", "on-schedule", "by-hand"]
    schedule: str = ""
    """When it runs, as cron has it, in UTC; for `on-schedule`."""


class CloudRunJob(Workload):
    """A job with its own identity, let in wherever the databases it is given need it.

    One that runs with the deployment does so when it is created and whenever anything in it
    changes; the deployment waits for it, and fails when it does.
    """

    name: pulumi.Output[str]

    def __init__(
        self, name: str, args: CloudRunJobArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:CloudRunJob", name, args, opts)
        template: gcp.cloudrunv2.JobTemplateArgsDict = {
            "task_count": 1,
            "template": {
                "service_account": self.identity.email,
                "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
                "timeout": f"{args.timeout}s",
                "max_retries": args.retries,
                "containers": [self._container(args)],
                "volumes": self._volumes(args),
                "vpc_access": self._vpc_access(args),
            },
            "labels": args.ctx.labels,
        }
        job = gcp.cloudrunv2.Job(
            name,
            name=args.ctx.name(name),
            location=args.ctx.region,
            template=template,
            run_execution_token=_token(template) if args.run == "with-the-deployment" else None,
            deletion_protection=False,
            labels=args.ctx.labels,
            opts=self._options(args),
        )
        if args.run == "on-schedule":
            self._schedule(name, job, args)
        self.name = job.name
        self.register_outputs({"name": self.name})

    def _schedule(self, name: str, job: gcp.cloudrunv2.Job, args: CloudRunJobArgs) -> None:
        """Runs the job at its times, as an identity that may do nothing else."""
        child = pulumi.ResourceOptions(parent=self)
        scheduler = ServiceIdentity(
            f"{name}-cron", ctx=args.ctx, description=f"Runs the job {name}.", opts=child
        )
        invoker = gcp.cloudrunv2.JobIamMember(
            f"{name}-cron",
            name=job.name,
            location=args.ctx.region,
            role="roles/run.invoker",
            member=scheduler.member,
            opts=child,
        )
        gcp.cloudscheduler.Job(
            name,
            name=args.ctx.name(name),
            description=args.description,
            region=args.ctx.region,
            schedule=args.schedule,
            time_zone="Etc/UTC",
            attempt_deadline="60s",  # The call starts the job, and does not wait for it.
            retry_config=gcp.cloudscheduler.JobRetryConfigArgs(retry_count=SCHEDULE_RETRIES),
            http_target=gcp.cloudscheduler.JobHttpTargetArgs(
                http_method="POST",
                uri=pulumi.Output.concat("https://run.googleapis.com/v2/", job.id, ":run"),
                oauth_token=gcp.cloudscheduler.JobHttpTargetOauthTokenArgs(
                    service_account_email=scheduler.email
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[args.ctx.apis[GoogleApi.CLOUD_SCHEDULER], invoker]
            ),
        )


def _token(template: gcp.cloudrunv2.JobTemplateArgsDict) -> pulumi.Output[str]:
    """Returns a suffix for an execution's name, another one whenever the job is another one.

    Job and suffix together have fewer than 63 characters (the provider's documentation).
    """
    return pulumi.Output.json_dumps(template, sort_keys=True).apply(
        lambda text: f"r{hashlib.sha256(text.encode()).hexdigest()[:10]}"
    )
