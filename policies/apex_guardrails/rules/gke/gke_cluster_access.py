"""Who gets into a GKE cluster, as far as one input says it."""

from apex_guardrails.gcp.inputs import Input
from apex_guardrails.gcp.types import CONTAINER_CLUSTER
from apex_guardrails.rules.families.settings import Setting, cases_of, check_of
from apex_guardrails.rules.families.table import RuleRow, RuleTable

# What is omitted: the provider's defaults, and GKE API, `clusters`; 2026-11.
RULES = RuleTable(
    on=CONTAINER_CLUSTER,
    check=check_of,
    cases=cases_of,
).rules(
    __name__,
    [
        RuleRow(
            id="gke-authorized-networks-no-google-cloud",
            about=Setting(
                input=Input(
                    "masterAuthorizedNetworksConfig.gcpPublicCidrsAccessEnabled", omitted=None
                ),
                refused=(True,),
                accepted=False,
                says="lets every machine of Google Cloud reach its control plane",
            ),
            severity="medium",
            title="GKE control planes do not admit Google Cloud as a whole.",
            why="Anybody can rent a machine there, and is past the list.",
            fix="Set master_authorized_networks_config.gcp_public_cidrs_access_enabled=False.",
        ),
        RuleRow(
            id="gke-no-client-certificate",
            about=Setting(
                input=Input(
                    "masterAuth.clientCertificateConfig.issueClientCertificate", omitted=False
                ),
                refused=(True,),
                accepted=False,
                says="issues a client certificate",
            ),
            severity="high",
            title="GKE clusters issue no client certificate.",
            why="Nobody can revoke it before it expires, and its key lies in the state.",
            fix="Remove master_auth; people and programs sign in through IAM.",
            controls=("checkov:CKV_GCP_13", "trivy:GCP-0064"),
        ),
        RuleRow(
            id="gke-no-legacy-abac",
            about=Setting(
                input=Input("enableLegacyAbac", omitted=False),
                refused=(True,),
                accepted=False,
                says="has legacy authorization (ABAC) enabled",
            ),
            severity="high",
            title="GKE clusters do not use legacy authorization (ABAC).",
            why="Every service account of the cluster may do anything in it, whatever RBAC says.",
            fix="Remove enable_legacy_abac=True, and grant roles by RBAC.",
            controls=("checkov:CKV_GCP_7", "trivy:GCP-0062"),
        ),
        RuleRow(
            id="gke-anonymous-access-limited",
            about=Setting(
                input=Input("anonymousAuthenticationConfig.mode", omitted="ENABLED"),
                refused=("ENABLED",),
                accepted="LIMITED",
                required=True,
                says="answers who is not signed in",
            ),
            severity="low",
            title="GKE control planes answer nobody who is not signed in, but for health checks.",
            why="A wrong binding of roles then opens the cluster to everybody.",
            fix='Set anonymous_authentication_config.mode="LIMITED".',
            opt_in=True,
        ),
        RuleRow(
            id="gke-no-authenticated-bindings",
            about=Setting(
                input=Input(
                    "rbacBindingConfig.enableInsecureBindingSystemAuthenticated", omitted=True
                ),
                refused=(True,),
                accepted=False,
                required=True,
                says="accepts roles for everybody with a Google account",
            ),
            severity="medium",
            title="GKE refuses roles for system:authenticated.",
            why="One binding is enough, and everybody with a Google account is in the cluster.",
            fix="Set rbac_binding_config.enable_insecure_binding_system_authenticated=False.",
            opt_in=True,
        ),
        RuleRow(
            id="gke-no-unauthenticated-bindings",
            about=Setting(
                input=Input(
                    "rbacBindingConfig.enableInsecureBindingSystemUnauthenticated", omitted=True
                ),
                refused=(True,),
                accepted=False,
                required=True,
                says="accepts roles for everybody, signed in or not",
            ),
            severity="medium",
            title="GKE refuses roles for system:unauthenticated and system:anonymous.",
            why="One binding is enough, and the whole internet is in the cluster.",
            fix="Set rbac_binding_config.enable_insecure_binding_system_unauthenticated=False.",
            opt_in=True,
        ),
        RuleRow(
            id="gke-google-groups",
            about=Setting(
                input=Input("authenticatorGroupsConfig.securityGroup", omitted=None),
                refused=(),
                accepted="gke-security-groups@example.com",
                required=True,
                says="does not know Google Groups",
            ),
            severity="low",
            title="GKE grants roles to Google Groups.",
            why="A grant to a person stays when the person leaves.",
            fix="Set authenticator_groups_config.security_group.",
            controls=("checkov:CKV_GCP_65",),
            opt_in=True,
        ),
    ],
)
