"""Nobody may impersonate all service accounts of a project, folder or organization."""

from collections.abc import Iterator

from policies.model import Complaint, Resource, case, rule
from policies.model.google.iam import grants

IMPERSONATION = (
    "roles/iam.serviceAccountUser",
    "roles/iam.serviceAccountTokenCreator",
    "roles/iam.serviceAccountOpenIdTokenCreator",
)


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
        "cis-gcp-4.0:1.6",
        "cis-gcp-5.0:1.7",
        "pci-dss-4.0:1.5.1",
        "pci-dss-4.0:7.2.1",
        "pci-dss-4.0:7.2.2",
        "pci-dss-4.0:7.2.5",
        "pci-dss-4.0:7.3.1",
        "pci-dss-4.0:7.3.2",
        "pci-dss-4.0:7.3.3",
        "pci-dss-4.0:8.2.2",
        "pci-dss-4.0:8.2.7",
        "pci-dss-4.0:8.2.8",
        "pci-dss-4.0:8.3.4",
        "iso-27001:A.5.3",
        "iso-27001:A.5.15",
        "iso-27001:A.8.2",
        "soc2:CC1.3",
        "hipaa:164.308(a)(1)(ii)(B)",
        "hipaa:164.308(a)(3)(i)",
        "hipaa:164.308(a)(4)(i)",
        "hipaa:164.312(a)(1)",
        "checkov:CKV_GCP_41",
        "trivy:GCP-0005",
        "trivy:GCP-0009",
        "trivy:GCP-0011",
    ],
    fix="Use serviceaccount.IAMMember on one account.",
)
def iam_no_impersonation_roles(grant: Resource) -> Iterator[Complaint]:
    """The holder can act as every service account below."""
    for given in grants(grant):
        if given.role in IMPERSONATION:
            yield grant.fail(f"grants {given.role} on all service accounts at once", at=given.path)


CASES = [
    case.passes(role="roles/run.viewer", member="group:team@example.org"),
    case.fails(role="roles/iam.serviceAccountUser", member="group:team@example.org"),
    case.fails(role="roles/iam.serviceAccountTokenCreator", member="group:team@example.org"),
    case.fails(role="roles/iam.serviceAccountOpenIdTokenCreator", member="group:team@example.org"),
    case.fails(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/iam.serviceAccountUser",
            members=["group:team@example.org", "group:team@example.org"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/run.viewer",
            members=["group:team@example.org"],
        )
    ),
    case.passes(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding", role="roles/iam.serviceAccountUser", members=[]
        )
    ),
    case.passes(
        case.resource("gcp:projects/iAMBinding:IAMBinding", role="roles/iam.serviceAccountUser")
    ),
    case.passes(role="roles/run.viewer"),
    case.undecided(role=case.UNKNOWN, member="group:team@example.org"),
    case.fails(role="roles/iam.serviceAccountUser", member=case.UNKNOWN),
    case.undecided(
        case.resource(
            "gcp:projects/iAMBinding:IAMBinding",
            role="roles/iam.serviceAccountUser",
            members=case.UNKNOWN,
        )
    ),
    case.passes(member="group:team@example.org"),
    case.fails(
        case.resource(
            "gcp:folder/iAMMember:IAMMember",
            role="roles/iam.serviceAccountUser",
            member="group:team@example.org",
        )
    ),
    case.fails(
        case.resource(
            "gcp:folder/iAMBinding:IAMBinding",
            role="roles/iam.serviceAccountUser",
            members=["group:team@example.org"],
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMMember:IAMMember",
            role="roles/iam.serviceAccountUser",
            member="group:team@example.org",
        )
    ),
    case.fails(
        case.resource(
            "gcp:organizations/iAMBinding:IAMBinding",
            role="roles/iam.serviceAccountUser",
            members=["group:team@example.org"],
        )
    ),
]
