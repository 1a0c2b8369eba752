"""What the first version of Cloud Run's API says by annotations, of a service or of its revisions.

Source: Cloud Run documentation, "Cloud Run YAML reference" and "Disable the default URL", 2026-11.
"""

INGRESS = "run.googleapis.com/ingress"
INVOKER_IAM_DISABLED = "run.googleapis.com/invoker-iam-disabled"
IAP_ENABLED = "run.googleapis.com/iap-enabled"
DEFAULT_URL_DISABLED = "run.googleapis.com/default-url-disabled"
VPC_ACCESS_CONNECTOR = "run.googleapis.com/vpc-access-connector"
VPC_ACCESS_EGRESS = "run.googleapis.com/vpc-access-egress"
NETWORK_INTERFACES = "run.googleapis.com/network-interfaces"
CPU_THROTTLING = "run.googleapis.com/cpu-throttling"
MIN_SCALE = "autoscaling.knative.dev/minScale"
MAX_SCALE = "autoscaling.knative.dev/maxScale"


def of_service(annotation: str) -> str:
    """Where a service has an annotation."""
    return f'metadata.annotations["{annotation}"]'


def of_revision(annotation: str) -> str:
    """Where a service has an annotation of its revisions."""
    return f'template.metadata.annotations["{annotation}"]'
