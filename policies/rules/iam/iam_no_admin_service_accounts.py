"""Service accounts have no admin, owner or editor role."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants


def _is_admin(role: str) -> bool:
    return role in ("roles/owner", "roles/editor") or role.lower().endswith("admin")


@rule(
    severity="high",
    on=(
        "gcp:projects/iAMMember:IAMMember",
        "gcp:projects/iAMBinding:IAMBinding",
        "gcp:folder/iAMMember:IAMMember",
        "gcp:folder/iAMBinding:IAMBinding",
        "gcp:organizations/iAMMember:IAMMember",
        "gcp:organizations/iAMBinding:IAMBinding",
    ),
    controls=[
        "cis-gcp-4.0:1.5",
        "cis-gcp-5.0:1.6",
        "pci-dss-4.0:1.5.1",
        "pci-dss-4.0:7.2.1",
        "pci-dss-4.0:7.2.2",
        "pci-dss-4.0:7.2.3",
        "pci-dss-4.0:7.2.5",
        "pci-dss-4.0:7.3.1",
        "pci-dss-4.0:7.3.2",
        "pci-dss-4.0:7.3.3",
        "pci-dss-4.0:8.2.1",
        "pci-dss-4.0:8.2.2",
        "pci-dss-4.0:8.2.5",
        "pci-dss-4.0:8.2.7",
        "pci-dss-4.0:8.2.8",
        "pci-dss-4.0:8.3.4",
        "iso-27001:A.5.15",
        "iso-27001:A.5.18",
        "iso-27001:A.8.2",
        "iso-27001:A.8.3",
        "soc2:CC1.3",
        "soc2:CC6.3",
        "hipaa:164.308(a)(1)(ii)(B)",
        "hipaa:164.308(a)(3)(i)",
        "hipaa:164.308(a)(4)(i)",
        "hipaa:164.312(a)(1)",
        "checkov:CKV_GCP_42",
        "trivy:GCP-0007",
    ],
    fix="Grant the narrow role the workload needs.",
)
def iam_no_admin_service_accounts(grant: Resource) -> Iterator[Complaint]:
    """A leaked key or a bug controls the project."""
    for given in grants(grant):
        if _is_admin(given.role) and given.member.startswith("serviceAccount:"):
            yield grant.fail(f"grants {given.role} to a service account", at=given.path)


CASES = [
    case.passes(role="roles/run.viewer", member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.passes(role="roles/owner", member="group:team@example.org"),
    case.passes(role="roles/cloudsql.admin", member="group:team@example.org"),
    case.passes(
        role="roles/iam.administratorNot", member="serviceAccount:api@p.iam.gserviceaccount.com"
    ),
    case.fails(role="roles/owner", member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(role="roles/editor", member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(role="roles/cloudsql.admin", member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(
        role="roles/resourcemanager.projectIamAdmin",
        member="serviceAccount:api@p.iam.gserviceaccount.com",
    ),
    case.fails(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/owner",
            members=[
                "serviceAccount:api@p.iam.gserviceaccount.com",
                "serviceAccount:api@p.iam.gserviceaccount.com",
            ],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
    case.passes(
        case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/owner", members=[])
    ),
    case.passes(case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/owner")),
    case.passes(role="roles/run.viewer"),
    case.undecided(role=case.UNKNOWN, member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.undecided(role="roles/owner", member=case.UNKNOWN),
    case.undecided(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding", role="roles/owner", members=case.UNKNOWN
        )
    ),
    case.passes(member="serviceAccount:api@p.iam.gserviceaccount.com"),
    case.fails(
        case.resource(
            "gcp:folder/iAMMember:IAMMember",
            role="roles/owner",
            member="serviceAccount:api@p.iam.gserviceaccount.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:folder/iAMBinding:IAMBinding",
            role="roles/owner",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMMember:IAMMember",
            role="roles/owner",
            member="serviceAccount:api@p.iam.gserviceaccount.com",
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMBinding:IAMBinding",
            role="roles/owner",
            members=["serviceAccount:api@p.iam.gserviceaccount.com"],
        )
    ),
]
