"""Cloud Run services: what answers requests."""

from dataclasses import dataclass, field
from typing import Literal

import pulumi
import pulumi_gcp as gcp

from infra.compute.workload import Workload, WorkloadArgs
from infra.release import Release

Ingress = Literal["ALL", "INTERNAL_LOAD_BALANCER", "INTERNAL_ONLY"]
"""Who may connect: everybody; the VPC and the load balancer; the VPC alone."""


@dataclass(frozen=True, kw_only=True)
class CloudRunServiceArgs(WorkloadArgs):
    """What a `CloudRunService` is built from."""

    ingress: Ingress
    public: bool = False
    """Whether requests need no identity."""
    asks_iam: bool = True
    """Whether a public service asks IAM all the same, where everybody is let in.

    An organization with domain restricted sharing refuses that: then it does not ask (Cloud Run,
    "Allow public access", 2026).
    """
    port: int = 8080
    health_path: str = "/health"
    """Answers 200 when the service can serve."""
    min_instances: int = 0
    max_instances: int = 1
    concurrency: int = 80
    """Requests that one instance handles at a time."""
    timeout: int = 300
    """Longest time for one request, in seconds."""
    always_allocated: bool = False
    """Whether an instance has its CPU between requests, too."""
    release: Release = field(default_factory=Release)
    """How the requests are shared out between revisions."""
    startup_seconds: int = 240
    """How long an instance may take to begin: at most 240."""


class CloudRunService(Workload):
    """A service with its own identity, let in wherever the databases it is given need it."""

    name: pulumi.Output[str]
    url: pulumi.Output[str]
    """`https://<...>.run.app`; who may use it is a matter of `ingress` and `public`."""

    def __init__(
        self, name: str, args: CloudRunServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("apex:compute:CloudRunService", name, args, opts)
        service = gcp.cloudrunv2.Service(
            name,
            name=args.ctx.name(name),
            description=args.description,
            location=args.ctx.region,
            ingress=f"INGRESS_TRAFFIC_{args.ingress}",
            template=self._template(args),
            invoker_iam_disabled=True if args.public and not args.asks_iam else None,
            traffics=[
                gcp.cloudrunv2.ServiceTrafficArgs(**target) for target in args.release.traffic()
            ],
            deletion_protection=False,
            labels=args.ctx.labels,
            opts=self._options(args, protect=args.ctx.deletion_protection),
        )
        if args.public and args.asks_iam:
            gcp.cloudrunv2.ServiceIamMember(
                f"{name}-public",
                name=service.name,
                location=args.ctx.region,
                role="roles/run.invoker",
                member="allUsers",
                opts=pulumi.ResourceOptions(parent=self, protect=args.ctx.deletion_protection),
            )
        self.name = service.name
        self.url = service.uri
        self.register_outputs({"name": self.name, "url": self.url})

    def _template(self, args: CloudRunServiceArgs) -> gcp.cloudrunv2.ServiceTemplateArgsDict:
        resources = {
            "limits": {"cpu": args.cpu, "memory": args.memory},
            "cpu_idle": not args.always_allocated,
            "startup_cpu_boost": True,
        }
        health = {"path": args.health_path, "port": args.port}
        return {
            "service_account": self.identity.email,
            "execution_environment": "EXECUTION_ENVIRONMENT_GEN2",
            "max_instance_request_concurrency": args.concurrency,
            "timeout": f"{args.timeout}s",
            "scaling": {
                "min_instance_count": args.min_instances,
                "max_instance_count": args.max_instances,
            },
            "containers": [
                self._container(
                    args,
                    ports={"container_port": args.port},
                    resources=resources,
                    startup_probe={
                        "http_get": health,
                        "period_seconds": 10,
                        "timeout_seconds": 5,
                        "failure_threshold": args.startup_seconds // 10,
                    },
                    liveness_probe={
                        "http_get": health,
                        "period_seconds": 30,
                        "timeout_seconds": 5,
                        "failure_threshold": 3,
                    },
                )
            ],
            "volumes": self._volumes(args),
            "vpc_access": self._vpc_access(args),
            "labels": args.ctx.labels,
        }
